"""An edition: all that a catalogue says in one locale, made ready once so that requests only join texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

import msgspec

from vedlys.guidance.reasons import Reasons
from vedlys.guidance.render import Ready, Scope, ready
from vedlys.guidance.words import Words
from vedlys.markup.plain import without_markup
from vedlys.markup.template import Slot, Template, slots
from vedlys.model.conditions import Condition
from vedlys.model.content import Content
from vedlys.model.guidance import ArticleText, Block
from vedlys.model.matching import standing_out
from vedlys.model.result import Evidence, Missing, Question, Translation
from vedlys.model.rulebook import Rule, Rulebook, Section


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A block of guidance, ready. `title` is Markdown, `plain` the same without markup."""

    title: Ready
    plain: Ready
    body: Ready
    translation: Translation
    names: tuple[str, ...] = ()  # of the facts that title and body show
    columns: tuple[str, ...] = ()  # the fields of records that stand out which its tables show


class RuleText(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one rule."""

    rule: Rule
    passage: Passage
    erratum: Passage | None
    matched: str | None = None  # the fact whose records or members may stand out in it
    matches_facts: bool = False  # what stands out in it are names of facts


class SectionText(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one section: its heading, the text below it, and its rules in order."""

    section: Section
    passage: Passage
    rules: tuple[RuleText, ...]


class ArticleEdition:
    """One article in one locale."""

    def __init__(self, content: Content, rulebook: Rulebook, words: Words, original_words: Words) -> None:
        guidance = content.guidance
        self._vocabulary = content.vocabulary
        self.words = words
        self.reasons = Reasons(words, content.vocabulary)
        self.rulebook = rulebook
        self._is_original = words.locale == guidance.original
        # texts of the locale in its words, then those of the original in the original's: a plural that was written
        # for one language cannot be said in another's forms
        self._texts: list[tuple[ArticleText, Words]] = [
            (guidance.locales[said.locale].articles[rulebook.article], said)
            for said in ((words,) if self._is_original else (words, original_words))
            if said.locale in guidance.locales and rulebook.article in guidance.locales[said.locale].articles
        ]
        self._original = guidance.locales[guidance.original].articles.get(rulebook.article)
        self.title = self._first(lambda article: article.title) or Ready([rulebook.article])
        self.introduction = self._first(lambda article: article.introduction) or Ready([])
        self.sections = tuple(self._section(section) for section in rulebook.sections)
        self.rules: dict[str, RuleText] = {text.rule.id: text for part in self.sections for text in part.rules}

    def _first(self, part: Callable[[ArticleText], Template]) -> Ready | None:
        """That part of the first text that has it."""
        return next((ready(part(article), words) for article, words in self._texts if part(article)), None)

    def _section(self, section: Section) -> SectionText:
        rules = tuple(self._rule(rule) for rule in section.rules)
        return SectionText(section=section, passage=self._passage(section.id), rules=rules)

    def _rule(self, rule: Rule) -> RuleText:
        matched = matched_fact(rule.when)
        erratum = rule.id + ".erratum"
        has_erratum = any(erratum in article.blocks for article, _ in self._texts)
        return RuleText(
            rule=rule,
            passage=self._passage(rule.id, matched),
            erratum=self._passage(erratum, matched) if has_erratum else None,
            matched=matched,
            matches_facts=_matches_facts(rule),
        )

    def _passage(self, block_id: str, matched: str | None = None) -> Passage:
        """The block of that id: own, else the original's; its id as a title where no locale has it."""
        for article, words in self._texts:
            block = article.blocks.get(block_id)
            if block is not None:
                return Passage(
                    title=ready(block.title, words, matched=matched),
                    plain=ready(without_markup(block.title), words, matched=matched, markup=False),
                    body=ready(block.body, words, matched=matched),
                    translation=self._translation(block, words),
                    names=tuple(dict.fromkeys(self._facts_in(block))),
                    columns=tuple(dict.fromkeys(_columns_in(block))),
                )
        named = Ready([block_id])
        return Passage(title=named, plain=named, body=Ready([]), translation="fallback")

    def _facts_in(self, block: Block) -> Iterator[str]:
        names = (slot.name for slot in _slots_in(block))
        return (name for name in names if name in self._vocabulary or name in self.rulebook.derived)

    def _translation(self, block: Block, words: Words) -> Translation:
        if words is not self.words:
            return "fallback"
        original = self._original.blocks.get(block.id) if self._original else None
        return "current" if self._is_original or original is None or block.translates == original.digest else "stale"

    def named(self, rule_id: str) -> list[str]:
        """The facts, derived ones too, that the texts of a rule show."""
        return [name for passage in self._passages(rule_id) for name in passage.names]

    def columns(self, rule_id: str) -> tuple[str | None, list[str]]:
        """The fact whose records may stand out in a rule, and the fields of them that its texts show in tables."""
        fields = [field for passage in self._passages(rule_id) for field in passage.columns]
        return self.rules[rule_id].matched, fields

    def _passages(self, rule_id: str) -> list[Passage]:
        text = self.rules[rule_id]
        return [text.passage] if text.erratum is None else [text.passage, text.erratum]

    def scope(self, rule_id: str, values: Mapping[str, Any], matched: tuple[Any, ...]) -> Scope:
        """The scope of a finding's texts, given what stood out in the rule."""
        return Scope(values=values, matched=matched, matched_facts=self.rules[rule_id].matches_facts)

    def finding_texts(self, rule_id: str, scope: Scope) -> tuple[str, str, str | None, Translation]:
        """Title (plain text), guidance, erratum (Markdown, None where there is none) and state of the translation."""
        text = self.rules[rule_id]
        erratum = text.erratum.body.render(scope) if text.erratum is not None else None
        return text.passage.plain.render(scope), text.passage.body.render(scope), erratum, text.passage.translation


class Edition:
    """All articles in one locale, each made ready when it is first asked for; and the questions."""

    def __init__(self, content: Content, locale: str) -> None:
        self._content = content
        self.locale = locale
        self.words = Words(content, locale)
        self._original = Words(content, content.guidance.original)
        self._articles: dict[str, ArticleEdition] = {}
        self._questions: dict[str, tuple[Ready, Ready]] = {}
        self._showing_nothing: dict[str, bool] = {}

    def article(self, name: str) -> ArticleEdition:
        """The article of that name; KeyError where there is none."""
        if name not in self._articles:
            rulebook = self._content.rulebooks[name]
            self._articles[name] = ArticleEdition(self._content, rulebook, self.words, self._original)
        return self._articles[name]

    def question_texts(self, missing: Missing, scope: Scope) -> tuple[str, str]:
        """The question for that fact or field, and how to find out; both Markdown."""
        question, how = self._question(fact_name(missing))
        if isinstance(missing.record, str):
            scope = msgspec.structs.replace(scope, record=missing.record)
        return question.render(scope), how.render(scope)

    def asks_the_same(self, name: str) -> bool:
        """Whether the texts of a question show no fact; `name` is that of the fact or of the record's field."""
        if name not in self._showing_nothing:
            fact = self.words.fact_text(name)
            named = () if fact is None else (*slots(fact.question), *slots(fact.how))
            self._showing_nothing[name] = all(slot.name == "record" for slot in named)
        return self._showing_nothing[name]

    def _question(self, name: str) -> tuple[Ready, Ready]:
        if name not in self._questions:
            fact = self.words.fact_text(name)
            if fact is None:
                self._questions[name] = (Ready([self.words.label(name)]), Ready([]))
            else:
                words = self.words if self.words.has_own(name) else self._original
                self._questions[name] = (ready(fact.question, words), ready(fact.how, words))
        return self._questions[name]


def fact_name(of: Missing | Question | Evidence) -> str:
    """The name that texts have for a fact, or for a record's field: `ad.domains.pdc_reachable`."""
    return f"{of.fact}.{of.field}" if isinstance(of.field, str) else of.fact


def _slots_in(block: Block) -> Iterator[Slot]:
    return chain(slots(block.title), slots(block.body))


def _columns_in(block: Block) -> Iterator[str]:
    return (field for slot in _slots_in(block) for field in slot.fields)


def matched_fact(condition: Condition) -> str | None:
    """The fact whose records or members stand out in a rule; None where facts do, nothing does, or several would."""
    facts = {fact for _, fact in standing_out(condition)}
    return facts.pop() if len(facts) == 1 else None


def _matches_facts(rule: Rule) -> bool:
    return {kind for kind, _ in standing_out(rule.when)} == {"fact"}
