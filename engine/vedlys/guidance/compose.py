"""The document that an administrator reads: what to do first, what could not be checked, what is fine.

It is written as the Markdown that a formatter would leave alone, so that it reads the same shown and as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from vedlys.bounded import Bounded
from vedlys.guidance.edition import ArticleEdition, Passage, RuleText, SectionText, fact_name
from vedlys.guidance.render import Ready, Scope
from vedlys.markup.escape import code_span
from vedlys.model.result import Finding, Question, Undecided
from vedlys.model.rulebook import Lines, Severity, Status

MARKS: dict[Severity, str] = {"blocker": "✗", "warning": "!", "info": "i"}
FINE = "✓"
UNKNOWN = "?"

_RANK: dict[Severity, int] = {"blocker": 0, "warning": 1, "info": 2}
BREAK = "\n\n"
_TEXT, _PLACE, _SEVERITY = attrgetter("text"), attrgetter("place"), attrgetter("severity")
_MOST_REMEMBERED = 512
_LONGEST_TITLE = 500  # a title may show values


class Piece(msgspec.Struct, frozen=True, gc=False):
    """A part of a document, and the same as it stands in a text of JSON. What sets it apart is at its beginning."""

    text: str
    json: bytes


def piece(text: str) -> Piece:
    """The piece of a text."""
    return Piece(text, msgspec.json.encode(text)[1:-1])


def text_of(document: Iterable[Piece]) -> str:
    """The text of a document: canonical Markdown, ending in one newline."""
    return "".join(map(_TEXT, document)) + "\n"


class Written(msgspec.Struct, frozen=True, gc=False):
    """What a document says of one finding: the heading, without its mark and number, and what stands below it."""

    place: int  # in the document, among all that it could say
    section: str
    severity: Severity
    title: str
    text: Piece


class Said(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What there is to say, in the article's order; questions as they are to be asked."""

    status: Status
    findings: Sequence[Written] = ()  # by `Composer.write`
    undecided: int = 0  # how many rules
    asked: Sequence[Piece] = ()  # by `Composer.ask`
    never_asked: Sequence[Undecided] = ()  # those of the undecided that no question bears on
    clear: Sequence[str] = ()
    later: Sequence[str] = ()  # of the clear ones, those that only wait for what is to be done first
    not_applicable: Sequence[str] = ()
    values: Mapping[str, Any] = {}  # the known facts in normal form, where titles or headings show any


class _Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same in every document that has a finding of one rule."""

    title: Ready
    note: str  # on the translation
    body: Ready
    erratum: Ready  # as a quotation
    source: str


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same in every document that has a finding in one section."""

    head: Ready  # heading, note and introduction …
    fixed: Piece | None  # … where they show no value
    numbered: bool
    rules: tuple[str, ...]


class Composer:
    """Writes the documents of one article in one locale. Make it once: all that does not change is joined here."""

    def __init__(self, article: ArticleEdition) -> None:
        self._article = article
        self._say = article.words.phrases
        self._title = Ready(["# ", *article.title.parts])
        self._fixed_title = _fixed(self._title)
        self._parts = {section.section.id: self._part(section) for section in article.sections}
        self._chapters = {rule: self._chapter(text) for rule, text in article.rules.items()}
        self._places = {rule: place for place, rule in enumerate(self._in_document_order())}
        self._fine = piece(f"{BREAK}## {self._say('fine')}\n")
        self._not_checked = piece(f"{BREAK}## {self._say('not_checked')}")
        self._why = self._say("why")
        heads = (part.head for part in self._parts.values())
        titles = (chapter.title for chapter in self._chapters.values())
        # whether no title, heading or introduction shows a value: then a document needs none besides its findings
        self.is_fixed = all(text.fixed is not None for text in (self._title, *heads, *titles))
        self._fixed_titles = {rule: chapter.title.fixed or "" for rule, chapter in self._chapters.items()}
        self._fixed_items = {rule: _fine_item(title) for rule, title in self._fixed_titles.items()}
        # what is put together of few parts, and met again in other documents
        self._statuses: Bounded[tuple[Status, int, int, int, int], Piece] = Bounded(_MOST_REMEMBERED)
        self._counts: dict[tuple[str, int], str] = {}  # no more than there are rules
        self._headings: Bounded[tuple[Severity, int, str], Piece] = Bounded(_MOST_REMEMBERED)
        self._sentences: Bounded[tuple[str, tuple[str, ...]], Piece] = Bounded(_MOST_REMEMBERED)

    def _in_document_order(self) -> Iterator[str]:
        """The rules as their findings stand in a document: by section, and in a checklist the worse first."""
        rules = self._article.rules
        for part in self._parts.values():
            yield from (
                part.rules if part.numbered else sorted(part.rules, key=lambda rule: _RANK[rules[rule].rule.severity])
            )

    def said(
        self,
        *,
        status: Status,
        findings: Sequence[Finding] = (),
        undecided: Sequence[Undecided] = (),
        questions: Sequence[Question] = (),
        clear: Sequence[str] = (),
        later: Sequence[str] = (),
        not_applicable: Sequence[str] = (),
        values: Mapping[str, Any],
    ) -> Said:
        """What there is to say of the parts of an assessment, which stand in the article's order, questions in theirs.

        `values` are the known facts in normal form.
        """
        scope = Scope(values=values)
        are_asked: set[str] = set().union(*[question.decides for question in questions])
        return Said(
            status=status,
            findings=[self.write(finding, scope) for finding in findings],
            undecided=len(undecided),
            asked=[self.ask(question, scope) for question in questions],
            never_asked=[one for one in undecided if one.rule not in are_asked],
            clear=clear,
            later=later,
            not_applicable=not_applicable,
            values=values,
        )

    def compose(self, said: Said) -> list[Piece]:
        """The document of one assessment, in pieces; `text_of` joins them."""
        scope = Scope(values=said.values)
        document = [self._fixed_title or piece(self._title.render(scope)), self._status(said)]
        if said.findings:
            self._findings(said, scope, document)
        if said.undecided:
            self._open_questions(said, scope, document)
        later = set(said.later)
        fine = [rule for rule in said.clear if rule not in later] if later else said.clear
        if fine:
            document.append(self._fine)
            if self.is_fixed:
                document += map(self._fixed_items.__getitem__, fine)
            else:
                document += map(_fine_item, self._titles(fine, scope))
        if said.later:
            document.append(self._sentence("later", said.later, scope))
        if said.not_applicable:
            document.append(self._sentence("not_applicable", said.not_applicable, scope))
        return document

    def _sentence(self, name: str, rules: Sequence[str], scope: Scope) -> Piece:
        """A phrase that names rules."""
        key = (name, tuple(rules))
        found = self._sentences.get(key)
        if found is None:
            found = piece(BREAK + self._say(name, rules="; ".join(self._titles(rules, scope))))
            if self.is_fixed:
                self._sentences.keep(key, found)
        return found

    def compose_article(self) -> str:
        """The whole article in reading order, with no environment: canonical Markdown, ending in one newline."""
        scope = Scope(blank=True)
        parts = [self._title.render(scope), self._article.introduction.render(scope)]
        for part in self._parts.values():
            parts.append(part.head.render(scope).removeprefix(BREAK))
            for number, rule in enumerate(part.rules, 1):
                chapter = self._chapters[rule]
                step = f"{number}. " if part.numbered else ""
                parts += [f"### {step}{chapter.title.render(scope)}", chapter.note, chapter.body.render(scope)]
                parts += [chapter.erratum.render(scope), chapter.source]
        return BREAK.join([part for part in parts if part]) + "\n"

    def _part(self, section: SectionText) -> _Part:
        passage = section.passage
        note = self._note(passage)
        head: list[Any] = ["## ", *passage.title.parts, BREAK + note if note else ""]
        if passage.body.parts:
            head += [BREAK, *passage.body.parts]
        rules = tuple(text.rule.id for text in section.rules)
        ready = Ready([BREAK, *head])
        return _Part(head=ready, fixed=_fixed(ready), numbered=section.section.kind == "steps", rules=rules)

    def _chapter(self, text: RuleText) -> _Chapter:
        return _Chapter(
            title=text.passage.title,
            note=self._note(text.passage),
            body=text.passage.body,
            erratum=Ready([]) if text.erratum is None else _quotation(text.erratum),
            source=self._source(text.rule.lines),
        )

    def _note(self, passage: Passage) -> str:
        """That a text is in the original's language, or older than the original; nothing where it is current."""
        return "" if passage.translation == "current" else self._say(passage.translation)

    def _source(self, lines: Lines) -> str:
        """Which lines of which document a rule comes from."""
        source = self._article.rulebook.source
        if source is None or not lines:
            return ""
        document = code_span(source.document)
        ranges = [str(first) if first == last else f"{first}–{last}" for first, last in lines]
        if len(ranges) == 1 and lines[0][0] == lines[0][1]:
            return self._say("source_line", document=document, line=ranges[0])
        return self._say("source_lines", document=document, lines=", ".join(ranges))

    def _status(self, said: Said) -> Piece:
        """One sentence: how things stand, with how many of what."""
        severities = list(map(_SEVERITY, said.findings))
        checked = len(said.clear) + len(severities)
        key = (said.status, severities.count("blocker"), severities.count("warning"), said.undecided, checked)
        found = self._statuses.get(key)
        if found is None:
            found = piece(BREAK + self._standing(*key))
            self._statuses.keep(key, found)
        return found

    def _standing(self, status: Status, blockers: int, warnings: int, undecided: int, checked: int) -> str:
        name, counted = f"status.{status}", {}
        if status == "clear":
            counted["checked"] = self._count("checked", checked)
        elif status in {"action_needed", "attention"}:
            numbers = (("blockers", blockers), ("warnings", warnings))
            counted["found"] = self._article.words.several(
                [self._count(of, number) for of, number in numbers if number]
            )
        if undecided and status != "not_applicable":
            counted["undecided"] = self._count("undecided", undecided)
            name += "" if status == "undetermined" else "_undecided"
        return self._say(name, **counted)

    def _count(self, of: str, number: int) -> str:
        """So many of something."""
        said = self._counts.get((of, number))
        if said is None:
            said = self._counts[of, number] = self._say(f"count.{of}", n=number)
        return said

    def _findings(self, said: Said, scope: Scope, document: list[Piece]) -> None:
        """The findings by section; in a checklist the worse come first."""
        at, number = "", 0
        for written in sorted(said.findings, key=_PLACE):
            if written.section != at:
                at, number = written.section, 0
                part = self._parts[at]
                document.append(part.fixed or piece(part.head.render(scope)))
            number += part.numbered
            key = (written.severity, number, written.title)
            document.append(self._headings.get(key) or self._heading(*key))
            document.append(written.text)

    def _heading(self, severity: Severity, number: int, title: str) -> Piece:
        """The heading of a finding, numbered where there is a number."""
        step = f"{number}. " if number else ""
        heading = piece(f"{BREAK}### {MARKS[severity]} {step}{title}")
        if len(title) <= _LONGEST_TITLE:
            self._headings.keep((severity, number, title), heading)
        return heading

    def write(self, finding: Finding, scope: Scope) -> Written:
        """One finding: what is at fault, why, what to do, and where that comes from."""
        chapter = self._chapters[finding.rule]
        if chapter.title.fixed is None or chapter.erratum.fixed is None:
            scope = self._article.scope(finding.rule, scope.values, finding.matched)
        guidance, why = finding.guidance, self._reasons(finding)
        # a list of reasons would become one with a list that the guidance begins with
        told = (guidance, why) if guidance.startswith("- ") else (why, guidance)
        parts = (chapter.note, *told, chapter.erratum.render(scope), chapter.source)
        return Written(
            self._places[finding.rule],
            finding.section,
            finding.severity,
            chapter.title.render(scope),
            piece("".join([BREAK + part for part in parts if part])),
        )

    def _reasons(self, finding: Finding) -> str:
        """Why the rule applies: one line, or a list."""
        reasons = self._article.reasons.lines(finding.because)
        if not reasons:
            return ""
        return f"{self._why} {reasons[0]}" if len(reasons) == 1 else self._why + "\n\n- " + "\n- ".join(reasons)

    def _open_questions(self, said: Said, scope: Scope, document: list[Piece]) -> None:
        """What could not be checked, each question once, the one worth asking first at the head."""
        document.append(self._not_checked)
        document += said.asked
        if said.never_asked:
            document.append(piece(BREAK + self._say("not_asked")))
            never = "\n".join([self._never_asked(undecided, scope) for undecided in said.never_asked])
            document.append(piece(BREAK + never))

    def ask(self, question: Question, scope: Scope) -> Piece:
        """One question: what is asked, how to find out, and which rules it bears on."""
        parts = [f"### {UNKNOWN} {question.question}".replace("\n", " "), question.how]
        if question.decides:
            parts.append(self._say("decides", rules="; ".join(self._titles(question.decides, scope))))
        return piece("".join([BREAK + part for part in parts if part]))

    def _never_asked(self, undecided: Undecided, scope: Scope) -> str:
        """A rule that no question bears on: those who ask cannot find out what is missing."""
        [title] = self._titles([undecided.rule], scope)
        words = self._article.words
        facts = [words.label(name) for name in dict.fromkeys(map(fact_name, undecided.missing))]
        missing = self._say("missing", facts=words.several(facts)) if facts else ""
        return f"- {UNKNOWN} {title}{missing}"

    def _titles(self, rules: Iterable[str], scope: Scope) -> list[str]:
        """The rules' titles."""
        if self.is_fixed:
            return list(map(self._fixed_titles.__getitem__, rules))
        return [self._chapters[rule].title.render(scope) for rule in rules]


def _fixed(text: Ready) -> Piece | None:
    """The piece of a text that shows no value."""
    return None if text.fixed is None else piece(text.fixed)


def _fine_item(title: str) -> Piece:
    return piece(f"\n- {FINE} {title}")


def _quotation(erratum: Passage) -> Ready:
    """What the source got wrong, set apart from the guidance."""
    content = Ready(["**", *erratum.title.parts, "**", *([BREAK, *erratum.body.parts] if erratum.body.parts else [])])
    if content.fixed is not None:
        return Ready([_quoted(content.fixed)])
    return Ready([lambda scope: _quoted(content.render(scope))])


def _quoted(markdown: str) -> str:
    return "\n".join(["> " + line if line else ">" for line in markdown.split("\n")])
