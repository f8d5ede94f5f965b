"""YAML as read: texts, lists and mappings, each with where it stands.

Nothing is a number, a boolean or a date here: a scalar is its text until the declared type of a fact reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from vedlys.loading.report import Unreadable
from vedlys.source import Span


class Scalar(msgspec.Struct, frozen=True):
    """A text; `plain` where it was written without quotes."""

    text: str
    span: Span
    plain: bool

    @property
    def is_null(self) -> bool:
        """Whether the author wrote YAML's null, quotes making it a text."""
        return self.plain and self.text in {"null", "~"}


class Sequence(msgspec.Struct, frozen=True):
    """A list."""

    items: tuple[Node, ...]
    span: Span


class Entry(msgspec.Struct, frozen=True):
    """One key of a mapping with its value."""

    key: Scalar
    value: Node


class Mapping(msgspec.Struct, frozen=True):
    """A mapping, by the text of its keys, in authored order; each key once.

    Not `complete` where a key was refused, so that its entry is not there.
    """

    entries: dict[str, Entry]
    span: Span
    complete: bool = True

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def get(self, key: str) -> Node | None:
        """The value behind a key, or None."""
        entry = self.entries.get(key)
        return None if entry is None else entry.value


class Broken(msgspec.Struct, frozen=True):
    """Something that was refused while reading, with its fault reported: never reported on again."""

    span: Span


Node = Scalar | Sequence | Mapping | Broken

# What the schema of a file has decided is not asked again: a decoder takes the shape that it needs, and
# where that is not there, the fault is known and the part is left out.


def scalar(node: Node | None) -> Scalar:
    """The node as a scalar; Unreadable where it is none."""
    if isinstance(node, Scalar):
        return node
    raise Unreadable


def mapping(node: Node | None) -> Mapping:
    """The node as a mapping; Unreadable where it is none."""
    if isinstance(node, Mapping):
        return node
    raise Unreadable


def sequence(node: Node | None) -> Sequence:
    """The node as a list; Unreadable where it is none."""
    if isinstance(node, Sequence):
        return node
    raise Unreadable


def to_plain(node: Node) -> object:
    """The node as dicts, lists and strings; what was refused is None."""
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [to_plain(item) for item in node.items]
        case Mapping():
            return {name: to_plain(entry.value) for name, entry in node.entries.items()}
        case Broken():
            return None


def written(node: Node) -> str:
    """The node much as the author wrote it, for a sentence about it."""
    match node:
        case Scalar():
            return node.text
        case Mapping():
            return "{" + ", ".join(f"{entry.key.text}: {written(entry.value)}" for entry in node) + "}"
        case Sequence():
            return "[" + ", ".join(written(item) for item in node.items) + "]"
        case Broken():
            return "…"
