"""Mappings whose values are brought in when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

Item = TypeVar("Item")


class Shelf(Mapping[str, Item]):
    """A mapping of known names; `fetch` brings in the value of one, which is kept.

    Safe to share between threads: at worst two of them bring in the same value.
    """

    def __init__(self, names: Mapping[str, object], fetch: Callable[[str], Item]) -> None:
        self._names = names
        self._fetch = fetch
        self._kept: dict[str, Item] = {}

    def __getitem__(self, name: str) -> Item:
        try:
            return self._kept[name]
        except KeyError:
            if name not in self._names:
                raise
        return self._kept.setdefault(name, self._fetch(name))

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
