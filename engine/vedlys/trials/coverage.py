"""What examples and cases have seen of a rulebook, and what they have not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from vedlys.checking.examples import Trial
from vedlys.checking.required import required_verdicts
from vedlys.evaluation.judge import Judge
from vedlys.model.conditions import Condition, Literal, Truth
from vedlys.model.judgement import Judgement, RuleJudgement
from vedlys.model.rulebook import Rule, Rulebook
from vedlys.trials.mutants import Node, Root, nodes
from vedlys.trials.results import Count, Coverage, Gap, Target

_WORDS: dict[Truth, str] = {True: "true", False: "false", None: "unknown"}


class _Watched(msgspec.Struct, frozen=True):
    """A part of a condition that must be seen."""

    target: Target
    name: str
    node: Node


def coverage_of(book: Rulebook, trials: Iterable[Trial]) -> Coverage:
    """Judge every trial and count what was seen."""
    seen_verdicts: dict[str, set[str]] = defaultdict(set)
    seen_truths: dict[int, set[Truth]] = defaultdict(set)  # by the identity of the part: equal parts stand apart
    rules = {rule.id: rule for rule in book.rules}
    for trial in trials:
        judge = Judge(book, trial.environment)
        for rule_id in trial.wanted:
            judged = judge.rule(rules[rule_id])
            seen_verdicts[rule_id].add(judged.verdict)
            for condition, truth in _truths(judged):
                seen_truths[id(condition)].add(truth)
    rule_gaps = tuple(_rule_gaps(book))
    watched = list(_watched(book))
    condition_gaps = tuple(_condition_gaps(book, watched, seen_truths))
    wanted_verdicts = [(rule.id, verdict) for rule in book.rules for verdict in required_verdicts(book, rule)]
    return Coverage(
        rules=Count(covered=len(book.rules) - len(rule_gaps), total=len(book.rules)),
        verdicts=Count(
            covered=sum(verdict in seen_verdicts[rule_id] for rule_id, verdict in wanted_verdicts),
            total=len(wanted_verdicts),
        ),
        conditions=Count(covered=len(watched) - len(condition_gaps), total=len(watched)),
        rule_gaps=rule_gaps,
        condition_gaps=condition_gaps,
    )


def _rule_gaps(book: Rulebook) -> Iterator[Gap]:
    for rule in book.rules:
        shown = {example.verdict for example in rule.examples}
        missing = tuple(verdict for verdict in required_verdicts(book, rule) if verdict not in shown)
        if missing:
            yield Gap(article=book.article, target="rule", name=rule.id, missing=missing, span=rule.span)


def _condition_gaps(book: Rulebook, watched: Iterable[_Watched], seen: dict[int, set[Truth]]) -> Iterator[Gap]:
    for part in watched:
        missing = [truth for truth in _possible(part.node) if truth not in seen[id(part.node.condition)]]
        if missing:
            yield Gap(
                article=book.article,
                target=part.target,
                name=part.name,
                node=part.node.name,
                missing=tuple(_WORDS[truth] for truth in missing),
                span=part.node.condition.span,
            )


def _watched(book: Rulebook) -> Iterator[_Watched]:
    for derived in book.derived.values():
        yield from _nodes("derived", derived.name, "condition", derived.condition)
    for section in book.sections:
        yield from _nodes("section", section.id, "given", section.given)
        yield from _nodes("section", section.id, "unless", section.unless)
        for rule in section.rules:
            yield from _nodes_of_rule(rule)


def _nodes_of_rule(rule: Rule) -> Iterator[_Watched]:
    yield from _nodes("rule", rule.id, "given", rule.given)
    yield from _nodes("rule", rule.id, "when", rule.when)
    yield from _nodes("rule", rule.id, "unless", rule.unless)


def _nodes(target: Target, name: str, root: Root, condition: Condition | None) -> Iterator[_Watched]:
    if condition is not None:
        yield from (_Watched(target, name, node) for node in nodes(root, condition))


def _possible(node: Node) -> tuple[Truth, ...]:
    """The truths that a part can have: `known` and a record's key are never unknown."""
    decided = isinstance(node.condition, Literal) and (node.condition.operator == "known" or node.key)
    return (True, False) if decided else (True, False, None)


def _truths(judged: RuleJudgement) -> Iterator[tuple[Condition, Truth]]:
    for part in (judged.given, judged.when, judged.unless):
        if part is not None:
            yield from _truths_below(part)


def _truths_below(judgement: Judgement) -> Iterator[tuple[Condition, Truth]]:
    yield judgement.condition, judgement.truth
    for child in judgement.children:
        yield from _truths_below(child)
