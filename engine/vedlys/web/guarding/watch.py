"""Ends a request that takes too long."""

from __future__ import annotations

import asyncio


class Watch:
    """Cancels the task that makes it once that has stood still for so many seconds, as far as nobody says otherwise."""

    __slots__ = ("_loop", "_seconds", "_since", "_task", "_timer", "expired")

    def __init__(self, seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None  # the server runs each request as a task
        self._task = task
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._since = self._loop.time()
        self._timer = self._loop.call_later(seconds, self._look)
        self.expired = False

    def begin(self, seconds: float) -> None:
        """So many seconds from now on."""
        # a timer that still runs looks again where it looks too early
        if self.expired or seconds < self._seconds:
            self._timer.cancel()
            self._timer = self._loop.call_later(seconds, self._look)
        self._since = self._loop.time()
        self._seconds = seconds
        self.expired = False

    def touch(self) -> None:
        """The same number of seconds, from now on."""
        self._since = self._loop.time()

    def recover(self) -> None:
        """Take the cancellation back: whoever was waiting for it has met it."""
        self._task.uncancel()

    def stop(self) -> None:
        """No more."""
        self._timer.cancel()

    def _look(self) -> None:
        due = self._since + self._seconds - self._loop.time()
        if due > 0:
            self._timer = self._loop.call_later(due, self._look)
        else:
            self.expired = True
            self._task.cancel()
