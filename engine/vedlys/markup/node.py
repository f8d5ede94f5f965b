"""What a document is made of: blocks, and the running text in them."""

from __future__ import annotations

import msgspec

# Levels that blocks may be nested; a list has two. The parser leaves out what is deeper, and all that comes after it.
DEEPEST = 200

Attrs = dict[str, str | int | float]


class Node(msgspec.Struct, frozen=True, gc=False):
    """A block or a stretch of running text.

    `type` and `attrs` are as markdown-it has them: a `paragraph` holds an `inline`, which holds `text`, `code_inline`,
    `link`, and so on.
    """

    type: str
    children: list[Node] = []
    content: str = ""
    level: int = 0  # of a heading
    attrs: Attrs = {}
    hidden: bool = False  # a paragraph of a list without empty lines


class Wild(Exception):  # noqa: N818 - no error: it says that the parser is needed
    """What is read is not tame: what it means takes the parser to tell."""
