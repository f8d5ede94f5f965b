"""JSON decoded fast, where nothing at all is wrong with it; `scan` says what is wrong with the rest."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from json import JSONDecoder

DEPTH_LIMIT = 50
# Up to this many brackets, or bytes, the decoder is let loose at once: so deep, no stack is in danger.
_BRACKETS_UNCOUNTED = 500
_BYTES_UNCOUNTED = 4096

_DECODER = msgspec.json.Decoder()
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[][{}]', re.DOTALL)


class _RepeatedKeyError(Exception):
    pass


class _TooDeepError(Exception):
    pass


def decode(body: bytes) -> dict[str, Any] | None:
    """The object that the body holds; None where it is not JSON, far too deep, or not an object."""
    if len(body) > _BYTES_UNCOUNTED:
        brackets = body.count(b"{") + body.count(b"[")
        if brackets > _BRACKETS_UNCOUNTED and is_deeper(body, DEPTH_LIMIT):
            return None
    try:
        document = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return document if type(document) is dict else None


def first_name(body: bytes) -> str:
    """The name that stands first in the document, so far as it can be told at a glance; else whatever stands there."""
    start = body.find(b'"') + 1
    return body[start : body.find(b'"', start)].decode(errors="replace") if start else ""


def count_keys(document: dict[str, Any]) -> int | None:
    """How many keys all the objects of a document have together; None where it is too deep."""
    try:
        return _keys(document, DEPTH_LIMIT)
    except _TooDeepError:
        return None


def repeats(body: bytes, keys: int) -> bool:
    """Whether the body, whose objects have so many keys once decoded, has one of them twice."""
    # A repeated key is dropped by the decoder, but its colon is still there. A colon in a text looks the same.
    return body.count(b":") != keys and _repeats(body)


def is_deeper(body: bytes, levels: int) -> bool:
    """Whether objects and lists are nested deeper than that, in JSON or in what is none."""
    return not _is_flat(body, levels) and _is_deeper(body, levels)


def _is_flat(body: bytes, levels: int) -> bool:
    """Whether it is surely no deeper: found out by few passes over all that is outside texts."""
    if b"\\" in body:
        return False  # a quote may be part of a text
    left = b"".join(body.split(b'"')[::2]).translate(None, _NO_BRACKETS)
    # each pass takes one level away, or two where a list stands in an object or the other way round
    for _ in range(levels // 2):
        if not left:
            return True
        left = left.replace(b"[]", b"").replace(b"{}", b"")
    return not left


def _is_deeper(body: bytes, levels: int) -> bool:
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(body):
        match token[0]:
            case b"{" | b"[":
                depth += 1
                if depth > levels:
                    return True
            case b"}" | b"]":
                depth -= 1
            case _:
                pass
    return False


def _keys(node: dict[str, Any] | list[Any], levels: int) -> int:
    """How many keys all the objects have together."""
    if not levels:
        raise _TooDeepError
    if type(node) is dict:
        total = len(node)
        members: Any = node.values()
    else:
        total = 0
        members = node
    for member in members:
        if type(member) is dict or type(member) is list:
            total += _keys(member, levels - 1)
    return total


def _repeats(body: bytes) -> bool:
    try:
        _pairs().decode(body.decode())
    except _RepeatedKeyError:
        return True
    return False


def _unrepeated(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _RepeatedKeyError


@cache
def _pairs() -> JSONDecoder:
    from json import JSONDecoder  # noqa: PLC0415 - lazy: few documents need a second look

    return JSONDecoder(object_pairs_hook=_unrepeated)
