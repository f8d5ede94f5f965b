"""Memory: what was worked out once is kept, up to a number of entries that all who share it keep together."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, TypeVar

T = TypeVar("T")

_LONGEST_TEXT = 256
_MOST_MEMBERS = 32


class Memory:
    """Hands out dictionaries that forget their oldest entries when together they hold too much.

    What is asked for again comes back soon, and a caller who never asks the same twice cannot make it grow. One entry
    goes for one that comes: nobody waits while thousands are forgotten. Threads may share it.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._drawers: list[Drawer[Any]] = []
        self._next = 0
        self.kept = 0  # entries, in all drawers

    def drawer(self) -> Drawer[Any]:
        """A new dictionary of this memory."""
        drawer: Drawer[Any] = Drawer(self)
        with self._lock:
            self._drawers.append(drawer)
        return drawer

    def keep(self, drawer: Drawer[T], key: Hashable, value: T) -> None:
        """Put an entry into one of the drawers, and forget another where that is one too many."""
        with self._lock:
            self.kept += key not in drawer
            drawer[key] = value
            if self.kept > self._limit:
                self._oldest_near(drawer).popitem(last=False)
                self.kept -= 1

    def _oldest_near(self, drawer: Drawer[Any]) -> Drawer[Any]:
        """The same drawer where it has more than what was just put there, else the next that has any."""
        if len(drawer) > 1:
            return drawer
        for _ in self._drawers:
            self._next = (self._next + 1) % len(self._drawers)
            other = self._drawers[self._next]
            if other and other is not drawer:
                return other
        return drawer


class Drawer(OrderedDict[Hashable, T]):
    """One dictionary of a memory: read it as any other, and add to it by `keep`."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory

    def keep(self, key: Hashable, value: T) -> None:
        """Remember a value."""
        self._memory.keep(self, key, value)


def worth_keeping(key: Hashable) -> bool:
    """Whether a key is short enough to be kept: callers' long texts and lists are seldom the same."""
    if isinstance(key, str):
        return len(key) <= _LONGEST_TEXT
    if isinstance(key, tuple | frozenset):
        return len(key) <= _MOST_MEMBERS and all(map(worth_keeping, key))
    return True
