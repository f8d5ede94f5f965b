"""Templates: text with slots for values, compiled once at load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from vedlys.source import Span

# Where a value stands decides how it is escaped.
Context = Literal["prose", "code", "link", "cell"]
Filter = Literal["value", "list", "table", "plural", "number", "date"]
Align = Literal["", "left", "center", "right"]


class Text(msgspec.Struct, frozen=True, tag="text"):
    """Markdown as authored; in a code span and in a plain template, text as it is shown."""

    text: str


class Slot(msgspec.Struct, frozen=True, kw_only=True, tag="slot"):
    """A place for one value: `name` is a fact, `matched`, `record`, or a name the phrase defines."""

    name: str
    filter: Filter = "value"
    fields: tuple[str, ...] = ()  # of `table`
    forms: dict[str, str] = {}  # of `plural`: CLDR category (or `zero` for exactly 0) to text; `#` is the number
    context: Context = "prose"
    span: Span


class CodeSpan(msgspec.Struct, frozen=True, kw_only=True, tag="code"):
    """A code span with slots in it. Its fence is not part of it: how long that is depends on the values."""

    parts: tuple[Text | Slot, ...]
    cell: bool = False  # in a table, where a bar is escaped


class Grid(msgspec.Struct, frozen=True, kw_only=True, tag="grid"):
    """A table with slots in its cells. How wide its columns are depends on the values. `rows[0]` is the head."""

    rows: tuple[tuple[tuple[Text | Slot | CodeSpan, ...], ...], ...]
    align: tuple[Align, ...]


Cell = tuple[Text | Slot | CodeSpan, ...]
Template = tuple[Text | Slot | CodeSpan | Grid, ...]


def slots(template: Template) -> Iterator[Slot]:
    """Every slot of a template, in order, those inside code spans and tables included."""
    for segment in template:
        match segment:
            case Slot():
                yield segment
            case CodeSpan(parts=parts):
                yield from slots(parts)
            case Grid(rows=rows):
                for row in rows:
                    for cell in row:
                        yield from slots(cell)
            case Text():
                pass
