"""durable_rules: forward chaining, joining facts with an index of its own."""

from __future__ import annotations

import json
from typing import Any

import durable_rules_engine as library

from benchmarks.workload import AllOf, AnyOf, Condition, Environment, Not, Test, Workload, positive


class Durable:
    """One message holds all facts, one rule of one test an id, called through the library's C module.

    The documented way in, `durable.lang`, adds threads and files of its own; this is faster and says the same.
    """

    def __init__(self, workload: Workload) -> None:
        rules = {rule.id: {"all": [{"m": _definition(positive(rule.when))}]} for rule in workload.rules}
        self._handle = library.create_ruleset("bench", json.dumps(rules))

    def answer(self, environment: Environment) -> list[str]:
        handle = self._handle
        code, state = library.assert_fact(handle, f'{{"sid":"1","id":"1",{environment.plain[1:-1].decode()}}}')
        if code > 1:
            raise RuntimeError(f"durable_rules answered {code}")
        started = library.start_action_for_state(handle, state)
        fired = None if started is None else started[1]
        found: set[str] = set()
        while fired is not None:
            found.add(fired[2 : fired.index('"', 2)])
            fired = library.complete_and_start_action(handle, state)
        if found:  # to delete the state of a session in which nothing fired crashes it
            library.delete_state(handle, "1")
        else:
            library.retract_fact(handle, f'{{"sid":"1","id":"1",{environment.plain[1:-1].decode()}}}')
        return list(found)


def _definition(condition: Condition) -> dict[str, Any]:
    match condition:
        case Test():
            return _durable_test(condition)
        case AllOf(parts):
            return {"$and": [_definition(part) for part in parts]}
        case AnyOf(parts):
            return {"$or": [_definition(part) for part in parts]}
        case Not():
            raise ValueError("a `not` that was not drawn into its tests")


def _durable_test(test: Test) -> dict[str, Any]:
    name, operand = test.fact.plain, test.plain_operand
    match test.operator:
        case "is":
            return {name: operand}
        case "is_not" if test.fact.kind == "boolean":
            return {name: not operand}
        case "is_not":
            return {"$neq": {name: operand}}
        case "one_of":
            return {"$or": [{name: one} for one in operand]}
        case "none_of":
            return {"$and": [{"$neq": {name: one}} for one in operand]}
        case order:
            sign = {"at_least": "$gte", "less_than": "$lt", "at_most": "$lte", "more_than": "$gt"}[order]
            return {sign: {name: operand}}
