"""The operators of the language: which types they take, and when they are TRUE of two known values.

One table decides both. A literal on an unknown value is UNKNOWN and never gets here, `known` aside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec

from vedlys.model.types import KINDS, ORDERED, FactType, Kind, RecordsType, ScalarType, SetType

# What stands behind the operator in a rule file:
#   one        a value of the subject's type (of its members', for a set), or another fact
#   many       a list of such values, or a fact that is a set of them
#   pair       a list of two values, the lower first
#   phrase     a text
#   duration   {days: 30}
#   network    a CIDR
#   host       a host name
#   patterns   a list of host patterns, or a fact that is a set of hosts or patterns
#   truth      yes or no
#   condition  a condition on one record
Shape = Literal["one", "many", "pair", "phrase", "duration", "network", "host", "patterns", "truth", "condition"]


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """One operator: `scalars` are the kinds of scalar subjects it takes, `members` those of sets."""

    name: str
    shape: Shape
    scalars: frozenset[Kind] = frozenset()
    members: frozenset[Kind] = frozenset()
    records: bool = False
    holds: Callable[[Any, Any], bool] | None = None  # None where the truth needs more than two values

    def takes(self, subject: FactType) -> bool:
        """Whether the operator may test a subject of that type."""
        match subject:
            case ScalarType(kind=kind):
                return kind in self.scalars
            case SetType(member=member):
                return member.kind in self.members
            case RecordsType():
                return self.records


def pattern_covers(entry: str, pattern: str) -> bool:
    """Whether an allow-list entry covers a host or pattern: it is that, or a wider wildcard."""
    if entry in {pattern, "*"}:
        return True
    return entry.startswith("*.") and pattern != "*" and pattern.removeprefix("*.").endswith(entry[1:])


def uncovered(entries: Iterable[str], patterns: Iterable[str]) -> list[str]:
    """The patterns, in their order, that no entry covers."""
    known = tuple(entries)
    return [pattern for pattern in patterns if not any(pattern_covers(entry, pattern) for entry in known)]


def is_under(member: str, host: str) -> bool:
    """Whether a host or pattern, its `*.` removed, is that host or beneath it at a label boundary."""
    name = member.removeprefix("*.")
    return name == host or name.endswith("." + host)


def age_exceeds(moment: dt.date, length: dt.timedelta, as_of: dt.datetime) -> int:
    """1 where the moment lies more than that length before `as_of`, -1 where less, 0 where exactly.

    A date without a time is compared by days, with the day that `as_of` has in UTC.
    """
    # a difference always exists; a moment that long before `as_of` may be before the calendar begins
    age = as_of - moment if isinstance(moment, dt.datetime) else as_of.astimezone(dt.UTC).date() - moment
    return (age > length) - (age < length)


_ANY = frozenset(KINDS)
_NOT_BOOLEAN = _ANY - {"boolean"}
_HOSTS: frozenset[Kind] = frozenset({"hostname", "host_pattern"})

_TABLE = (
    Operator(name="is", shape="one", scalars=_ANY, holds=lambda value, needed: value == needed),
    Operator(name="is_not", shape="one", scalars=_NOT_BOOLEAN, holds=lambda value, needed: value != needed),
    Operator(name="one_of", shape="many", scalars=_NOT_BOOLEAN, holds=lambda value, needed: value in needed),
    Operator(name="none_of", shape="many", scalars=_NOT_BOOLEAN, holds=lambda value, needed: value not in needed),
    Operator(name="at_least", shape="one", scalars=ORDERED, holds=lambda value, needed: value >= needed),
    Operator(name="at_most", shape="one", scalars=ORDERED, holds=lambda value, needed: value <= needed),
    Operator(name="more_than", shape="one", scalars=ORDERED, holds=lambda value, needed: value > needed),
    Operator(name="less_than", shape="one", scalars=ORDERED, holds=lambda value, needed: value < needed),
    Operator(
        name="between", shape="pair", scalars=ORDERED, holds=lambda value, needed: needed[0] <= value <= needed[1]
    ),
    Operator(name="older_than", shape="duration", scalars=frozenset({"date", "datetime"})),
    Operator(name="newer_than", shape="duration", scalars=frozenset({"date", "datetime"})),
    Operator(name="has", shape="one", members=_ANY, holds=lambda members, needed: needed in members),
    Operator(name="lacks", shape="one", members=_ANY, holds=lambda members, needed: needed not in members),
    Operator(
        name="has_any", shape="many", members=_ANY, holds=lambda members, needed: any(n in members for n in needed)
    ),
    Operator(
        name="has_all", shape="many", members=_ANY, holds=lambda members, needed: all(n in members for n in needed)
    ),
    Operator(
        name="lacks_any",
        shape="many",
        members=_ANY,
        holds=lambda members, needed: any(n not in members for n in needed),
    ),
    Operator(
        name="contains",
        shape="phrase",
        scalars=frozenset({"text", "hostname"}),
        holds=lambda value, needed: needed.casefold() in value.casefold(),
    ),
    Operator(
        name="within",
        shape="network",
        scalars=frozenset({"ip"}),
        holds=lambda value, needed: value.version == needed.version and value in needed,
    ),
    Operator(
        name="has_under",
        shape="host",
        members=_HOSTS,
        holds=lambda members, needed: any(is_under(member, needed) for member in members),
    ),
    Operator(
        name="covers",
        shape="patterns",
        members=_HOSTS,
        holds=lambda members, needed: not uncovered(members, needed),
    ),
    Operator(name="known", shape="truth", scalars=_ANY, members=_ANY, records=True),
    Operator(name="some", shape="condition", records=True),
    Operator(name="every", shape="condition", records=True),
)

OPERATORS: dict[str, Operator] = {operator.name: operator for operator in _TABLE}

# An operator that is FALSE of known values says what its opposite says; the others have none.
OPPOSITES: dict[str, str] = {
    one: other
    for pair in (
        ("is", "is_not"),
        ("one_of", "none_of"),
        ("at_least", "less_than"),
        ("more_than", "at_most"),
        ("has", "lacks"),
        ("has_all", "lacks_any"),
    )
    for one, other in (pair, pair[::-1])
}
AGES = frozenset({"older_than", "newer_than"})  # they measure from `as_of`
COMPARISONS = frozenset({"at_least", "at_most", "more_than", "less_than"})


def holds(operator: str, value: Any, needed: Any, as_of: dt.datetime) -> bool:
    """The truth of one literal on a known value and a known operand, both in normal form.

    `known`, `some` and `every` are not decided here: they do not compare two known values.
    """
    decide = OPERATORS[operator].holds
    if decide is not None:
        return decide(value, needed)
    age = age_exceeds(value, needed, as_of)
    return age > 0 if operator == "older_than" else age < 0
