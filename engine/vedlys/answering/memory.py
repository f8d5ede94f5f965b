"""Memory: what was worked out once is kept, up to a number of bytes that all who share it keep together."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, TypeVar

T = TypeVar("T")

LARGEST_KEY = 8 * 1024
_LARGEST = 256 * 1024
_OVERHEAD = 400  # of an entry: its place, its key and its value as objects


class Memory:
    """Hands out dictionaries that forget their oldest entries when together they hold too many bytes.

    What is asked for again comes back soon, and a caller who never asks the same twice cannot make it grow. Few entries
    go for one that comes: nobody waits while thousands are forgotten. Threads may share it.
    """

    def __init__(self, limit: int) -> None:
        """`limit` is in bytes. Sizes are estimates: they come to about what the interpreter takes."""
        self._limit = limit
        self._lock = threading.Lock()
        # not held by it: with its drawers it would make a cycle, and be freed by none but the collector
        self._drawers: list[weakref.ref[Drawer[Any]]] = []
        self._next = 0
        self.held = 0  # bytes, in all drawers

    def drawer(self) -> Drawer[Any]:
        """A new dictionary of this memory."""
        drawer: Drawer[Any] = Drawer(self)
        with self._lock:
            self._drawers.append(weakref.ref(drawer))
        return drawer

    def keep(self, drawer: Drawer[T], key: Hashable, value: T, size: int) -> None:
        """Put an entry into one of the drawers, unless it is too large, and forget others to make room for it."""
        size += _OVERHEAD
        if size > min(_LARGEST, self._limit):
            return
        with self._lock:
            self.held += size - drawer.sizes.get(key, 0)
            drawer[key] = value
            drawer.sizes[key] = size
            while self.held > self._limit:
                self.held -= self._oldest_near(drawer).forget()

    def _oldest_near(self, drawer: Drawer[Any]) -> Drawer[Any]:
        """The same drawer where it has more than what was just put there, else the next that has any."""
        if len(drawer) > 1:
            return drawer
        for _ in self._drawers:
            self._next = (self._next + 1) % len(self._drawers)
            other = self._drawers[self._next]()
            if other and other is not drawer:
                return other
        return drawer


class Drawer(OrderedDict[Hashable, T]):
    """One dictionary of a memory: read it as any other, and add to it by `keep`."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory
        self.sizes: dict[Hashable, int] = {}

    def keep(self, key: Hashable, value: T, size: int) -> None:
        """Remember a value; `size` is about how many bytes it and its key take."""
        self._memory.keep(self, key, value, size)

    def forget(self) -> int:
        """Forget the oldest entry; how many bytes it took."""
        key, _ = self.popitem(last=False)
        return self.sizes.pop(key)
