"""Lines on their way to stderr, which nobody waits for."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable

_ROOM = 10_000  # lines that may wait
_TOGETHER_SECONDS = 0.02  # lines that come within it are written at once
_CLOSE_SECONDS = 2.0

Write = Callable[[bytes], int]


def to_stderr(content: bytes) -> int:
    """Write to stderr itself, past every buffer; OSError where that is closed or full."""
    return os.write(2, content)


class Lines:
    """Writes lines in a thread of its own, so that a reader of stderr who is slow or gone stops no request.

    Where lines come faster than they are taken, the newest are dropped and counted.
    """

    def __init__(
        self, write: Write = to_stderr, room: int = _ROOM, dropped: Callable[[], object] = lambda: None
    ) -> None:
        """`write` writes some of the bytes and says how many; `dropped` is called for each line that is lost."""
        self._write = write
        self._room = room
        self._dropped = dropped
        self._waiting: deque[bytes] = deque()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, line: bytes) -> None:
        """Take a line, without its end; it never waits or raises."""
        if len(self._waiting) >= self._room:
            self._dropped()
            return
        self._waiting.append(line)
        if not self._wake.is_set():
            if self._thread is None:  # begun by whoever writes first: a process that was forked has no threads
                self._thread = threading.Thread(target=self._run, name="vedlys-log", daemon=True)
                with contextlib.suppress(RuntimeError):  # the interpreter is ending
                    self._thread.start()
            self._wake.set()

    def close(self, seconds: float = _CLOSE_SECONDS) -> None:
        """Write what waits, for so many seconds at most."""
        self._closing.set()
        self._wake.set()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join(seconds)
        self._thread = None

    def _run(self) -> None:
        while True:
            self._wake.wait()
            if not self._closing.is_set():
                self._closing.wait(_TOGETHER_SECONDS)
            self._wake.clear()
            self._write_all()
            if self._closing.is_set() and not self._waiting:
                return

    def _write_all(self) -> None:
        while self._waiting:
            count = min(len(self._waiting), 256)
            lines = [self._waiting.popleft() for _ in range(count)]
            if not self._written(b"\n".join(lines) + b"\n"):
                for _ in lines:
                    self._dropped()

    def _written(self, content: bytes) -> bool:
        rest = memoryview(content)
        while rest:
            try:
                rest = rest[self._write(rest.tobytes()) :]
            except BlockingIOError:  # a pipe that is full and does not wait
                if self._closing.is_set():
                    return False
                time.sleep(_TOGETHER_SECONDS)
            except (OSError, ValueError):
                return False
        return True
