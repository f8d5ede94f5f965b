"""Classes of values: how the tests on one fact divide all the values that it could have.

Two values are of one class when every test says the same of both. What rules say can be learnt from one value of
each class, so that a fact can be tried out without trying all its values. The classes are complete, or not given at
all: None says that they cannot be counted up.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, cast

import msgspec

from vedlys.model.operators import AGES, OPERATORS, holds
from vedlys.model.types import FactType, Kind, RecordsType, ScalarType, SetType
from vedlys.model.values import IpAddress, Scalar, Value, Version, read_hostname

_LONGEST_KEPT = 200  # characters
_LIGHT = (bool, int, float, Version, dt.date, dt.timedelta)
MOST_WITNESSES = 8  # members or phrases whose every combination is looked at: 256 combinations

_ANY_MEMBER = frozenset({"text", "hostname", "host_pattern", "ip"})  # a set may have, or lack, whatever is named
_EQUAL = frozenset({"is", "is_not", "one_of", "none_of"})
_MIRRORED = {
    "is": "is",
    "is_not": "is_not",
    "at_least": "at_most",
    "at_most": "at_least",
    "more_than": "less_than",
    "less_than": "more_than",
    "one_of": "has",
    "none_of": "lacks",
    "has": "one_of",
    "lacks": "none_of",
    "has_any": "has_any",
}

_VERSION_BASE = 100_000  # a part of a version has at most five digits
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_EXACT = 2**53  # beyond it whole numbers lie between neighbouring floats
_LONGEST_HOST = 253
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Test(msgspec.Struct, frozen=True):
    """One comparison with a known value, seen from the fact: what `holds` is asked of each value of it."""

    operator: str
    operand: Any  # in normal form

    __test__ = False  # not a test case, whatever its name says to pytest


def mirrored(operator: str, value: Value) -> Test | None:
    """The test on the fact at the right of a comparison whose left side is known; None where no operator says it."""
    return Test(_MIRRORED[operator], value) if operator in _MIRRORED else None


def classes(fact_type: FactType, tests: Sequence[Test], as_of: dt.datetime) -> tuple[Value, ...] | None:
    """One value of each class that the tests cut, within the type's limits; None where they cannot be counted up."""
    found: dict[tuple[bool, ...], Value] = {}
    try:
        for value in _candidates(fact_type, tests, as_of):
            found.setdefault(tuple(holds(test.operator, value, test.operand, as_of) for test in tests), value)
    except (_Uncountable, OverflowError):  # a length of time may reach behind the first date
        return None
    return tuple(found.values())


def outcomes(
    fact_type: ScalarType | SetType, tests: tuple[Test, ...], as_of: dt.datetime
) -> tuple[tuple[bool, ...], ...] | None:
    """What the tests say together of each class of values; None where the classes cannot be counted up."""
    if len(tests) == 1 and isinstance(fact_type, SetType) and fact_type.member.kind in _ANY_MEMBER:
        # what callers name is seldom the same: it is not worked out for each name
        if tests[0].operator == "has":
            return ((False,), (True,))
        if tests[0].operator == "lacks":
            return ((True,), (False,))
    # a value that a caller posted may be long: it is not kept here
    is_light = all(isinstance(test.operand, _LIGHT) or len(str(test.operand)) <= _LONGEST_KEPT for test in tests)
    return (_outcomes if is_light else _outcomes.__wrapped__)(fact_type, tests, as_of)


@lru_cache(maxsize=4096)
def _outcomes(
    fact_type: ScalarType | SetType, tests: tuple[Test, ...], as_of: dt.datetime
) -> tuple[tuple[bool, ...], ...] | None:
    values = classes(fact_type, tests, as_of)
    if values is None:
        return None
    return tuple(tuple(holds(test.operator, value, test.operand, as_of) for test in tests) for value in values)


def spread(scalar: ScalarType, cuts: Iterable[Any], count: int) -> list[Scalar]:
    """For an ordered type: each cut, and up to `count` values in each gap between cuts and outside, within limits."""
    if scalar.kind == "number":
        return _spread_numbers(scalar, list(cuts), count)
    low, high = _ordinals(scalar)
    found: set[int] = set()
    for cut in itertools.chain(cuts, (bound for bound in (scalar.minimum, scalar.maximum) if bound is not None)):
        below, above = _ordinal(scalar.kind, cut)
        found.update(range(below - count, above + count + 1))
    if not found:
        start = 0 if low is None else low
        found.update(range(start, start + count + 1))
    kept = sorted(n for n in found if (low is None or n >= low) and (high is None or n <= high))
    return [_from_ordinal(scalar.kind, n) for n in kept]


def fresh(scalar: ScalarType, taken: Iterable[Any], count: int) -> list[Scalar]:
    """Up to `count` different values that are none of those taken; for types whose values are only equal or not."""
    used = set(taken)
    names: Iterator[Scalar]
    match scalar.kind:
        case "boolean":
            names = iter((False, True))
        case "enum":
            names = iter(scalar.values)
        case "hostname" | "host_pattern":
            names = (f"host{number}.example" for number in itertools.count())
        case "ip":
            names = (ipaddress.IPv4Address(number) for number in itertools.count(0xC0000200))
        case "text":
            names = (f"text {number}" for number in itertools.count())
        case _:
            return [value for value in spread(scalar, used, count) if value not in used]
    return list(itertools.islice((name for name in names if name not in used), count))


class _Uncountable(Exception):  # noqa: N818  # no error: it only ends the counting
    """The classes cannot be counted up."""


def _candidates(fact_type: FactType, tests: Sequence[Test], as_of: dt.datetime) -> Iterable[Value]:
    """Values among which there is one of every class."""
    match fact_type:
        case SetType(member=member):
            return _sets(member, tests)
        case RecordsType():
            raise _Uncountable
        case ScalarType(kind="boolean"):
            return (False, True)
        case ScalarType(kind="enum", values=values):
            return values
        case ScalarType(kind="text"):
            return _texts(tests)
        case ScalarType(kind="hostname"):
            return _hostnames(tests)
        case ScalarType(kind="host_pattern"):
            literals = _mentioned(tests)
            return [*literals, *fresh(fact_type, literals, 1)]
        case ScalarType(kind="ip"):
            return _addresses(tests)
        case ScalarType():
            return spread(fact_type, _cuts(fact_type, tests, as_of), 1)


def _cuts(scalar: ScalarType, tests: Sequence[Test], as_of: dt.datetime) -> Iterator[Any]:
    for test in tests:
        if test.operator not in AGES:
            yield from listed(test.operand)
        elif scalar.kind == "date":
            yield as_of.astimezone(dt.UTC).date() - test.operand
        else:
            yield as_of - test.operand


def listed(operand: Any) -> Iterable[Any]:
    """The scalars of an operand. A version is a tuple too, and one scalar."""
    if isinstance(operand, frozenset) or (isinstance(operand, tuple) and not isinstance(operand, Version)):
        return cast("Iterable[Any]", operand)
    return (operand,)


def _mentioned(tests: Iterable[Test]) -> list[Any]:
    return list(dict.fromkeys(value for test in tests for value in listed(test.operand)))


# --- ordered types: whole numbers stand for values, so that neighbours can be counted off ---------------------------


def _ordinals(scalar: ScalarType) -> tuple[int | None, int | None]:
    """The least and the greatest value, as whole numbers; None = without end."""
    match scalar.kind:
        case "version":
            return 0, _VERSION_BASE**4 - 1
        case "date":
            return dt.date.min.toordinal(), dt.date.max.toordinal()
        case "datetime":
            return _instant(dt.datetime.min.replace(tzinfo=dt.UTC)), _instant(dt.datetime.max.replace(tzinfo=dt.UTC))
        case _:
            return (
                None if scalar.minimum is None else math.ceil(scalar.minimum),
                None if scalar.maximum is None else math.floor(scalar.maximum),
            )


def _ordinal(kind: Kind, value: Any) -> tuple[int, int]:
    """The value as a whole number; where it lies between two (2.5), both of them."""
    match kind:
        case "version":
            number = 0
            for part in value:
                number = number * _VERSION_BASE + part
            return number, number
        case "date":
            return value.toordinal(), value.toordinal()
        case "datetime":
            return _instant(value), _instant(value)
        case _:
            return math.floor(value), math.ceil(value)


def _instant(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _from_ordinal(kind: Kind, number: int) -> Scalar:
    match kind:
        case "version":
            parts = []
            for _ in range(4):
                number, part = divmod(number, _VERSION_BASE)
                parts.append(str(part))
            return Version.read(".".join(reversed(parts)))
        case "date":
            return dt.date.fromordinal(number)
        case "datetime":
            return _EPOCH + number * _MICROSECOND
        case _:
            return number


def _spread_numbers(scalar: ScalarType, cuts: list[int | float], count: int) -> list[Scalar]:
    bounds = [bound for bound in (scalar.minimum, scalar.maximum) if bound is not None]
    found: set[int | float] = set(cuts or ([] if bounds else [0])) | set(bounds)
    for cut in tuple(found):
        for end in (-math.inf, math.inf):
            near = cut
            for _ in range(count):
                near = _next(near, end)
                found.add(near)
    low = -math.inf if scalar.minimum is None else scalar.minimum
    high = math.inf if scalar.maximum is None else scalar.maximum
    return sorted(number for number in found if low <= number <= high and abs(number) != math.inf)


def _next(number: float, end: float) -> int | float:
    """The next number that way; whole numbers may be told apart where floats no longer can."""
    if abs(number) >= _EXACT:
        return int(number) + (1 if end > 0 else -1) if abs(number) != math.inf else number
    return math.nextafter(number, end)


# --- types whose values are equal or not, contain a phrase, or lie in a network --------------------------------------


def _texts(tests: Sequence[Test]) -> Iterator[str]:
    """Every literal, and every combination of phrases in a text that is none of the literals.

    The phrases of a combination are kept apart by a mark that no phrase and no literal has: so a text contains just
    those phrases, and those within them.
    """
    literals, phrases = _literals_and_phrases(tests)
    mark = next(c for c in map(chr, itertools.count(0x2460)) if not any(c in text for text in (*literals, *phrases)))
    yield from literals
    for some in _combinations(phrases):
        yield mark + mark.join((*some, ""))


def _hostnames(tests: Sequence[Test]) -> Iterator[str]:
    """As for texts, in host names: the mark is a letter, or a letter as a label where no phrase is a dot alone."""
    literals, phrases = _literals_and_phrases(tests)
    # no host name holds anything else, and a phrase that none can contain divides nothing
    legal = {*_LETTERS, *"0123456789_-."}
    phrases = [phrase for phrase in phrases if set(phrase) <= legal and ".." not in phrase]
    mark = next((c for c in _LETTERS if not any(c in phrase for phrase in phrases)), None)
    if mark is None:
        raise _Uncountable
    between = mark if "." in phrases else f"{mark}.{mark}"
    yield from literals
    for some in _combinations(phrases):
        host = next(
            host for count in itertools.count(1) if (host := mark * count + between.join(some) + mark) not in literals
        )
        try:
            read_hostname(host)
        except ValueError:  # too long, say: a shorter one might hold the same phrases
            raise _Uncountable from None
        yield host


def _literals_and_phrases(tests: Sequence[Test]) -> tuple[list[str], list[str]]:
    literals = _mentioned(test for test in tests if test.operator != "contains")
    phrases = [test.operand.casefold() for test in tests if test.operator == "contains" and test.operand]
    return literals, list(dict.fromkeys(phrases))


def _combinations(items: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    if len(items) > MOST_WITNESSES:
        raise _Uncountable
    for size in range(len(items) + 1):
        yield from itertools.combinations(items, size)


def _addresses(tests: Sequence[Test]) -> list[IpAddress]:
    """The first address of each stretch that literals and networks cut out of all addresses of their version."""
    starts: set[IpAddress] = {ipaddress.IPv4Address(0), ipaddress.IPv6Address(0)}
    for test in tests:
        for item in listed(test.operand):
            first, last = (item[0], item[-1]) if test.operator == "within" else (item, item)
            starts.add(first)
            if int(last) < 2**last.max_prefixlen - 1:
                starts.add(last + 1)
    return sorted(starts, key=lambda address: (address.version, int(address)))


# --- sets: what a set test says follows from which witnesses are among the members ----------------------------------


def _sets(member: ScalarType, tests: Sequence[Test]) -> Iterator[frozenset[Scalar]]:
    """Every combination of witnesses: for each thing that the tests could say of a member, one member of that kind.

    Each operator on sets asks whether there is a member of some kind (that one, one under a host, one that covers a
    pattern). A member of which no test says anything adds nothing.
    """
    atoms = [atom for test in tests for atom in _atoms(test)]
    witnesses: dict[tuple[bool, ...], Scalar] = {}
    for candidate in _members(member, tests):
        single = frozenset((candidate,))
        kind = tuple(OPERATORS[atom.operator].holds(single, atom.operand) for atom in atoms)  # type: ignore[misc]  # none of them needs a clock
        if any(kind):
            witnesses.setdefault(kind, candidate)
    return map(frozenset, _combinations(list(witnesses.values())))


def _atoms(test: Test) -> Iterator[Test]:
    """The questions about one member that decide the test."""
    if test.operator == "has_under":
        yield test
    else:
        operator = "covers" if test.operator == "covers" else "has"
        for item in listed(test.operand):
            yield Test(operator, (item,) if operator == "covers" else item)


def _members(member: ScalarType, tests: Sequence[Test]) -> Iterator[Scalar]:
    match member.kind:
        case "boolean":
            yield from (False, True)
        case "enum":
            yield from member.values
        case "hostname" | "host_pattern":
            yield from _host_members(member, tests)
        case _:
            yield from _mentioned(tests)


def _host_members(member: ScalarType, tests: Sequence[Test]) -> Iterator[str]:
    for test in tests:
        for item in listed(test.operand):
            if test.operator == "covers":
                yield from _covering(item, wildcards=member.kind == "host_pattern")
            else:
                yield item
            if test.operator == "has_under":
                taken = {name for other in tests for name in listed(other.operand)}
                below = next(name for number in itertools.count() if (name := f"h{number}.{item}") not in taken)
                if len(below) <= _LONGEST_HOST:
                    yield below


def _covering(pattern: str, *, wildcards: bool) -> Iterator[str]:
    """All that covers a pattern: itself, and every wider wildcard."""
    if wildcards or not pattern.startswith("*"):
        yield pattern
    if wildcards and pattern != "*":
        labels = pattern.removeprefix("*.").split(".")
        yield from ("*." + ".".join(labels[start:]) for start in range(1, len(labels)))
        yield "*"
