"""What is right: conditions walked as they are written, with None for unknown. It shares nothing with any engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.workload import AllOf, AnyOf, Article, Condition, Not, Test, Workload

Truth = bool | None


class Oracle:
    """Says which rules apply, and which nobody can decide."""

    def __init__(self, workload: Workload) -> None:
        self._articles: dict[str, Article] = {article.id: article for article in workload.articles}

    def applying(self, values: Mapping[str, Any]) -> set[str]:
        """The ids of the rules that apply, of all articles."""
        return {rule for rule, truth in self._truths(values).items() if truth is True}

    def verdicts(self, values: Mapping[str, Any], article: str) -> dict[str, str]:
        """Each rule of an article, and its verdict."""
        words = {True: "applies", False: "clear", None: "unknown"}
        return {rule.id: words[truth(rule.when, values)] for rule in self._articles[article].rules}

    def _truths(self, values: Mapping[str, Any]) -> dict[str, Truth]:
        # an article of which no fact is known has no rule that applies: every condition tests a fact
        touched = {name.partition(".")[0] for name in values}
        return {rule.id: truth(rule.when, values) for name in touched for rule in self._articles[name].rules}


def truth(condition: Condition, values: Mapping[str, Any]) -> Truth:
    """Kleene's strong three-valued logic."""
    match condition:
        case Test():
            return _compare(condition, values)
        case Not(part):
            inner = truth(part, values)
            return None if inner is None else not inner
        case AllOf(parts):
            found = [truth(part, values) for part in parts]
            return False if False in found else None if None in found else True
        case AnyOf(parts):
            found = [truth(part, values) for part in parts]
            return True if True in found else None if None in found else False


def _compare(test: Test, values: Mapping[str, Any]) -> Truth:
    if test.fact.name not in values:
        return None
    value, operand = values[test.fact.name], test.operand
    if test.fact.kind == "version":
        value, operand = _parts(value), _parts(operand)
    match test.operator:
        case "is":
            return bool(value == operand)
        case "is_not":
            return bool(value != operand)
        case "one_of":
            return value in operand
        case "none_of":
            return value not in operand
        case "at_least":
            return bool(value >= operand)
        case "less_than":
            return bool(value < operand)
        case "at_most":
            return bool(value <= operand)
        case "more_than":
            return bool(value > operand)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
