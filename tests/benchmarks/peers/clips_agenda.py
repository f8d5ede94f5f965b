"""CLIPS: forward chaining, joining facts with an index of its own."""

from __future__ import annotations

from typing import Any

import clips
import orjson

from benchmarks.peers.texts import SIGNS
from benchmarks.workload import AllOf, AnyOf, Condition, Environment, Not, Test, Workload, positive


class Clips:
    """Each fact is a relation of its own; what applies stands on the agenda, unfired: a match, not a conclusion."""

    def __init__(self, workload: Workload) -> None:
        self._environment = clips.Environment()
        self._environment.build("(deffunction found () TRUE)")
        for rule in workload.rules:
            self._environment.build(f"(defrule {rule.id} {_pattern(positive(rule.when))} => (found))")

    def answer(self, environment: Environment) -> list[str]:
        facts = orjson.loads(environment.plain)
        self._environment.reset()
        self._environment.load_facts("".join([f"({name} {_atom(value)})" for name, value in facts.items()]))
        return list({activation.name for activation in self._environment.activations()})


def _pattern(condition: Condition, place: str = "v") -> str:
    """A condition as patterns; `place` names the variables, which would join patterns where two had one name."""
    match condition:
        case Test():
            return f"({condition.fact.plain} {_constraint(condition, place)})"
        case AllOf(parts) | AnyOf(parts):
            word = "and" if isinstance(condition, AllOf) else "or"
            return f"({word} {' '.join(_pattern(part, f'{place}{number}') for number, part in enumerate(parts))})"
        case Not():
            raise ValueError("a `not` that was not drawn into its tests")


def _constraint(test: Test, place: str) -> str:
    operand = test.plain_operand
    match test.operator:
        case "is":
            return _atom(operand)
        case "is_not":
            return f"~{_atom(operand)}"
        case "one_of":
            return "|".join(map(_atom, operand))
        case "none_of":
            return "&".join(f"~{_atom(one)}" for one in operand)
        case order:
            return f"?{place}&:({SIGNS[order]} ?{place} {operand})"


def _atom(value: Any) -> str:
    return str(value).upper() if isinstance(value, bool) else str(value)
