"""Markdown files cut into blocks: front matter, an introduction, and one block a heading."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
from markdown_it.token import Token

from vedlys.diagnostics import Diagnostics
from vedlys.markup import tame
from vedlys.markup.front_matter import Entry, read_front_matter
from vedlys.markup.parser import PRIVATE_USE, SENTINEL, blocks_of, children_of, inlines, masked
from vedlys.source import Source, Span
from vedlys.suggest import nearest

LEVELS = range(2, 5)
ATTRIBUTES = ("digest",)

_ID = re.compile(r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)*")
_DIGEST = re.compile(r"[0-9a-f]{8}")
_HEADING = re.compile(r"(?P<lead> {0,3}#{1,6}[ \t]+)(?P<text>.*?)(?:[ \t]+#+)?[ \t]*")
_ATTRIBUTES = re.compile(r"(?:^|(?<=[ \t]))\{(?=[#a-zA-Z])([^{}]*)\}$")
_LOOKS_LIKE_HEADING = re.compile(r"[ \t]*#{1,6}[ \t].*\{#[^{}]+\}[ \t]*\r?")
_LINK_LABEL = re.compile(r" {0,3}\[([^\]]*)\]:")


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """One `name=value` behind a heading."""

    text: str
    span: Span


class RawBlock(msgspec.Struct, frozen=True, kw_only=True):
    """One heading and the text below it, up to the next heading of any level, as written.

    `body` has no blank lines at its ends and begins in line `body_line` (column 1) of the file.
    """

    level: int
    id: str
    id_span: Span
    attributes: dict[str, Attribute]
    title: str
    title_span: Span
    body: str
    body_line: int
    span: Span  # of the heading's line
    digest: str  # of title and body, attributes left out


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A Markdown file: its blocks in order, flat; a block's level says what it belongs to."""

    file: str
    front_matter: dict[str, Entry]
    front_matter_read: bool = True  # none of its lines is at fault
    introduction: str  # the text before the first heading; no blank lines at its ends
    introduction_line: int
    blocks: tuple[RawBlock, ...]
    left_out: tuple[tuple[int, int], ...] = ()  # line and level of each heading whose id is at fault
    span: Span  # of the first line


class _Heading(msgspec.Struct, frozen=True, kw_only=True):
    level: int
    line: int  # from 1
    text: str
    column: int  # of the text


def digest(title: str, body: str) -> str:
    """What a translation remembers of the block it was made from: 8 hex digits, white space counted as one space."""
    words = " ".join(f"{title}\n{body}".split())
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def read_document(
    source: Source,
    diagnostics: Diagnostics,
    *,
    keys: Sequence[str] = ("title", "translates"),
    required: Sequence[str] = ("title",),
) -> Document:
    """Cut a file into blocks; every fault of its form becomes a diagnostic.

    `keys` may stand in the front matter, `required` must. A block whose heading is at fault in its
    id is left out, so what comes back can be used as it is even where there were faults.
    """
    lines = source.lines
    before = len(diagnostics)
    front_matter, start = read_front_matter(source.file, lines, diagnostics, keys=keys, required=required)
    front_matter_read = len(diagnostics) == before
    _check_characters(source.file, lines, diagnostics)
    # the front matter's lines stay, blank, so that lines are counted as in the file
    lines = [""] * start + lines[start:]
    headings = _plain_headings(lines)
    if headings is None:
        lines, tokens, environment = _parsed(source.file, lines, diagnostics)
        _check_html(source.file, lines, tokens, environment, diagnostics)
        _check_definitions(source.file, lines, environment, diagnostics)
        headings = _headings(source.file, lines, tokens, diagnostics)
    ends = [*(heading.line - 1 for heading in headings[1:]), len(lines)][: len(headings)]
    introduction, introduction_line = _trimmed(lines, start, headings[0].line - 1 if headings else len(lines))
    seen: dict[str, RawBlock] = {}
    left_out: list[tuple[int, int]] = []
    for heading, end in zip(headings, ends, strict=True):
        block = _block(source.file, lines, heading, end, diagnostics)
        if block is None or block.id in seen:
            left_out.append((heading.line, heading.level))
        if block is None:
            continue
        if block.id in seen:
            diagnostics.add("duplicate-heading-id", block.id_span, id=block.id, line=seen[block.id].span.line)
            continue
        seen[block.id] = block
    _check_levels(source.file, headings, diagnostics)
    return Document(
        file=source.file,
        front_matter=front_matter,
        front_matter_read=front_matter_read,
        introduction=introduction,
        introduction_line=introduction_line,
        blocks=tuple(seen.values()),
        left_out=tuple(left_out),
        span=Span.whole_line(source.file, 1, source.lines[0]),
    )


def _parsed(
    file: str, lines: list[str], diagnostics: Diagnostics, *, cuts: int = 20
) -> tuple[list[str], list[Token], dict[str, Any]]:
    """The lines and what the parser makes of them, code blocks that nothing closes left out of both.

    Such a block takes in what follows, up to where the next one should begin, and that one's text becomes prose:
    whatever were said of it besides would be wrong. It is taken to end before the next heading; the last of
    `cuts` takes all that follows, so that no file has to be parsed over and over.
    """
    environment: dict[str, Any] = {}
    tokens = blocks_of(masked("\n".join(lines).replace("\r", " ")), environment)
    open_fences = (token for token in tokens if token.type == "fence" and token.map and _unclosed(token, lines))
    fence = next(open_fences, None)
    if fence is None or fence.map is None:
        return lines, tokens, environment
    first, end = fence.map
    opening = lines[first].rstrip()
    column = opening.find(fence.markup) + 1
    span = Span(file, first + 1, column, first + 1, len(opening) + 1)
    diagnostics.add("unclosed-fence", span, fence=fence.markup)
    after = next((n for n in range(first + 1, end) if _LOOKS_LIKE_HEADING.fullmatch(lines[n])), end)
    if cuts == 1:
        after = len(lines)
    return _parsed(file, [*lines[:first], "…", *[""] * (after - first - 1), *lines[after:]], diagnostics, cuts=cuts - 1)


def _unclosed(fence: Token, lines: list[str]) -> bool:
    """Whether nothing closes the code block, or it holds a heading: then what closes it was meant to open one."""
    first, end = fence.map or (0, 0)
    inside = lines[first + 1 : end]
    marks = inside[-1].strip(" \t\r>") if inside else ""
    closed = len(marks) >= len(fence.markup) and not marks.strip(fence.markup[0])
    return not closed or any(map(_LOOKS_LIKE_HEADING.fullmatch, inside))


def _plain_headings(lines: list[str]) -> list[_Heading] | None:
    """The headings, where no parser is needed to tell them and nothing is at fault in the document's form."""
    written = masked("\n".join(lines)).split("\n")
    numbers = tame.headings(written)
    if numbers is None:
        return None
    found = []
    for number in numbers:
        parts = _HEADING.fullmatch(lines[number])
        if parts is None or not parts["text"]:
            return None
        level = len(parts["lead"].rstrip())
        found.append(_Heading(level=level, line=number + 1, text=parts["text"], column=parts.end("lead") + 1))
    return found


def _headings(file: str, lines: list[str], tokens: list[Token], diagnostics: Diagnostics) -> list[_Heading]:
    found = []
    for token, inline in pairwise(tokens):
        if token.type != "heading_open" or token.map is None:
            continue
        number = token.map[0] + 1
        span = Span.whole_line(file, number, lines[number - 1])
        level = int(token.tag[1:])
        if token.markup in {"=", "-"}:
            title = " ".join(inline.content.replace(SENTINEL, "…").split())
            diagnostics.add("underlined-heading", span, title=title, right="#" * level + " " + title)
            continue
        if token.level > 0:
            diagnostics.add("nested-heading", span)
            continue
        parts = _HEADING.fullmatch(lines[number - 1])
        if parts is None or not parts["text"]:
            diagnostics.add("heading-without-text", span)
            continue
        if level not in LEVELS:
            diagnostics.add("heading-level", span, level=level, title=parts["text"] if level == 1 else None)
            continue
        found.append(_Heading(level=level, line=number, text=parts["text"], column=parts.end("lead") + 1))
    return found


def _block(file: str, lines: list[str], heading: _Heading, end: int, diagnostics: Diagnostics) -> RawBlock | None:
    number = heading.line
    whole = Span.whole_line(file, number, lines[number - 1])
    found = _ATTRIBUTES.search(heading.text)
    title = heading.text[: found.start()].rstrip() if found else heading.text
    title_span = Span(file, number, heading.column, number, heading.column + len(title))
    if not title:
        diagnostics.add("heading-without-text", whole)
        return None
    identity, attributes = _attributes(
        file, number, found[1] if found else "", heading.column + (found.start(1) if found else 0), diagnostics
    )
    if identity is None:
        if found is None or "#" not in found[1]:
            suggestion = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
            diagnostics.add("heading-without-id", title_span, title=title, suggestion=suggestion or None)
        return None
    body, body_line = _trimmed(lines, number, end)
    return RawBlock(
        level=heading.level,
        id=identity.text,
        id_span=identity.span,
        attributes=attributes,
        title=title,
        title_span=title_span,
        body=body,
        body_line=body_line,
        span=whole,
        digest=digest(title, body),
    )


def _attributes(
    file: str, line: int, text: str, column: int, diagnostics: Diagnostics
) -> tuple[Attribute | None, dict[str, Attribute]]:
    """The id and the attributes of `#id name=value …`; the id is None where there is none or it is at fault."""
    identity: Attribute | None = None
    attributes: dict[str, Attribute] = {}
    for part in re.finditer(r"\S+", text):
        word = part[0]
        span = Span(file, line, column + part.start(), line, column + part.end())
        name, equals, value = word.partition("=")
        if word.startswith("#") and identity is None:
            identity = Attribute(text=word[1:], span=span)
        elif not equals or not name or not value or name in attributes:
            diagnostics.add("malformed-heading-attribute", span, text=word)
        elif name not in ATTRIBUTES:
            allowed = ", ".join(f"`{known}`" for known in ATTRIBUTES)
            suggestion = nearest(name, ATTRIBUTES)
            diagnostics.add("unknown-heading-attribute", span, name=name, suggestion=suggestion, allowed=allowed)
        elif not _DIGEST.fullmatch(value):
            diagnostics.add("malformed-digest", span, value=value)
        else:
            attributes[name] = Attribute(text=value, span=span)
    if identity is not None and not _ID.fullmatch(identity.text):
        diagnostics.add("malformed-heading-id", identity.span, id=identity.text)
        identity = None
    return identity, attributes


def _trimmed(lines: list[str], start: int, end: int) -> tuple[str, int]:
    """The lines from index `start` to before `end` without blank ones at the ends, and the first one's number."""
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return "\n".join(line.rstrip("\r") for line in lines[start:end]), start + 1


def _check_levels(file: str, headings: list[_Heading], diagnostics: Diagnostics) -> None:
    above = 1
    for heading in headings:
        if heading.level > above + 1:
            span = Span(file, heading.line, 1, heading.line, heading.column)
            diagnostics.add("heading-level-jump", span, level=heading.level, above=above)
        above = heading.level


def _check_html(
    file: str, lines: list[str], tokens: list[Token], environment: dict[str, Any], diagnostics: Diagnostics
) -> None:
    for token in tokens:
        if token.type == "html_block" and token.map is not None:
            first = token.map[0]
            line = lines[first]
            column = len(line) - len(line.lstrip()) + 1
            span = Span(file, first + 1, column, first + 1, len(line.rstrip()) + 1)
            diagnostics.add("html-in-text", span, html=line.strip()[:80])
    for token in inlines(tokens):
        assert token.map is not None
        if "<" not in token.content:
            continue
        cursor = Cursor(file, lines, token.map[0], token.map[1])
        for child in children_of(token, environment):
            if child.type == "html_inline":
                diagnostics.add("html-in-text", cursor.find(child.content), html=child.content[:80])
            elif child.type in {"text", "code_inline"}:
                cursor.find(child.content)


def _check_definitions(file: str, lines: list[str], environment: dict[str, Any], diagnostics: Diagnostics) -> None:
    for label, reference in environment.get("references", {}).items():
        number = reference["map"][0] + 1
        written = _LINK_LABEL.match(lines[number - 1])
        span = Span.whole_line(file, number, lines[number - 1])
        diagnostics.add("link-definition", span, label=written[1] if written else label.lower())


def _check_characters(file: str, lines: list[str], diagnostics: Diagnostics) -> None:
    if not PRIVATE_USE.search("".join(lines)):
        return
    for number, line in enumerate(lines, 1):
        for found in PRIVATE_USE.finditer(line):
            span = Span(file, number, found.start() + 1, number, found.end() + 1)
            diagnostics.add("private-use-character", span, character=f"U+{ord(found[0]):04X}")


class Cursor:
    """Walks through the lines of one piece of running text, finding in order what the parser found.

    The parser gives lines but no columns: what it found is searched from where the last thing ended.
    """

    def __init__(self, file: str, lines: list[str], first: int, end: int) -> None:
        self._file = file
        self._lines = lines
        self._first, self._end = first, end
        self._line, self._column = first, 0

    def find(self, text: str) -> Span:
        """The span of the next place that holds the text's first line; the whole first line where none does."""
        head = text.split("\n", 1)[0].replace(SENTINEL, "")
        for number in range(self._line, self._end):
            column = self._lines[number].find(head, self._column if number == self._line else 0)
            if head and column >= 0:
                self._line, self._column = number, column + len(head)
                return Span(self._file, number + 1, column + 1, number + 1, self._column + 1)
        return Span.whole_line(self._file, self._first + 1, self._lines[self._first])
