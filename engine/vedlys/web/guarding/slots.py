"""How many requests are under way at once in a worker, and how many wait."""

from __future__ import annotations

import asyncio
from collections import deque


class Slots:
    """So many slots, and a queue for a few more; whoever finds the queue full, or waits too long, goes without."""

    def __init__(self, slots: int, queue: int, seconds: float) -> None:
        """`queue` requests may wait, each `seconds` at most."""
        self._most = slots
        self._queue = queue
        self._seconds = seconds
        self._waiting: deque[asyncio.Future[bool]] = deque()
        self.taken = 0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def take(self) -> bool:
        """Take a slot that is free now, and for which nobody waits."""
        if self.taken >= self._most:
            return False
        self.taken += 1
        return True

    async def wait(self) -> bool:
        """Wait for a slot in order of coming; False where there is none to be had. Only after `take` has said no."""
        if len(self._waiting) >= self._queue:
            return False
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(turn)
        timer = loop.call_later(self._seconds, self._give_up, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                if turn in self._waiting:  # else a slot was given back meanwhile, and went to somebody else
                    self._waiting.remove(turn)
            elif turn.result():  # given a slot, and cancelled before it could be used
                self.give_back()
            raise
        finally:
            timer.cancel()

    def _give_up(self, turn: asyncio.Future[bool]) -> None:
        if not turn.done():
            self._waiting.remove(turn)
            turn.set_result(False)

    def give_back(self) -> None:
        """Give a slot back: to the first who waits, if anybody does."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(True)
                return
        self.taken -= 1
