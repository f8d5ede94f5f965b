"""What takes milliseconds to make and then saves microseconds: made for what is asked for again and again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from typing import Generic, TypeVar

T = TypeVar("T")

PAYS = 8  # times that it was asked for: what is asked for so often mostly is asked for a thousand times
_MOST = 400  # of some 150 KiB each, at most
_MOST_COUNTED = 10_000


class Worthwhile(ABC, Generic[T]):
    """Makes a thing for a name once it was asked for so often that making it pays; safe to share between threads.

    What few ask for is never made, and not more than so many are: those that were worth it first.
    """

    def __init__(self) -> None:
        self.made: dict[str, T | None] = {}
        self._asked: Counter[str] = Counter()

    def get(self, name: str) -> T | None:
        """The thing; None where there is none yet. Who is in a hurry looks into `made` first."""
        return self.made[name] if name in self.made else self._missed(name)

    def _missed(self, name: str) -> T | None:
        if len(self._asked) >= _MOST_COUNTED:
            self._asked.clear()
        self._asked[name] += 1
        if self._asked[name] < PAYS or len(self.made) >= _MOST or not self.is_there(name):
            return None
        found = self.made[name] = self.make(name)
        del self._asked[name]
        return found

    @abstractmethod
    def is_there(self, name: str) -> bool:
        """Whether there is anything of that name."""

    @abstractmethod
    def make(self, name: str) -> T | None:
        """Make the thing; None where there cannot be one."""
