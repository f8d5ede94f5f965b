"""The values next to a literal's own: what a boundary test must tell apart."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from vedlys.model.conditions import Fact, Field, Literal, Operand
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType
from vedlys.model.values import IpNetwork, Version

_PART_LIMIT = 99_999  # of one part of a version


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """Another operand for a literal: `suffix` stands behind the literal's name, `step` behind that."""

    operation: str  # "shift", "replace" or "drop"
    suffix: str = ""
    step: str = ""
    operand: Any


def neighbours(literal: Literal) -> Iterator[Neighbour]:
    """Every operand next to the literal's; none where it is another fact, or yes or no (its negation is next to it)."""
    operand = literal.operand
    if isinstance(operand, Fact | Field | bool):
        return
    if not isinstance(operand, tuple) or isinstance(operand, Version):  # a version is a tuple too
        yield from _of_one(operand, literal.type)
    elif literal.operator == "between":
        yield from _of_ends(*operand)
    elif len(operand) > 1:
        for index, member in enumerate(operand):
            rest = (*operand[:index], *operand[index + 1 :])
            yield Neighbour(operation="drop", suffix=f"[{member}]", operand=rest)
    else:
        for neighbour in _of_one(operand[0], literal.type):
            yield msgspec.structs.replace(neighbour, operand=(neighbour.operand,))


def _of_ends(low: Any, high: Any) -> Iterator[Neighbour]:
    for step, value in _steps(low):
        yield Neighbour(operation="shift", suffix=".low", step=step, operand=(value, high))
    for step, value in _steps(high):
        yield Neighbour(operation="shift", suffix=".high", step=step, operand=(low, value))


def _of_one(value: Operand, fact_type: FactType) -> Iterator[Neighbour]:
    steps = list(_steps(value))
    for step, shifted in steps:
        yield Neighbour(operation="shift", step=step, operand=shifted)
    if not steps and (other := _other(value, fact_type)) is not None:
        yield Neighbour(operation="replace", operand=other)


def _steps(value: Any) -> Iterator[tuple[str, Any]]:
    """The values one step below and above, with the step as it reads."""
    match value:
        case bool() | str():
            return
        case int():
            yield from (("-1", value - 1), ("+1", value + 1))
        case float():
            step = Decimal(1).scaleb(min(int(Decimal(repr(value)).as_tuple().exponent), 0))
            yield from (
                (f"-{step:f}", float(Decimal(repr(value)) - step)),
                (f"+{step:f}", float(Decimal(repr(value)) + step)),
            )
        case Version():
            yield from _version_steps(value)
        case dt.timedelta():
            unit = dt.timedelta(days=1) if value % dt.timedelta(days=1) == dt.timedelta(0) else dt.timedelta(hours=1)
            yield from (("-1", value - unit), ("+1", value + unit))
        case dt.datetime():
            second = dt.timedelta(seconds=1)
            yield from (("-1", value - second), ("+1", value + second))
        case dt.date():
            day = dt.timedelta(days=1)
            yield from (("-1", value - day), ("+1", value + day))
        case ipaddress.IPv4Address() | ipaddress.IPv6Address():
            yield from (("-1", value - 1), ("+1", value + 1))
        case ipaddress.IPv4Network() | ipaddress.IPv6Network():
            yield from _network_steps(value)


def _version_steps(version: Version) -> Iterator[tuple[str, Version]]:
    """One below and above in the last part that was written; nothing is below 0."""
    parts = [int(part) for part in version.text.split(".")]
    for step in (-1, 1):
        last = parts[-1] + step
        if 0 <= last <= _PART_LIMIT:
            yield f"{step:+d}", Version.read(".".join(map(str, (*parts[:-1], last))))


def _network_steps(network: IpNetwork) -> Iterator[tuple[str, IpNetwork]]:
    """The network twice as wide, and the lower half of it."""
    length = network.prefixlen
    if length > 0:
        yield "-1", network.supernet()
    if length < network.max_prefixlen:
        lower = (network.network_address, length + 1)
        yield "+1", (ipaddress.IPv4Network if network.version == 4 else ipaddress.IPv6Network)(lower)


def _other(value: Any, fact_type: FactType) -> str | None:
    """A different value: an enum's next, a pattern's host or host's pattern, another text."""
    scalar = _scalar(fact_type)
    if not isinstance(value, str) or scalar is None:
        return None
    match scalar.kind:
        case "enum":
            values = scalar.values
            other = values[(values.index(value) + 1) % len(values)]
            return None if other == value else other
        case "host_pattern":
            return value.removeprefix("*.") if value.startswith("*.") else "x" if value == "*" else f"*.{value}"
        case "hostname":
            return f"x.{value}"
        case _:
            return f"{value}x"


def _scalar(fact_type: FactType) -> ScalarType | None:
    match fact_type:
        case ScalarType():
            return fact_type
        case SetType(member=member):
            return member
        case RecordsType():
            return None
