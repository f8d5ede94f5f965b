"""Model values as bytes and back, exactly: equal values of the same types, spans with their places.

MessagePack, with a number in front of whatever is more than JSON knows. What was packed by one version of vedlys is
read by that version alone: structs are packed by position.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable
from typing import Any

import msgspec

from vedlys.diagnostics import Diagnostic
from vedlys.markup import template
from vedlys.model import conditions, environment, guidance, rulebook, types
from vedlys.model.values import Record, Version
from vedlys.source import Span

# a struct's number is its place here
_STRUCTS: tuple[type[msgspec.Struct], ...] = (
    *(conditions.Fact, conditions.Field, conditions.Literal, conditions.AllOf, conditions.AnyOf, conditions.Not),
    *(conditions.Quantified, conditions.Resolved, conditions.Always),
    *(rulebook.ReferenceValue, rulebook.FactDeclaration, rulebook.DerivedFact, rulebook.Example, rulebook.Equivalent),
    *(rulebook.Rule, rulebook.Section, rulebook.SourceDocument, rulebook.UnboundLines, rulebook.Case),
    *(rulebook.Rulebook, environment.Environment, Record),
    *(types.ScalarType, types.SetType, types.RecordsType),
    *(guidance.Block, guidance.ArticleText, guidance.FactText),
    *(template.Text, template.Slot, template.CodeSpan, template.Grid),
)
# types of facts are few and immutable: equal ones are one
_SHARED: tuple[type[msgspec.Struct], ...] = (types.ScalarType, types.SetType)

_TUPLE, _SPAN, _SET, _VERSION, _DATE, _DATETIME, _DURATION, _ADDRESS, _NETWORK, _DIAGNOSTIC = range(10)
_FIRST_STRUCT = 10

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder()


class Unpackable(Exception):  # noqa: N818 - it says what the bytes are
    """The bytes are not what was packed."""


def pack(value: object) -> bytes:
    """The value as bytes; TypeError where a part of it is of a type that is not packed."""
    files: dict[str, int] = {}
    body = _Packer(files).packed(value)
    return _encoder.encode((list(files), body))


def unpack(data: bytes | memoryview) -> Any:
    """What was packed; `Unpackable` where the bytes are something else."""
    try:
        files, body = _decoder.decode(data)
        return _unpacked(body, files)
    except Exception as error:
        raise Unpackable from error


class _Packer:
    """`files` collects the files of spans: each path stands in the bytes once."""

    def __init__(self, files: dict[str, int]) -> None:
        self._files = files

    def packed(self, value: Any) -> Any:
        kind = type(value)
        if kind in _AS_IT_IS:
            return value
        fields = _FIELDS.get(kind)
        if fields is not None:
            number, names = fields
            return [number, *[self.packed(getattr(value, name)) for name in names]]
        if kind is Span:
            file = self._files.setdefault(value.file, len(self._files))
            return [_SPAN, file, value.line, value.column, value.end_line, value.end_column]
        if kind is Diagnostic:
            return [_DIAGNOSTIC, value.code, self.packed(value.span), value.values]
        if kind is tuple:
            return [_TUPLE, *map(self.packed, value)]
        if kind is dict:
            return {name: self.packed(part) for name, part in value.items()}
        if kind is frozenset:
            return [_SET, *map(self.packed, sorted(value, key=str))]
        return _scalar(value)


def _scalar(value: object) -> list[object]:
    match value:
        case Version():
            return [_VERSION, value.text]
        case dt.datetime():
            return [_DATETIME, value.isoformat()]
        case dt.date():
            return [_DATE, value.isoformat()]
        case dt.timedelta():
            return [_DURATION, value.days, value.seconds, value.microseconds]
        case ipaddress.IPv4Address() | ipaddress.IPv6Address():
            return [_ADDRESS, str(value)]
        case ipaddress.IPv4Network() | ipaddress.IPv6Network():
            return [_NETWORK, str(value)]
    raise TypeError(type(value).__name__)


def _unpacked(value: Any, files: list[str]) -> Any:
    kind = type(value)
    if kind is list:
        number = value[0]
        if number >= _FIRST_STRUCT:
            struct, names, shared = _MAKERS[number - _FIRST_STRUCT]
            made = struct(**{name: _unpacked(part, files) for name, part in zip(names, value[1:], strict=True)})
            return shared.setdefault(made, made) if shared is not None else made
        if number == _SPAN:
            _, file, line, column, end_line, end_column = value
            return Span(files[file], line, column, end_line, end_column)
        if number == _TUPLE:
            return tuple([_unpacked(part, files) for part in value[1:]])
        if number == _DIAGNOSTIC:
            return Diagnostic(code=value[1], span=_unpacked(value[2], files), values=value[3])
        if number == _SET:
            return frozenset([_unpacked(part, files) for part in value[1:]])
        return _READ[number](*value[1:])
    if kind is dict:
        return {name: _unpacked(part, files) for name, part in value.items()}
    return value


_AS_IT_IS = frozenset({str, bool, int, float, bytes, type(None)})
_FIELDS: dict[type, tuple[int, tuple[str, ...]]] = {
    struct: (_FIRST_STRUCT + number, struct.__struct_fields__) for number, struct in enumerate(_STRUCTS)
}
_MAKERS: list[tuple[Callable[..., Any], tuple[str, ...], dict[Any, Any] | None]] = [
    (struct, struct.__struct_fields__, {} if struct in _SHARED else None) for struct in _STRUCTS
]
_READ: dict[int, Callable[..., object]] = {
    _VERSION: Version.read,
    _DATE: dt.date.fromisoformat,
    _DATETIME: dt.datetime.fromisoformat,
    _DURATION: dt.timedelta,
    _ADDRESS: ipaddress.ip_address,
    _NETWORK: ipaddress.ip_network,
}
