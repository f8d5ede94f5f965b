"""Where things stand: files as read, and spans in them."""

from __future__ import annotations

import msgspec


class Span(msgspec.Struct, frozen=True, eq=False):
    """A stretch of one file; lines and columns count from 1, the end is exclusive.

    A span says where, never what: any two spans are equal, so that values which differ
    only in where they were written compare as equal.
    """

    file: str  # relative to the content root, with forward slashes
    line: int
    column: int
    end_line: int
    end_column: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span)

    def __hash__(self) -> int:
        return 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def place(self) -> tuple[str, int, int, int, int]:
        """What spans are sorted and told apart by."""
        return (self.file, self.line, self.column, self.end_line, self.end_column)

    @classmethod
    def whole_line(cls, file: str, line: int, text: str = "") -> Span:
        """The span of one line, from its first to past its last character."""
        return cls(file, line, 1, line, len(text) + 1)


class Source(msgspec.Struct, frozen=True):
    """One file as read: its path relative to the content root, and its text."""

    file: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines without their ends, as an editor counts them."""
        return self.text.replace("\r\n", "\n").split("\n")

    def line(self, number: int) -> str | None:
        """The line of that number (from 1), or None where the file has no such line."""
        lines = self.lines
        return lines[number - 1] if 1 <= number <= len(lines) else None
