"""Prints: what tells two values of a fact apart in an answer.

Values that conditions cannot tell apart may still be shown differently: a version is shown as it was written, and
1.0 is not shown as 1. So what is said of a value is remembered by its print.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import msgspec

from vedlys.answering.memory import LARGEST_KEY
from vedlys.model.environment import Environment
from vedlys.model.rulebook import FactDeclaration
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType
from vedlys.model.values import Record

Print = Callable[[Any], Hashable]
Weigh = Callable[[Any], int]

_FEW_VALUES = 50

# about how many bytes are taken by
_VALUE = 60  # a value, besides its letters
_NAME = 120  # a field of a record: most are names, which cannot be long
_RECORD = 100  # a record, besides its fields


def is_bounded(of: FactType) -> bool:
    """Whether the values of a type are all short: callers decide how long texts, names and lists are."""
    return isinstance(of, ScalarType) and of.kind not in {"text", "hostname", "host_pattern"}


class _Held(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A print whose hash takes long: several keys hold it, and each is looked up and kept."""

    value: Hashable


class Printed(dict[str, Hashable]):
    """The print of each of some facts, None of an unknown one; there may be values of other facts besides."""

    __slots__ = ("_values", "_weighs", "_weights")

    def __init__(self, unknown: dict[str, Any], values: dict[str, Any], weighs: Mapping[str, Weigh]) -> None:
        """Of the facts in `unknown`."""
        # all of a few values are copied faster than some are picked
        few = len(values) <= _FEW_VALUES + len(unknown)
        super().__init__({**unknown, **values} if few else zip(unknown, map(values.get, unknown), strict=True))
        self._values = values
        self._weighs = weighs
        self._weights: dict[str, int] | None = None

    def weight(self, facts: Iterable[str] | None = None) -> int:
        """About how many bytes those values take that may be long, of some of those facts or of all."""
        if self._weights is None:
            values = self._values
            self._weights = {name: weigh(values[name]) for name, weigh in self._weighs.items() if name in values}
        weights = self._weights
        return sum(weights.values()) if facts is None else sum([weights.get(name, 0) for name in facts])


class Prints:
    """Takes the prints of some facts; `vocabulary` declares them."""

    def __init__(self, facts: Iterable[str], vocabulary: Mapping[str, FactDeclaration]) -> None:
        types = {name: vocabulary[name].type for name in facts}
        self._unknown: dict[str, Hashable] = dict.fromkeys(types)
        # of most types the value is its own print
        self._takers = [(name, taker) for name, of in types.items() if (taker := _print_of(of)) is not None]
        self._weighs = {name: weigh_of(of) for name, of in types.items() if not is_bounded(of)}

    def of(self, environment: Environment) -> Printed:
        """The prints of what is known. That of a reference value is not that of a posted one."""
        values = environment.values
        prints = Printed(self._unknown, values, self._weighs)
        for name, taker in self._takers:
            if name in values:
                prints[name] = taker(values[name])
        for name in environment.references:
            if name in prints:
                prints[name] = ("reference", prints[name])
        return prints


def _print_of(of: FactType) -> Print | None:
    """The function that takes the print of a value; None where the value itself is one."""
    match of:
        case ScalarType(kind="version"):
            return lambda version: version.text
        case ScalarType(kind="number"):
            return repr
        case ScalarType(kind="datetime"):
            return lambda moment: moment.isoformat()
        case ScalarType():
            return None
        case SetType(member=member):
            one = _print_of(member)
            return None if one is None else lambda members: frozenset(map(one, members))
        case RecordsType(fields=fields):
            names = tuple(fields)
            takers = [
                (place, taker) for place, name in enumerate(fields) if (taker := _print_of(fields[name])) is not None
            ]

            def printed(records: Any) -> Hashable:
                if len(records) * _RECORD > LARGEST_KEY:
                    return object()  # too many to be remembered: like no others
                return _Held(tuple([_record_print(record, names, takers) for record in records]))

            return printed


def _record_print(record: Record, names: tuple[str, ...], takers: list[tuple[int, Print]]) -> Hashable:
    """The order in which a record's fields were posted shows nowhere; that of records does."""
    if not takers:
        return (record.key, *map(record.fields.get, names))
    fields: list[Any] = list(map(record.fields.get, names))
    for place, taker in takers:
        if fields[place] is not None:
            fields[place] = taker(fields[place])
    return (record.key, *fields)


def weigh_of(of: FactType) -> Weigh:
    """The function that tells about how many bytes a value of a type takes, and about how many its print."""
    match of:
        case ScalarType():
            return (lambda _: _VALUE) if is_bounded(of) else (lambda text: _VALUE + 2 * len(text))
        case SetType(member=member):
            if is_bounded(member):
                return lambda members: _VALUE * (1 + len(members))
            return lambda members: _VALUE * (1 + len(members)) + 2 * sum(map(len, members))
        case RecordsType(fields=fields):
            each = _RECORD + _NAME * len(fields)
            long = [(name, weigh_of(kind)) for name, kind in fields.items() if _may_be_long(kind)]

            def records_weigh(records: Any) -> int:
                total = _VALUE + each * len(records)
                if total <= LARGEST_KEY:
                    for name, weigh in long:
                        total += sum([weigh(record.fields[name]) for record in records if name in record.fields])
                return total

            return records_weigh


def _may_be_long(of: ScalarType | SetType) -> bool:
    return isinstance(of, SetType) or of.kind == "text"
