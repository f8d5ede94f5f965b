"""A second opinion: a share of what was decided, decided again on another engine, outside the request's path.

Engines are held to the same verdicts by tests; this holds them to it on the environments that really come in.
"""

from __future__ import annotations

import datetime as dt
import queue
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from secrets import SystemRandom
from typing import ClassVar

import msgspec

from vedlys.compiling.encoding import Outcome
from vedlys.compiling.program import Program
from vedlys.evaluation.compiled import article_of
from vedlys.evaluation.engine import Engine
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Verdict
from vedlys.model.values import plain

CAPACITY = 256


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One environment on which two engines differ, with all that is needed to decide it again.

    `facts` are as a caller posts them. `references` are those of them that reference data supplied; reference data of
    any other fact that is not in `facts` was declared unknown (`null`).
    """

    catalogue: str  # the digest of the catalogue
    article: str
    as_of: dt.datetime
    facts: dict[str, object]
    references: tuple[str, ...]
    engine: str  # that gave the second opinion
    verdicts: dict[str, tuple[Verdict | None, Verdict | None]]  # by rule that differs: the first opinion, the second


class SecondOpinionStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Counts since the start. What was sampled is dropped, agreed, differed, failed, or still waits."""

    offered: int = 0
    sampled: int = 0
    dropped: int = 0  # sampled, and more waited than there was room for
    agreed: int = 0
    differed: int = 0
    failed: int = 0  # the second engine gave no opinion
    unrecorded: int = 0  # differed, and the difference could not be handed over


class SecondOpinion:
    """Asks another engine about a share of what it is offered, on a thread of its own.

    Each difference is handed to `record`, on that thread, or where it is a path, appended to that file as a line of
    JSON. Nothing that the engine or `record` does reaches those who offer. ValueError for a share outside 0 to 1.
    """

    def __init__(
        self,
        engine: Engine,
        share: float = 0.01,
        *,
        catalogue: str = "",
        record: Callable[[Difference], object] | Path | None = None,
        capacity: int = CAPACITY,
    ) -> None:
        if not 0 <= share <= 1:
            raise ValueError(share)
        self._engine = engine
        self._share = share
        self._catalogue = catalogue
        self._record = _appending(record) if isinstance(record, Path) else record
        self._waiting: queue.Queue[_Offer | None] = queue.Queue(capacity)
        self._chance = SystemRandom().random
        self._lock = threading.Lock()
        self._counts = dict.fromkeys(SecondOpinionStatistics.__struct_fields__, 0)
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def stats(self) -> SecondOpinionStatistics:
        """The counts so far."""
        with self._lock:
            return SecondOpinionStatistics(**self._counts)

    def offer(self, article: str, environment: Environment, verdicts: Mapping[str, Verdict]) -> bool:
        """Maybe have it decided again; whether it will be. Never waits. `verdicts` is not to be changed afterwards."""
        chosen = not self._closed and self._chance() < self._share
        with self._lock:
            self._counts["offered"] += 1
            if not chosen or self._closed:
                return False
            self._counts["sampled"] += 1
            try:
                self._waiting.put_nowait(_Offer(article, environment, verdicts))
            except queue.Full:
                self._counts["dropped"] += 1
                return False
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="second-opinion", daemon=True)
                self._thread.start()
        return True

    def watch(self, engine: Engine, program: Program) -> Engine:
        """The engine over the program, which now offers here whatever it decides."""
        return _Watched(engine, program, self)

    def close(self, seconds: float = 10.0) -> bool:
        """Take no more offers and finish those that wait; whether that was done within so many seconds."""
        with self._lock:
            closed, self._closed = self._closed, True
        thread = self._thread
        if thread is None:
            return True
        if not closed:
            try:
                self._waiting.put(None, timeout=seconds)
            except queue.Full:
                return False
        thread.join(seconds)
        return not thread.is_alive()

    def _work(self) -> None:
        while (offer := self._waiting.get()) is not None:
            self._count(self._decide(offer))

    def _decide(self, offer: _Offer) -> str:
        """What came of it, by the name of its count."""
        try:
            second = self._engine.verdicts(offer.article, offer.environment)
        except Exception:  # noqa: BLE001 - whatever an engine raises must not end the thread, and is counted
            return "failed"
        first = offer.verdicts
        rules = dict.fromkeys((*first, *second))
        differing = {rule: (first.get(rule), second.get(rule)) for rule in rules if first.get(rule) != second.get(rule)}
        if not differing:
            return "agreed"
        self._hand_over(self._difference(offer, differing))
        return "differed"

    def _difference(self, offer: _Offer, differing: dict[str, tuple[Verdict | None, Verdict | None]]) -> Difference:
        environment = offer.environment
        return Difference(
            catalogue=self._catalogue,
            article=offer.article,
            as_of=environment.as_of,
            facts={name: plain(value) for name, value in sorted(environment.values.items())},
            references=tuple(sorted(environment.references)),
            engine=self._engine.name,
            verdicts=differing,
        )

    def _hand_over(self, difference: Difference) -> None:
        if self._record is None:
            return
        try:
            self._record(difference)
        except Exception:  # noqa: BLE001 - a full disk or a caller's fault must not end the thread, and is counted
            self._count("unrecorded")

    def _count(self, name: str) -> None:
        with self._lock:
            self._counts[name] += 1


class _Watched:
    """An engine, and who hears of what it decides."""

    name: ClassVar[str] = "watched"

    def __init__(self, engine: Engine, program: Program, opinion: SecondOpinion) -> None:
        self._engine = engine
        self._program = program
        self._opinion = opinion

    def outcome(self, article: str, environment: Environment) -> Outcome:
        found = self._engine.outcome(article, environment)
        rules = article_of(self._program, article).rules
        self._opinion.offer(article, environment, dict(zip(rules, found.verdicts, strict=True)))
        return found

    def verdicts(self, article: str, environment: Environment) -> dict[str, Verdict]:
        found = self._engine.verdicts(article, environment)
        self._opinion.offer(article, environment, dict(found))
        return found


class _Offer(msgspec.Struct, frozen=True):
    article: str
    environment: Environment
    verdicts: Mapping[str, Verdict]


def _appending(path: Path) -> Callable[[Difference], object]:
    def append(difference: Difference) -> None:
        with path.open("ab") as lines:
            lines.write(msgspec.json.encode(difference) + b"\n")

    return append
