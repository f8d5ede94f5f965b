"""Markdown as a tree, for output that is not HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from vedlys.markup.node import Node
from vedlys.markup.tame_tree import blocks

if TYPE_CHECKING:
    from markdown_it.token import Token


def tree(markdown: str) -> list[Node]:
    """The blocks of a document: CommonMark with tables; HTML in it is text."""
    found = blocks(markdown)
    return parsed(markdown) if found is None else found


def parsed(markdown: str) -> list[Node]:
    """The blocks of a document by the parser, whatever is in it."""
    # lazy: importing the parser takes longer than most answers, hardly any of which need it
    from vedlys.markup.parser import renderer  # noqa: PLC0415

    return list(_nodes(iter(renderer().parse(markdown))))


def _nodes(tokens: Iterator[Token]) -> Iterator[Node]:
    """The nodes of the parser's tokens, up to the end of what holds them."""
    for token in tokens:
        if token.nesting < 0:
            return
        kind = token.type.removesuffix("_open")
        if kind == "text" and not token.content:
            continue  # what is left of the marks of strong text
        yield Node(
            type=kind,
            children=list(_nodes(tokens if token.nesting else iter(token.children or ()))),
            content=token.content,
            level=int(token.tag[1:]) if kind == "heading" else 0,
            attrs=token.attrs,
            hidden=token.hidden,
        )
