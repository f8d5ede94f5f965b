"""Values as messages show them: short, on one line, and with nothing in them that a terminal obeys."""

from __future__ import annotations

import datetime as dt
import math

LIMIT = 80
_MEMBERS = 8
_LEVELS = 3


def visible(text: str, limit: int = LIMIT) -> str:
    """The text with control, format and other invisible characters and backticks escaped, cut to `limit`.

    Right-to-left overrides, line ends and terminal sequences could otherwise make one message look
    like another; a backtick would end the code span that the message puts around the value.
    """
    if len(text) <= limit and text.isprintable() and "`" not in text:
        return text
    shown = ""
    for character in text[: limit + 1]:
        part = character if character.isprintable() and character != "`" else _escaped(character)
        if len(shown) + len(part) > limit - 1:
            return shown + "…"
        shown += part
    return shown


def _escaped(character: str) -> str:
    return "\\u0060" if character == "`" else character.encode("unicode_escape").decode("ascii")


def shown(value: object, limit: int = LIMIT) -> str:
    """A value of any type much as JSON writes it, cut to `limit`; what JSON has no form for is named by its type."""
    return visible(_written(value, _LEVELS), limit)


def _written(value: object, levels: int) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() if type(value) is int:
            return _integer(value)
        case float() if type(value) is float:
            return _number(value)
        case str():
            return '"' + str.__str__(value)[: LIMIT * 2] + '"'
        case dict() if type(value) is dict:
            return _object(value, levels)
        case list() if type(value) is list:
            return _list(value, levels)
        case dt.date() if type(value) in {dt.date, dt.datetime}:
            return value.isoformat()
        case _:
            return f"<{type(value).__name__}>"


def _integer(value: int) -> str:
    # Python refuses to write out an int of some thousand digits
    return str(value) if value.bit_length() <= 1024 else f"{'-' if value < 0 else ''}2^{value.bit_length() - 1}…"


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def _object(value: dict[object, object], levels: int) -> str:
    if not value:
        return "{}"
    if not levels or len(value) > _MEMBERS:
        return "{…}"
    # sorted: two spellings of one object are shown alike
    members = sorted(f"{_written(name, 0)}: {_written(item, levels - 1)}" for name, item in value.items())
    return "{" + ", ".join(members) + "}"


def _list(value: list[object], levels: int) -> str:
    if not value or not levels:
        return "[…]" if value else "[]"
    members = [_written(item, levels - 1) for item in value[:_MEMBERS]]
    return "[" + ", ".join(members) + (", …]" if len(value) > _MEMBERS else "]")
