"""A dictionary of a bounded number of entries: the oldest goes where a new one would be too many.

One goes for one that comes: nobody waits while thousands are freed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Bounded(OrderedDict[K, V]):
    """Read it as any other dictionary, and add to it by `keep`.

    Threads may share it: then it may hold an entry more for each that added one at the same moment.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def keep(self, key: K, value: V) -> None:
        """Add an entry."""
        if len(self) >= self._most and key not in self:
            with suppress(KeyError):  # other threads may be faster
                self.popitem(last=False)
        self[key] = value
