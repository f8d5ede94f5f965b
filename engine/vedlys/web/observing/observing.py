"""The observer of one worker: counts, and a line of the log for each request."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from vedlys.messages.shown import visible
from vedlys.web.masking import Masking
from vedlys.web.observing.counting import NOWHERE, Counting
from vedlys.web.observing.lines import Lines
from vedlys.web.observing.logs import Journal, described
from vedlys.web.parts import CatalogueState, Decision, RequestInfo
from vedlys.web.settings import Log

# asked every few seconds by machines: their lines would drown all others
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_MOST_STATUSES = 50  # articles of one request that are named one by one


class Observing:
    """Counts and tells of one worker; see `Observer`."""

    def __init__(
        self,
        log: Log,
        folder: Path | None = None,
        lines: Lines | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`folder` is where all workers keep their counts; without one they are this worker's alone."""
        self.counting = Counting(folder)
        self._lines = lines if lines is not None else Lines(dropped=self._lost)
        self.journal = Journal(log, self._lines)
        self._clock = clock
        self._facts = log.facts and self.journal.writes("info")
        self._masking: tuple[str, Masking] = ("", Masking({}))
        self._written = self._dropped = 0

    def begun(self) -> None:
        """A request has begun."""
        self.counting.begun()

    def answered(self, info: RequestInfo, method: str, status: int, sent: int) -> None:
        """A request has ended, with that status and so many bytes of body sent."""
        try:
            self._answered(info, method, status, sent)
        except Exception as error:  # noqa: BLE001 - what cannot be counted is still answered
            self.journal.event("error", "observing_failed", **described(error))

    def decided(self, decision: Decision) -> None:
        """A decision was made."""
        try:
            self.counting.decided(decision)
            if self._facts:
                self._tell_facts(decision)
        except Exception as error:  # noqa: BLE001 - as above
            self.journal.event("error", "observing_failed", **described(error))

    def _answered(self, info: RequestInfo, method: str, status: int, sent: int) -> None:
        seconds = max(0.0, self._clock() - info.started)
        self.counting.answered(info, method, status, sent, seconds)
        level = _level(info, status)
        if self.journal.writes(level):
            self._tell(level, info, method, status=status, sent=sent, seconds=seconds)

    def _tell_facts(self, decision: Decision) -> None:
        if self._masking[0] != decision.catalogue.digest:
            self._masking = (decision.catalogue.digest, Masking(decision.catalogue.content.vocabulary))
        facts = self._masking[1].facts(decision.reading)
        line = {} if decision.line is None else {"line": decision.line}
        self.journal.event("info", "facts", request=decision.request_id, **line, facts=facts)

    def catalogue(self, state: CatalogueState, version: str, articles: int) -> None:
        """The worker answers from this catalogue, and its content root stands so to it."""
        self.counting.catalogue(state.digest, version, articles, refused=state.state == "refused")
        if state.state == "refused":
            self.journal.event("warning", "content_refused", digest=state.digest, faults=list(state.faults[:20]))
        else:
            self.journal.event("info", "catalogue", digest=state.digest, articles=articles)

    def decision_log(self, written: int, dropped: int, failure: str | None = None) -> None:
        """The decision log has written and dropped so many decisions since the worker began."""
        counting = self.counting
        counting.count("vedlys_decisions_written", by=max(0, written - self._written))
        counting.count("vedlys_decisions_dropped", by=max(0, dropped - self._dropped))
        if dropped > self._dropped or failure:
            self.journal.event("error", "decisions_dropped", dropped=dropped, failure=failure or "")
        self._written, self._dropped = written, dropped

    def tell(self, event: str, what: str) -> None:
        """Something has happened that is no request."""
        level = "info" if event.endswith("_read") else "warning"
        self.journal.event(level, event, what=visible(what, 500))

    def failed(self, event: str, error: Exception) -> None:
        """Something that is no request has met a bug."""
        self.journal.event("error", event, **described(error))

    def metrics(self) -> bytes:
        """The metrics of all workers, as Prometheus reads them."""
        return self.counting.rendered()

    def close(self) -> None:
        """Write what is still to be written, and leave the counts to the worker that comes next."""
        self._lines.close()
        self.counting.tally.close()

    def _lost(self) -> None:
        self.counting.count("vedlys_log_lines_dropped")

    def _tell(self, level: str, info: RequestInfo, method: str, *, status: int, sent: int, seconds: float) -> None:
        said: dict[str, object] = {
            "request": info.id,
            "key": None if info.caller is None else info.caller.name,
            "method": visible(method, 20),
            "route": info.route or NOWHERE,
            "status": status,
            "bytes": sent,
            "ms": _milliseconds(seconds),
        }
        for stage, spent in info.stages.items():
            said[f"{stage}_ms"] = _milliseconds(spent)
        if info.articles:
            if len(info.articles) <= _MOST_STATUSES:
                said["assessments"] = dict(zip(info.articles, info.statuses, strict=False))
            else:
                said["assessments"] = dict(Counter(info.statuses))
        if info.lines:
            said["lines"] = info.lines
        if info.problem:
            said["problem"] = info.problem
        if info.error is not None:
            said |= described(info.error)
        self.journal.event(level, "request", **said)


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1_000_000) / 1000  # to three places, which `round` itself takes ten times as long for


def _level(info: RequestInfo, status: int) -> str:
    if status >= 500:
        return "warning" if status == 503 else "error"
    if status == 429:
        return "warning"
    return "debug" if info.route in _QUIET else "info"
