"""Titles and labels: one line of words and code spans, with its markup and without."""

from __future__ import annotations

import re

from vedlys.markup.template import CodeSpan, Grid, Slot, Template, Text

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def without_markup(title: Template) -> Template:
    """A compiled title as plain text with slots: code spans are opened, escapes taken away."""
    parts: list[Text | Slot] = []
    for segment in title:
        match segment:
            case Text(text=text):
                parts.append(Text(_ESCAPED.sub(_plain, text)))
            case CodeSpan(parts=inner):
                parts.extend(inner)
            case Slot():
                parts.append(segment)
            case Grid():
                raise TypeError("a title holds no table")
    return tuple(parts)


def _plain(escaped: re.Match[str]) -> str:
    """The character that an escape or a reference stands for."""
    if escaped[1]:
        return escaped[1]
    from html import unescape  # noqa: PLC0415 - lazy: two thousand names, of which titles have hardly any

    return unescape(escaped[0])
