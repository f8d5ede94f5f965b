"""Memory: what was worked out once is kept, up to a number of entries that all who share it keep together."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, TypeVar

T = TypeVar("T")

_LONGEST_TEXT = 256
_MOST_MEMBERS = 32


class Memory:
    """Hands out dictionaries that are emptied, all at once, when together they hold too much.

    What is asked for again comes back soon, and a caller who never asks the same twice cannot make it grow.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.kept = 0  # entries, in all drawers
        self._drawers: list[Drawer[Any]] = []

    def drawer(self) -> Drawer[Any]:
        """A new dictionary of this memory."""
        drawer: Drawer[Any] = Drawer(self)
        self._drawers.append(drawer)
        return drawer

    def make_room(self) -> None:
        """Count one more entry; forget everything where that is one too many."""
        self.kept += 1
        if self.kept > self._limit:
            for drawer in self._drawers:
                drawer.clear()
            self.kept = 1


class Drawer(dict[Hashable, T]):
    """One dictionary of a memory: read it as any other, and add to it by `keep`."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory

    def keep(self, key: Hashable, value: T) -> None:
        """Remember a value."""
        self._memory.make_room()
        self[key] = value


def worth_keeping(key: Hashable) -> bool:
    """Whether a key is short enough to be kept: callers' long texts and lists are seldom the same."""
    if isinstance(key, str):
        return len(key) <= _LONGEST_TEXT
    if isinstance(key, tuple | frozenset):
        return len(key) <= _MOST_MEMBERS and all(map(worth_keeping, key))
    return True
