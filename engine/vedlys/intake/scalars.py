"""Reading one posted value of a scalar type: the normal form, or the one reason why not. Nothing is coerced."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from vedlys.bounded import Bounded
from vedlys.intake.tame import Foreign, Moment
from vedlys.messages.shown import shown, visible
from vedlys.model.types import ScalarType
from vedlys.model.values import READERS, Scalar
from vedlys.suggest import nearest

ScalarReader = Callable[[Any], Scalar]

TEXT_LIMIT = 64 * 1024
INTEGER_LEAST, INTEGER_MOST = -(2**63), 2**63 - 1
_ALLOWED_SHOWN = 20
_MOST_REMEMBERED = 4096
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?", re.ASCII)
_WORDS = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}


class Remembered(Bounded[str, Scalar]):
    """What texts were read as: the same few versions, hosts and dates come again and again.

    Ask for a text as for a key; it is read where it is not there, with the ValueError of the reader. Only what could be
    read is kept, and that is short.
    """

    def __init__(self, read: Callable[[str], Scalar]) -> None:
        super().__init__(_MOST_REMEMBERED)
        self._read = read

    def __missing__(self, text: str) -> Scalar:
        value = self._read(text)
        self.keep(text, value)
        return value


REMEMBERED = {kind: Remembered(read) for kind, (read, _) in READERS.items()}


class RefusalError(ValueError):
    """Why a value is not one of its type: the code and the values of a fault."""

    def __init__(self, code: str, **values: str | None) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def wrong_type(expected: str, value: object, right: str | None = None) -> RefusalError:
    """A value of another type than expected; `right` is what was probably meant, where that can be told."""
    return RefusalError("wrong-type", value=display(value), expected=expected, right=right)


def display(value: object) -> str:
    """The posted value as messages show it."""
    return visible(f"<{value.type_name}>") if isinstance(value, Foreign) else shown(value)


def scalar_reader(scalar: ScalarType) -> ScalarReader:
    """The function that reads values of that type; it raises `RefusalError`."""
    match scalar.kind:
        case "boolean":
            return _boolean
        case "integer":
            return _integer(scalar)
        case "number":
            return _number(scalar)
        case "text":
            return _text
        case "enum":
            return _enum(scalar)
        case kind:
            return _written(kind)


def _boolean(value: Any) -> bool:
    if value is True or value is False:
        return value
    right = _WORDS.get(str(value).lower()) if type(value) in {str, int} and _short(value) else None
    raise wrong_type("boolean", value, right)


def _short(value: str | int) -> bool:
    return len(value) < 10 if isinstance(value, str) else abs(value) < 10


def _integer(scalar: ScalarType) -> ScalarReader:
    least = INTEGER_LEAST if scalar.minimum is None else max(math.ceil(scalar.minimum), INTEGER_LEAST)
    most = INTEGER_MOST if scalar.maximum is None else min(math.floor(scalar.maximum), INTEGER_MOST)

    def read(value: Any) -> int:
        if type(value) is int and least <= value <= most:
            return value
        raise refusal(value)

    def refusal(value: Any) -> RefusalError:
        if type(value) is int:
            return _out_of_range(value, scalar)
        right = None
        if type(value) is float and value.is_integer() and abs(value) < 1e15:
            right = str(int(value))
        elif type(value) is str and _INTEGER.fullmatch(value):
            right = value
        return wrong_type("integer", value, right)

    return read


def _number(scalar: ScalarType) -> ScalarReader:
    least = -math.inf if scalar.minimum is None else scalar.minimum
    most = math.inf if scalar.maximum is None else scalar.maximum

    def read(value: Any) -> int | float:
        kind = type(value)
        if kind is float and math.isfinite(value) and least <= value <= most:
            return value  # type: ignore[no-any-return]  # its type was just asked for
        if kind is int and INTEGER_LEAST <= value <= INTEGER_MOST and least <= value <= most:
            return value  # type: ignore[no-any-return]  # its type was just asked for
        raise refusal(value)

    def refusal(value: Any) -> RefusalError:
        if type(value) is float and not math.isfinite(value):
            return RefusalError("not-a-finite-number", value=display(value))
        if type(value) in {int, float}:
            return _out_of_range(value, scalar)
        right = value if type(value) is str and _NUMBER.fullmatch(value) else None
        return wrong_type("number", value, right)

    return read


def _out_of_range(value: float, scalar: ScalarType) -> RefusalError:
    least, most = scalar.minimum, scalar.maximum
    if type(value) is int and not INTEGER_LEAST <= value <= INTEGER_MOST:
        least = INTEGER_LEAST if least is None else least
        most = INTEGER_MOST if most is None else most
    # signs instead of words: they read the same in every language
    if least is None:
        allowed = f"≤ {most}"
    elif most is None:
        allowed = f"≥ {least}"
    else:
        allowed = f"{least} … {most}"
    return RefusalError("out-of-range", value=display(value), allowed=allowed)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise wrong_type("text", value, _quoted(value))
    if len(value) > TEXT_LIMIT:
        raise RefusalError("text-too-long", length=str(len(value)), limit=str(TEXT_LIMIT))
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise RefusalError("lone-surrogate", value=visible(value)) from None
    return value


def _quoted(value: object) -> str | None:
    return f'"{shown(value)}"' if type(value) in {int, float} else None


def _enum(scalar: ScalarType) -> ScalarReader:
    allowed = frozenset(scalar.values)
    listed = ", ".join(f"`{visible(value)}`" for value in scalar.values[:_ALLOWED_SHOWN])
    if len(scalar.values) > _ALLOWED_SHOWN:
        listed += ", …"

    def read(value: Any) -> str:
        if type(value) is str and value in allowed:
            return value
        raise refusal(value)

    def refusal(value: Any) -> RefusalError:
        if type(value) is str:
            suggestion = nearest(value, allowed) if len(value) < 200 else None
            return RefusalError("unknown-value", value=visible(value), suggestion=suggestion, allowed=listed)
        right = _quoted(value)
        return wrong_type("enum", value, right if right is not None and right[1:-1] in allowed else None)

    return read


def _written(kind: str) -> ScalarReader:
    read_text, code = READERS[kind]
    remembered = REMEMBERED[kind]
    temporal = kind in {"date", "datetime"}

    def read(value: Any) -> Scalar:
        if type(value) is not str and not (temporal and type(value) is Moment):
            raise wrong_type(kind, value, right(value))
        try:
            return remembered[value]
        except ValueError:
            raise RefusalError(code, value=visible(value)) from None

    def right(value: Any) -> str | None:
        quoted = _quoted(value)
        if quoted is None or len(quoted) > 40:
            return None
        try:
            read_text(quoted[1:-1])
        except ValueError:
            return None
        return quoted

    return read
