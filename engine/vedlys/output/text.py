"""Styled text: what a terminal is to show, before it is known whether that terminal has colours.

A style is words such as `bold red`, as rich has them; `cli.streams` hands text over to it where there is a terminal.
Where there is none, nothing of rich is needed, and most answers go into files and pipes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Self

from vedlys.markup.escape import width

_CONTROLS = dict.fromkeys((7, 8, 11, 12, 13))  # bell, backspace, tabs and feeds that move the cursor elsewhere


class Span(NamedTuple):
    """A stretch of a text that has a style; where stretches overlap, the later one counts."""

    start: int
    end: int
    style: str


class Text:
    """A text that grows, with its styles."""

    __slots__ = ("plain", "spans")

    def __init__(self, plain: str = "", style: str = "", spans: Iterable[Span] = ()) -> None:
        self.plain = plain if plain.isprintable() else plain.translate(_CONTROLS)
        self.spans = [Span(0, len(self.plain), style), *spans] if style else list(spans)

    @classmethod
    def assemble(cls, *parts: Text | str | tuple[str, str]) -> Self:
        """The parts one after the other; a pair is a text with its style."""
        text = cls()
        for part in parts:
            if isinstance(part, tuple):
                text.append(*part)
            else:
                text.append(part)
        return text

    def append(self, part: Text | str, style: str = "") -> Self:
        """Add to the end."""
        added = Text(part, style) if isinstance(part, str) else part
        if added.spans:
            start = len(self.plain)
            self.spans += [Span(span.start + start, span.end + start, span.style) for span in added.spans]
        self.plain += added.plain
        return self

    def stylize(self, style: str) -> None:
        """Style all of it, over the styles that it has."""
        if style:
            self.spans.append(Span(0, len(self.plain), style))

    def stylize_before(self, style: str) -> None:
        """Style all of it, below the styles that it has."""
        if style:
            self.spans.insert(0, Span(0, len(self.plain), style))

    @property
    def cell_len(self) -> int:
        """How many columns it takes."""
        return width(self.plain)

    def without_end(self) -> Text:
        """The text without white space at its end."""
        return self[: len(self.plain.rstrip())]

    def __getitem__(self, part: slice) -> Text:
        start, end, _ = part.indices(len(self.plain))
        spans = [
            Span(max(span.start, start) - start, min(span.end, end) - start, span.style)
            for span in self.spans
            if span.start < end and span.end > start
        ]
        return Text(self.plain[start:end], spans=spans)

    def __bool__(self) -> bool:
        return bool(self.plain)

    def __repr__(self) -> str:
        return f"Text({self.plain!r}, spans={self.spans!r})"


def joined(texts: Iterable[Text], between: str) -> Text:
    """The texts with that between each two."""
    text = Text()
    for number, part in enumerate(texts):
        text.append(between if number else "").append(part)
    return text
