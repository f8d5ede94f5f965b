"""An engine in a process of its own, under time limits: for one that may hang or crash the process that it is in.

The child makes the same workload and the same environments from the seed, is asked for them by number, and times
itself, so that what is measured is the engine and not the pipe.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.peers import Entry
from benchmarks.workload import Environment, workload

READY_WITHIN = 30.0  # seconds, for taking the rules in
ANSWER_WITHIN = 10.0


class GoneError(Exception):
    """The engine hung or crashed; the text says which."""


class Apart:
    """The parent's side."""

    def __init__(self, entry: Entry, rules: int, environments: Callable[[Any], list[Environment]]) -> None:
        context = multiprocessing.get_context("fork")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_child, args=(there, entry, rules, environments), daemon=True)
        self._process.start()
        there.close()
        self.prepared: float = self._receive(READY_WITHIN, "takes the rules in")

    def answer(self, number: int) -> list[str]:
        """The ids that apply in the environment of that number."""
        self._here.send(("answer", number))
        found: list[str] = self._receive(ANSWER_WITHIN, "answers")
        return found

    def timer(self, number: int) -> int:
        """Nanoseconds that the answer took."""
        self._here.send(("time", number))
        took: int = self._receive(ANSWER_WITHIN, "answers")
        return took

    def close(self) -> None:
        """End the child."""
        self._process.kill()
        self._process.join()
        self._here.close()

    def _receive(self, within: float, doing: str) -> Any:
        try:
            if not self._here.poll(within):
                self.close()
                raise GoneError(f"hangs ({within:.0f} s) while it {doing}")
            kind, found = self._here.recv()
        except (EOFError, ConnectionError):
            self._process.join(ANSWER_WITHIN)
            code = self._process.exitcode
            self.close()
            raise GoneError(f"crashes (exit {code}) while it {doing}") from None
        if kind == "error":
            self.close()
            raise GoneError(f"fails: {found}")
        return found


def _child(pipe: Connection, entry: Entry, rules: int, environments: Callable[[Any], list[Environment]]) -> None:
    now = time.perf_counter_ns
    try:
        work = workload(rules)
        given = environments(work)
        start = now()
        peer = entry.make(work)
        pipe.send(("ok", (now() - start) / 1e9))
        while True:
            what, number = pipe.recv()
            start = now()
            found = peer.answer(given[number])
            took = now() - start
            pipe.send(("ok", found if what == "answer" else took))
    except EOFError:
        pass
    except Exception as error:  # noqa: BLE001 - whatever an engine raises is its result
        pipe.send(("error", f"{type(error).__name__}: {error}"[:200]))
