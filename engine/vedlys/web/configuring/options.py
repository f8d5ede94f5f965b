"""Which settings there are, read off their declaration, and how the value of one is read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from vedlys.messages.shown import visible
from vedlys.suggest import nearest
from vedlys.web.configuring.faults import RefusedError
from vedlys.web.settings import Settings

PREFIX = "VEDLYS_"

# the settings that have a flag of their own; every other is `--set name=value`
FLAGS: Mapping[str, str] = {
    "content": "--content",
    "host": "--host",
    "port": "--port",
    "workers": "--workers",
    "locale": "--locale",
    "auth.keys_file": "--keys-file",
    "auth.no_auth": "--no-auth",
    "log.format": "--log-format",
    "log.level": "--log-level",
    "decisions.kind": "--decision-log",
    "decisions.path": "--decision-path",
    "reload.watch": "--watch",
}

_KINDS: Mapping[object, Literal["boolean", "integer", "number", "text", "path"]] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "text",
    Path: "path",
}
_EXPECTED = {"path": "text", "place": "text", "choice": "text", "texts": "list-of-texts", "choices": "list-of-texts"}
_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One setting that can be given: its dotted name, its type, what it may be, and what it is where left out."""

    name: str
    kind: Literal["boolean", "integer", "number", "text", "path", "place", "choice", "texts", "choices"]
    description: str
    default: object
    choices: tuple[str, ...] = ()
    least: float | None = None
    above: float | None = None
    most: float | None = None
    shortest: int = 1
    longest: int = 2048

    @property
    def variable(self) -> str:
        """The variable of the environment that gives it."""
        return PREFIX + self.name.replace(".", "_").upper()

    @property
    def flag(self) -> str:
        """The flag that gives it."""
        return FLAGS.get(self.name, f"--set {self.name}")

    @property
    def allowed(self) -> str:
        """The numbers that it may be, as a message says them."""
        low = f"> {self.above:g}" if self.above is not None else f"≥ {self.least:g}" if self.least is not None else ""
        if self.most is None:
            return low
        most = f"{self.most:.15g}"
        return f"{self.least:g} … {most}" if self.least is not None else f"{low}, ≤ {most}" if low else f"≤ {most}"

    def read(self, value: object, base: Path | None = None) -> object:
        """The value, where it is of the setting's own type; a relative path is below `base`. Raises `RefusedError`."""
        match self.kind:
            case "boolean":
                if not isinstance(value, bool):
                    raise self._wrong(value)
                return value
            case "integer" | "number":
                return self._number(value)
            case "texts" | "choices":
                if not isinstance(value, list | tuple):
                    raise self._wrong(value)
                if self.kind == "choices" and not value:
                    raise RefusedError("empty-list")
                return tuple(dict.fromkeys(self._text(member) for member in value))
            case "path":
                path = Path(self._text(str(value) if isinstance(value, Path) else value)).expanduser()
                return path if base is None else base / path
            case "place":
                text = self._text(value)
                return text if "://" in text else str((base or Path()) / Path(text).expanduser())
            case _:
                return self._text(value)

    def read_text(self, text: str) -> object:
        """The value that is written so in a variable or behind `=`. Raises `RefusedError`."""
        text = text.strip()
        match self.kind:
            case "boolean":
                if text.lower() not in _TRUE | _FALSE:
                    raise self._wrong(text)
                return text.lower() in _TRUE
            case "integer":
                if not _INTEGER.fullmatch(text):
                    raise self._wrong(text)
                return self.read(int(text))
            case "number":
                try:
                    return self.read(float(text))
                except ValueError:
                    raise self._wrong(text) from None
            case "texts" | "choices":
                return self.read([part.strip() for part in text.split(",") if part.strip()])
            case _:
                return self.read(text)

    def _wrong(self, value: object) -> RefusedError:
        return RefusedError("wrong-type", value=visible(str(value)), expected=_EXPECTED.get(self.kind, self.kind))

    def _number(self, value: object) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int if self.kind == "integer" else int | float):
            raise self._wrong(value)
        if isinstance(value, float) and not math.isfinite(value):
            raise RefusedError("not-a-finite-number", value=str(value))
        low = self.least is not None and value < self.least
        if low or (self.above is not None and value <= self.above) or (self.most is not None and value > self.most):
            raise RefusedError("out-of-range", value=visible(str(value)), allowed=self.allowed)
        return value if self.kind == "integer" else float(value)

    def _text(self, value: object) -> str:
        if not isinstance(value, str):
            raise self._wrong(value)
        if self.choices and value not in self.choices:
            suggestion = nearest(value, self.choices)
            hint = {} if suggestion is None else {"suggestion": suggestion}
            raise RefusedError("unknown-value", value=visible(value), allowed=", ".join(self.choices), **hint)
        if not self.shortest <= len(value) <= self.longest or not value.isprintable():
            raise RefusedError("malformed-text", value=visible(value), least=str(self.shortest), most=str(self.longest))
        return value


@cache
def options() -> Mapping[str, Option]:
    """Every setting by its dotted name, in the order of their declaration."""
    return {option.name: option for option in _options(Settings, "")}


def _options(part: type[msgspec.Struct], prefix: str) -> Iterator[Option]:
    hints = get_type_hints(part, include_extras=True)
    for field in msgspec.structs.fields(part):
        hint = hints[field.name]
        kinds = [kind for kind in get_args(hint) or (hint,) if isinstance(kind, type)]
        inner = next((kind for kind in kinds if issubclass(kind, msgspec.Struct)), None)
        if inner is not None:
            yield from _options(inner, f"{prefix}{field.name}.")
        else:
            default = None if field.default is msgspec.NODEFAULT else field.default
            yield _option(f"{prefix}{field.name}", hint, default)


def _option(name: str, hint: Any, default: object) -> Option:
    assert get_origin(hint) is Annotated, f"{name} says nothing of itself"
    kind, meta = get_args(hint)
    if isinstance(kind, UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    choices: tuple[str, ...] = ()
    word: Any
    if get_origin(kind) is tuple:
        choices = get_args(get_args(kind)[0])
        word = "choices" if choices else "texts"
    elif get_origin(kind) is Literal:
        choices, word = get_args(kind), "choice"
    else:
        word = "place" if meta.extra else _KINDS[kind]
    return Option(
        name=name,
        kind=word,
        description=meta.description,
        default=default,
        choices=choices,
        least=meta.ge,
        above=meta.gt,
        most=meta.le,
        shortest=meta.min_length or 1,
        longest=meta.max_length or 2048,
    )
