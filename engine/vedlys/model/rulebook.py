"""The machine half of an article, and the vocabulary that all articles share."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from vedlys.model.conditions import AllOf, AnyOf, Condition
from vedlys.model.environment import Environment
from vedlys.model.types import FactType
from vedlys.model.values import Value
from vedlys.source import Span

Severity = Literal["blocker", "warning", "info"]
Verdict = Literal["applies", "clear", "unknown", "not_applicable"]
Status = Literal["not_applicable", "action_needed", "attention", "undetermined", "clear"]
Cost = Literal["low", "medium", "high"]
Lines = tuple[tuple[int, int], ...]  # ranges of source lines, both ends in, from 1

SEVERITIES: tuple[Severity, ...] = ("blocker", "warning", "info")
VERDICTS: tuple[Verdict, ...] = ("applies", "clear", "unknown", "not_applicable")
COSTS: tuple[Cost, ...] = ("low", "medium", "high")
UNBOUND_REASONS = ("title", "heading", "background", "pointer")


class ReferenceValue(msgspec.Struct, frozen=True, kw_only=True):
    """What a fact is taken to be where the caller omits it."""

    value: Value
    read_on: dt.date
    source: str
    span: Span


class FactDeclaration(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of the vocabulary. `order` is its place among all facts: files by name, then as authored."""

    name: str
    type: FactType
    topic: str
    order: int
    cost: Cost = "medium"
    informative: bool = False  # no rule needs to read it
    sensitive: bool = False  # never written to a log as it is
    sensitive_fields: frozenset[str] = frozenset()  # of records that are not sensitive as a whole
    reference: ReferenceValue | None = None
    span: Span


class DerivedFact(msgspec.Struct, frozen=True, kw_only=True):
    """A boolean fact that the rules conclude."""

    name: str
    condition: Condition
    span: Span


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """Facts under which one rule must have one verdict. `facts` are as authored, `from_case` already merged in."""

    verdict: Verdict
    environment: Environment
    from_case: str | None = None
    span: Span


class Equivalent(msgspec.Struct, frozen=True, kw_only=True):
    """A mutant of a rule that means the same, with the reason why."""

    mutant: str
    reason: str
    span: Span


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One condition with a severity. `given` and `unless` are as authored: the section's gates are not in them."""

    id: str
    section: str
    severity: Severity
    when: Condition
    given: Condition | None = None
    unless: Condition | None = None
    lines: Lines
    lines_span: Span | None = None  # of what says which lines; None where the rule cites none
    examples: tuple[Example, ...] = ()
    equivalents: tuple[Equivalent, ...] = ()
    span: Span


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an article: `steps` are done in order, a `checklist` in any."""

    id: str
    kind: Literal["checklist", "steps"]
    given: Condition | None = None
    unless: Condition | None = None
    rules: tuple[Rule, ...]
    span: Span


class SourceDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The article as received: what rules cite by line."""

    document: str
    sha256: str
    sha256_span: Span | None = None
    span: Span


class UnboundLines(msgspec.Struct, frozen=True, kw_only=True):
    """Source lines that no rule covers, and why."""

    lines: Lines
    reason: str  # one of UNBOUND_REASONS
    span: Span


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A whole environment and what the article must say of it. A rule not listed must be clear."""

    name: str
    article: str
    environment: Environment
    status: Status
    verdicts: dict[str, Verdict]  # every rule of the article
    asks: str | None = None  # the first question, where the case pins it
    span: Span


class Rulebook(msgspec.Struct, frozen=True, kw_only=True):
    """The machine half of an article, in authored order."""

    article: str
    source: SourceDocument | None = None
    derived: dict[str, DerivedFact] = {}
    sections: tuple[Section, ...]
    unbound: tuple[UnboundLines, ...] = ()
    cases: dict[str, Case] = {}
    file: str
    span: Span

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the article's order."""
        return tuple(rule for section in self.sections for rule in section.rules)

    def section(self, section_id: str) -> Section:
        """The section of that id; KeyError where there is none."""
        return {section.id: section for section in self.sections}[section_id]

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id; KeyError where there is none."""
        return {rule.id: rule for rule in self.rules}[rule_id]

    def gates(self, rule: Rule) -> tuple[Condition | None, Condition | None]:
        """The rule's `given` and `unless`, joined with those of its section (by `all` and by `any`)."""
        section = self.section(rule.section)
        return (
            _joined(AllOf, section.given, rule.given),
            _joined(AnyOf, section.unless, rule.unless),
        )


def _joined(how: type[AllOf | AnyOf], outer: Condition | None, inner: Condition | None) -> Condition | None:
    if outer is None or inner is None:
        return inner if outer is None else outer
    return how(parts=(outer, inner), span=inner.span)
