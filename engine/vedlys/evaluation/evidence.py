"""Evidence: of a rule that applies, what made it so and what stood out.

Both walk the judgement with the truth that is wanted of each part: under a `not` it is FALSE. A part whose truth is not
the wanted one made nothing so, and is left out with all below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import UNSET, UnsetType

from vedlys.evaluation.judge import Judge
from vedlys.model.conditions import AllOf, AnyOf, Condition, Fact, Field, Literal, Not, Quantified, Resolved
from vedlys.model.judgement import Judgement, Match, RuleJudgement
from vedlys.model.matching import MatchKind
from vedlys.model.operators import is_under, uncovered
from vedlys.model.result import Evidence
from vedlys.model.rulebook import Rule
from vedlys.model.values import plain

# How far derived facts are followed through those that they use; a result must fit any reader's JSON.
_DEEPEST = 20


def because(judged: RuleJudgement) -> tuple[Evidence, ...]:
    """The literals that made a rule apply, `given` first, in authored order.

    A derived fact says what made it so where it is first named, and not again: conclusions that build on each other
    would otherwise be told as often as there are ways to them.
    """
    return _evidence_of([(judged.given, True), (judged.when, True)])


def against(judged: RuleJudgement) -> tuple[Evidence, ...]:
    """The literals that keep a rule from applying: they make a gate shut it out, or else its condition FALSE."""
    if judged.verdict == "not_applicable":
        return _evidence_of([(judged.unless, True), (judged.given, False)])
    return _evidence_of([(judged.when, False)])


def _evidence_of(parts: Iterable[tuple[Judgement | None, bool]]) -> tuple[Evidence, ...]:
    leaves = [leaf for part, wanted in parts if part is not None for leaf in decisive(part, wanted=wanted)]
    return tuple(told(leaves, set(), depth=0))


def matched(judged: RuleJudgement) -> tuple[Match, ...]:
    """What stood out in a rule that applies, each thing once, in authored order."""
    found = {(match.kind, match.fact, str(match.value)): match for match in _matches(judged.when, wanted=True)}
    return tuple(found.values())


def waits(condition: Condition) -> bool:
    """Whether a condition is an `all` with `resolved` in it: it may be FALSE only because of what comes first."""
    match condition:
        case Resolved():
            return True
        case AllOf(parts=parts):
            return any(map(waits, parts))
        case _:
            return False


def waiting(judge: Judge, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Of rules that are clear, those that are so only because earlier sections are not resolved yet."""
    return tuple(rule.id for rule in rules if waits(rule.when) and _lacks_only_resolved(judge.condition(rule.when)))


def _lacks_only_resolved(judgement: Judgement) -> bool:
    match judgement.condition:
        case Resolved():
            return judgement.truth is False
        case AllOf():
            lacking = [child for child in judgement.children if child.truth is False]
            return bool(lacking) and all(map(_lacks_only_resolved, lacking))
        case _:
            return False


def decisive(judgement: Judgement, *, wanted: bool) -> Iterator[tuple[Judgement, bool]]:
    """The literals, and quantifiers over no records, that made a part as wanted, each with the truth wanted of it."""
    if judgement.truth is not wanted:
        return
    match judgement.condition:
        case Literal():
            yield judgement, wanted
        case Quantified() if not judgement.children:
            yield judgement, wanted
        case Not():
            yield from decisive(judgement.children[0], wanted=not wanted)
        case _:
            for child in judgement.children:
                yield from decisive(child, wanted=wanted)


def told(leaves: Iterable[tuple[Judgement, bool]], known: set[str], depth: int) -> Iterator[Evidence]:
    """The leaves as evidence; `known` are the derived facts that have said what made them so."""
    for leaf, wanted in leaves:
        condition = leaf.condition
        if isinstance(condition, Literal):
            yield _evidence(leaf, condition, tuple(_concluded(leaf, known, depth)), wanted=wanted)
        else:
            assert isinstance(condition, Quantified)
            yield Evidence(
                fact=leaf.fact or "",
                operator=condition.quantifier,
                needed=None,
                observed=[],
                negated=_mark(not wanted),
                reference=_mark(leaf.referenced),
            )


def _concluded(leaf: Judgement, known: set[str], depth: int) -> Iterator[Evidence]:
    """What made a derived fact so; nothing for other facts."""
    if not leaf.children or leaf.fact is None or leaf.fact in known or depth == _DEEPEST:
        return
    known.add(leaf.fact)
    leaves = [found for child in leaf.children for found in decisive(child, wanted=bool(leaf.observed))]
    yield from told(leaves, known, depth + 1)


def _evidence(judgement: Judgement, literal: Literal, derived: tuple[Evidence, ...], *, wanted: bool) -> Evidence:
    operand = literal.operand
    return Evidence(
        fact=judgement.fact or "",
        operator=literal.operator,
        needed=plain(judgement.needed),
        observed=plain(judgement.observed),
        record=UNSET if judgement.record is None else judgement.record,
        field=UNSET if judgement.field is None else judgement.field,
        needed_fact=operand.name if isinstance(operand, Fact | Field) else UNSET,
        because=derived or UNSET,
        negated=_mark(not wanted),
        reference=_mark(judgement.referenced),
    )


def _mark(holds: bool) -> bool | UnsetType:  # noqa: FBT001  # a mark says whether it holds, and nothing else
    return True if holds else UNSET


def _matches(judgement: Judgement, *, wanted: bool) -> Iterator[Match]:
    if judgement.truth is not wanted:
        return
    condition = judgement.condition
    if isinstance(condition, Literal):
        for kind, value in members(condition.operator, judgement.observed, judgement.needed, wanted=wanted):
            yield Match(kind=kind, fact=judgement.fact or "", value=value)
    elif isinstance(condition, Quantified):
        keys = [child.record for child in judgement.children if child.truth is wanted]
        yield from (Match(kind="record", fact=judgement.fact or "", value=key) for key in keys)
    elif isinstance(condition, AnyOf if wanted else AllOf) and len(judgement.children) > 1:
        for leaf, _ in decisive(judgement, wanted=wanted):
            yield Match(kind="fact", fact=leaf.fact or "", value=leaf.fact)
    else:
        inner = wanted is not isinstance(condition, Not)
        for child in judgement.children:
            yield from _matches(child, wanted=inner)


def members(operator: str, observed: Any, needed: Any, *, wanted: bool) -> Iterator[tuple[MatchKind, object]]:
    """The members of a set that a literal is about: those found, or those missed where it wants them missing."""
    if operator in {"has", "lacks"}:
        yield "member", plain(needed)
    elif operator in {"has_any", "has_all", "lacks_any"}:
        missing = (operator == "lacks_any") is wanted
        for member in needed if isinstance(needed, tuple) else sorted(needed, key=str):
            if (member not in observed) is missing:
                yield "member", plain(member)
    elif operator == "has_under" and wanted:
        for member in sorted(observed):
            if is_under(member, needed):
                yield "member", member
    elif operator == "covers" and not wanted:
        for pattern in uncovered(sorted(observed), needed if isinstance(needed, tuple) else sorted(needed)):
            yield "pattern", pattern
