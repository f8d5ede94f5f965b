"""Front matter: the few keys at the head of a Markdown file.

It is a small part of YAML, read line by line: `key: text`, the text plain or in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from vedlys.diagnostics import Diagnostics
from vedlys.source import Span
from vedlys.suggest import nearest

_KEY = re.compile(r"([A-Za-z_][\w.-]*):[ \t]+(.*)")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One key of the front matter and its text; `span` is that of the text, `key_span` that of the key."""

    key: str
    text: str
    span: Span
    key_span: Span


def read_front_matter(
    file: str, lines: list[str], diagnostics: Diagnostics, *, keys: Sequence[str], required: Sequence[str]
) -> tuple[dict[str, Entry], int]:
    """The entries, and how many lines they and their fences take."""
    first = Span.whole_line(file, 1, lines[0])
    if lines[0].rstrip() != "---":
        if required:
            diagnostics.add("missing-front-matter", first, required=", ".join(f"`{key}`" for key in required))
        return {}, 0
    end = next((number for number, line in enumerate(lines[1:], 2) if line.rstrip() == "---"), None)
    if end is None:
        diagnostics.add("unclosed-front-matter", first)
        return {}, len(lines)
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines[1 : end - 1], 2):
        if line.strip() and not line.lstrip().startswith("#"):
            _add(entries, _entry(file, number, line.rstrip()), Span.whole_line(file, number, line), keys, diagnostics)
    for key in required:
        if key not in entries:
            diagnostics.add("missing-front-matter-key", first, name=key)
    return entries, end


def _add(
    entries: dict[str, Entry], entry: Entry | None, line: Span, keys: Sequence[str], diagnostics: Diagnostics
) -> None:
    if entry is None:
        diagnostics.add("malformed-front-matter", line)
    elif entry.key not in keys:
        diagnostics.add(
            "unknown-front-matter-key",
            entry.key_span,
            name=entry.key,
            suggestion=nearest(entry.key, keys),
            allowed=", ".join(f"`{known}`" for known in keys),
        )
    elif entry.key in entries:
        diagnostics.add("duplicate-front-matter-key", entry.key_span, name=entry.key)
    else:
        entries[entry.key] = entry


def _entry(file: str, number: int, line: str) -> Entry | None:
    found = _KEY.fullmatch(line)
    text = _unquoted(found[2].strip()) if found else None
    if found is None or not text:
        return None
    return Entry(
        key=found[1],
        text=text,
        key_span=Span(file, number, 1, number, found.end(1) + 1),
        span=Span(file, number, found.start(2) + 1, number, len(line) + 1),
    )


def _unquoted(value: str) -> str | None:
    """The text of a plain or quoted YAML scalar that fits in a line; None where it would be something else.

    A comment, a flow list or a block is not what it looks like: what is not plainly text has to be quoted.
    """
    if value[:1] == '"':
        try:
            return msgspec.json.decode(value, type=str)
        except msgspec.DecodeError:
            return None
    if value[:1] == "'":
        inner = value[1:-1].replace("''", "\0")
        return inner.replace("\0", "'") if len(value) > 1 and value[-1] == "'" and "'" not in inner else None
    if value[:1] in set("[]{}&*!|>%@`#,?") or " #" in value or ": " in value or value.endswith(":"):
        return None
    return value
