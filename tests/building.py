"""Small builders of model values, for tests that need a rulebook without a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from vedlys.model.conditions import AllOf, AnyOf, Condition, Fact, Field, Literal, Not, Operand, Quantified, Resolved
from vedlys.model.content import Content
from vedlys.model.environment import Environment
from vedlys.model.guidance import Guidance
from vedlys.model.rulebook import DerivedFact, FactDeclaration, ReferenceValue, Rule, Rulebook, Section, Severity
from vedlys.model.types import BOOLEAN, FactType, Kind, ScalarType, SetType
from vedlys.model.values import Value
from vedlys.source import Span

SPAN = Span("built.yaml", 1, 1, 1, 2)
AS_OF = dt.datetime(2026, 1, 31, 12, 0, tzinfo=dt.UTC)


def scalar(kind: Kind, **limits: Any) -> ScalarType:
    return ScalarType(kind=kind, **limits)


def set_of(kind: Kind) -> SetType:
    return SetType(member=ScalarType(kind=kind))


def declared(
    name: str, fact_type: FactType, order: int = 0, reference: Value | None = None, **rest: Any
) -> FactDeclaration:
    pinned = None
    if reference is not None:
        pinned = ReferenceValue(value=reference, read_on=dt.date(2026, 1, 1), source="A page", span=SPAN)
    topic = name.partition(".")[0]
    return FactDeclaration(name=name, type=fact_type, topic=topic, order=order, reference=pinned, span=SPAN, **rest)


def literal(subject: str | Fact | Field, operator: str, operand: Operand, fact_type: FactType = BOOLEAN) -> Literal:
    """One comparison; a subject given as text is a fact's name."""
    named = Fact(subject) if isinstance(subject, str) else subject
    return Literal(subject=named, operator=operator, operand=operand, type=fact_type, span=SPAN)


def yes(name: str) -> Literal:
    return literal(name, "is", True)


def no(name: str) -> Literal:
    return literal(name, "is", False)


def all_of(*parts: Condition) -> AllOf:
    return AllOf(parts=parts, span=SPAN)


def any_of(*parts: Condition) -> AnyOf:
    return AnyOf(parts=parts, span=SPAN)


def not_(part: Condition) -> Not:
    return Not(part=part, span=SPAN)


def none_of(*parts: Condition) -> Not:
    return not_(any_of(*parts))


def some(fact: str, part: Condition, key: str = "name") -> Quantified:
    return Quantified(quantifier="some", fact=fact, key=key, part=part, span=SPAN)


def every(fact: str, part: Condition, key: str = "name") -> Quantified:
    return Quantified(quantifier="every", fact=fact, key=key, part=part, span=SPAN)


def resolved(*sections: str) -> Resolved:
    return Resolved(sections=sections, span=SPAN)


def rule(
    rule_id: str,
    when: Condition,
    *,
    given: Condition | None = None,
    unless: Condition | None = None,
    severity: Severity = "blocker",
    section: str = "checks",
) -> Rule:
    return Rule(
        id=rule_id,
        section=section,
        severity=severity,
        when=when,
        given=given,
        unless=unless,
        lines=((1, 1),),
        span=SPAN,
    )


def section(section_id: str, *rules: Rule, given: Condition | None = None, unless: Condition | None = None) -> Section:
    return Section(id=section_id, kind="checklist", given=given, unless=unless, rules=rules, span=SPAN)


def book(*parts: Rule | Section, derived: Mapping[str, Condition] | None = None, article: str = "sample") -> Rulebook:
    """A rulebook of sections, or of rules that all stand in the section `checks`."""
    rules = tuple(part for part in parts if isinstance(part, Rule))
    sections = tuple(part for part in parts if isinstance(part, Section))
    return Rulebook(
        article=article,
        derived={
            name: DerivedFact(name=name, condition=condition, span=SPAN) for name, condition in (derived or {}).items()
        },
        sections=(section("checks", *rules), *sections) if rules else sections,
        file=f"rules/articles/{article}.yaml",
        span=SPAN,
    )


def content(*books: Rulebook, vocabulary: Mapping[str, FactDeclaration] | None = None) -> Content:
    """Everything of a content root but its guidance."""
    return Content(
        vocabulary=dict(vocabulary or {}),
        rulebooks={one.article: one for one in sorted(books, key=lambda one: one.article)},
        guidance=Guidance(locales={}, original="en"),
        sources={},
        digest="sha256:0",
    )


def environment(
    values: Mapping[str, Value] | None = None,
    *,
    as_of: dt.datetime = AS_OF,
    references: Iterable[str] = (),
    skip: Iterable[str] = (),
) -> Environment:
    return Environment(values=dict(values or {}), as_of=as_of, references=frozenset(references), skip=frozenset(skip))
