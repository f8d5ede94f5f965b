"""The worker's main loop: `python -m vedlys.evaluation.durable.worker`. Questions on stdin, answers on stdout.

It ends when its parent does, when a question takes too long, and after anything unexpected.
"""

from __future__ import annotations

import locale
import os
import select
import signal
import sys
import time
from typing import TYPE_CHECKING

from vedlys.evaluation.durable.protocol import (
    HEAD,
    Answer,
    Broken,
    Concluded,
    Done,
    Evaluate,
    Install,
    Question,
    Ready,
    Remove,
    frame,
    question,
)

if TYPE_CHECKING:
    from vedlys.evaluation.durable.sessions import Sessions

_LOOK_FOR_PARENT = 2.0  # seconds between looks


def main() -> None:
    """Answer until there is no one left to ask."""
    parent = os.getppid()
    locale.setlocale(locale.LC_NUMERIC, "C")  # the library reads and writes numbers by it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the parent as well, which then closes us
    # What the library prints must not get into the answers.
    answers = os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.close(nothing)
    try:
        from vedlys.evaluation.durable import sessions  # noqa: PLC0415 - a package that may not be there
    except ImportError:
        _write(answers, Ready(usable=False))
        return
    _write(answers, Ready(usable=True))
    slots = _Slots()
    while (asked := _next(parent)) is not None:
        # The library may hang without ever giving Python a turn: the alarm's default action ends the process anyway.
        signal.setitimer(signal.ITIMER_REAL, asked.seconds)
        try:
            given = slots.answer(asked)
        except (sessions.LibraryError, sessions.UnexpectedError, MemoryError):
            _write(answers, Broken())
            os._exit(1)  # without touching what the library holds
        signal.setitimer(signal.ITIMER_REAL, 0)
        _write(answers, given)
    os._exit(0)


class _Slots:
    """The rulesets of each slot, stratum by stratum."""

    def __init__(self) -> None:
        self._slots: dict[int, list[list[Sessions]]] = {}

    def answer(self, asked: Question) -> Answer:
        match asked:
            case Install():
                self._install(asked)
            case Remove(slot=slot):
                self._delete(self._slots.pop(slot, []))
            case Evaluate():
                return self._evaluate(asked)
        return Done()

    def _install(self, asked: Install) -> None:
        from vedlys.evaluation.durable.sessions import Sessions  # noqa: PLC0415 - see above

        new = [[Sessions(ruleset) for ruleset in stratum] for stratum in asked.strata]
        old = self._slots.get(asked.slot, [])
        self._slots[asked.slot] = new
        self._delete(old)

    def _delete(self, strata: list[list[Sessions]]) -> None:
        for sessions in (sessions for stratum in strata for sessions in stratum):
            sessions.delete()

    def _evaluate(self, asked: Evaluate) -> Concluded:
        symbols = set(asked.symbols)
        started = time.perf_counter_ns()
        for sessions in self._slots[asked.slot][asked.stratum]:
            sessions.conclude(symbols)
        took = time.perf_counter_ns() - started
        return Concluded(tuple(sorted(symbols.difference(asked.symbols))), took)


def _next(parent: int) -> Question | None:
    """The next question; None when the parent has closed the pipe or is gone."""
    # A fork of the parent may hold the other end of the pipe open after it.
    while not select.select([0], [], [], _LOOK_FOR_PARENT)[0]:
        if os.getppid() != parent:
            return None
    head = _read(HEAD.size)
    return None if head is None else question(_read(HEAD.unpack(head)[0]) or b"")


def _read(size: int) -> bytes | None:
    found = bytearray()
    while len(found) < size:
        part = os.read(0, size - len(found))
        if not part:
            return None
        found += part
    return bytes(found)


def _write(answers: int, given: Answer) -> None:
    rest = memoryview(frame(given))
    try:
        while rest:
            rest = rest[os.write(answers, rest) :]
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
