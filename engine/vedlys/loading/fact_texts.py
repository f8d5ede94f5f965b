"""What a locale says of facts: `kb/<locale>/facts/<topic>.md`. A label, a question, how to find out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import msgspec

from vedlys.loading.articles import report_digests
from vedlys.loading.report import Report
from vedlys.loading.templates import Templates
from vedlys.loading.vocabulary import Vocabulary
from vedlys.markup.document import Document, RawBlock, read_document
from vedlys.markup.template import Template, Text
from vedlys.model.guidance import FactText
from vedlys.model.types import FactType, RecordsType, SetType
from vedlys.source import Source, Span

_FACT, _FIELD = 2, 3  # how many # the heading has
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_LABEL = re.compile(r"[-*+] {1,4}`(?P<value>[^`]+)`:[ \t]+(?P<label>\S.*?)[ \t]*")


class FactTexts(msgspec.Struct, frozen=True, kw_only=True):
    """What one file says, and which locale it was translated from."""

    facts: dict[str, FactText]
    translates: str | None
    span: Span


def read_fact_texts(
    source: Source, vocabulary: Vocabulary, derived: Collection[str] | None, report: Report
) -> FactTexts:
    """The texts of one file. `derived` are the facts that rules conclude, None where not all are known."""
    document = read_document(source, report.diagnostics, keys=("translates",), required=())
    translates = document.front_matter.get("translates")
    if translates is None:
        report_digests(document, report)
    names = _Names(vocabulary, derived, report)
    texts = {
        block.id: _read_text(block, subject, source.file, report) for block, subject in names.subjects_of(document)
    }
    return FactTexts(
        facts=texts,
        translates=translates.text if translates else None,
        span=translates.span if translates else document.span,
    )


class _Subject(msgspec.Struct, frozen=True):
    """What a heading is about: its type (None where that is not known), and whether it is a record's field."""

    type: FactType | None
    is_field: bool = False
    is_derived: bool = False


class _Names(msgspec.Struct, frozen=True):
    """Finds what the headings of a file are about, and reports those that are about nothing."""

    vocabulary: Vocabulary
    derived: Collection[str] | None
    report: Report

    def subjects_of(self, document: Document) -> Iterator[tuple[RawBlock, _Subject]]:
        """The blocks that are about something, each with what that is."""
        above: RawBlock | None = None
        for block in document.blocks:
            subject = self._fact(block) if block.level == _FACT else self._field(block, above)
            if block.level == _FACT:
                above = block
            if subject is not None:
                yield block, subject

    def _fact(self, block: RawBlock) -> _Subject | None:
        facts = self.vocabulary.facts
        if block.id in facts:
            return _Subject(facts[block.id].type)
        if self.derived is not None and block.id in self.derived:
            return _Subject(None, is_derived=True)
        if block.id in self.vocabulary.broken or not self.vocabulary.complete or self.derived is None:
            return _Subject(None)
        known = [*facts, *self.vocabulary.broken, *self.derived]
        self.report.add("unknown-fact", block.id_span, name=block.id, suggestion=self.report.nearest(block.id, known))
        return None

    def _field(self, block: RawBlock, above: RawBlock | None) -> _Subject | None:
        fact = above.id if above else ""
        declared = self.vocabulary.facts.get(fact)
        if declared is None:
            return _Subject(None, is_field=True)
        if block.level != _FIELD or not isinstance(declared.type, RecordsType):
            self.report.add("heading-of-no-field", block.span, id=block.id, fact=fact)
            return None
        name = block.id.removeprefix(fact + ".")
        if name == block.id or name not in declared.type.fields:
            self.report.add(
                "unknown-field",
                block.id_span,
                fact=fact,
                name=block.id,
                suggestion=self.report.nearest(block.id, [f"{fact}.{field}" for field in declared.type.fields]),
                allowed=", ".join(declared.type.fields),
            )
            return None
        return _Subject(declared.type.fields[name], is_field=True)


class _Part(msgspec.Struct, frozen=True):
    """Lines of a block that stand together: the number of the first, and the text."""

    line: int
    text: str


def _read_text(block: RawBlock, subject: _Subject, file: str, report: Report) -> FactText:
    lines = block.body.split("\n") if block.body else []
    length = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    values = _values_of(subject.type)
    start, end = _label_list(lines) if values else (len(lines), len(lines))
    length = min(length, start)  # the labels may stand right below the question's words, or in their place
    if not length and not subject.is_derived:
        report.add("missing-question", block.id_span, name=block.id)
    templates = Templates(file, (), report)
    labels = _read_labels(_Part(block.body_line + start, "\n".join(lines[start:end])), file, values, templates, report)
    how = [_part(block, lines, length, start), _part(block, lines, max(end, length), len(lines))]
    digest = block.attributes.get("digest")
    more = ("record",) if subject.is_field else ()
    return FactText(
        name=block.id,
        label=templates.label(block),
        question=templates.compile("\n".join(lines[:length]), block.body_line, more=more),
        how=_joined([templates.compile(part.text, part.line, more=more) for part in how if part.text]),
        values=labels,
        digest=block.digest,
        translates=digest.text if digest else None,
        span=block.span,
    )


def _values_of(fact_type: FactType | None) -> tuple[str, ...]:
    member = fact_type.member if isinstance(fact_type, SetType) else fact_type
    return () if member is None or isinstance(member, RecordsType) else member.values


def _label_list(lines: list[str]) -> tuple[int, int]:
    """Where the list of labels begins and ends; where there is none, both are behind the last line."""
    fence = ""
    for number, line in enumerate(lines):
        found = _FENCE.match(line)
        if found and not fence:
            fence = found[1]
        elif fence and found and found[1].startswith(fence) and not line.strip(" `~"):
            fence = ""
        elif not fence and _LABEL.fullmatch(line):
            end = number
            while end < len(lines) and _LABEL.fullmatch(lines[end]):
                end += 1
            return number, end
    return len(lines), len(lines)


def _read_labels(
    part: _Part, file: str, values: tuple[str, ...], templates: Templates, report: Report
) -> dict[str, str]:
    labels: dict[str, str] = {}
    for number, line in enumerate(part.text.split("\n") if part.text else (), part.line):
        found = _LABEL.fullmatch(line)
        assert found is not None
        value = found["value"]
        span = Span(file, number, found.start("value") + 1, number, found.end("value") + 1)
        if value not in values:
            report.add(
                "unknown-value",
                span,
                value=value,
                suggestion=report.nearest(value, values),
                allowed=", ".join(values),
            )
        elif value in labels:
            report.add("duplicate-item", span, value=value)
        else:
            labels[value] = templates.plain(found["label"], number, found.start("label") + 1)
    return labels


def _part(block: RawBlock, lines: list[str], start: int, end: int) -> _Part:
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return _Part(block.body_line + start, "\n".join(lines[start:end]))


def _joined(parts: list[Template]) -> Template:
    """The parts with a blank line between them."""
    if len(parts) < 2:
        return parts[0] if parts else ()
    return (*parts[0], Text("\n\n"), *parts[1])
