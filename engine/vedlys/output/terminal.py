"""Markdown for a terminal: wrapped to its width, with coloured marks, and as readable without any colour.

The documents of vedlys mark headings and list items: what is at fault ✗, what deserves attention !, what is worth
knowing i, what is in order ✓, what is not known ?, what does not matter –. A marked heading stands out by its mark, and
its text is set in below it; in a list the mark stands in place of the bullet.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from vedlys.markup.node import Node
from vedlys.markup.tree import tree
from vedlys.output.text import Text, joined
from vedlys.output.wrapping import table, wrap

WIDEST = 100  # columns; longer lines are hard to read

_MARKS = {"✗": "bold red", "!": "bold yellow", "i": "bold blue", "✓": "bold green", "?": "bold magenta", "–": "dim"}
_STATUS = {
    "action_needed": "red",
    "attention": "yellow",
    "undetermined": "magenta",
    "clear": "green",
    "not_applicable": "bright_black",
}
_CODE = "cyan"
_STEP = "  "


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What the terminal is like. Without `colour` code stands in backticks, as nothing else would show that it is."""

    width: int = 80
    colour: bool = True

    @property
    def columns(self) -> int:
        """How wide lines may be."""
        return max(20, min(self.width, WIDEST))


def markdown_lines(markdown: str, look: Look, status: str | None = None) -> Iterator[Text]:
    """The document line by line; `status` colours its head."""
    yield from _Printer(look, _STATUS.get(status or "", "cyan")).document(tree(markdown))


def inline_text(markdown: str, look: Look, style: str = "") -> Text:
    """One paragraph of Markdown as styled text, not broken into lines."""
    printer = _Printer(look, "cyan")
    text = joined((printer.inline(block.children[0]) for block in tree(markdown) if block.children), "\n")
    text.stylize_before(style)
    return text


class _Printer:
    """Turns the blocks of one document into lines."""

    def __init__(self, look: Look, accent: str) -> None:
        self._look = look
        self._accent = accent
        self._strong = "bold"

    def document(self, blocks: list[Node]) -> Iterator[Text]:
        """The blocks with an empty line between them; what stands below a marked heading is set in."""
        indent = ""
        previous: Node | None = None
        for block in blocks:
            heading = block.type == "heading"
            if heading:
                indent = "" if block.level == 1 else _STEP
            if previous is not None and not (previous.type == "heading" and not heading):
                yield Text()
            if previous is not None and heading and block.level == 2:
                yield Text()
            if previous is not None and previous.type == "heading" and previous.level == 2 and not heading:
                yield Text()
            # the sentence below the title says how things stand
            self._strong = f"bold {self._accent}" if previous is not None and previous.level == 1 else "bold"
            yield from self._heading(block) if heading else self._block(block, indent)
            if heading and block.level == 3:
                indent = 2 * _STEP
            previous = block

    def _heading(self, node: Node) -> Iterator[Text]:
        title = self.inline(node.children[0])
        width = self._look.columns
        match node.level:
            case 1:
                title.stylize_before("bold")
                yield from wrap(title, width)
                yield Text("━" * width, self._accent)
            case 2:
                title.stylize_before("bold")
                title = Text.assemble(("── ", self._accent), title, " ")
                title.append("─" * max(0, width - title.cell_len), self._accent)
                yield from wrap(title, width, Text(), Text("   "))
            case _:
                mark, title = _marked(title)
                title.stylize_before("bold")
                lead = Text(_STEP) if mark is None else Text.assemble(_STEP, mark, " ")
                yield from wrap(title, width, lead, Text(" " * lead.cell_len))

    def _blocks(self, nodes: list[Node], indent: str, *, tight: bool = False) -> Iterator[Text]:
        for number, node in enumerate(nodes):
            if number and not tight:
                yield Text()
            yield from self._block(node, indent)

    def _block(self, node: Node, indent: str) -> Iterator[Text]:
        width = self._look.columns
        match node.type:
            case "paragraph":
                text = self.inline(node.children[0])
                if [child.type for child in node.children[0].children] == ["em"]:
                    text.stylize("dim")  # an aside: where something comes from
                yield from wrap(text, width, Text(indent))
            case "heading":
                title = self.inline(node.children[0])
                title.stylize_before("bold")
                yield from wrap(title, width, Text(indent))
            case "bullet_list" | "ordered_list":
                yield from self._list(node, indent)
            case "fence" | "code_block":
                # neither wrapped nor framed, so that it can be copied
                for code in node.content.rstrip("\n").split("\n"):
                    yield Text.assemble(indent + _STEP, (code, _CODE)) if code else Text()
            case "blockquote":
                yield from self._quotation(node, indent)
            case "table":
                yield from self._table(node, indent)
            case "hr":
                yield Text(indent + "─" * (width - len(indent)), "dim")
            case _:
                yield Text(indent + node.content)

    def _quotation(self, node: Node, indent: str) -> Iterator[Text]:
        inner = _Printer(Look(width=self._look.columns - len(indent) - 2, colour=self._look.colour), self._accent)
        for line in inner._blocks(node.children, ""):
            yield Text.assemble(indent, ("│ ", "dim"), line) if line else Text.assemble(indent, ("│", "dim"))

    def _list(self, node: Node, indent: str) -> Iterator[Text]:
        number = int(node.attrs.get("start", 1))
        tight = all(child.hidden for item in node.children for child in item.children if child.type == "paragraph")
        for place, item in enumerate(node.children):
            if place and not tight:
                yield Text()
            lead = Text("• ", "dim") if node.type == "bullet_list" else Text(f"{number + place}. ", "dim")
            yield from self._item(item, indent, lead, tight=tight)

    def _item(self, item: Node, indent: str, lead: Text, *, tight: bool) -> Iterator[Text]:
        children = list(item.children)
        if children and children[0].type == "paragraph":
            text = self.inline(children.pop(0).children[0])
            mark, text = _marked(text)
            if mark is not None:
                lead = Text.assemble(mark, " ")
            below = indent + " " * lead.cell_len
            yield from wrap(text, self._look.columns, Text.assemble(indent, lead), Text(below))
            if children and not tight:
                yield Text()
        else:
            below = indent + " " * lead.cell_len
            yield Text.assemble(indent, lead)
        yield from self._blocks(children, below, tight=tight)

    def _table(self, node: Node, indent: str) -> Iterator[Text]:
        rows = [
            [self.inline(cell.children[0]) for cell in row.children] for part in node.children for row in part.children
        ]
        head = node.children[0].children[0].children
        align = ["right" if "right" in str(cell.attrs.get("style", "")) else "left" for cell in head]
        for cell in rows[0]:
            cell.stylize_before("bold")
        for line in table(rows, align, self._look.columns - len(indent)):
            yield Text.assemble(indent, line)

    def inline(self, node: Node) -> Text:
        """The running text of a block."""
        text = Text()
        for child in node.children:
            text.append(self._span(child))
        return text

    def _span(self, node: Node) -> Text:
        match node.type:
            case "text":
                return Text(node.content)
            case "softbreak":
                return Text(" ")
            case "hardbreak":
                return Text("\n")
            case "code_inline":
                return Text(node.content, _CODE) if self._look.colour else Text(f"`{node.content}`")
            case "strong" | "em":
                text = self.inline(node)
                text.stylize_before(self._strong if node.type == "strong" else "italic")
                return text
            case "link":
                return self._link(node)
            case _:
                return Text(node.content)

    def _link(self, node: Node) -> Text:
        target = str(node.attrs.get("href", ""))
        text = self.inline(node)
        if text.plain in (target, target.removeprefix("mailto:")):
            text.stylize("underline")
            return text
        return Text.assemble(text, " (", (target, "underline dim"), ")")


def _marked(text: Text) -> tuple[Text | None, Text]:
    """A text that begins with a mark, parted from it."""
    mark = text.plain[:1]
    if mark not in _MARKS or text.plain[1:2] != " ":
        return None, text
    return Text(mark, _MARKS[mark]), text[2:]
