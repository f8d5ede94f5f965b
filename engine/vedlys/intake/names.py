"""Every spelling of every fact's name: dotted, nested, and dotted inside nested."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from vedlys.intake.readers import Reader, reader_of
from vedlys.model.rulebook import FactDeclaration
from vedlys.model.types import BOOLEAN, RecordsType, levels_of

# What the fast walk needs of a fact, and no more: its name, the function that reads a valid value of it (None where
# true and false are all there is to read), and whether its value is made of objects.
Entry = tuple[str, Callable[[Any], Any] | None, bool]


class Names:
    """What may stand in an object at one place: in the document itself, or under one topic.

    A fact `net.firewall.allow_list` stands in `facts` here as `net.firewall.allow_list`, in the topic `net` as
    `firewall.allow_list`, in `net` → `firewall` and in `net.firewall` as `allow_list`.
    """

    __slots__ = ("derived", "facts", "prefix", "topics")

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix  # "" or with a dot at its end
        self.facts: dict[str, Entry] = {}
        self.topics: dict[str, Names] = {}
        self.derived: dict[str, str] = {}


class Vocabulary:
    """The facts that may be posted, as the walks of a document look them up."""

    def __init__(self, declarations: Mapping[str, FactDeclaration], derived: Collection[str] = ()) -> None:
        self.declarations = declarations
        self.readers: dict[str, Reader] = {name: reader_of(name, fact.type) for name, fact in declarations.items()}
        self.derived = frozenset(derived)
        self.root = Names("")
        # one object for each prefix, however it is spelt
        self._by_prefix = {"": self.root}
        for name, reader in self.readers.items():
            of = declarations[name].type
            entry: Entry = (name, None if of == BOOLEAN else reader.read, isinstance(of, RecordsType))
            for names, rest in self._places(name):
                names.facts[rest] = entry
        for name in self.derived:
            for names, rest in self._places(name):
                names.derived[rest] = name
        # every topic, be it one part or several, without its last dot
        self.prefixes = tuple(prefix[:-1] for prefix in self._by_prefix if prefix)
        self.facts = tuple(self.readers)
        # of documents in which every name is known: each part of a name may be in an object of its own
        self.levels = max((name.count(".") + 1 + levels_of(one.type) for name, one in declarations.items()), default=1)

    def _places(self, name: str) -> list[tuple[Names, str]]:
        """Each object that the fact can stand in, with what is left of its name there."""
        parts = name.split(".")
        places = []
        for depth in range(len(parts)):
            prefix = "".join(part + "." for part in parts[:depth])
            names = self._by_prefix.setdefault(prefix, Names(prefix))
            for above in range(depth):
                outer = "".join(part + "." for part in parts[:above])
                self._by_prefix[outer].topics[prefix[len(outer) : -1]] = names
            places.append((names, ".".join(parts[depth:])))
        return places
