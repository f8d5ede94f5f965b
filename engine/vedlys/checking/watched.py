"""A vocabulary that notes what is asked of it, so that it is known what an article depends on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from vedlys.loading.vocabulary import Vocabulary
from vedlys.model.rulebook import FactDeclaration
from vedlys.storing.packing import pack
from vedlys.storing.vocabulary import Facts


class Watched(Mapping[str, FactDeclaration]):
    """The facts of a vocabulary. `asked` has every name that was looked up, found or not, since `begin`."""

    def __init__(self, facts: Mapping[str, FactDeclaration]) -> None:
        self._facts = facts
        self.asked: set[str] = set()
        self.all_asked = False

    def begin(self) -> None:
        """Forget what was asked so far."""
        self.asked, self.all_asked = set(), False

    def __getitem__(self, name: str) -> FactDeclaration:
        self.asked.add(name)
        return self._facts[name]

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return name in self._facts

    def __iter__(self) -> Iterator[str]:
        self.all_asked = True
        return iter(self._facts)

    def __len__(self) -> int:
        self.all_asked = True
        return len(self._facts)


class _WatchedPrefixes(frozenset[str]):
    """What names begin with. That one is asked for is noted as if it were a fact."""

    watched: Watched

    def __contains__(self, name: object) -> bool:
        self.watched.asked.add(f"{name}.")
        return super().__contains__(name)


class Uses:
    """A vocabulary whose every use is noted, and what the declarations of some of its facts come to."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        facts = vocabulary.facts
        self.facts = facts if isinstance(facts, Facts) else Facts.of(facts)  # to be read without being noted
        self.prefixes = vocabulary.prefixes
        self.watched = Watched(vocabulary.facts)
        prefixes = _WatchedPrefixes(vocabulary.prefixes)
        prefixes.watched = self.watched
        self.vocabulary = Vocabulary(
            facts=cast("dict[str, FactDeclaration]", self.watched),  # only ever read
            broken=vocabulary.broken,
            complete=vocabulary.complete,
            prefixes=prefixes,
        )
        self._prints: dict[str, bytes] = {}

    def digest(self, names: Iterable[str]) -> bytes:
        """What depends on these names alone: how each is declared, or that it is not, and which comes first."""
        facts = self.facts
        known = sorted((name for name in names if name in facts), key=lambda name: facts[name].order)
        total = hashlib.blake2b(digest_size=12)
        for name in known:
            total.update(self._print(name))
        for name in sorted(name for name in names if name[-1:] == "." and name[:-1] in self.prefixes):
            total.update(name.encode() + b"\n")
        return total.digest()

    def _print(self, name: str) -> bytes:
        found = self._prints.get(name)
        if found is None:
            found = self._prints[name] = print_of(self.facts[name])
        return found


def print_of(declared: FactDeclaration) -> bytes:
    """What tells two declarations of a fact apart, wherever they stand."""
    told = [getattr(declared, field) for field in declared.__struct_fields__ if field not in {"order", "span"}]
    return hashlib.blake2b(pack(tuple([_placeless(part) for part in told])), digest_size=12).digest()


def _placeless(part: object) -> object:
    """A reference value without its place; everything else as it is."""
    fields = getattr(part, "__struct_fields__", ())
    if "span" in fields:
        return tuple(getattr(part, name) for name in fields if name != "span")
    return part
