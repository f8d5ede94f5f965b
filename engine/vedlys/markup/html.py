"""Markdown as HTML that is safe to put into a page."""

from __future__ import annotations

import nh3

from vedlys.markup.parser import renderer

_TAGS = frozenset(
    [
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "br",
        "hr",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "code",
        "em",
        "strong",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"style"}, "td": {"style"}}


def to_html(markdown: str) -> str:
    """Render CommonMark with tables.

    HTML in it is shown as text; links lead to http, https or mailto, or are relative; images are dropped.
    """
    return nh3.clean(
        renderer().render(markdown),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        filter_style_properties={"text-align"},
        link_rel="noopener noreferrer",
    )
