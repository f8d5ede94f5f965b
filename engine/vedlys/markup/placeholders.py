"""Templates out of text with placeholders: where each value stands, and whether it may stand there.

Markdown is parsed once, at load, with a private character in the place of each placeholder. What the parser takes that
character for is the context that the value will be escaped for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

import msgspec
from markdown_it.token import Token

from vedlys.diagnostics import Diagnostics
from vedlys.markup import tame
from vedlys.markup.parser import PLACEHOLDER, html_finder
from vedlys.markup.probing import unsafe_neighbour
from vedlys.markup.slot_syntax import read_slot
from vedlys.markup.template import Align, Cell, CodeSpan, Context, Grid, Slot, Template, Text
from vedlys.source import Span

Kind = Literal["blocks", "title", "plain"]

_FIRST = 0xF0000
_SENTINELS = re.compile("[\U000f0000-\U000ffffd]")
_TAG = re.compile(r"\{%.*?(?:%\}|$)", re.MULTILINE)
_SAFE_START = re.compile(r"https?://[^/?#\\@]+[/?#]|[^:/?#\\]*[/?#]")
_CODE_OR_ESCAPE = re.compile(r"\\.?|`+", re.DOTALL)
_ALIGN = re.compile(r"text-align:(left|center|right)")

Segment = Text | Slot | CodeSpan | Grid
Piece = tuple[int, int, Segment]  # where it stands in the masked text


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """A text with its placeholders taken out, each leaving one sentinel."""

    text: str
    slots: tuple[Slot | None, ...]  # None where the placeholder is at fault
    raw: tuple[str, ...]
    spans: tuple[Span, ...]

    @property
    def simple(self) -> bool:
        """Whether every placeholder is one that may stand anywhere in running text and in code."""
        return all(slot is not None and slot.filter != "table" for slot in self.slots)

    def number(self, sentinel: str) -> int:
        return ord(sentinel) - _FIRST

    def slot(self, sentinel: str, context: Context) -> Slot | Text:
        """The slot for its place; the placeholder as written where it is at fault."""
        number = self.number(sentinel)
        slot = self.slots[number]
        return Text(self.raw[number]) if slot is None else msgspec.structs.replace(slot, context=context)


def compile_template(
    markdown: str, *, file: str, line: int, column: int = 1, diagnostics: Diagnostics, kind: Kind = "blocks"
) -> Template:
    """Compile a text whose first character stands in that line and column of the file.

    `blocks` is Markdown; `title` is one line of words and code spans, in which no other markup may stand; `plain` is
    text for a terminal, in which nothing is markup. Every fault becomes a diagnostic, and its placeholder is text then.
    Whether a plural has the forms of its locale is not decided here.
    """
    if kind == "blocks" and "{{" not in markdown and "{%" not in markdown:
        return (Text(markdown),) if markdown else ()
    written = _take_out(markdown, Span(file, line, column, line, column), diagnostics)
    if kind == "plain":
        return _joined(written.text, [], written, "prose")
    if kind == "title":
        return _title(written, Span(file, line, column, line, column + len(markdown)), diagnostics)
    if not written.slots:
        return (Text(markdown),) if markdown else ()
    if written.simple and tame.running_only(written.text):
        return _joined(written.text, list(_code_pieces(written)), written, "prose")
    tokens = html_finder().parse(written.text)
    placing = _Placing(written, diagnostics)
    placing.place(tokens)
    neighbour = unsafe_neighbour(html_finder().parse, written.text, placing.running)
    if neighbour is not None:
        number = written.number(neighbour)
        diagnostics.add("placeholder-neighbour", written.spans[number], placeholder=written.raw[number])
    return _joined(written.text, placing.pieces, written, "prose")


def _take_out(markdown: str, start: Span, diagnostics: Diagnostics) -> _Written:
    """Replace each placeholder by a sentinel, reading it on the way."""

    def span(found: re.Match[str]) -> Span:
        before = markdown[: found.start()]
        line = start.line + before.count("\n")
        column = found.start() - before.rfind("\n") if "\n" in before else start.column + found.start()
        return Span(start.file, line, column, line, column + len(found[0]))

    if "{" not in markdown:
        return _Written(text=_SENTINELS.sub("\ufffd", markdown), slots=(), raw=(), spans=())
    slots: list[Slot | None] = []
    raw: list[str] = []
    spans: list[Span] = []

    def take(found: re.Match[str]) -> str:
        where = span(found)
        slots.append(read_slot(found[0], where, diagnostics))
        raw.append(found[0])
        spans.append(where)
        return chr(_FIRST + len(slots) - 1)

    for found in _TAG.finditer(markdown):
        diagnostics.add("template-tag", span(found), tag=found[0])
    text = PLACEHOLDER.sub(take, _SENTINELS.sub("\ufffd", markdown))
    covered = PLACEHOLDER.sub(lambda found: " " * len(found[0]), markdown)
    for found in re.finditer(r"\{\{", covered):
        diagnostics.add("unclosed-placeholder", span(found))
    return _Written(text=text, slots=tuple(slots), raw=tuple(raw), spans=tuple(spans))


def _joined(text: str, pieces: Sequence[Piece], written: _Written, context: Context) -> Template:
    """The text cut into segments: the pieces where they stand, slots for the sentinels left, text between."""
    segments: list[Segment] = []
    end = 0
    for start, stop, segment in [*sorted(pieces, key=lambda piece: piece[:2]), (len(text), len(text), Text(""))]:
        parts = re.split("([\U000f0000-\U000ffffd])", text[end:start])
        segments.extend(written.slot(part, context) if _SENTINELS.fullmatch(part) else Text(part) for part in parts)
        segments.append(segment)
        end = stop
    return tuple(_merged(segments))


def _merged(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Neighbouring texts as one; none that is empty."""
    waiting = ""
    for segment in segments:
        if isinstance(segment, Text):
            waiting += segment.text
            continue
        if waiting:
            yield Text(waiting)
            waiting = ""
        yield segment
    if waiting:
        yield Text(waiting)


class _Placing:
    """Finds, for one parsed text, what each sentinel stands in."""

    def __init__(self, written: _Written, diagnostics: Diagnostics) -> None:
        self._written = written
        self._diagnostics = diagnostics
        self._seen: set[str] = set()
        self.pieces: list[Piece] = []
        self.running: list[str] = []  # the sentinels in running text

    def place(self, tokens: list[Token]) -> None:
        """Place every sentinel of the text, and report those that stand where no value may."""
        grid: tuple[int, int] | None = None  # the lines of a table that becomes a grid
        in_table = False
        for number, token in enumerate(tokens):
            match token.type:
                case "table_open":
                    in_table = True
                    end = next(n for n in range(number, len(tokens)) if tokens[n].type == "table_close")
                    if token.level == 0 and token.map and any(_sentinels(t.content) for t in tokens[number:end]):
                        grid = (token.map[0], token.map[1])
                        self._grid(tokens[number:end], grid)
                case "table_close":
                    in_table, grid = False, None
                case "inline":
                    own = token.level == 1 and not in_table and tokens[number - 1].type == "paragraph_open"
                    self._inline(token, cell=in_table, alone=own, keep=grid is None)
                case "html_block":
                    self._refuse(token.content, "placeholder-in-html")
                case "fence" | "code_block":
                    self._refuse(token.info + token.content, "placeholder-in-code-block")
        unseen = "".join(s for s in _sentinels(self._written.text) if s not in self._seen)
        self._refuse(unseen, "placeholder-in-definition")

    def _inline(self, token: Token, *, cell: bool, alone: bool, keep: bool) -> None:
        """Place the sentinels of one run of text; those of a grid (`keep` false) are in it already."""
        context: Context = "cell" if cell else "prose"
        autolink = False
        for child in token.children or ():
            match child.type:
                case "link_open":
                    autolink = child.info == "auto"
                    self._link(child, autolink=autolink, keep=keep)
                case "link_close":
                    autolink = False
                case "image":
                    self._refuse(str(child.attrs) + child.content, "placeholder-in-image")
                case "html_inline":
                    self._refuse(child.content, "placeholder-in-html")
                case "code_inline" if _sentinels(child.content):
                    self._code(child, cell=cell, keep=keep)
                case "text" | "text_special" if not autolink:
                    for sentinel in _sentinels(child.content):
                        self._running(sentinel, context, alone=alone and token.content == sentinel, keep=keep)

    def _running(self, sentinel: str, context: Context, *, alone: bool, keep: bool) -> None:
        slot = self._written.slot(sentinel, context)
        is_table = isinstance(slot, Slot) and slot.filter == "table"
        if is_table and not alone:
            self._refuse(sentinel, "table-place")
            return
        self._seen.add(sentinel)
        if keep:
            at = self._written.text.index(sentinel)
            self.pieces.append((at, at + 1, slot))
        if not is_table:
            self.running.append(sentinel)

    def _link(self, token: Token, *, autolink: bool, keep: bool) -> None:
        title = str(token.attrs.get("title", ""))
        address = str(token.attrs.get("href", ""))
        self._refuse(title, "placeholder-in-link-title")
        if autolink:
            self._refuse(address, "placeholder-in-autolink")
            return
        for sentinel in _sentinels(address):
            prefix = address[: address.index(sentinel)]
            slot = self._written.slot(sentinel, "link")
            if not _SAFE_START.match(prefix) or (isinstance(slot, Slot) and slot.filter != "value"):
                self._refuse(sentinel, "placeholder-in-link-host")
                continue
            self._seen.add(sentinel)
            at = self._written.text.index(sentinel)
            if keep:
                self.pieces.append((at, at + 1, slot))

    def _code(self, token: Token, *, cell: bool, keep: bool) -> None:
        found = _sentinels(token.content)
        bad = [s for s in found if isinstance(slot := self._written.slot(s, "code"), Slot) and slot.filter == "table"]
        if bad:
            self._refuse("".join(found), "table-place")
            return
        self._seen.update(found)
        if not keep:
            return
        text, size = self._written.text, len(token.markup)
        run = re.compile(rf"(?<!`)`{{{size}}}(?!`)")
        before = [match.start() for match in run.finditer(text, 0, text.index(found[0]))]
        after = run.search(text, text.index(found[-1]))
        if not before or after is None:  # an escaped backtick stands right before the span
            self._neighbour(found[0])
            return
        self.pieces.append((before[-1], after.end(), code_parts(token.content, self._written, cell=cell)))

    def _grid(self, tokens: list[Token], lines: tuple[int, int]) -> None:
        rows: list[list[Cell]] = []
        align: list[Align] = []
        for number, token in enumerate(tokens):
            if token.type == "tr_open":
                rows.append([])
            elif token.type in {"th_open", "td_open"}:
                if token.type == "th_open":
                    style = _ALIGN.search(str(token.attrs.get("style", "")))
                    align.append(_aligned(style[1] if style else ""))
                rows[-1].append(_cell(tokens[number + 1].content, self._written))
        text = self._written.text.split("\n")
        start = sum(len(line) + 1 for line in text[: lines[0]])
        end = start + len("\n".join(text[lines[0] : lines[1]]).rstrip("\n"))
        self.pieces.append((start, end, Grid(rows=tuple(map(tuple, rows)), align=tuple(align))))

    def _refuse(self, text: str, code: str) -> None:
        for sentinel in _sentinels(text):
            if sentinel in self._seen:
                continue
            self._seen.add(sentinel)
            number = self._written.number(sentinel)
            right = self._written.raw[number] if code == "placeholder-in-code-block" else None
            self._diagnostics.add(code, self._written.spans[number], right=right)

    def _neighbour(self, sentinel: str) -> None:
        number = self._written.number(sentinel)
        self._diagnostics.add(
            "placeholder-neighbour", self._written.spans[number], placeholder=self._written.raw[number]
        )


def _sentinels(text: str) -> list[str]:
    return _SENTINELS.findall(text)


def _aligned(name: str) -> Align:
    match name:
        case "left" | "center" | "right":
            return name
        case _:
            return ""


def code_parts(content: str, written: _Written, *, cell: bool = False) -> CodeSpan:
    """The code span of that content, its sentinels as slots."""
    parts = _joined(content, [], written, "code")
    return CodeSpan(parts=tuple(part for part in parts if isinstance(part, Text | Slot)), cell=cell)


def _code_pieces(written: _Written) -> Iterator[Piece]:
    """The code spans that hold sentinels, in a text of which `tame` has said what it is."""
    for start, end, inner in code_spans(written.text) if "`" in written.text else ():
        if _SENTINELS.search(inner):
            yield start, end, code_parts(inner, written)


def _cell(content: str, written: _Written) -> Cell:
    """One cell of a grid: its bars escaped again, as the table was cut at them before."""
    pieces: list[Piece] = [
        (start, end, code_parts(inner, written, cell=True)) for start, end, inner in code_spans(content)
    ]
    segments = _joined(content, pieces, written, "cell")
    return tuple(
        Text(segment.text.replace("|", "\\|")) if isinstance(segment, Text) else segment
        for segment in segments
        if not isinstance(segment, Grid)
    )


def code_spans(text: str) -> Iterator[tuple[int, int, str]]:
    """The code spans of one run of text: start, end and content, as CommonMark finds them."""
    position = 0
    while found := _CODE_OR_ESCAPE.search(text, position):
        run = found[0]
        if run[0] == "\\":
            position = found.end()
            continue
        closing = _closing(len(run)).search(text, found.end())
        if closing is None:
            position = found.end()
            continue
        inner = text[found.end() : closing.start()].replace("\n", " ")
        if inner.strip() and inner[0] == inner[-1] == " ":
            inner = inner[1:-1]
        yield found.start(), closing.end(), inner
        position = closing.end()


@lru_cache(maxsize=16)
def _closing(size: int) -> re.Pattern[str]:
    """A run of exactly so many backticks."""
    return re.compile(rf"(?<!`)`{{{size}}}(?!`)")


def _title(written: _Written, span: Span, diagnostics: Diagnostics) -> Template:
    """A title: every code span is a segment, so that the title can also be had without markup."""
    if not written.slots and tame.words_and_code(written.text):
        if "`" not in written.text:
            return (Text(written.text),) if written.text else ()
        spans: list[Piece] = [
            (start, end, code_parts(inner, written)) for start, end, inner in code_spans(written.text)
        ]
        return _joined(written.text, spans, written, "prose")
    for token in html_finder().parseInline(written.text):
        for child in token.children or ():
            if child.type not in {"text", "text_special", "code_inline"}:
                diagnostics.add("title-markup", span)
                return _joined(written.text, [], written, "prose")
    for number, slot in enumerate(written.slots):
        if slot is not None and slot.filter == "table":
            diagnostics.add("table-place", written.spans[number])
    running = _sentinels("".join(re.split("`+[^`]*`+", written.text)))
    neighbour = unsafe_neighbour(html_finder().parseInline, written.text, running)
    if neighbour is not None:
        number = written.number(neighbour)
        diagnostics.add("placeholder-neighbour", written.spans[number], placeholder=written.raw[number])
    pieces: list[Piece] = [(start, end, code_parts(inner, written)) for start, end, inner in code_spans(written.text)]
    return _joined(written.text, pieces, written, "prose")
