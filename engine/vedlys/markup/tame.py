"""Markdown whose structure can be told without parsing it: most of what authors write.

Everything here answers "surely so" or "cannot say"; where it cannot say, the parser does. What is surely so is what
the parser would find: the tests hold the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# U+F0000 and what follows stand for placeholders, see `markup.parser`
_SENTINEL = "[\U000f0000-\U000ffffd]"

# what a block may begin with before its text: indentation, quotation marks, the markers of lists
_PREFIX = r"(?:[ >]|[-+*](?= )|[0-9]{1,9}[.)](?= ))"

_FENCE = re.compile(r"( *)(`{3,}|~{3,})([^`~]*)")
_FENCE_SOMEWHERE = re.compile(rf"{_PREFIX}*(?:```|~~~)")

# of a document, outside its code blocks: HTML, definitions of links, headings that are underlined or inside of
# something, and headings of a kind that has to be reported
_WILD_LINE = re.compile(rf"{_PREFIX}+#|[ >]*(?:=+|-+) *$|#(?!#{{1,3}} +[^ #])")
_WILD_CHARACTER = re.compile(r"[<\t\r]|\]:")

# of a text that holds placeholders: what might be a link, HTML, an entity, an escape, a table, a heading or code that
# is set in; and a sentinel beside anything but blanks and quiet punctuation
_WILD_TEXT = re.compile(r"[\\<>\[\]&|#\t\r]|    ")
_SAFE_SENTINEL = re.compile(rf"(?:^|(?<=[ \n]))[(„“\"]?{_SENTINEL}(?=[ \n]|$|[,.;:!?)”\"]+(?:[ \n]|$))")
_AT_START = re.compile(rf"^[ >*+0-9.)(-]*{_SENTINEL}(?![ \n]|$)", re.MULTILINE)
_ANY_SENTINEL = re.compile(_SENTINEL)
_CODE = re.compile("`[^`]*`")

# of a title: all that is markup in running text, code spans aside
_WILD_TITLE = re.compile(r"[\\<>\[\]&*_\n]")


def fences(lines: Sequence[str]) -> list[tuple[int, int]] | None:
    """The code blocks, from the first line of each to past its last; None where that takes a parser to tell."""
    found: list[tuple[int, int]] = []
    opened: tuple[int, int, str] | None = None  # the line, its indentation, what closes it
    for number, line in enumerate(lines):
        if opened is None:
            if ("```" in line or "~~~" in line) and _FENCE_SOMEWHERE.match(line):
                fence = _FENCE.fullmatch(line)
                if fence is None:
                    return None
                opened = (number, len(fence[1]), fence[1] + fence[2])
        elif line.rstrip(" ") == opened[2]:
            found.append((opened[0], number + 1))
            opened = None
        elif line.lstrip(" ")[:3] in {"```", "~~~"} or "{#" in line:
            return None
        elif line.strip() and len(line) - len(line.lstrip(" ")) < opened[1]:
            return None  # what the block stands in has ended, and the block with it
    return found if opened is None else None


def headings(lines: Sequence[str]) -> list[int] | None:
    """The indices of the lines that are headings, each of level 2 to 4; None where that takes a parser to tell.

    Where it is told, there is no HTML, no definition of a link, and every code block is closed.
    """
    blocks = fences(lines)
    if blocks is None:
        return None
    if blocks:
        kept = list(lines)
        for start, end in blocks:
            kept[start:end] = [""] * (end - start)
        lines = kept
    if _WILD_CHARACTER.search("\n".join(lines)) or any(map(_WILD_LINE.match, lines)):
        return None
    return [number for number, line in enumerate(lines) if line[:1] == "#"]


def running_only(text: str) -> bool:
    """Whether every sentinel surely stands in running text or inside a code span, and nothing there can go wrong.

    Whatever value is put in for it, the text around means what it means.
    """
    if "```" in text or "~~~" in text or "<" in text:
        return False
    return all(_harmless(chunk) for chunk in re.split(r"\n(?:[ \t]*\n)+", text) if _ANY_SENTINEL.search(chunk))


def _harmless(chunk: str) -> bool:
    """Whether that holds of lines without a blank one between them."""
    if _WILD_TEXT.search(chunk) or "``" in chunk:
        return False
    if "`" in chunk and any(line.count("`") % 2 for line in chunk.split("\n")):
        return False
    running = _CODE.sub("x", chunk)  # a letter: a sentinel beside code is not beside a blank
    return len(_SAFE_SENTINEL.findall(running)) == len(_ANY_SENTINEL.findall(running)) and not _AT_START.search(running)


def words_and_code(title: str) -> bool:
    """Whether a title without placeholders surely holds nothing but words and code spans."""
    if "`" in title:
        if "``" in title or title.count("`") % 2:
            return False
        title = _CODE.sub("x", title)
    return not _WILD_TITLE.search(title)
