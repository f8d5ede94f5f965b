"""The decision log of one worker: requests hand decisions over and go on; a thread of its own writes them."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from vedlys.web.decisions.record import Masked, Record, Waiting
from vedlys.web.parts import Decision

_PAUSE_SECONDS = 0.1
_TELL_SECONDS = 1.0
_TROUBLE_SECONDS = 10.0
_CAPACITY_BYTES = 64 * 1024 * 1024
_CHUNK = 32  # decisions that are made ready in one go, while requests may have to wait for the interpreter


class Sink(Protocol):
    """Where records are kept."""

    def write(self, records: Sequence[Record]) -> None:
        """Add records, all or none of them; raises OSError where that fails."""

    def close(self) -> None:
        """Let go of files."""


class LogState(msgspec.Struct, frozen=True, kw_only=True):
    """How the log is doing. `written` and `dropped` count records and decisions since the start."""

    written: int
    dropped: int
    failure: str = ""  # why nothing can be written at present


class DecisionLog:
    """Keeps decisions in a sink. `told` is called on the log's thread, with how it stands."""

    def __init__(
        self,
        sink: Sink,
        *,
        capacity: int,
        capacity_bytes: int = _CAPACITY_BYTES,
        masked: Masked | None,
        told: Callable[[LogState], object] = lambda _: None,
    ) -> None:
        """At most `capacity` decisions, of `capacity_bytes` of memory, wait: any more are dropped, and counted."""
        self._sink = sink
        self._capacity = capacity
        self._capacity_bytes = capacity_bytes
        self._masked = masked
        self._told = told
        self._waiting: deque[Waiting] = deque()
        self._taken_bytes = 0  # of all that were ever taken; counted by whoever records
        self._done_bytes = 0  # of those that no longer wait; counted by the thread
        self._written = 0
        self._refused = 0  # counted by whoever records
        self._lost = 0  # counted by the thread
        self._failure = ""
        self._told_last = LogState(written=0, dropped=0)
        self._told_at = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="decisions", daemon=True)
        origin, count = secrets.token_hex(6), itertools.count(1)
        self._number = lambda: f"{origin}-{next(count)}"

    @property
    def state(self) -> LogState:
        """How it is doing."""
        return LogState(written=self._written, dropped=self._refused + self._lost, failure=self._failure)

    def start(self) -> None:
        """Write from now on what is recorded."""
        self._thread.start()

    def record(self, decision: Decision) -> None:
        """Take a decision; where there is no room for it, it is counted and dropped. It never waits or raises."""
        if len(self._waiting) >= self._capacity or self._ended.is_set():
            self._refused += 1
            return
        try:
            waiting = Waiting.of(decision)
        except Exception:  # noqa: BLE001 - whatever is wrong with a decision, its answer goes out
            self._refused += 1
            return
        if self._taken_bytes - self._done_bytes + waiting.size > self._capacity_bytes:
            self._refused += 1
            return
        self._taken_bytes += waiting.size
        self._waiting.append(waiting)

    def close(self, seconds: float = 10.0) -> bool:
        """Write what is waiting and end; whether that was done within so many seconds."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
        return not self._thread.is_alive() and not self._waiting

    def _work(self) -> None:
        while not self._ended.wait(_PAUSE_SECONDS):
            self._drain()
        self._drain()
        self._sink.close()

    def _drain(self) -> None:
        while self._waiting:
            taken = [self._waiting.popleft() for _ in range(min(_CHUNK, len(self._waiting)))]
            self._keep(taken)
            self._done_bytes += sum([waiting.size for waiting in taken])
            time.sleep(0)  # requests first
        self._tell()

    def _tell(self) -> None:
        """Tell how it stands: at once where writing begins to fail or works again, else every now and then."""
        state, told = self.state, self._told_last
        pause = _TROUBLE_SECONDS if state.failure or state.dropped != told.dropped else _TELL_SECONDS
        turned = bool(state.failure) != bool(told.failure) or bool(state.dropped) != bool(told.dropped)
        now = time.monotonic()
        if state != told and (turned or now - self._told_at >= pause or self._ended.is_set()):
            self._told_last, self._told_at = state, now
            self._told(state)

    def _keep(self, taken: list[Waiting]) -> None:
        try:
            records = [record for waiting in taken for record in waiting.records(self._number, self._masked)]
            self._sink.write(records)
        except OSError as error:
            self._lose(taken, f"{error.filename}: {error.strerror}" if error.filename else str(error))
        except Exception as error:  # noqa: BLE001 - a mistake here ends no request, and not the log either
            self._lose(taken, f"{type(error).__name__}: {error}")
        else:
            self._written += len(records)
            self._failure = ""

    def _lose(self, taken: list[Waiting], why: str) -> None:
        self._lost += len(taken)
        self._failure = why


class NoDecisions:
    """A log that keeps nothing."""

    state = LogState(written=0, dropped=0)

    def start(self) -> None:
        """There is nothing to start."""

    def record(self, decision: Decision) -> None:
        """Let it go."""

    def close(self, seconds: float = 10.0) -> bool:  # noqa: ARG002 - as the log that writes has it
        """There is nothing to write."""
        return True
