"""What a judgement saw: every literal with its truth, what was observed and what was needed, as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from vedlys.model.conditions import Fact, Field, Quantified, Truth
from vedlys.model.conditions import Literal as Comparison
from vedlys.model.judgement import Judgement, RuleJudgement
from vedlys.model.values import plain
from vedlys.source import Span

Where = Literal["given", "when", "unless"]


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """One literal, `some`, `every` or `resolved` as it stood; `needed` and `observed` are JSON values or None."""

    where: Where
    fact: str | None  # None for `resolved`
    record: str | None = None
    field: str | None = None
    operator: str
    needed: Any = None
    needed_fact: str | None = None
    observed: Any = None
    truth: Truth
    span: Span


def observations(judged: RuleJudgement) -> tuple[Observation, ...]:
    """All that decided a rule's verdict, gates first, in authored order; derived facts stand for their conditions."""
    places: tuple[tuple[Where, Judgement | None], ...] = (
        ("given", judged.given),
        ("when", judged.when),
        ("unless", judged.unless),
    )
    return tuple(seen for where, judgement in places if judgement is not None for seen in _seen(where, judgement))


def _seen(where: Where, judgement: Judgement) -> Iterator[Observation]:
    condition = judgement.condition
    match condition:
        case Comparison(operator=operator, operand=operand):
            yield Observation(
                where=where,
                fact=judgement.fact,
                record=judgement.record,
                field=judgement.field,
                operator=operator,
                needed=plain(judgement.needed),
                needed_fact=operand.name if isinstance(operand, Fact | Field) else None,
                observed=plain(judgement.observed),
                truth=judgement.truth,
                span=condition.span,
            )
        case Quantified(quantifier=quantifier) if not judgement.children:
            yield Observation(
                where=where,
                fact=judgement.fact,
                operator=quantifier,
                observed=plain(judgement.observed),
                truth=judgement.truth,
                span=condition.span,
            )
    if judgement.rules:
        yield Observation(
            where=where,
            fact=None,
            operator="resolved",
            observed={rule.rule.id: rule.verdict for rule in judgement.rules if rule.verdict in {"applies", "unknown"}},
            truth=judgement.truth,
            span=condition.span,
        )
    if not isinstance(condition, Comparison):
        for child in judgement.children:
            yield from _seen(where, child)
