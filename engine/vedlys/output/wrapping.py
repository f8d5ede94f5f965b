"""Breaking styled text into lines. Lines break at plain spaces alone: a no-break space means what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedlys.markup.escape import width as columns_of
from vedlys.output.text import Text

_WORD = re.compile(r"[^ ]+")


def wrap(text: Text, width: int, first: Text | None = None, rest: Text | None = None) -> Iterator[Text]:
    """The lines of a text, `first` before the first of them and `rest` before the others, all within `width` columns.

    A word that is wider than that stands on a line of its own, whole: an address stays one that can be copied.
    """
    before = first if first is not None else Text()
    after = rest if rest is not None else before
    above = 0  # where the line begins in the text
    for line in text.plain.split("\n"):
        for start, end in _lines(line, width - before.cell_len, width - after.cell_len):
            yield Text.assemble(before, text[above + start : above + end]) if end > start else _bare(before)
            before = after
        above += len(line) + 1


def _bare(lead: Text) -> Text:
    """What stands before a line with nothing on it, without the spaces at its end."""
    return lead.without_end()


def _lines(text: str, first: int, rest: int) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends in the text."""
    start = end = taken = 0
    begun = False
    room = first
    for word in _WORD.finditer(text):
        columns = columns_of(word[0])
        if begun and taken + word.start() - end + columns > room:
            yield start, end
            room, begun = rest, False
        if begun:
            taken += word.start() - end + columns
        else:
            start, taken, begun = word.start(), columns, True
        end = word.end()
    yield (start, end) if begun else (0, 0)


def table(rows: list[list[Text]], align: list[str], width: int) -> Iterator[Text]:
    """A table without a frame: the first row is its head, with a line below it. Cells wrap where it is too wide."""
    widths = _widths(rows, width - 2 * (len(rows[0]) - 1))
    for number, row in enumerate(rows):
        cells = [list(wrap(cell, columns)) for cell, columns in zip(row, widths, strict=True)]
        for place in range(max(map(len, cells))):
            shown = [cell[place] if place < len(cell) else Text() for cell in cells]
            yield _row(shown, widths, align)
        if number == 0:
            yield _row([Text("─" * columns, "dim") for columns in widths], widths, align)


def _widths(rows: list[list[Text]], room: int) -> list[int]:
    """How wide each column is: as wide as its widest cell; where all do not fit, the widest give way."""
    widths = [max(1, *(cell.cell_len for cell in column)) for column in zip(*rows, strict=True)]
    least = [
        max(1, *(columns_of(word) for cell in column for word in (_WORD.findall(cell.plain) or [""])))
        for column in zip(*rows, strict=True)
    ]
    while sum(widths) > room:
        loose = [place for place, columns in enumerate(widths) if columns > least[place]]
        if not loose:
            break
        widths[max(loose, key=lambda place: widths[place])] -= 1
    return widths


def _row(cells: list[Text], widths: list[int], align: list[str]) -> Text:
    line = Text()
    for number, (cell, columns, side) in enumerate(zip(cells, widths, align, strict=True)):
        missing = " " * max(0, columns - cell.cell_len)
        parts = (missing, cell) if side == "right" else (cell, missing)
        line = Text.assemble(line, "  " if number else "", *parts)
    return line.without_end()
