"""The forms that a document of some facts may have, as types that msgspec decodes it into."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UnsetType

from vedlys.intake.scalars import INTEGER_LEAST, INTEGER_MOST
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType

_MOST_PARTS = 8  # of a name: each pair of topics that it has is looked at


class Forms:
    """Every spelling of some facts: an object for the document, and one for each topic wherever it stands.

    What may stand in an object is a field f0, f1, … of its struct, in the order of `members`.
    """

    def __init__(self, types: Mapping[str, FactType]) -> None:
        """`types` are those of the facts."""
        self.types = types
        # an outer topic stands before those that stand in it
        topics = {topic for name in types for topic in _topics(name)}
        self.topics = tuple(sorted(topics, key=lambda name: (name.count("."), name)))
        self.decoder = cache(self._decoder)

    def members(self, topic: str) -> Iterator[str]:
        """The facts and topics that may stand in the object of a topic; "" is the document."""
        prefix = topic + "." if topic else ""
        return (name for name in (*self.types, *self.topics) if name.startswith(prefix))

    def _decoder(self, absent: UnsetType | None) -> Callable[[bytes], Any]:
        """What decodes a document; what does not stand in it is `absent`. Where that is None, null is the same."""
        structs: dict[str, type[msgspec.Struct]] = {}
        for topic in (*reversed(self.topics), ""):
            of = {name: structs.get(name) or _type_of(self.types[name], absent) for name in self.members(topic)}
            start = len(topic) + 1 if topic else 0
            structs[topic] = _struct({name[start:]: one for name, one in of.items()}, absent)
        return msgspec.json.Decoder(structs[""]).decode


def forms_of(types: Mapping[str, FactType]) -> Forms:
    """The forms of facts of these types: the same again for the same facts.

    Types are never freed by counting who uses them. So they are shared by the catalogues that a service has one after
    the other, whose facts rarely change.
    """
    return _remembered(msgspec.json.encode(list(types.items())))


@lru_cache(maxsize=512)
def _remembered(types: bytes) -> Forms:
    return Forms(dict(msgspec.json.decode(types, type=list[tuple[str, FactType]])))


def may_be_typed(facts: Iterable[str]) -> bool:
    """Whether types are made of these facts: names of many parts have too many spellings."""
    return all(fact.count(".") < _MOST_PARTS for fact in facts)


def _struct(members: Mapping[str, Any], absent: UnsetType | None) -> type[msgspec.Struct]:
    names = {f"f{number}": member for number, member in enumerate(members)}
    fields = [(field, _optional(members[member], absent), absent) for field, member in names.items()]
    return msgspec.defstruct("Posted", fields, rename=names, forbid_unknown_fields=True, gc=False)


def _optional(of: Any, absent: UnsetType | None) -> Any:
    if absent is None:
        return of | None
    is_topic = isinstance(of, type) and issubclass(of, msgspec.Struct)
    return of | UnsetType if is_topic else of | None | UnsetType  # a topic is never null


def _type_of(of: FactType, absent: UnsetType | None) -> Any:
    """The type that a value of that type is decoded as."""
    match of:
        case ScalarType(kind="boolean"):
            return bool
        case ScalarType(kind="integer"):
            least = INTEGER_LEAST if of.minimum is None else max(math.ceil(of.minimum), INTEGER_LEAST)
            most = INTEGER_MOST if of.maximum is None else min(math.floor(of.maximum), INTEGER_MOST)
            return Annotated[int, msgspec.Meta(ge=least, le=most)]
        case ScalarType(kind="number"):
            return int | float
        case ScalarType(kind="enum"):
            return Literal[of.values]
        case ScalarType():
            return str
        case SetType():
            return list[_type_of(of.member, absent)]  # type: ignore[misc]  # made at run time
        case RecordsType():
            fields = {name: _type_of(field, absent) for name, field in of.fields.items()}
            return list[_struct(fields, absent)]  # type: ignore[misc]  # as above


def _topics(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:depth]) for depth in range(1, len(parts))]
