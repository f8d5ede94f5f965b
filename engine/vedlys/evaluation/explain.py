"""Explaining one rule in one environment: everything that bore on its verdict, as data.

The values convert by `msgspec.to_builtins` to what JSON holds. Sentences are made of them at the edge.
"""

from __future__ import annotations

from typing import Any, assert_never
from typing import Literal as OneOf

import msgspec
from msgspec import UNSET, UnsetType

from vedlys.evaluation.ask import Standing
from vedlys.evaluation.evidence import against, because, matched
from vedlys.evaluation.judge import Judge
from vedlys.evaluation.near_miss import Change, near_miss
from vedlys.model.conditions import (
    AllOf,
    Always,
    AnyOf,
    Condition,
    Fact,
    Field,
    Literal,
    Not,
    Quantified,
    Resolved,
    Truth,
)
from vedlys.model.judgement import Judgement, Match, RuleJudgement
from vedlys.model.result import Evidence, Missing
from vedlys.model.rulebook import Lines, Rule, Rulebook, Severity, Verdict
from vedlys.model.values import plain

PartKind = OneOf["test", "all", "any", "not", "some", "every", "resolved", "always"]

_KINDS: dict[type[Condition], PartKind] = {
    AllOf: "all",
    AnyOf: "any",
    Not: "not",
    Resolved: "resolved",
    Always: "always",
}


class Awaited(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that `resolved` waits for."""

    rule: str
    section: str
    severity: Severity
    verdict: Verdict


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a condition. `wanted` is the truth that lets the rule apply: FALSE below a `not` and in `unless`.

    `test`, `some` and `every` name a fact; `observed` and `needed` are JSON values, None = unknown. The parts of a
    `test` of a derived fact are that fact's condition, where it is tested first; those of `some` and `every` one a
    record, each with `record`.
    """

    kind: PartKind
    truth: Truth
    wanted: bool
    file: str
    line: int
    fact: str | UnsetType = UNSET
    record: str | UnsetType = UNSET
    field: str | UnsetType = UNSET
    operator: str | UnsetType = UNSET
    needed: Any = UNSET
    needed_fact: str | UnsetType = UNSET  # `needed` is the value of this fact …
    needed_field: str | UnsetType = UNSET  # … or of this field of the record
    observed: Any = UNSET
    derived: bool | UnsetType = UNSET  # true: the fact is one that the rules conclude
    reference: bool | UnsetType = UNSET  # true: reference data had a part in it
    awaits: tuple[Awaited, ...] | UnsetType = UNSET  # of `resolved`
    parts: tuple[Part, ...] = ()


class Alteration(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison that would have to come out otherwise: TRUE or FALSE, as `wanted` says. A Part without parts."""

    wanted: bool
    part: Part


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """The smallest change that would turn the rule to `verdict`; `clear` stands for `not_applicable` as well. Where it
    is not `exact`, there may be a smaller one.
    """

    verdict: OneOf["applies", "clear"]
    changes: tuple[Alteration, ...]
    exact: bool


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why one rule says what it says of one environment.

    `because` says what makes it apply, `against` what keeps it from applying, `missing` what would decide it.
    """

    article: str
    rule: str
    section: str
    severity: Severity
    verdict: Verdict
    open: bool  # more facts could still turn it
    lines: Lines  # of the source document
    given: Part | None
    when: Part
    unless: Part | None
    because: tuple[Evidence, ...]
    against: tuple[Evidence, ...]
    matched: tuple[Match, ...]
    missing: tuple[Missing, ...]
    nearest: Alternative | None  # None where no facts turn the rule


def explain(rule: Rule, book: Rulebook, judge: Judge, standing: Standing) -> Explanation:
    """Explain a rule of the book, its section's gates joined in; `judge` and `standing` are of one environment."""
    judged = judge.rule(rule)
    tree = _Tree()
    applies = judged.verdict == "applies"
    nearest = near_miss(judged, applies=not applies)
    return Explanation(
        article=book.article,
        rule=rule.id,
        section=rule.section,
        severity=rule.severity,
        verdict=judged.verdict,
        open=judged.is_open,
        lines=rule.lines,
        given=None if judged.given is None else tree.of(judged.given, wanted=True),
        when=tree.of(judged.when, wanted=True),
        unless=None if judged.unless is None else tree.of(judged.unless, wanted=False),
        because=because(judged) if applies else (),
        against=against(judged) if judged.verdict in {"clear", "not_applicable"} else (),
        matched=matched(judged) if applies else (),
        missing=standing.missing(rule.id) if judged.is_open else (),
        nearest=None
        if nearest is None
        else Alternative(
            verdict="clear" if applies else "applies",
            changes=tuple(map(_alteration, nearest.changes)),
            exact=nearest.exact,
        ),
    )


def _alteration(change: Change) -> Alteration:
    part = msgspec.structs.replace(_Tree().of(change.judgement, wanted=change.wanted), parts=())
    return Alteration(wanted=change.wanted, part=part)


class _Tree:
    """The parts of one rule's conditions; that of a derived fact is shown once, however often the fact is used."""

    def __init__(self) -> None:
        self._shown: set[int] = set()

    def of(self, judgement: Judgement, *, wanted: bool) -> Part:
        """A part, with all below it."""
        part = self._shape(judgement, wanted=wanted)
        return part if judgement.record is None else msgspec.structs.replace(part, record=judgement.record)

    def _shape(self, judgement: Judgement, *, wanted: bool) -> Part:
        condition = judgement.condition
        span = condition.span
        match condition:
            case Literal():
                return self._test(judgement, condition, wanted=wanted)
            case Quantified():
                return Part(
                    kind="some" if condition.quantifier == "some" else "every",
                    truth=judgement.truth,
                    wanted=wanted,
                    file=span.file,
                    line=span.line,
                    fact=condition.fact,
                    observed=plain(judgement.observed),
                    reference=True if judgement.referenced else UNSET,
                    parts=self._below(judgement, wanted=wanted),
                )
            case AllOf() | AnyOf() | Not() | Resolved() | Always():
                return Part(
                    kind=_KINDS[type(condition)],
                    truth=judgement.truth,
                    wanted=wanted,
                    file=span.file,
                    line=span.line,
                    awaits=tuple(map(_awaited, judgement.rules)) if isinstance(condition, Resolved) else UNSET,
                    parts=self._below(judgement, wanted=wanted is not isinstance(condition, Not)),
                )
            case _:
                assert_never(condition)

    def _below(self, judgement: Judgement, *, wanted: bool) -> tuple[Part, ...]:
        return tuple(self.of(child, wanted=wanted) for child in judgement.children)

    def _test(self, judgement: Judgement, literal: Literal, *, wanted: bool) -> Part:
        operand = literal.operand
        below = wanted is operand if literal.operator == "is" and isinstance(operand, bool) else wanted
        shown = any(id(child) in self._shown for child in judgement.children)
        self._shown.update(id(child) for child in judgement.children)
        return Part(
            kind="test",
            truth=judgement.truth,
            wanted=wanted,
            file=literal.span.file,
            line=literal.span.line,
            fact=judgement.fact or "",
            field=UNSET if judgement.field is None else judgement.field,
            operator=literal.operator,
            needed=plain(judgement.needed),
            needed_fact=operand.name if isinstance(operand, Fact) else UNSET,
            needed_field=operand.name if isinstance(operand, Field) else UNSET,
            observed=plain(judgement.observed),
            derived=True if judgement.children else UNSET,
            reference=True if judgement.referenced else UNSET,
            parts=() if shown else self._below(judgement, wanted=below),
        )


def _awaited(judged: RuleJudgement) -> Awaited:
    rule = judged.rule
    return Awaited(rule=rule.id, section=rule.section, severity=rule.severity, verdict=judged.verdict)
