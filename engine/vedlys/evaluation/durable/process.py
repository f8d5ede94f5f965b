"""The worker as its parent sees it: asked under a time limit, ended for good when it fails, never left as a zombie."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
import weakref
from pathlib import Path

import msgspec

import vedlys
from vedlys.errors import RequestError
from vedlys.evaluation.durable.protocol import HEAD, Answer, Broken, Question, Ready, answer, frame

START_SECONDS = 20.0
_GRACE = 2.0  # seconds that the worker's own alarm leaves the parent to be first

_MAIN = "vedlys.evaluation.durable.worker"
_MOST = 1 << 26  # bytes of an answer: more is no answer


class WorkerProcess:
    """One worker, from start to end. It may be asked by one thread at a time.

    Each method raises RequestError `engine-failed` or `engine-timeout` when the worker is of no more use; it has ended
    then. Starting raises `engine-unavailable` where the library cannot be imported.
    """

    def __init__(self) -> None:
        process = subprocess.Popen(  # noqa: S603 - our own module, run by our own Python
            [sys.executable, "-m", _MAIN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_surroundings(),
            bufsize=0,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        self._into, self._out = process.stdin.fileno(), process.stdout.fileno()
        os.set_blocking(self._into, False)
        os.set_blocking(self._out, False)
        self._process = process
        self._end = weakref.finalize(self, _end, process, os.getpid())
        ready = self._answer(time.monotonic() + START_SECONDS, START_SECONDS)
        if not isinstance(ready, Ready):
            raise self._failure("engine-failed")
        if not ready.usable:
            raise self._failure("engine-unavailable")

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    @property
    def usable(self) -> bool:
        """Whether it may be asked: it runs, and this process started it, not one that this was forked from."""
        return self._end.alive and self._process.poll() is None

    def ask(self, question: Question, seconds: float) -> Answer:
        """The worker's answer. The question carries a longer time limit of its own: `patience(seconds)`."""
        deadline = time.monotonic() + seconds
        try:
            self._send(frame(question), deadline, seconds)
            found = self._answer(deadline, seconds)
        except BaseException:  # an interrupt too: the answer would be taken for that to the next question
            self.end()
            raise
        if isinstance(found, Broken | Ready):
            raise self._failure("engine-failed")
        return found

    def end(self) -> None:
        """End it, and wait until it is gone."""
        self._end()

    def _send(self, data: bytes, deadline: float, seconds: float) -> None:
        rest = memoryview(data)
        while rest:
            self._wait(self._into, select.POLLOUT, deadline, seconds)
            try:
                rest = rest[os.write(self._into, rest) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._failure("engine-failed") from error

    def _answer(self, deadline: float, seconds: float) -> Answer:
        size = HEAD.unpack(self._read(HEAD.size, deadline, seconds))[0]
        if size > _MOST:
            raise self._failure("engine-failed")
        body = self._read(size, deadline, seconds)
        try:
            return answer(body)
        except msgspec.MsgspecError as error:
            raise self._failure("engine-failed") from error

    def _read(self, size: int, deadline: float, seconds: float) -> bytes:
        found = b""
        while len(found) < size:
            self._wait(self._out, select.POLLIN, deadline, seconds)
            try:
                part = os.read(self._out, size - len(found))
            except BlockingIOError:
                continue
            if not part:  # the worker has ended
                raise self._failure("engine-failed")
            found += part
        return found

    def _wait(self, end: int, event: int, deadline: float, seconds: float) -> None:
        """Until the end of the pipe is ready, or closed: then reading or writing says so."""
        poll = select.poll()
        poll.register(end, event)
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise self._failure("engine-timeout", seconds=f"{seconds:g}")

    def _failure(self, code: str, **values: str) -> RequestError:
        self.end()
        return RequestError(code, engine="durable", **values)


def patience(seconds: float) -> float:
    """After how long the worker ends itself when the parent, which waits that many seconds, did not end it."""
    return seconds + _GRACE


def _surroundings() -> dict[str, str]:
    """The worker's environment variables: those of the parent, with a plain locale, and this package to be found."""
    found = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON"))}
    home = Path(vedlys.__file__).parents[1]
    return {**found, "LC_ALL": "C.UTF-8", "LC_NUMERIC": "C", "PYTHONPATH": os.pathsep.join([str(home), *_paths()])}


def _paths() -> list[str]:
    """Where this process finds packages, so that the worker finds the same."""
    return [path for path in sys.path if path]


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    if os.getpid() == owner:  # a fork must leave its parent's worker alone
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
