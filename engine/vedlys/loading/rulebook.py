"""Rulebooks: `rules/articles/<article>.yaml`."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from vedlys.loading.cases import CaseFacts, Rules, read_case_facts, read_cases
from vedlys.loading.conditions import Scope, read_condition
from vedlys.loading.derived import report_circles
from vedlys.loading.examples import FactReader, starting_case
from vedlys.loading.nodes import Entry, Mapping, Node, Scalar, Sequence, mapping, scalar
from vedlys.loading.report import Parts, Report, Unreadable, each, readable
from vedlys.loading.vocabulary import Vocabulary, prefixes_of
from vedlys.model.conditions import Condition, facts_of
from vedlys.model.rulebook import (
    SEVERITIES,
    UNBOUND_REASONS,
    VERDICTS,
    DerivedFact,
    Equivalent,
    Example,
    Lines,
    Rule,
    Rulebook,
    Section,
    SourceDocument,
    UnboundLines,
    Verdict,
)
from vedlys.model.types import BOOLEAN, FactType

_Choice = TypeVar("_Choice", bound=str)
_LINE = re.compile(r"[0-9]{1,6}", re.ASCII)


class Outline(msgspec.Struct, frozen=True):
    """Which sections and rules an article has, bad ones included: what its guidance is held against."""

    sections: frozenset[str]
    rules: dict[str, str]  # rule to the section that it belongs to


def read_outline(root: Node | None) -> Outline | None:
    """The sections and rules of a file as far as they can be seen; None where nothing can be said of them."""
    sections = root.get("sections") if isinstance(root, Mapping) else None
    if not isinstance(sections, Mapping):
        return None
    rules: dict[str, str] = {}
    for section in sections:
        for rule in _rule_entries(section):
            rules.setdefault(rule.key.text, section.key.text)
    return Outline(frozenset(sections.entries), rules)


def ids_known(root: Node | None) -> bool:
    """Whether the ids of sections and rules are all there, each once: one that stands there twice hides another."""
    sections = root.get("sections") if isinstance(root, Mapping) else None
    if not isinstance(sections, Mapping):
        return True
    rules = [body.get("rules") for body in (section.value for section in sections) if isinstance(body, Mapping)]
    if not all(part.complete for part in (sections, *rules) if isinstance(part, Mapping)):
        return False
    ids = [*sections.entries, *(rule.key.text for section in sections for rule in _rule_entries(section))]
    return len(set(ids)) == len(ids)


def derived_names(root: Node | None) -> dict[str, None] | None:
    """The names of the derived facts of a file, bad ones included; None where nothing can be said of them."""
    if not isinstance(root, Mapping):
        return None
    derived = root.get("derived")
    return dict.fromkeys(derived.entries) if isinstance(derived, Mapping) else {}


def check_article_name(root: Node | None, article: str, report: Report) -> None:
    """A file is called like its article."""
    name = root.get("article") if isinstance(root, Mapping) else None
    if isinstance(name, Scalar) and name.text != article:
        report.add("article-name-differs", name.span, article=name.text, name=article)


class ArticleFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The two files of one article as read.

    `named` is False where something in the rules is called what it must not be called, or an id is there twice.
    `cases` is the mapping of case names; `cases_read` is False where there is a file of them that could not be
    read.
    """

    article: str
    root: Node | None
    named: bool = True
    cases: Mapping | None = None
    cases_read: bool = True


def read_rulebook(files: ArticleFiles, vocabulary: Vocabulary, report: Report) -> Rulebook | None:
    """One article's rules with their cases; None where anything of them is bad, all of it reported."""
    if not isinstance(files.root, Mapping):
        return None
    try:
        return _Reader(files, files.root, vocabulary, report).read()
    except Unreadable:
        return None


class _Reader:
    """Reads one file: the derived facts, then sections and rules, then what examples need of all of these."""

    def __init__(self, files: ArticleFiles, root: Mapping, vocabulary: Vocabulary, report: Report) -> None:
        self._files = files
        self._root = root
        self._vocabulary = vocabulary
        self._report = report
        derived = root.get("derived")
        self._derived_entries = tuple(derived) if isinstance(derived, Mapping) else ()
        self._derived_types: dict[str, FactType] = {entry.key.text: BOOLEAN for entry in self._derived_entries}
        sections = root.get("sections")
        self._section_entries = tuple(sections) if isinstance(sections, Mapping) else ()
        self._section_ids = tuple(entry.key.text for entry in self._section_entries)

    def read(self) -> Rulebook:
        parts = Parts()
        report = self._report
        derived = {fact.name: fact for fact in readable(self._derived_entries, self._derived)}
        report_circles(derived, report)
        self._check_derived_names()
        self._check_ids()
        source = parts.read(self._source)
        sections = parts.read_each(self._section_entries, self._section)
        unbound = parts.read(lambda: each(_entries(self._root.get("unbound")), self._unbound))
        reader = FactReader(self._vocabulary, self._derived_types, self._referenced(derived, sections), report)
        facts = read_case_facts(self._files.cases, reader, complete=self._files.cases_read)
        examples = self._examples(reader, facts)
        ids = tuple(rule.key.text for entry in self._section_entries for rule in _rule_entries(entry))
        rules = Rules(ids, self._files.named)
        cases = read_cases(self._files.article, self._files.cases, facts, reader, rules)
        parts.finish()
        return Rulebook(
            article=self._files.article,
            source=source,
            derived=derived,
            sections=tuple(_with_examples(section, examples) for section in sections),
            unbound=tuple(unbound or ()),
            cases=cases,
            file=self._root.span.file,
            span=self._root.span,
        )

    def _source(self) -> SourceDocument | None:
        node = self._root.get("source")
        if node is None:
            return None
        body = mapping(node)
        document, sha256 = scalar(body.get("document")), scalar(body.get("sha256"))
        return SourceDocument(document=document.text, sha256=sha256.text, sha256_span=sha256.span, span=document.span)

    def _derived(self, entry: Entry) -> DerivedFact:
        scope = Scope(vocabulary=self._vocabulary, derived=self._derived_types, sections=None)
        condition = read_condition(entry.value, scope, self._report)
        return DerivedFact(name=entry.key.text, condition=condition, span=entry.key.span)

    def _check_derived_names(self) -> None:
        declared = self._vocabulary.facts
        for entry in self._derived_entries:
            name, span = entry.key.text, entry.key.span
            if name in declared or name in self._vocabulary.broken:
                place = str(declared[name].span) if name in declared else None
                self._report.add("duplicate-fact", span, name=name, place=place)
            for prefix in prefixes_of(name):
                if prefix in declared or prefix in self._derived_types:
                    self._report.add("fact-inside-fact", span, name=name, other=prefix)
            if name in self._vocabulary.prefixes:
                self._report.add("fact-begins-fact", span, name=name)

    def _check_ids(self) -> None:
        """Sections and rules are headings of one document: no two of them have the same id."""
        seen = {entry.key.text: entry.key.span for entry in self._section_entries}
        for section in self._section_entries:
            for rule in _rule_entries(section):
                name = rule.key.text
                if name in seen:
                    self._report.add("duplicate-id", rule.key.span, name=name, place=str(seen[name]))
                seen.setdefault(name, rule.key.span)

    def _section(self, entry: Entry) -> Section:
        body = mapping(entry.value)
        parts = Parts()
        at = self._section_ids.index(entry.key.text)
        scope = Scope(
            vocabulary=self._vocabulary,
            derived=self._derived_types,
            sections=self._section_ids[:at],
            later=self._section_ids[at:],
        )
        given = parts.read(lambda: self._optional(body.get("given"), scope))
        unless = parts.read(lambda: self._optional(body.get("unless"), scope))
        rules = parts.read(
            lambda: each(mapping(body.get("rules")), lambda rule: self._rule(rule, entry.key.text, scope))
        )
        parts.finish()
        return Section(
            id=entry.key.text,
            kind=_one_of(("checklist", "steps"), body.get("kind")),
            given=given,
            unless=unless,
            rules=tuple(rules or ()),
            span=entry.key.span,
        )

    def _optional(self, node: Node | None, scope: Scope) -> Condition | None:
        return None if node is None else read_condition(node, scope, self._report)

    def _rule(self, entry: Entry, section: str, scope: Scope) -> Rule:
        """One rule without its examples, which need what all conditions read."""
        body = mapping(entry.value)
        parts = Parts()
        severity = parts.read(lambda: _one_of(SEVERITIES, body.get("severity")))
        # where the severity itself is wrong, `always` is not blamed for it
        always = severity in {None, "info"}
        when_scope = msgspec.structs.replace(scope, always=always)
        given = parts.read(lambda: self._optional(body.get("given"), scope))
        when = parts.read(lambda: self._optional(body.get("when"), when_scope))
        unless = parts.read(lambda: self._optional(body.get("unless"), scope))
        cited = body.get("source")
        lines = parts.read(lambda: read_lines(cited, self._report))
        equivalents = parts.read(lambda: each(_entries(body.get("equivalent")), _equivalent))
        parts.finish()
        if severity is None or when is None:
            raise Unreadable
        return Rule(
            id=entry.key.text,
            section=section,
            severity=severity,
            when=when,
            given=given,
            unless=unless,
            lines=lines or (),
            lines_span=None if cited is None else cited.span,
            equivalents=tuple(equivalents or ()),
            span=entry.key.span,
        )

    def _unbound(self, entry: Entry) -> UnboundLines:
        reason = _one_of(UNBOUND_REASONS, entry.value)
        return UnboundLines(lines=read_lines(entry.key, self._report), reason=reason, span=entry.key.span)

    def _referenced(self, derived: dict[str, DerivedFact], sections: list[Section]) -> list[str]:
        """The facts with reference data that the article reads: no other can bear on its verdicts."""
        conditions = [fact.condition for fact in derived.values()]
        for section in sections:
            rules = [(rule.given, rule.when, rule.unless) for rule in section.rules]
            gates = (section.given, section.unless, *(condition for rule in rules for condition in rule))
            conditions += [condition for condition in gates if condition is not None]
        read = {name for condition in conditions for name in facts_of(condition)}
        facts = self._vocabulary.facts
        return sorted(name for name in read if name in facts and facts[name].reference is not None)

    def _examples(self, reader: FactReader, facts: CaseFacts) -> dict[str, tuple[Example, ...]]:
        """The examples by rule, those of rules that are bad too."""
        examples: dict[str, tuple[Example, ...]] = {}
        for section in self._section_entries:
            for rule in _rule_entries(section):
                node = rule.value.get("examples") if isinstance(rule.value, Mapping) else None
                given = [(verdict, item) for verdict in VERDICTS for item in _example_nodes(node, verdict)]
                examples[rule.key.text] = tuple(
                    readable(given, lambda pair: self._example(pair[0], pair[1], reader, facts))
                )
        return examples

    def _example(self, verdict: Verdict, node: Node, reader: FactReader, facts: CaseFacts) -> Example:
        if isinstance(node, Scalar | Sequence):
            raise self._report.fail("needs-facts", node.span)
        body = mapping(node)
        given = reader.read(body, body.get("as_of"))
        start = starting_case(body)
        return Example(
            verdict=verdict,
            environment=reader.environment(given if start is None else given.over(facts.of(start, self._report))),
            from_case=None if start is None else start.text,
            span=body.span,
        )


def read_lines(node: Node | None, report: Report) -> Lines:
    """Ranges of source lines out of `35`, `44-46` or `28, 30`; none where nothing is said."""
    if node is None:
        return ()
    text = scalar(node)

    def read_range(part: str) -> tuple[int, int]:
        ends = part.strip().split("-")
        if not all(_LINE.fullmatch(end) for end in ends):
            raise Unreadable  # what lines look like is decided by the schema
        low, high = int(ends[0]), int(ends[-1])
        if low > high:
            raise report.fail("ends-swapped", text.span, low=low, high=high)
        return low, high

    return tuple(each(text.text.split(","), read_range))


def _equivalent(entry: Entry) -> Equivalent:
    return Equivalent(mutant=entry.key.text, reason=scalar(entry.value).text, span=entry.key.span)


def _with_examples(section: Section, examples: dict[str, tuple[Example, ...]]) -> Section:
    rules = tuple(msgspec.structs.replace(rule, examples=examples[rule.id]) for rule in section.rules)
    return msgspec.structs.replace(section, rules=rules)


def _entries(node: Node | None) -> tuple[Entry, ...]:
    return tuple(node) if isinstance(node, Mapping) else ()


def _rule_entries(section: Entry) -> tuple[Entry, ...]:
    return _entries(section.value.get("rules")) if isinstance(section.value, Mapping) else ()


def _example_nodes(examples: Node | None, verdict: Verdict) -> tuple[Node, ...]:
    node = examples.get(verdict) if isinstance(examples, Mapping) else None
    return node.items if isinstance(node, Sequence) else ()


def _one_of(choices: tuple[_Choice, ...], node: Node | None) -> _Choice:
    """The choice that the node names; Unreadable where it names none, which the schema has reported."""
    text = scalar(node).text
    for choice in choices:
        if choice == text:
            return choice
    raise Unreadable
