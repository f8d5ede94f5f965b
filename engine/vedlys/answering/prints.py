"""Prints: what tells two values of a fact apart in an answer.

Values that conditions cannot tell apart may still be shown differently: a version is shown as it was written, and
1.0 is not shown as 1. So what is said of a value is remembered by its print.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from vedlys.model.environment import Environment
from vedlys.model.rulebook import FactDeclaration
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType

Print = Callable[[Any], Hashable]


def is_bounded(of: FactType) -> bool:
    """Whether the values of a type are all short: callers decide how long texts, names and lists are."""
    return isinstance(of, ScalarType) and of.kind not in {"text", "hostname", "host_pattern"}


class Prints:
    """Takes the prints of some facts; `vocabulary` declares them."""

    def __init__(self, facts: Iterable[str], vocabulary: Mapping[str, FactDeclaration]) -> None:
        self._unknown: dict[str, Hashable] = dict.fromkeys(facts)
        # of most types the value is its own print
        self._takers = [
            (name, taker) for name in self._unknown if (taker := _print_of(vocabulary[name].type)) is not None
        ]

    def of(self, environment: Environment) -> dict[str, Hashable]:
        """The print of each fact, None of an unknown one. That of a reference value is not that of a posted one.

        There may be values of other facts besides.
        """
        values = environment.values
        prints: dict[str, Any] = {**self._unknown, **values}
        for name, taker in self._takers:
            if name in values:
                prints[name] = taker(values[name])
        for name in environment.references:
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
            takers = {name: taker for name, kind in fields.items() if (taker := _print_of(kind)) is not None}
            return lambda records: tuple([_record_print(record.key, record.fields, takers) for record in records])


def _record_print(key: str, fields: Mapping[str, Any], takers: Mapping[str, Print]) -> Hashable:
    """The order in which a record's fields were posted shows nowhere; that of records does."""
    printed = [(name, takers[name](value) if name in takers else value) for name, value in fields.items()]
    return (key, frozenset(printed))
