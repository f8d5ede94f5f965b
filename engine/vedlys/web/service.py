"""What the requests of one worker share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vedlys.assessment import Catalogue
from vedlys.errors import Fault
from vedlys.web.answers import Answer, Headers
from vedlys.web.negotiation import language
from vedlys.web.parts import Catalogues, Decision, Decisions, Draining, Observer
from vedlys.web.problems import problem_answer
from vedlys.web.settings import Settings


class Service:
    """The parts of one worker, and its settings."""

    __slots__ = ("catalogues", "decisions", "draining", "observer", "settings")

    def __init__(
        self,
        *,
        settings: Settings,
        catalogues: Catalogues,
        observer: Observer,
        decisions: Decisions,
        draining: Draining,
    ) -> None:
        self.settings = settings
        self.catalogues = catalogues
        self.observer = observer
        self.decisions = decisions
        self.draining = draining

    def decided(self, decision: Decision) -> None:
        """Tell those who count and those who keep."""
        self.observer.decided(decision)
        self.decisions.record(decision)

    def problem(
        self,
        code: str,
        *,
        request_id: str,
        accept_language: str = "",
        locale: str | None = None,
        values: Mapping[str, str] | None = None,
        faults: Sequence[Fault] = (),
        headers: Headers = (),
        catalogue: Catalogue | None = None,
    ) -> Answer:
        """The answer of a problem, in the language that the body or else the header asks for.

        `values` are what its sentence names, `headers` what its status wants besides (`Allow`, `Retry-After`, …).
        """
        catalogue = self.catalogues.current if catalogue is None else catalogue
        said = language(catalogue, (locale or "", accept_language, self.settings.locale))
        return problem_answer(
            code,
            request_id=request_id,
            translations=catalogue.messages(said.used),
            locale=said.used,
            values=values,
            faults=faults,
            headers=headers,
        )
