"""The types of facts, as the vocabulary declares them."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Kind = Literal[
    "boolean",
    "integer",
    "number",
    "text",
    "enum",
    "version",
    "date",
    "datetime",
    "hostname",
    "host_pattern",
    "ip",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
ORDERED: frozenset[Kind] = frozenset({"integer", "number", "version", "date", "datetime"})


class ScalarType(msgspec.Struct, frozen=True, kw_only=True, tag="scalar"):
    """One value. `minimum` and `maximum` (both in) and `unit` are for integers and numbers, `values` for enums."""

    kind: Kind
    minimum: int | float | None = None
    maximum: int | float | None = None
    unit: str | None = None
    values: tuple[str, ...] = ()


class SetType(msgspec.Struct, frozen=True, kw_only=True, tag="set"):
    """Any number of different values of one scalar type."""

    member: ScalarType


class RecordsType(msgspec.Struct, frozen=True, kw_only=True, tag="records"):
    """A list of records, told apart by the field `key`; every other field may be unknown."""

    key: str
    fields: dict[str, ScalarType | SetType]


FieldType = ScalarType | SetType
FactType = ScalarType | SetType | RecordsType

BOOLEAN = ScalarType(kind="boolean")


def levels_of(fact_type: FactType) -> int:
    """How many lists and objects stand in each other where a value is written as JSON."""
    match fact_type:
        case ScalarType():
            return 0
        case SetType():
            return 1
        case RecordsType(fields=fields):
            return 2 + max(map(levels_of, fields.values()))


def name_of(fact_type: FactType) -> str:
    """The type as the author writes it: `version`, `set of hostname`, `records`."""
    match fact_type:
        case ScalarType(kind=kind):
            return kind
        case SetType(member=member):
            return f"set of {member.kind}"
        case RecordsType():
            return "records"
