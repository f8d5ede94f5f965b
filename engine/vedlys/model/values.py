"""Values of facts: reading one scalar from its text, and the normal form that conditions compare.

| kind | normal form |
|---|---|
| boolean, integer, number | bool, int, int or float |
| text, enum | str |
| version | `Version`: four ints that remember how they were written |
| date, datetime | datetime.date, datetime.datetime with its offset |
| hostname, host_pattern | str, lower case, A-labels, no trailing dot |
| ip | ipaddress.IPv4Address or IPv6Address |
| set | frozenset of normal forms |
| records | tuple of `Record` |
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_VERSION = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,5}){1,3}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)


class Version(tuple[int, ...]):
    """A version: four numbers, compared as numbers (1.1.443 equals 1.1.443.0), and its text as written."""

    text: str

    @classmethod
    def read(cls, text: str) -> Version:
        """Read 2 to 4 numeric parts; ValueError where the text is not a version."""
        if not _VERSION.fullmatch(text):
            raise ValueError(text)
        parts = [int(part) for part in text.split(".")]
        version = cls((*parts, 0, 0)[:4])
        version.text = text
        return version

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Version({self.text!r})"


Scalar = bool | int | float | str | Version | dt.date | dt.datetime | IpAddress


class Record(msgspec.Struct, frozen=True):
    """One record of a fact: the text of its key, and the values of its known fields."""

    key: str
    fields: dict[str, Scalar | frozenset[Scalar]]


Value = Scalar | frozenset[Scalar] | tuple[Record, ...]
# The values of some facts or of some fields of a record, in an order agreed on; None where unknown. Records stand in it
# as rows of their fields.
Row = tuple[Any, ...]


def rows_of(records: Sequence[Record], fields: Sequence[str]) -> tuple[Row, ...]:
    """Records as rows of these of their fields."""
    return tuple([tuple(map(record.fields.get, fields)) for record in records])


def read_date(text: str) -> dt.date:
    """Read year-month-day; ValueError otherwise."""
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return dt.date.fromisoformat(text)


def read_datetime(text: str) -> dt.datetime:
    """Read a date and time with an offset (RFC 3339, seconds optional); ValueError otherwise."""
    if not _DATETIME.fullmatch(text):
        raise ValueError(text)
    try:
        moment = dt.datetime.fromisoformat(text.upper())
        moment.astimezone(dt.UTC)  # year 1 with an offset has no instant in UTC
    except OverflowError as error:
        raise ValueError(text) from error
    return moment


def read_hostname(text: str) -> str:
    """Normalise a host name: lower case, A-labels, no trailing dot; ValueError where it is none.

    Underscores and single labels are names too. A dotted-decimal address is not: it would be compared
    by label, which means nothing.
    """
    name = text.strip().removesuffix(".")
    if not name or len(text) > 253 * 4 or name != text.removesuffix("."):
        raise ValueError(text)
    labels = [_label(label) for label in name.split(".")]
    normal = ".".join(labels)
    if len(normal) > 253 or (labels[-1].isdigit() and len(labels) > 1):
        raise ValueError(text)
    return normal


def _label(label: str) -> str:
    if not label.isascii():
        import idna  # noqa: PLC0415 - lazy: few names need its tables

        try:
            label = idna.encode(label, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise ValueError(label) from error
    label = label.lower()
    if not _LABEL.fullmatch(label):
        raise ValueError(label)
    return label


def read_host_pattern(text: str) -> str:
    """Normalise a host name, `*.` and a host name, or `*`; ValueError otherwise."""
    if text == "*":
        return text
    if text.startswith("*."):
        return "*." + read_hostname(text[2:])
    return read_hostname(text)


def read_ip(text: str) -> IpAddress:
    """Read an address, with no zone; ValueError otherwise."""
    if "%" in text:
        raise ValueError(text)
    return ipaddress.ip_address(text)


def read_network(text: str) -> IpNetwork:
    """Read address/length with no host bits; ValueError otherwise."""
    if "/" not in text or "%" in text:
        raise ValueError(text)
    return ipaddress.ip_network(text, strict=True)


# the kinds that JSON and YAML both write as text, with the code of the fault where it is none
READERS: dict[str, tuple[Callable[[str], Scalar], str]] = {
    "version": (Version.read, "malformed-version"),
    "date": (read_date, "malformed-date"),
    "datetime": (read_datetime, "malformed-datetime"),
    "hostname": (read_hostname, "malformed-hostname"),
    "host_pattern": (read_host_pattern, "malformed-host-pattern"),
    "ip": (read_ip, "malformed-ip"),
}


def as_text(moment: dt.datetime) -> str:
    """The moment in ISO 8601, UTC as `Z`."""
    return moment.isoformat().replace("+00:00", "Z")


_PLAIN = frozenset({bool, int, float, str, type(None)})


def plain(value: object) -> object:
    """The value as JSON has it: text for versions, hosts and dates, sorted lists for sets, objects for records."""
    if type(value) in _PLAIN:
        return value
    match value:
        case Version():
            return value.text
        case dt.datetime():
            return as_text(value)
        case dt.date():
            return value.isoformat()
        case frozenset():
            return sorted((plain(member) for member in value), key=_sorting)
        case Record():
            return {name: plain(field) for name, field in value.fields.items()}
        case dt.timedelta():
            return _duration(value)
        case tuple() | list():
            return [plain(item) for item in value]
        case _:
            return str(value)


def _sorting(item: object) -> tuple[str, object]:
    return ("", item) if isinstance(item, int | float) else ("s", str(item))


def _duration(length: dt.timedelta) -> dict[str, int]:
    hours, rest = divmod(int(length.total_seconds()), 3600)
    assert rest == 0  # hours are the smallest unit that the language has
    return {"days": hours // 24} if hours % 24 == 0 else {"hours": hours}
