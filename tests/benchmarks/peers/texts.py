"""Conditions as text in another language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.workload import AllOf, AnyOf, Condition, Not, Test

SIGNS = {"at_least": ">=", "less_than": "<", "at_most": "<=", "more_than": ">"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a language joins tests, and how it writes one; a test of a missing fact must be false."""

    conjunction: str
    disjunction: str
    test: Callable[[Test], str]


def expression(condition: Condition, dialect: Dialect) -> str:
    """A condition that is free of `not`, as text."""
    match condition:
        case Test():
            return dialect.test(condition)
        case AllOf(parts):
            return f"({dialect.conjunction.join(expression(part, dialect) for part in parts)})"
        case AnyOf(parts):
            return f"({dialect.disjunction.join(expression(part, dialect) for part in parts)})"
        case Not():
            raise ValueError("a `not` that was not drawn into its tests")
