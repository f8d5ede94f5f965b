"""The parts of one worker, put together."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from vedlys.assessment import Catalogue
from vedlys.guidance.locale import negotiate
from vedlys.intake import Reading
from vedlys.web.app import PATHS, create_app
from vedlys.web.catalogues import Follower, LoadedCatalogue, settle
from vedlys.web.decisions.log import DecisionLog, LogState, NoDecisions, Sink
from vedlys.web.gate import Gate
from vedlys.web.guarding.credentials import authority_of
from vedlys.web.masking import Masking
from vedlys.web.observing.observing import Observing
from vedlys.web.parts import CatalogueState
from vedlys.web.service import Service
from vedlys.web.serving.shelf import Shelf
from vedlys.web.settings import DecisionLog as DecisionSettings
from vedlys.web.settings import Otel, Settings

if TYPE_CHECKING:
    from vedlys.web.observing.tracing import Tracer

_FLUSH_SECONDS = 10.0  # in the end, for decisions that still wait to be written


class Parts:
    """Everything that the requests of one worker share, and its beginning and end."""

    def __init__(self, settings: Settings, shelf: Shelf, abandoned: Callable[[], object]) -> None:
        """`abandoned` is called when the process that started the worker is gone."""
        self._shelf = shelf
        self._locale = settings.locale
        self._observing = observing = Observing(settings.log, shelf.metrics)
        self._catalogues = LoadedCatalogue(shelf, self._catalogue_changed)
        self._follower = Follower(
            shelf, self._catalogues, abandoned, partial(observing.failed, "catalogue_look_failed")
        )
        self._decisions = decision_log(settings.decisions, self._decisions_changed)
        service = Service(
            settings=settings,
            catalogues=self._catalogues,
            observer=observing,
            decisions=self._decisions,
            draining=self._follower,
        )
        self._tracer = _tracer(settings.otel)
        authority = authority_of(settings.auth, observing.tell)
        tracing = self._tracer
        self.application = create_app(
            service,
            lambda inner: Gate(inner, service, authority, routes=PATHS, tracing=tracing, begun=observing.begun),
        )

    def start(self) -> None:
        """Begin, once the application is ready for requests."""
        self._catalogue_changed(self._catalogues.state)
        doubt = locale_doubt(self._locale, self._catalogues.current)
        if doubt:
            self._observing.tell("locale_unknown", doubt)
        self._decisions.start()
        self._follower.start()
        settle(thorough=True)
        self._shelf.mark_ready()

    def stop(self) -> None:
        """End, once no request is under way: what is still to be written is written."""
        self._follower.stop()
        self._decisions.close(_FLUSH_SECONDS)
        if self._tracer is not None:
            self._tracer.close()
        self._observing.close()
        if self._follower.orphaned:  # nobody else is left to clear up
            shutil.rmtree(self._shelf.root, ignore_errors=True)

    def _catalogue_changed(self, state: CatalogueState) -> None:
        catalogue = self._catalogues.current
        self._observing.catalogue(state, catalogue.version, len(catalogue.articles))

    def _decisions_changed(self, state: LogState) -> None:
        self._observing.decision_log(state.written, state.dropped, state.failure or None)


def locale_doubt(locale: str, catalogue: Catalogue) -> str:
    """What to warn of where the settings name a language that the catalogue does not have; empty where it has it."""
    if negotiate(locale, catalogue.locales, "").used:
        return ""
    return f"locale={locale}, known: {', '.join(catalogue.locales)}; used: {catalogue.locale_text(locale).locale}"


def _tracer(settings: Otel) -> Tracer | None:
    if settings.endpoint is None:
        return None
    from vedlys.web.observing.tracing import Tracer  # noqa: PLC0415 - lazy: an extra of its own

    return Tracer(settings.endpoint)


def decision_log(settings: DecisionSettings, told: Callable[[LogState], object]) -> DecisionLog | NoDecisions:
    """The decision log that the settings ask for."""
    sink = _sink(settings)
    if sink is None:
        return NoDecisions()
    masked = MaskedFacts() if settings.facts == "masked" else None
    return DecisionLog(sink, capacity=settings.queue, masked=masked, told=told)


class MaskedFacts:
    """The supplied facts of a reading with what its catalogue declares to be sensitive hidden; for one thread."""

    def __init__(self) -> None:
        self._digest = ""
        self._masking = Masking({})

    def __call__(self, catalogue: Catalogue, reading: Reading) -> Mapping[str, Any]:
        """The facts by dotted name, as JSON values."""
        if catalogue.digest != self._digest:
            self._masking, self._digest = Masking(catalogue.content.vocabulary), catalogue.digest
        return self._masking.facts(reading)


def _sink(settings: DecisionSettings) -> Sink | None:
    if settings.kind == "none" or settings.path is None:  # which goes with it: the settings were checked together
        return None
    match settings.kind:
        case "ndjson":
            from vedlys.web.decisions.ndjson import NdjsonFiles  # noqa: PLC0415 - lazy, as below: one of them is used

            return NdjsonFiles(settings.path, settings.max_bytes, settings.files)
        case "sqlite":
            from vedlys.web.decisions.sqlite import SqliteFile  # noqa: PLC0415

            return SqliteFile(settings.path, settings.max_bytes * settings.files)
