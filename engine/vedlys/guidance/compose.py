"""The document that an administrator reads: what to do first, what could not be checked, what is fine.

It is written as the Markdown that a formatter would leave alone, so that it reads the same shown and as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from vedlys.guidance.edition import ArticleEdition, Passage, RuleText, SectionText, fact_name, scope_of
from vedlys.guidance.render import Ready, Scope
from vedlys.markup.escape import code_span
from vedlys.model.result import Finding, Question, Undecided
from vedlys.model.rulebook import Lines, Severity, Status

MARKS: dict[Severity, str] = {"blocker": "✗", "warning": "!", "info": "i"}
FINE = "✓"
UNKNOWN = "?"

_RANK: dict[Severity, int] = {"blocker": 0, "warning": 1, "info": 2}
_BREAK = "\n\n"


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say: the parts of an assessment, and the known facts in normal form."""

    status: Status
    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    questions: tuple[Question, ...] = ()
    clear: tuple[str, ...] = ()
    later: tuple[str, ...] = ()  # of the clear ones, those that only wait for what is to be done first
    not_applicable: tuple[str, ...] = ()
    values: Mapping[str, Any] = {}


class _Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same in every document that has a finding of one rule."""

    title: Ready
    note: str  # on the translation
    body: Ready
    erratum: Ready  # as a quotation
    source: str


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same in every document that has a finding in one section."""

    head: Ready  # heading, note and introduction
    numbered: bool
    rules: tuple[str, ...]


class Composer:
    """Writes the documents of one article in one locale. Make it once: all that does not change is joined here."""

    def __init__(self, article: ArticleEdition) -> None:
        self._article = article
        self._say = article.words.phrases
        self._title = Ready(["# ", *article.title.parts])
        self._parts = [self._part(section) for section in article.sections]
        self._chapters = {rule: self._chapter(text) for rule, text in article.rules.items()}
        self._order = {rule: number for number, rule in enumerate(article.rules)}
        self._why = self._say("why")

    def compose(self, said: Said) -> str:
        """The document of one assessment: canonical Markdown, ending in one newline."""
        scope = Scope(values=said.values)
        parts = [self._title.render(scope), self._status(said)]
        parts += self._findings(said, scope)
        parts += self._open_questions(said, scope)
        fine = [rule for rule in said.clear if rule not in said.later]
        if fine:
            parts.append("## " + self._say("fine"))
            parts.append("\n".join([f"- {FINE} {title}" for title in self._titles(fine, scope)]))
        if said.later:
            parts.append(self._say("later", rules="; ".join(self._titles(said.later, scope))))
        if said.not_applicable:
            titles = self._titles(said.not_applicable, scope)
            parts.append(self._say("not_applicable", rules="; ".join(titles)))
        return _BREAK.join(parts) + "\n"

    def compose_article(self) -> str:
        """The whole article in reading order, with no environment: canonical Markdown, ending in one newline."""
        scope = Scope(blank=True)
        parts = [self._title.render(scope), self._article.introduction.render(scope)]
        for part in self._parts:
            parts.append(part.head.render(scope))
            for number, rule in enumerate(part.rules, 1):
                chapter = self._chapters[rule]
                step = f"{number}. " if part.numbered else ""
                parts += [f"### {step}{chapter.title.render(scope)}", chapter.note, chapter.body.render(scope)]
                parts += [chapter.erratum.render(scope), chapter.source]
        return _BREAK.join([part for part in parts if part]) + "\n"

    def _part(self, section: SectionText) -> _Part:
        passage = section.passage
        note = self._note(passage)
        head: list[Any] = ["## ", *passage.title.parts, _BREAK + note if note else ""]
        if passage.body.parts:
            head += [_BREAK, *passage.body.parts]
        rules = tuple(text.rule.id for text in section.rules)
        return _Part(head=Ready(head), numbered=section.section.kind == "steps", rules=rules)

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

    def _status(self, said: Said) -> str:
        """One sentence: how things stand, with how many of what."""
        say = self._say
        if said.status == "not_applicable":
            return say("status.not_applicable")
        severities = [finding.severity for finding in said.findings]
        found = [
            say(f"count.{name}", n=severities.count(severity))
            for name, severity in (("blockers", "blocker"), ("warnings", "warning"))
            if severity in severities
        ]
        undecided = say("count.undecided", n=len(said.undecided)) if said.undecided else ""
        if said.status == "clear":
            checked = say("count.checked", n=len(said.clear) + len(said.findings))
            return say("status.clear_undecided" if undecided else "status.clear", checked=checked, undecided=undecided)
        if said.status == "undetermined":
            return say("status.undetermined", undecided=undecided)
        name = f"status.{said.status}_undecided" if undecided else f"status.{said.status}"
        return say(name, found=self._article.words.several(found), undecided=undecided)

    def _findings(self, said: Said, scope: Scope) -> Iterator[str]:
        """The findings by section, in the article's order; in a checklist the worse come first."""
        by_rule = {finding.rule: finding for finding in said.findings}
        for part in self._parts if by_rule else ():
            found = [by_rule[rule] for rule in part.rules if rule in by_rule]
            if not found:
                continue
            if not part.numbered:
                found.sort(key=lambda finding: _RANK[finding.severity])
            yield part.head.render(scope)
            for number, finding in enumerate(found, 1):
                step = f"{number}. " if part.numbered else ""
                yield from self._finding(finding, f"### {MARKS[finding.severity]} {step}", scope)

    def _finding(self, finding: Finding, lead: str, scope: Scope) -> Iterator[str]:
        """One finding: what is at fault, why, what to do, and where that comes from."""
        chapter = self._chapters[finding.rule]
        if chapter.title.fixed is None or chapter.erratum.fixed is None:
            scope = scope_of(scope.values, finding.matched, self._article.rules[finding.rule].rule)
        yield lead + chapter.title.render(scope)
        if chapter.note:
            yield chapter.note
        why = self._reasons(finding)
        # a list of reasons would become one with a list that the guidance begins with
        parts = (finding.guidance, why) if finding.guidance.startswith("- ") else (why, finding.guidance)
        yield from filter(None, parts)
        erratum = chapter.erratum.render(scope)
        if erratum:
            yield erratum
        if chapter.source:
            yield chapter.source

    def _reasons(self, finding: Finding) -> str:
        """Why the rule applies: one line, or a list."""
        reasons = self._article.reasons.lines(finding.because)
        if not reasons:
            return ""
        return f"{self._why} {reasons[0]}" if len(reasons) == 1 else self._why + "\n\n- " + "\n- ".join(reasons)

    def _open_questions(self, said: Said, scope: Scope) -> Iterator[str]:
        """What could not be checked, each question once, the one worth asking first at the head."""
        if not said.undecided:
            return
        yield "## " + self._say("not_checked")
        asked: set[str] = set()
        for question in said.questions:
            asked.update(question.decides)
            yield f"### {UNKNOWN} {question.question}".replace("\n", " ")
            if question.how:
                yield question.how
            if question.decides:
                yield self._say("decides", rules="; ".join(self._titles(question.decides, scope)))
        left = [undecided for undecided in said.undecided if undecided.rule not in asked]
        if left:
            yield self._say("not_asked")
            yield "\n".join([self._never_asked(undecided, scope) for undecided in left])

    def _never_asked(self, undecided: Undecided, scope: Scope) -> str:
        """A rule that no question bears on: those who ask cannot find out what is missing."""
        [title] = self._titles([undecided.rule], scope)
        words = self._article.words
        facts = [words.label(name) for name in dict.fromkeys(map(fact_name, undecided.missing))]
        missing = self._say("missing", facts=words.several(facts)) if facts else ""
        return f"- {UNKNOWN} {title}{missing}"

    def _titles(self, rules: Iterable[str], scope: Scope) -> list[str]:
        """The rules' titles in the article's order."""
        return [self._chapters[rule].title.render(scope) for rule in sorted(rules, key=self._order.__getitem__)]


def _quotation(erratum: Passage) -> Ready:
    """What the source got wrong, set apart from the guidance."""
    content = Ready(["**", *erratum.title.parts, "**", *([_BREAK, *erratum.body.parts] if erratum.body.parts else [])])
    if content.fixed is not None:
        return Ready([_quoted(content.fixed)])
    return Ready([lambda scope: _quoted(content.render(scope))])


def _quoted(markdown: str) -> str:
    return "\n".join(["> " + line if line else ">" for line in markdown.split("\n")])
