"""The links of a text, and where each is written."""

from __future__ import annotations

from typing import Literal

import msgspec
from markdown_it.token import Token

from vedlys.markup.document import Cursor
from vedlys.markup.parser import SENTINEL, html_finder, inlines, masked
from vedlys.source import Span


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One link: `address` as written, U+F0000 standing for each placeholder in it; `text` as shown."""

    kind: Literal["link", "autolink", "image"]
    address: str
    text: str
    span: Span  # of the address

    @property
    def complete(self) -> bool:
        """Whether the address holds no placeholder, so that what it leads to can be known."""
        return SENTINEL not in self.address


def links(markdown: str, *, file: str, line: int) -> tuple[Link, ...]:
    """Every link, autolink and image of a text that begins in that line of the file, in order."""
    written = masked(markdown)
    lines = written.split("\n")
    original = markdown.split("\n")
    found: list[Link] = []
    for token in inlines(html_finder().parse(written)):
        assert token.map is not None
        cursor = Cursor(file, lines, token.map[0], token.map[1])
        children = token.children or []
        for number, child in enumerate(children):
            kind: Literal["link", "autolink", "image"]
            if child.type == "link_open":
                kind = "autolink" if child.info == "auto" else "link"
                address, text = str(child.attrs["href"]), _text_of_link(children, number)
            elif child.type == "image":
                kind, address, text = "image", str(child.attrs["src"]), child.content
            else:
                continue
            if kind == "autolink":
                address = text
            span = cursor.find(address)
            found.append(Link(kind=kind, address=address, text=text, span=_moved(span, line, lines, original)))
    return tuple(found)


def _text_of_link(children: list[Token], start: int) -> str:
    """What a link shows: the text of the tokens up to its end."""
    parts = []
    for child in children[start + 1 :]:
        if child.type == "link_close":
            break
        parts.append(child.content)
    return "".join(parts)


def _moved(span: Span, line: int, lines: list[str], original: list[str]) -> Span:
    """The span in the file; the whole line where a placeholder before it moved the columns."""
    index = span.line - 1
    if lines[index] != original[index]:
        return Span.whole_line(span.file, index + line, original[index])
    return Span(span.file, index + line, span.column, span.end_line - 1 + line, span.end_column)
