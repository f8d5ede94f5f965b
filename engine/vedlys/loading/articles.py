"""The guidance of an article: `kb/<locale>/articles/<article>.md`."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from vedlys.loading.report import Report
from vedlys.loading.rulebook import Outline
from vedlys.loading.templates import Templates
from vedlys.markup.document import Document, RawBlock, read_document
from vedlys.model.guidance import ArticleText, Block
from vedlys.source import Source, Span

_ERRATUM = ".erratum"
_SECTION, _RULE, _ERRATUM_LEVEL = 2, 3, 4  # how many # the heading has


class Known(msgspec.Struct, frozen=True):
    """What is known of an article's rules where its guidance is read; None where nothing can be said."""

    outline: Outline | None
    facts: tuple[Collection[str], ...] | None  # what placeholders may name, in parts


def read_article(article: str, locale: str, source: Source, known: Known, report: Report) -> tuple[ArticleText, Span]:
    """One article in one locale, and where it says what it was translated from."""
    document = read_document(source, report.diagnostics)
    if known.outline is not None:
        _check_places(document, known.outline, report)
    templates = Templates(source.file, known.facts, report)
    title = document.front_matter.get("title")
    translates = document.front_matter.get("translates")
    span = title.span if title else document.span
    if translates is None:
        report_digests(document, report)
    text = ArticleText(
        article=article,
        locale=locale,
        title=templates.compile(title.text, span.line, column=span.column, kind="plain") if title else (),
        translates=translates.text if translates else None,
        introduction=templates.compile(document.introduction, document.introduction_line),
        blocks={block.id: _block(block, templates) for block in document.blocks},
        file=source.file,
        span=span,
    )
    return text, translates.span if translates else document.span


def report_digests(document: Document, report: Report) -> None:
    """Only what was translated from something remembers what that was.

    One digest was put in the wrong file; where there are several, it is the front matter that lacks a line.
    """
    spans = [block.attributes["digest"].span for block in document.blocks if "digest" in block.attributes]
    if len(spans) == 1:
        report.add("digest-in-original", spans[0])
    elif spans and document.front_matter_read:
        report.add("missing-translates", document.span, line=spans[0].line)


def _block(block: RawBlock, templates: Templates) -> Block:
    more = ("matched",) if block.level > _SECTION else ()
    digest = block.attributes.get("digest")
    return Block(
        id=block.id,
        title=templates.title(block, more),
        body=templates.compile(block.body, block.body_line, more=more),
        digest=block.digest,
        translates=digest.text if digest else None,
        span=block.span,
    )


class _Above(msgspec.Struct):
    """The section and the rule that a block stands below; not sure where the heading of that is itself at fault."""

    section: str | None = None
    rule: str | None = None
    sure_section: bool = True
    sure_rule: bool = True

    def fault(self, level: int) -> None:
        """A heading of that level that is about nothing known."""
        if level == _SECTION:
            self.sure_section = False
        if level <= _RULE:
            self.sure_rule = False

    def begin(self, block: str, wanted: int) -> None:
        """The heading of a section or a rule, or one that ends neither."""
        if wanted == _SECTION:
            self.section, self.rule, self.sure_section, self.sure_rule = block, None, True, True
        elif wanted == _RULE:
            self.rule, self.sure_rule = block, True


def _check_places(document: Document, outline: Outline, report: Report) -> None:
    """Each block stands where the article's rules have what it is about."""
    rules = outline.rules
    known = [*outline.sections, *rules, *(rule + _ERRATUM for rule in rules)]
    above = _Above()
    left_out = list(reversed(document.left_out))
    for block in document.blocks:
        while left_out and left_out[-1][0] < block.span.line:
            above.fault(left_out.pop()[1])
        is_erratum = block.id.removesuffix(_ERRATUM) in rules and block.id.endswith(_ERRATUM)
        wanted = _SECTION if block.id in outline.sections else _RULE if block.id in rules else _ERRATUM_LEVEL
        if wanted == _ERRATUM_LEVEL and not is_erratum:
            suggestion = report.nearest(block.id, known)
            report.add("unknown-heading", block.id_span, id=block.id, suggestion=suggestion)
            above.fault(block.level)
        elif block.level != wanted:
            right = "#" * wanted
            report.add("heading-level-differs", block.span, id=block.id, right=right)
        elif wanted == _RULE and above.sure_section and rules[block.id] != above.section:
            report.add("heading-elsewhere", block.id_span, id=block.id, place=rules[block.id])
        elif wanted == _ERRATUM_LEVEL and above.sure_rule and block.id != f"{above.rule}{_ERRATUM}":
            report.add("heading-elsewhere", block.id_span, id=block.id, place=block.id.removesuffix(_ERRATUM))
        above.begin(block.id, wanted)
