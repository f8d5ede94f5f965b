"""Typed answers: the words that mean something, and the value that a text stands for.

Whether the value is one of the fact's type is not judged here: the door for posted facts does, in its own words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from vedlys.model.types import FactType, RecordsType, ScalarType, SetType

Command = Literal["how", "back", "unknown", "stop"]
COMMANDS: tuple[Command, ...] = ("how", "back", "unknown", "stop")

_INTEGER = re.compile(r"[+-]?[0-9][0-9 \u00a0]*")
_NUMBER = re.compile(r"[+-]?[0-9][0-9 \u00a0]*(?:[.,][0-9]+)?")
_BETWEEN = re.compile(r"[,;\s]+")
_QUOTED = re.compile(r"[\"„“'](.*)[\"“”']")


class Words(msgspec.Struct, frozen=True):
    """The words with a meaning, in every language at once: by meaning (`yes`, `no`, `none`, or a command)."""

    meanings: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls, lists: Iterable[Mapping[str, str]]) -> Words:
        """From the words of each language, by meaning, separated by commas."""
        meanings: dict[str, set[str]] = {}
        for words in lists:
            for meaning, listed in words.items():
                meanings.setdefault(meaning, set()).update(folded(word) for word in listed.split(","))
        return cls({meaning: frozenset(words) for meaning, words in meanings.items()})

    def mean(self, text: str, meaning: str) -> bool:
        """Whether the text means that."""
        return folded(text) in self.meanings.get(meaning, ())

    def command(self, text: str) -> Command | None:
        """The command that the text is."""
        return next((command for command in COMMANDS if self.mean(text, command)), None)


def folded(text: str) -> str:
    """The text without the difference between capitals and small letters, accented and plain ones."""
    parts = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(character for character in parts if not unicodedata.combining(character))


def choices(kind: FactType) -> Sequence[str]:
    """The values that can be chosen by their number, in order; none where anything may be typed."""
    scalar = kind.member if isinstance(kind, SetType) else kind
    return scalar.values if isinstance(scalar, ScalarType) else ()


def value_of(text: str, kind: FactType, words: Words, labels: Mapping[str, str]) -> Any:
    """What the text stands for, as JSON has it; the text itself where it stands for nothing of that type.

    `labels` are what the values of an enum are called. Records are named by their keys: `[{key: …}, …]`.
    """
    match kind:
        case ScalarType():
            return _scalar(text, kind, words, labels)
        case SetType(member=member):
            if words.mean(text, "none"):
                return []
            return [_scalar(part, member, words, labels) for part in _parts(text, member)]
        case RecordsType(key=key, fields=fields):
            if words.mean(text, "none"):
                return []
            of_key = fields[key]
            assert isinstance(of_key, ScalarType)
            return [{key: _scalar(part, of_key, words, labels)} for part in _parts(text, of_key)]


def _parts(text: str, member: ScalarType) -> list[str]:
    """The members of a list as typed: text may hold spaces, everything else is parted by them too."""
    parts = text.split(",") if member.kind in {"text", "enum"} else _BETWEEN.split(text)
    return [part.strip() for part in parts if part.strip()]


def _scalar(text: str, kind: ScalarType, words: Words, labels: Mapping[str, str]) -> Any:
    match kind.kind:
        case "boolean":
            return True if words.mean(text, "yes") else False if words.mean(text, "no") else text
        case "integer" if _INTEGER.fullmatch(text):
            return _integer(text)
        case "integer" | "number" if _NUMBER.fullmatch(text):
            number = float(re.sub(r"[ \u00a0]", "", text).replace(",", "."))
            return _integer(text) if kind.kind == "number" and _INTEGER.fullmatch(text) else number
        case "enum":
            return _choice(text, kind.values, labels)
        case "text":
            quoted = _QUOTED.fullmatch(text)
            return quoted[1] if quoted else text
        case _:
            return text


def _integer(text: str) -> int | str:
    digits = re.sub(r"[ \u00a0]", "", text)
    return int(digits) if len(digits) <= 20 else digits


def _choice(text: str, values: Sequence[str], labels: Mapping[str, str]) -> str:
    """The value of that name, label or number."""
    for value in values:
        if folded(text) in {folded(value), folded(labels.get(value, value))}:
            return value
    if text.isdecimal() and len(text) < 4 and 1 <= int(text) <= len(values):
        return values[int(text) - 1]
    return text
