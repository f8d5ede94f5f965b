"""Values as text: what a value looks like to a reader, and how to write that in Markdown.

No value may become markup, whatever is in it and whichever viewer shows it. Backslashes do not reach that: viewers
in the manner of GitHub link e-mail addresses even when they are escaped, and a formatter takes needless
backslashes away. So a value stands as it is where nothing in it could mean anything, and otherwise in a code
span, in which nothing means anything.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from operator import sub
from urllib.parse import quote

from vedlys.markup.template import Align, Context

LONGEST = 1000  # characters of a value that are shown; a whole value stands in the JSON

# Letters, digits and quiet punctuation, beginning and ending in something that no neighbour can turn into markup.
_QUIET = re.compile(
    r"(?!\d{1,9}[.)](?:\s|$))"  # a numbered list
    r"[^\W_„−]?[„−]?[^\W_]"
    r"(?:(?:[^\W_]|[ \u00a0.,;%/()'’„“”–—−+-]|:(?=[ \d]))*(?:[^\W_]|[).%“]))?"
)
# what viewers link on their own, hyphens in a row (a line across the page) and doubled spaces
_LOUD = re.compile(r"(?i)\bwww\.|[^\W_]\.[^\W\d_]|--|\s\s")
_SIMPLE = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")  # most values; a fast answer for both of the above
_BACKTICKS = re.compile("`+")
_SPACES = re.compile(r"\s+")


def shown(value: str) -> str:
    """The value as a reader sees it, in one line.

    Runs of white space and line ends become one space, and none is left at the ends; characters that are
    invisible, turn the direction of text or have no agreed look become U+FFFD; letters are composed (NFC); what is
    longer than LONGEST characters is cut off with an ellipsis.
    """
    if value.isascii() and value.isprintable() and "  " not in value:
        text = value.strip()
    else:
        composed = unicodedata.normalize("NFC", value[: 4 * LONGEST])
        text = _invisible().sub("\ufffd", _SPACES.sub(" ", composed)).strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


@cache
def _invisible() -> re.Pattern[str]:
    # lazy: it takes long to compile, and most values are ASCII
    return re.compile(
        "["
        "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
        "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff"
        "\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
        "]"
    )


def quiet(text: str) -> bool:
    """Whether a shown value can stand in Markdown as it is, beside any text that a template may put there."""
    return bool(_SIMPLE.fullmatch(text)) or bool(_QUIET.fullmatch(text) and not _LOUD.search(text))


def escape(value: str, context: Context) -> str:
    """The value as Markdown that shows just it, for the place it stands in.

    For `code` this is the text inside a code span; `code_span` puts the fence around it. For `link` it is
    percent-encoded and can be no more than a part of a path, a query or a fragment.
    """
    match context:
        case "prose" | "cell":
            text = shown(value)
            return text if quiet(text) else code_span(text, cell=context == "cell")
        case "code":
            return shown(value)
        case "link":
            return quote(unicodedata.normalize("NFC", value), safe="", errors="replace")


def code_span(text: str, *, cell: bool = False) -> str:
    """The text as a code span, its fence longer than any run of backticks in it; nothing for no text."""
    if not text:
        return ""
    longest = max(map(len, _BACKTICKS.findall(text))) if "`" in text else 0
    fence = "`" * (longest + 1)
    if longest or (text[0] == text[-1] == " " and text.strip()):
        text = f" {text} "
    # the table is cut at its bars before anything looks for code
    return f"{fence}{text.replace('|', chr(92) + '|') if cell else text}{fence}"


def code_of(value: str, *, cell: bool = False) -> str:
    """The value as a code span: so hosts and keys of records are shown, of which the same few come again and again."""
    return _code_of(value, cell) if len(value) <= LONGEST else code_span(shown(value), cell=cell)


@lru_cache(maxsize=4096)
def _code_of(value: str, cell: bool) -> str:  # noqa: FBT001 - a cache tells names of arguments from their places
    return code_span(shown(value), cell=cell)


def width(text: str) -> int:
    """How many columns the text takes in a fixed-width font."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def table(rows: list[list[str]], align: list[Align]) -> str:
    """Cells of ready Markdown as a padded table, the first row being its head; all rows are equally long."""
    taken = [[width(cell) for cell in row] for row in rows]
    widths = [max(3, *column) for column in zip(*taken, strict=True)]
    lines = []
    for row, columns in zip(rows, taken, strict=True):
        cells = map(_padded, row, map(sub, widths, columns), align)
        lines.append(f"| {' | '.join(cells)} |")
    lines.insert(1, f"| {' | '.join(map(_rule, widths, align))} |")
    return "\n".join(lines)


def _padded(text: str, missing: int, align: Align) -> str:
    if align == "right":
        return " " * missing + text
    if align == "center":
        return " " * (missing // 2) + text + " " * (missing - missing // 2)
    return text + " " * missing


def _rule(columns: int, align: Align) -> str:
    left = ":" if align in {"left", "center"} else "-"
    right = ":" if align in {"right", "center"} else "-"
    return left + "-" * (columns - 2) + right
