"""datalogic-py: JSONLogic in Rust. All conditions are one expression, an array, so that it is entered once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any

import datalogic_py
import orjson

from benchmarks.peers.ours import Touched
from benchmarks.peers.texts import SIGNS
from benchmarks.workload import AllOf, AnyOf, Condition, Environment, Not, Rule, Test, Workload, positive

_FAR = 1e18  # beyond any value: what a missing number is taken for, so that its test is false


class Compiled:
    """Some rules as one expression: JSON text in, ids out."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._ids = [rule.id for rule in rules]
        self._rule = datalogic_py.Engine().compile([_logic(positive(rule.when)) for rule in rules])

    def applying(self, text: str) -> list[str]:
        return list(compress(self._ids, orjson.loads(self._rule.evaluate_str(text))))


class Whole:
    """Every rule is tried."""

    def __init__(self, workload: Workload) -> None:
        self._compiled = Compiled(list(workload.rules))

    def answer(self, environment: Environment) -> list[str]:
        return self._compiled.applying(environment.plain.decode())


class Indexed:
    """Only the articles that our index finds are tried."""

    def __init__(self, workload: Workload) -> None:
        self._touched = Touched(workload)
        self._articles = [Compiled(article.rules) for article in workload.articles]

    def answer(self, environment: Environment) -> list[str]:
        touched = self._touched.of(orjson.loads(environment.plain))
        text = environment.plain.decode()
        return [rule for number in touched for rule in self._articles[number].applying(text)]


def _logic(condition: Condition) -> Any:
    match condition:
        case Test():
            return _test(condition)
        case AllOf(parts):
            return {"and": [_logic(part) for part in parts]}
        case AnyOf(parts):
            return {"or": [_logic(part) for part in parts]}
        case Not():
            raise ValueError("a `not` that was not drawn into its tests")


def _test(test: Test) -> Any:
    value, operand = {"var": test.fact.plain}, test.plain_operand
    match test.operator:
        case "is":
            return {"===": [value, operand]}
        case "is_not" if test.fact.kind == "boolean":
            return {"===": [value, not operand]}
        case "is_not":
            return {"and": [{"!==": [value, None]}, {"!==": [value, operand]}]}
        case "one_of":
            return {"in": [value, list(operand)]}
        case "none_of":
            return {"and": [{"!==": [value, None]}, {"!": [{"in": [value, list(operand)]}]}]}
        case "at_least" | "more_than":
            return {SIGNS[test.operator]: [{"var": [test.fact.plain, -_FAR]}, operand]}
        case _:
            return {SIGNS[test.operator]: [{"var": [test.fact.plain, _FAR]}, operand]}
