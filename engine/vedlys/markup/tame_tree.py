"""Documents whose structure can be told without the parser: nearly all that are composed.

As in `markup.tame`, what is told is what the parser would find, and where that is not sure, nothing is told. So only
what is written in the plainest way is read here: blocks begin where their container does, paragraphs end at an empty
line, the text of list items stands one space behind the markers, rows of tables have a bar at both ends.
"""

from __future__ import annotations

import re

import msgspec

from vedlys.markup.node import DEEPEST, Attrs, Node, Wild
from vedlys.markup.tame_running import running

# what a line begins a block with; `rest` might begin one, and a line of `marks` mean something to the one above it
_START = re.compile(
    r"(?P<marks>[-=*_:| ]+$)"
    r"|(?P<heading>#{1,6} )"
    r"|(?P<fence>`{3,}|~{3,})[^`~]*$"
    r"|(?P<quotation>>)"
    r"|(?P<item>(?:[-+*]|[0-9]{1,9}[.)]) (?=[^ ]))"
    r"|(?P<table>\|)"
    r"|(?P<rest>[ #]|```|~~~|(?:[-+*]|[0-9]{1,9}[.)])(?: |$))"
)
_LINES_ACROSS = {"---", "***", "___"}
_INTERRUPTING = {"- ", "+ ", "* ", "1. ", "1) "}  # the markers that a paragraph gives way to
_BAR = re.compile(r"(?<!\\)\|")
_RULES = re.compile("[-:| ]+")  # the second line of a table, which makes the first its head, whatever that is besides
_DASHES = re.compile("-+")
_ALIGNED: dict[str, Attrs] = {"-": {}} | {
    rule: {"style": f"text-align:{side}"} for rule, side in ((":-", "left"), ("-:", "right"), (":-:", "center"))
}

Place = tuple[Node, int]  # a block, and the index of the line below it


def blocks(markdown: str) -> list[Node] | None:
    """The blocks of a document; None where that takes the parser to tell."""
    if any(character in markdown for character in "\0\t\v\f\r"):
        return None
    lines = markdown.split("\n")
    if any(map(str.isspace, lines)):
        return None
    try:
        return _blocks(lines, 0)[0]
    except (Wild, RecursionError):
        return None


def _blocks(lines: list[str], level: int) -> tuple[list[Node], bool]:
    """The blocks in these lines, and whether there is an empty line between any two of them."""
    if level >= DEEPEST:
        raise Wild
    found: list[Node] = []
    apart = False
    at = 0
    while at < len(lines):
        if not lines[at]:
            at += 1
            continue
        apart = apart or (bool(found) and not lines[at - 1])
        block, at = _block(lines, at, level)
        found.append(block)
    return found, apart


def _block(lines: list[str], at: int, level: int) -> Place:
    """The block that begins in that line."""
    start = _START.match(lines[at])
    if start is None:
        return _paragraph(lines, at)
    if "|" in lines[at] and not start["table"] and at + 1 < len(lines) and _RULES.fullmatch(lines[at + 1]):
        raise Wild
    match start.lastgroup:
        case "heading":
            return _heading(lines, at)
        case "fence":
            return _fence(lines, at, start["fence"])
        case "quotation":
            return _quotation(lines, at, level)
        case "item":
            return _list(lines, at, level, start[0])
        case "table":
            return _table(lines, at)
        case "marks" if lines[at] in _LINES_ACROSS:
            return Node("hr"), at + 1
        case _:
            raise Wild


def _paragraph(lines: list[str], at: int) -> Place:
    below = at + 1
    while below < len(lines) and lines[below]:
        start = _START.match(lines[below])
        if start is not None:
            if start["item"] not in _INTERRUPTING:
                raise Wild
            break
        below += 1
    return Node("paragraph", [_text(*lines[at:below])]), below


def _heading(lines: list[str], at: int) -> Place:
    marks, _, title = lines[at].partition(" ")
    if not title or title[-1] == "#":
        raise Wild
    return Node("heading", [_text(title)], level=len(marks)), at + 1


def _fence(lines: list[str], at: int, marks: str) -> Place:
    for end in range(at + 1, len(lines)):
        if lines[end].lstrip().startswith(marks):
            if lines[end] != marks:
                break
            return Node("fence", content="".join([line + "\n" for line in lines[at + 1 : end]])), end + 1
    raise Wild


def _quotation(lines: list[str], at: int, level: int) -> Place:
    inside = []
    while at < len(lines) and lines[at]:
        mark, space, line = lines[at].partition(" ")
        if mark != ">" or (space and not line.strip()):
            raise Wild
        inside.append(line)
        at += 1
    return Node("blockquote", _blocks(inside, level + 1)[0]), at


def _list(lines: list[str], at: int, level: int, marker: str) -> Place:
    """The list that begins with that marker, up to an item of another kind, or to what is not set in below an item."""
    number = int(marker[:-2]) if marker[0].isdigit() else None
    items: list[list[Node]] = []
    loose = ended = False
    following: str | None = marker
    while following is not None and following[-2] == marker[-2]:
        indent = " " * len(following)
        inside = [lines[at][len(indent) :]]
        at += 1
        while at < len(lines) and (not lines[at] or lines[at].startswith(indent)):
            inside.append(lines[at][len(indent) :])
            at += 1
        item, apart = _blocks(inside, level + 2)
        items.append(item)
        loose = loose or apart or ended
        start = _START.match(lines[at]) if at < len(lines) else None
        following, ended = start and start["item"], not lines[at - 1]
    if at < len(lines) and not ended:
        raise Wild
    if not loose:
        items = [[msgspec.structs.replace(node, hidden=node.type == "paragraph") for node in item] for item in items]
    kind = "bullet_list" if number is None else "ordered_list"
    attrs: Attrs = {} if number in {None, 1} else {"start": number}
    return Node(kind, [Node("list_item", item) for item in items], attrs=attrs), at


def _table(lines: list[str], at: int) -> Place:
    below = at
    while below < len(lines) and lines[below]:
        below += 1
    rows = [_cells(line) for line in lines[at:below]]
    if len(rows) < 2 or any(len(row) != len(rows[0]) for row in rows):
        raise Wild
    head, rules, *body = rows
    rules = [_DASHES.sub("-", rule) for rule in rules]
    if not _ALIGNED.keys() >= set(rules):
        raise Wild
    aligned = [_ALIGNED[rule] for rule in rules]
    parts = [Node("thead", [_row("th", head, aligned)])]
    if body:
        parts.append(Node("tbody", [_row("td", row, aligned) for row in body]))
    return Node("table", parts), below


def _cells(line: str) -> list[str]:
    """What is between the bars of a row; one behind a backslash is part of a cell."""
    if line[0] != "|" or line[-1] != "|" or line[-2:] == r"\|":
        raise Wild
    return [cell.strip(" ").replace(r"\|", "|") for cell in _BAR.split(line[1:-1])]


def _row(kind: str, cells: list[str], aligned: list[Attrs]) -> Node:
    return Node("tr", [Node(kind, [_text(cell)], attrs=attrs) for cell, attrs in zip(cells, aligned, strict=True)])


def _text(*lines: str) -> Node:
    """The running text in these lines."""
    if any(line.strip() != line for line in lines):
        raise Wild
    return running("\n".join(lines))
