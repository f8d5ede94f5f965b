"""Texts with placeholders as articles and facts have them, and the names that may stand in the braces."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

from vedlys.loading.report import Report
from vedlys.markup.document import RawBlock
from vedlys.markup.links import links
from vedlys.markup.placeholders import Kind, compile_template
from vedlys.markup.plain import without_markup
from vedlys.markup.template import Template, Text, slots


def _surely_https(text: str) -> bool:
    """Whether no parser is needed to tell that every link begins with `https://`."""
    return "<" not in text and "]:" not in text and text.count("](") == text.count("](https://")


class Templates:
    """Compiles the texts of one file.

    `names` are what a placeholder may name, None where that is not known; in parts, as the vocabulary is that of
    all articles and not to be copied for each.
    """

    def __init__(self, file: str, names: tuple[Collection[str], ...] | None, report: Report) -> None:
        self._file = file
        self._names = names
        self._report = report

    def compile(
        self, text: str, line: int, *, column: int = 1, kind: Kind = "blocks", more: Collection[str] = ()
    ) -> Template:
        """The template of a text that begins there; `more` are names that only this text may use."""
        template = compile_template(
            text, file=self._file, line=line, column=column, diagnostics=self._report.diagnostics, kind=kind
        )
        for slot in slots(template):
            if self._names is not None and not any(slot.name in part for part in (more, *self._names)):
                suggestion = self._report.nearest(slot.name, list(chain(more, *self._names)))
                self._report.add("unknown-placeholder", slot.span, name=slot.name, suggestion=suggestion)
        if kind == "blocks" and ("](" in text or "<" in text) and not _surely_https(text):
            self._check_links(text, line)
        return template

    def _check_links(self, text: str, line: int) -> None:
        """Texts are shown apart from their file: only a whole address leads anywhere."""
        for link in links(text, file=self._file, line=line):
            if not link.address.lower().startswith("https://"):
                self._report.add("link-not-https", link.span, address=link.address)

    def title(self, block: RawBlock, more: Collection[str] = ()) -> Template:
        """The heading of a block, which may have code spans and placeholders."""
        return self.compile(block.title, block.title_span.line, column=block.title_span.column, kind="title", more=more)

    def label(self, block: RawBlock) -> str:
        """The heading of a block as plain text."""
        return self.plain(block.title, block.title_span.line, block.title_span.column)

    def plain(self, text: str, line: int, column: int) -> str:
        """One line of words and code spans as plain text, in which nothing is put in."""
        template = compile_template(
            text, file=self._file, line=line, column=column, diagnostics=self._report.diagnostics, kind="title"
        )
        for slot in slots(template):
            self._report.add("placeholder-in-label", slot.span)
        return "".join(part.text for part in without_markup(template) if isinstance(part, Text))
