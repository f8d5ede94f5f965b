"""Expression languages: zen (Rust), CEL (in Rust, and in Python), rule-engine (Python).

Where a language has arrays, all conditions are one expression, an array of truths, so that it is entered once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress
from typing import Any

import orjson

from benchmarks.peers.ours import Touched
from benchmarks.peers.texts import SIGNS, Dialect, expression
from benchmarks.workload import AllOf, AnyOf, Condition, Environment, Not, Rule, Test, Workload, positive

Run = Callable[[dict[str, Any]], Iterable[Any]]
Compile = Callable[[Sequence[Rule]], Run]  # some rules as one call, from facts to truths in the rules' order


class Whole:
    """Every rule is tried."""

    def __init__(self, workload: Workload, compile_rules: Compile) -> None:
        rules = list(workload.rules)
        self._ids = [rule.id for rule in rules]
        self._run = compile_rules(rules)

    def answer(self, environment: Environment) -> list[str]:
        return list(compress(self._ids, self._run(orjson.loads(environment.plain))))


class Indexed:
    """Only the articles that our index finds are tried."""

    def __init__(self, workload: Workload, compile_rules: Compile) -> None:
        self._touched = Touched(workload)
        self._articles = [([rule.id for rule in one.rules], compile_rules(one.rules)) for one in workload.articles]

    def answer(self, environment: Environment) -> list[str]:
        facts = orjson.loads(environment.plain)
        found: list[str] = []
        for number in self._touched.of(facts):
            ids, run = self._articles[number]
            found += compress(ids, run(facts))
        return found


def zen(rules: Sequence[Rule]) -> Run:
    """zen's expressions, compiled."""
    from zen import compile_expression  # noqa: PLC0415 - lazy: it may have no build for this Python

    compiled = compile_expression(_array(rules, Dialect(" and ", " or ", _zen)))
    run: Run = compiled.evaluate
    return run


def zen_decision(rules: Sequence[Rule]) -> Run:
    """zen's decision graph of an input, the expressions, and an output."""
    from zen import ZenEngine  # noqa: PLC0415 - lazy: it may have no build for this Python

    source = _array(rules, Dialect(" and ", " or ", _zen))
    expressions = {"expressions": [{"id": "e", "key": "truths", "value": source}]}
    nodes = [
        {"id": "i", "type": "inputNode", "name": "in", "content": {}, "position": {"x": 0, "y": 0}},
        {"id": "x", "type": "expressionNode", "name": "rules", "content": expressions, "position": {"x": 1, "y": 0}},
        {"id": "o", "type": "outputNode", "name": "out", "content": {}, "position": {"x": 2, "y": 0}},
    ]
    edges = [{"id": f"{a}{b}", "type": "edge", "sourceId": a, "targetId": b} for a, b in (("i", "x"), ("x", "o"))]
    decision = ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda facts: decision.evaluate(facts)["result"]["truths"]


def cel(rules: Sequence[Rule]) -> Run:
    """CEL in Rust, compiled."""
    import cel as library  # noqa: PLC0415 - lazy: it may have no build for this Python

    program = library.compile(_array(rules, Dialect(" && ", " || ", _cel)))
    return lambda facts: program.execute({"f": facts})


def cel_python(rules: Sequence[Rule]) -> Run:
    """CEL in Python, compiled; facts become its own types, as it asks."""
    import celpy  # noqa: PLC0415 - lazy: it may have no build for this Python

    environment = celpy.Environment()
    source = _array(rules, Dialect(" && ", " || ", _cel))
    program = environment.program(environment.compile(source))
    return lambda facts: program.evaluate({"f": celpy.json_to_cel(facts)})


def rule_engine(rules: Sequence[Rule]) -> Run:
    """rule-engine's rules, a call each: it has no call for many. Missing names, which cost it most, are null."""
    import rule_engine as library  # noqa: PLC0415 - lazy: it may have no build for this Python

    context = library.Context()
    nulls = dict.fromkeys(sorted({name for rule in rules for name in _names(rule.when)}))
    dialect = Dialect(" and ", " or ", _rule_engine)
    matches = [library.Rule(expression(positive(rule.when), dialect), context=context).matches for rule in rules]

    def run(facts: dict[str, Any]) -> list[bool]:
        given = nulls | facts
        return [match(given) for match in matches]

    return run


def _names(condition: Condition) -> Iterator[str]:
    match condition:
        case Test(fact):
            yield fact.plain
        case Not(part):
            yield from _names(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _names(part)


def _array(rules: Sequence[Rule], dialect: Dialect) -> str:
    return f"[{', '.join(expression(positive(rule.when), dialect) for rule in rules)}]"


def _zen(test: Test) -> str:
    name, operand = test.fact.plain, test.plain_operand
    match test.operator:
        case "is":
            return f"{name} == {json.dumps(operand)}"
        case "is_not" if test.fact.kind == "boolean":
            return f"{name} == {json.dumps(not operand)}"
        case "is_not":
            return f"({name} != null and {name} != {json.dumps(operand)})"
        case "one_of":
            return f"{name} in {json.dumps(operand)}"
        case "none_of":
            return f"({name} != null and {name} not in {json.dumps(operand)})"
        case order:
            return f"({name} != null and {name} {SIGNS[order]} {operand})"


def _cel(test: Test) -> str:
    name, operand = test.fact.plain, test.plain_operand
    has, value = f"has(f.{name})", f"f.{name}"
    match test.operator:
        case "is" if test.fact.kind == "boolean":
            told = value if operand else f"!{value}"
        case "is_not" if test.fact.kind == "boolean":
            told = f"!{value}" if operand else value
        case "is":
            told = f"{value} == {json.dumps(operand)}"
        case "is_not":
            told = f"{value} != {json.dumps(operand)}"
        case "one_of":
            told = f"{value} in {json.dumps(operand)}"
        case "none_of":
            told = f"!({value} in {json.dumps(operand)})"
        case order:
            told = f"{value} {SIGNS[order]} {operand}"
    return f"({has} && {told})"


def _rule_engine(test: Test) -> str:
    name, operand = test.fact.plain, test.plain_operand
    match test.operator:
        case "is":
            return f"{name} == {json.dumps(operand)}"
        case "is_not" if test.fact.kind == "boolean":
            return f"{name} == {json.dumps(not operand)}"
        case "is_not":
            return f"({name} != null and {name} != {json.dumps(operand)})"
        case "one_of":
            return f"{name} in {json.dumps(operand)}"
        case "none_of":
            return f"({name} != null and not ({name} in {json.dumps(operand)}))"
        case order:
            return f"({name} != null and {name} {SIGNS[order]} {operand})"
