"""The document that an administrator reads: what to do first, what could not be checked, what is fine.

It is written as the Markdown that a formatter would leave alone, so that it reads the same shown and as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

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
_BREAK_JSON = msgspec.json.encode(BREAK)[1:-1]
_TEXT, _JSON = attrgetter("text"), attrgetter("json")
_SEVERITY, _DECIDES = attrgetter("severity"), attrgetter("decides")
_MOST_REMEMBERED = 512
_LONGEST_TITLE = 500  # a title may show values


class Piece(msgspec.Struct, frozen=True, gc=False):
    """A part of a document, and the same as it stands in a text of JSON."""

    text: str
    json: bytes


def piece(text: str) -> Piece:
    """The piece of a text."""
    return Piece(text, msgspec.json.encode(text)[1:-1])


def joined(pieces: Sequence[Piece]) -> Piece:
    """The pieces with a blank line between each two."""
    return Piece(BREAK.join(map(_TEXT, pieces)), _BREAK_JSON.join(map(_JSON, pieces)))


class Written(msgspec.Struct, frozen=True, gc=False):
    """What a document says of one finding: the heading, without its mark and number, and what stands below it."""

    title: str
    text: Piece


class Said(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What there is to say: the parts of an assessment, and the known facts in normal form."""

    status: Status
    findings: tuple[Finding, ...] = ()
    written: tuple[Written, ...] = ()  # of each finding, by `Composer.write`; written now where there are none
    undecided: tuple[Undecided, ...] = ()
    questions: tuple[Question, ...] = ()
    asked: tuple[Piece, ...] = ()  # of the questions, by `Composer.ask`; written now where there are none
    clear: tuple[str, ...] = ()
    later: tuple[str, ...] = ()  # of the clear ones, those that only wait for what is to be done first
    not_applicable: tuple[str, ...] = ()
    values: Mapping[str, Any] = {}


class _Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same in every document that has a finding of one rule."""

    title: Ready
    note: Piece  # on the translation
    body: Ready
    erratum: Ready  # as a quotation
    source: Piece
    # of body and erratum, where they show no value
    guidance: Piece | None
    quotation: Piece | None


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
        self._order = {rule: number for number, rule in enumerate(article.rules)}
        # where findings stand: by section, and in a checklist the worse first
        self._places = {
            rule: (section, 0 if part.numbered else _RANK[article.rules[rule].rule.severity], number)
            for section, part in enumerate(self._parts.values())
            for number, rule in enumerate(part.rules)
        }
        self._fine, self._not_checked = piece("## " + self._say("fine")), piece("## " + self._say("not_checked"))
        self._counts: dict[tuple[str, int], str] = {}  # no more than there are rules
        self._headings: dict[tuple[str, int, str], Piece] = {}
        self._why = self._say("why")
        self._say_later, self._say_not_applicable = map(self._say.filling, ("later", "not_applicable"))
        heads = (part.head for part in self._parts.values())
        titles = (chapter.title for chapter in self._chapters.values())
        # whether no title, heading or introduction shows a value: then a document needs none besides its findings
        self.is_fixed = all(text.fixed is not None for text in (self._title, *heads, *titles))
        self._fixed = {rule: chapter.title.fixed or "" for rule, chapter in self._chapters.items()}

    def compose(self, said: Said) -> str:
        """The document of one assessment: canonical Markdown, ending in one newline."""
        return self.piece(said).text + "\n"

    def piece(self, said: Said) -> Piece:
        """The same without that newline."""
        scope = Scope(values=said.values)
        parts = [self._fixed_title or piece(self._title.render(scope)), piece(self._status(said))]
        if said.findings:
            self._findings(said, scope, parts)
        if said.undecided:
            self._open_questions(said, scope, parts)
        self._fine_and_later(said, scope, parts)
        return joined(parts)

    def _fine_and_later(self, said: Said, scope: Scope, parts: list[Piece]) -> None:
        """What is fine, what is to be looked at later, and what was not looked at."""
        later = set(said.later)
        fine = [rule for rule in said.clear if rule not in later] if later else said.clear
        if fine:
            parts += (self._fine, piece(f"- {FINE} " + f"\n- {FINE} ".join(self._titles(fine, scope))))
        for say, rules in ((self._say_later, said.later), (self._say_not_applicable, said.not_applicable)):
            if rules:
                parts.append(piece(say(rules="; ".join(self._titles(rules, scope)))))

    def compose_article(self) -> str:
        """The whole article in reading order, with no environment: canonical Markdown, ending in one newline."""
        scope = Scope(blank=True)
        parts = [self._title.render(scope), self._article.introduction.render(scope)]
        for part in self._parts.values():
            parts.append(part.head.render(scope))
            for number, rule in enumerate(part.rules, 1):
                chapter = self._chapters[rule]
                step = f"{number}. " if part.numbered else ""
                parts += [f"### {step}{chapter.title.render(scope)}", chapter.note.text, chapter.body.render(scope)]
                parts += [chapter.erratum.render(scope), chapter.source.text]
        return BREAK.join([part for part in parts if part]) + "\n"

    def _part(self, section: SectionText) -> _Part:
        passage = section.passage
        note = self._note(passage)
        head: list[Any] = ["## ", *passage.title.parts, BREAK + note if note else ""]
        if passage.body.parts:
            head += [BREAK, *passage.body.parts]
        rules = tuple(text.rule.id for text in section.rules)
        ready = Ready(head)
        return _Part(head=ready, fixed=_fixed(ready), numbered=section.section.kind == "steps", rules=rules)

    def _chapter(self, text: RuleText) -> _Chapter:
        body, erratum = text.passage.body, Ready([]) if text.erratum is None else _quotation(text.erratum)
        return _Chapter(
            title=text.passage.title,
            note=piece(self._note(text.passage)),
            body=body,
            erratum=erratum,
            source=piece(self._source(text.rule.lines)),
            guidance=_fixed(body),
            quotation=_fixed(erratum),
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

    def _status(self, said: Said) -> str:
        """One sentence: how things stand, with how many of what."""
        status, clear, findings = said.status, len(said.clear), len(said.findings)
        if status == "not_applicable":
            return self._say("status.not_applicable")
        undecided = self._count("undecided", len(said.undecided)) if said.undecided else ""
        if status == "clear":
            name, counted = "status.clear", {"checked": self._count("checked", clear + findings)}
        elif status == "undetermined":
            return self._say.filling("status.undetermined")(undecided=undecided)
        else:
            severities = list(map(_SEVERITY, said.findings))
            numbers = (("blockers", severities.count("blocker")), ("warnings", severities.count("warning")))
            found = [self._count(of, number) for of, number in numbers if number]
            name, counted = f"status.{status}", {"found": self._article.words.several(found)}
        if undecided:
            name, counted["undecided"] = name + "_undecided", undecided
        return self._say.filling(name)(**counted)

    def _count(self, of: str, number: int) -> str:
        """So many of something."""
        key = (of, number)
        said = self._counts.get(key)
        if said is None:
            said = self._counts[key] = self._say(f"count.{of}", n=number)
        return said

    def _findings(self, said: Said, scope: Scope, parts: list[Piece]) -> None:
        """The findings by section, in the article's order; in a checklist the worse come first."""
        written = said.written or [self.write(finding, scope) for finding in said.findings]
        at, number = "", 0
        for finding, text in sorted(zip(said.findings, written, strict=True), key=self._place_of):
            part = self._parts[finding.section]
            if finding.section != at:
                at, number = finding.section, 0
                parts.append(part.fixed or piece(part.head.render(scope)))
            number += part.numbered
            parts.append(self._heading(MARKS[finding.severity], number, text.title))
            if text.text.text:
                parts.append(text.text)

    def _heading(self, mark: str, number: int, title: str) -> Piece:
        """The heading of a finding, numbered where there is a number."""
        key = (mark, number, title)
        heading = self._headings.get(key)
        if heading is None:
            heading = piece(f"### {mark} {number}. {title}" if number else f"### {mark} {title}")
            if len(self._headings) >= _MOST_REMEMBERED:
                self._headings.clear()
            if len(title) <= _LONGEST_TITLE:
                self._headings[key] = heading
        return heading

    def _place_of(self, found: tuple[Finding, Written]) -> tuple[int, int, int]:
        return self._places[found[0].rule]

    def write(self, finding: Finding, scope: Scope) -> Written:
        """One finding: what is at fault, why, what to do, and where that comes from."""
        chapter = self._chapters[finding.rule]
        title, quotation = chapter.title.fixed, chapter.quotation
        if title is None or quotation is None:
            scope = self._article.scope(finding.rule, scope.values, finding.matched)
            title, quotation = chapter.title.render(scope), piece(chapter.erratum.render(scope))
        guidance, why = chapter.guidance or piece(finding.guidance), piece(self._reasons(finding))
        # a list of reasons would become one with a list that the guidance begins with
        told = (guidance, why) if guidance.text.startswith("- ") else (why, guidance)
        parts = (chapter.note, *told, quotation, chapter.source)
        return Written(title, joined([one for one in parts if one.text]))

    def _reasons(self, finding: Finding) -> str:
        """Why the rule applies: one line, or a list."""
        reasons = self._article.reasons.lines(finding.because)
        if not reasons:
            return ""
        return f"{self._why} {reasons[0]}" if len(reasons) == 1 else self._why + "\n\n- " + "\n- ".join(reasons)

    def _open_questions(self, said: Said, scope: Scope, parts: list[Piece]) -> None:
        """What could not be checked, each question once, the one worth asking first at the head."""
        parts.append(self._not_checked)
        parts += said.asked or [self.ask(question, scope) for question in said.questions]
        asked: set[str] = set().union(*map(_DECIDES, said.questions))
        left = [undecided for undecided in said.undecided if undecided.rule not in asked]
        if left:
            parts.append(piece(self._say("not_asked")))
            parts.append(piece("\n".join([self._never_asked(undecided, scope) for undecided in left])))

    def ask(self, question: Question, scope: Scope) -> Piece:
        """One question: what is asked, how to find out, and which rules it bears on."""
        parts = [f"### {UNKNOWN} {question.question}".replace("\n", " "), question.how]
        if question.decides:
            parts.append(self._say.filling("decides")(rules="; ".join(self._titles(question.decides, scope))))
        return piece(BREAK.join(filter(None, parts)))

    def _never_asked(self, undecided: Undecided, scope: Scope) -> str:
        """A rule that no question bears on: those who ask cannot find out what is missing."""
        [title] = self._titles([undecided.rule], scope)
        words = self._article.words
        facts = [words.label(name) for name in dict.fromkeys(map(fact_name, undecided.missing))]
        missing = self._say("missing", facts=words.several(facts)) if facts else ""
        return f"- {UNKNOWN} {title}{missing}"

    def _titles(self, rules: Iterable[str], scope: Scope) -> list[str]:
        """The rules' titles in the article's order."""
        ordered = sorted(rules, key=self._order.__getitem__)
        if self.is_fixed:
            return list(map(self._fixed.__getitem__, ordered))
        return [self._chapters[rule].title.render(scope) for rule in ordered]


def _fixed(text: Ready) -> Piece | None:
    """The piece of a text that shows no value."""
    return None if text.fixed is None else piece(text.fixed)


def _quotation(erratum: Passage) -> Ready:
    """What the source got wrong, set apart from the guidance."""
    content = Ready(["**", *erratum.title.parts, "**", *([BREAK, *erratum.body.parts] if erratum.body.parts else [])])
    if content.fixed is not None:
        return Ready([_quoted(content.fixed)])
    return Ready([lambda scope: _quoted(content.render(scope))])


def _quoted(markdown: str) -> str:
    return "\n".join(["> " + line if line else ">" for line in markdown.split("\n")])
