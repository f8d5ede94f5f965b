"""Running text whose structure can be told without the parser; see `markup.tame_tree`."""

from __future__ import annotations

import re
from unicodedata import category

from vedlys.markup.node import Node, Wild

# All that can mean something, by what it is sure to mean; of `rest` that is not sure. Addresses are such as the parser
# leaves as they are.
_MARK = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<fence>`+)(?!`)(?P<code>.+?)(?<!`)(?P=fence)(?!`)"
    r"|\[(?P<label>[^\[\]`\\]+)\]\((?P<address>https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,3}(?:/[\w./?=&#-]*)?)\)"
    r"|(?P<emphasis>\*+|_+)"
    r"|(?P<line>\n)"
    r"|(?P<rest>[\\`\[]|![\[]|<(?! )|&(?=[#A-Za-z]))",
    re.ASCII | re.DOTALL,
)


def running(text: str) -> Node:
    """The running text of a block; `Wild` where that takes the parser to tell.

    Its lines neither begin nor end with white space.
    """
    return Node("inline", _spans(text, 0, len(text)), text)


def _spans(text: str, start: int, end: int) -> list[Node]:
    """What is in that part of the text."""
    spans: list[Node] = []
    opened: list[str] = []  # the marks of each emphasis that is not closed yet …
    before: list[list[Node]] = []  # … and what stands before it
    literal = ""
    for mark in _MARK.finditer(text, start, end):
        literal += text[start : mark.start()]
        start = mark.end()
        kind = mark.lastgroup
        if kind == "emphasis":
            kind = _effect(text, mark, end, opened)
        if kind in {"escaped", "literal"}:
            literal += mark["escaped"] or mark[0]
            continue
        spans += _text(literal)
        literal = ""
        if kind == "opening":
            opened.append(mark[0])
            before.append(spans)
            spans = []
        elif kind == "closing":
            inside, spans = spans, before.pop()
            spans.append(Node("em" if len(opened.pop()) == 1 else "strong", inside))
        else:
            spans.append(_span(text, mark))
    if opened:
        raise Wild
    return spans + _text(literal + text[start:end])


def _text(literal: str) -> list[Node]:
    return [Node("text", content=literal)] if literal else []


def _span(text: str, mark: re.Match[str]) -> Node:
    match mark.lastgroup:
        case "line":
            return Node("softbreak")
        case "code":
            return Node("code_inline", content=_code(mark["code"]))
        case "address":
            return Node("link", _spans(text, *mark.span("label")), attrs={"href": mark["address"]})
        case _:
            raise Wild


def _code(text: str) -> str:
    """The content of a code span."""
    text = text.replace("\n", " ")
    return text[1:-1] if text[0] == text[-1] == " " and text.strip(" ") else text


def _effect(text: str, mark: re.Match[str], end: int, opened: list[str]) -> str:
    """What marks of emphasis do, by what stands beside them and which marks are open."""
    before = _kind(text[mark.start() - 1]) if mark.start() else "Z"
    after = _kind(text[mark.end()]) if mark.end() < end else "Z"
    opens = after != "Z" and (after == "L" or before != "L")
    closes = before != "Z" and (before == "L" or after != "L")
    if mark[0][0] == "_":
        opens, closes = opens and (not closes or before == "P"), closes and (not opens or after == "P")
    if not opens and not closes:
        return "literal"
    if len(mark[0]) < 3:
        if closes and opened[-1:] == [mark[0]]:
            return "closing"
        if opens and not (closes and mark[0] in opened):
            return "opening"
    return "rest"


def _kind(character: str) -> str:
    """Z: white space, P: punctuation and symbols, L: anything else."""
    if character == "\n":
        return "Z"
    kind = category(character)
    return "Z" if kind == "Zs" else "P" if kind[0] in "PS" else "L"
