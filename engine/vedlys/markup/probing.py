"""Whether text around a placeholder could turn a value into markup, or be turned into it.

The text is parsed with values of each shape that escaping can produce. Whatever stands around them, a good
template has the same structure each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from markdown_it.token import Token

Parse = Callable[[str], list[Token]]
Shape = list[tuple[Any, ...]]

# a number, a word that an entity might be made of, and code with both fences that a value can get
_PROBES = (("7", None), ("amp", None), ("`x`", "x"), ("`` ` ``", "`"))
# what GitHub and others link on their own: an address begun or ended by the text beside a value
_LINK_BEFORE = re.compile(r"(?i)(?:\w:/*|www\.|@|mailto:|xmpp:)\S*$")
_LINK_AFTER = re.compile(r"\S*?(?:@|://)")


def unsafe_neighbour(parse: Parse, text: str, running: Sequence[str]) -> str | None:
    """The first sentinel in running text beside which something may not stand; None where all is well."""
    if not running:
        return None
    wanted = _shape(parse(text))
    for part in wanted:
        for sentinel in running if part[0] == "text" else ():
            before, found, after = part[1].partition(sentinel)
            if found and (_LINK_BEFORE.search(before) or _LINK_AFTER.match(after)):
                return sentinel
    if _holds(parse, text, running, wanted):
        return None
    return next((sentinel for sentinel in running if not _holds(parse, text, [sentinel], wanted)), running[0])


def _holds(parse: Parse, text: str, sentinels: Sequence[str], wanted: Shape) -> bool:
    pattern = re.compile("|".join(map(re.escape, sentinels)))
    return all(
        _shape(parse(pattern.sub(probe, text))) == _with(wanted, pattern, probe, code) for probe, code in _PROBES
    )


def _shape(tokens: list[Token]) -> Shape:
    """The structure of parsed text: its blocks and what is in them, neighbouring texts as one."""
    shape: Shape = []
    for token in tokens:
        if token.type != "inline":
            shape.append((token.type, token.tag, token.info, token.content, str(token.attrs)))
            continue
        for child in token.children or ():
            if child.type in {"text", "text_special"}:
                _add_text(shape, child.content)
            else:
                shape.append((child.type, child.tag, child.info, child.content, str(child.attrs)))
    return shape


def _with(shape: Shape, pattern: re.Pattern[str], probe: str, code: str | None) -> Shape:
    """The structure it should be with the probe in the place of what the pattern finds in running text."""
    wanted: Shape = []
    for part in shape:
        if part[0] != "text":
            wanted.append(part)
            continue
        first, *rest = pattern.split(part[1])
        _add_text(wanted, first)
        for text in rest:
            if code is None:
                _add_text(wanted, probe)
            else:
                wanted.append(("code_inline", "code", "", code, "{}"))
            _add_text(wanted, text)
    return wanted


def _add_text(shape: Shape, text: str) -> None:
    if text and shape and shape[-1][0] == "text":
        shape[-1] = ("text", shape[-1][1] + text)
    elif text:
        shape.append(("text", text))
