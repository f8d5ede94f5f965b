"""The Markdown that vedlys knows: CommonMark with tables, and no HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, inline, text_join
from markdown_it.token import Token

from vedlys.markup.node import DEEPEST

# A placeholder in its line.
PLACEHOLDER = re.compile(r"\{\{([^\n]*?)\}\}")

# Stands for a placeholder while Markdown is parsed: a letter as far as Markdown is concerned. `{{ x | list }}`
# in a table would otherwise be cut at its bar, and one with `"<"` would be taken for HTML.
SENTINEL = "\U000f0000"
PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


class _Finder(MarkdownIt):
    """A parser for looking: it leaves addresses as they are written, and every one is a link."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - markdown-it's own name
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - markdown-it's own name
        return link

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - markdown-it's own name
        return True


@lru_cache(maxsize=1)
def html_finder() -> MarkdownIt:
    """A parser that recognises HTML, to be told where it is; its output is never shown."""
    return _Finder("commonmark", {"html": True, "maxNesting": DEEPEST}).enable("table")


@lru_cache(maxsize=1)
def _block_finder() -> MarkdownIt:
    """The same parser, for blocks alone: what is in running text takes most of the time."""
    finder = _Finder("commonmark", {"html": True, "maxNesting": DEEPEST}).enable("table")
    finder.core.ruler.disable(["inline", "text_join"])
    return finder


def blocks_of(text: str, environment: dict[str, Any]) -> list[Token]:
    """The blocks of a text as `html_finder` has them, running text left as it is; see `children_of`."""
    return _block_finder().parse(text, environment)


def children_of(token: Token, environment: dict[str, Any]) -> list[Token]:
    """What is in the running text of one of these blocks."""
    state = StateCore("", html_finder(), environment)
    state.tokens = [token]
    inline(state)
    text_join(state)
    return token.children or []


@lru_cache(maxsize=1)
def renderer() -> MarkdownIt:
    """The parser that says what a text means: HTML is plain text to it."""
    return MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).enable("table")


def masked(text: str) -> str:
    """The text with each placeholder replaced by one sentinel; lines stay as they are."""
    return PLACEHOLDER.sub(SENTINEL, text)


def inlines(tokens: list[Token]) -> Iterator[Token]:
    """The tokens that hold running text, each with its children and lines."""
    return (token for token in tokens if token.type == "inline" and token.map is not None)
