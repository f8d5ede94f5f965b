"""Markdown as a tree, for output that is not HTML."""

from __future__ import annotations

from markdown_it.tree import SyntaxTreeNode

from vedlys.markup.parser import renderer

# `type` names what a node is (`paragraph`, `inline`, `text`, `code_inline`, `link`, …), as markdown-it has it.
Node = SyntaxTreeNode


def tree(markdown: str) -> Node:
    """The document as a tree: CommonMark with tables; HTML in it is text."""
    return SyntaxTreeNode(renderer().parse(markdown))
