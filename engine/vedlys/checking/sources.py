"""Source documents: that they are the ones the rules were written from, and that every line is accounted for."""

from __future__ import annotations

from collections.abc import Iterator

from vedlys.checking.source_lines import source_report
from vedlys.diagnostics import Diagnostics
from vedlys.model.content import Content, SourceText
from vedlys.model.rulebook import UNBOUND_REASONS, Lines, Rulebook
from vedlys.source import Span
from vedlys.suggest import nearest


def check_sources(content: Content, diagnostics: Diagnostics) -> None:
    """Hold every rulebook against the source that it names; a rulebook need not name one."""
    for book in content.rulebooks.values():
        if book.source is None:
            continue
        document = book.source.document
        source = content.sources.get(document)
        if source is None:
            suggestion = nearest(document, content.sources)
            diagnostics.add("missing-source", book.source.span, document=document, suggestion=suggestion)
            continue
        if source.sha256 != book.source.sha256:
            span = book.source.sha256_span or book.source.span
            diagnostics.add("source-changed", span, document=document, sha256=source.sha256)
        _check_lines(book, source, diagnostics)


def _check_lines(book: Rulebook, source: SourceText, diagnostics: Diagnostics) -> None:
    count = len(source.lines)
    for lines, span in _cited(book):
        for _, last in lines:
            if last > count:
                diagnostics.add("no-such-line", span, line=last, count=count)
    report = source_report(book, source)
    for unbound in book.unbound:
        for first, last in unbound.lines:
            for line in report.lines[first - 1 : last]:
                if line.rules:
                    diagnostics.add("line-bound-and-unbound", unbound.span, line=line.number, rule=line.rules[0])
    for line in report.uncovered:
        span = Span.whole_line(f"kb/sources/{source.document}", line.number, line.text)
        diagnostics.add("line-not-bound", span, article=book.article, reasons=", ".join(UNBOUND_REASONS))


def _cited(book: Rulebook) -> Iterator[tuple[Lines, Span]]:
    yield from ((rule.lines, rule.lines_span or rule.span) for rule in book.rules)
    yield from ((unbound.lines, unbound.span) for unbound in book.unbound)
