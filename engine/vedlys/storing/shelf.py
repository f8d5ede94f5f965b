"""Mappings whose values are brought in when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
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


class Later(Mapping[str, Item]):
    """A mapping in parts. Each is brought in whole, when something is asked for that those before it do not have.

    Safe to share between threads, as above.
    """

    def __init__(self, *parts: Callable[[], Mapping[str, Item]]) -> None:
        """No two parts have the same name."""
        self._parts = parts
        self._kept: dict[int, Mapping[str, Item]] = {}

    def _all(self) -> Iterator[Mapping[str, Item]]:
        for number, fetch in enumerate(self._parts):
            if number not in self._kept:
                self._kept.setdefault(number, fetch())
            yield self._kept[number]

    def __getitem__(self, name: str) -> Item:
        for part in self._all():
            if name in part:
                return part[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._all())

    def __len__(self) -> int:
        return sum(map(len, self._all()))
