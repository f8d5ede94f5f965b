"""The form of a message: a code, a sentence with named holes, and hints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

Level = Literal["error", "warning", "note"]

_HOLE = re.compile(r"\{\{ (\w+) \}\}")


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What one code says.

    `text` and `hints` name their values as `{{ name }}`. A hint is shown only when every value
    it names was given, so one code may carry a hint for each thing that could be known.
    """

    code: str
    text: str
    hints: tuple[str, ...] = ()
    level: Level = "error"

    @property
    def names(self) -> frozenset[str]:
        """The names of the values that text and hints may use."""
        return frozenset(name for part in (self.text, *self.hints) for name in _HOLE.findall(part))


def names_in(text: str) -> frozenset[str]:
    """The names of the values that a text has holes for."""
    return frozenset(_HOLE.findall(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values into the holes; a hole without a value stays as it is written."""
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), text)


def fillable(text: str, values: Mapping[str, str]) -> bool:
    """Whether every hole of the text has a value."""
    return all(name in values for name in _HOLE.findall(text))
