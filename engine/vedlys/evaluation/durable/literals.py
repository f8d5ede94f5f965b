"""What Python decides: the truth of one comparison, also over records. Operators mean what `model.operators` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never, cast

from vedlys.evaluation.judge import all_of, any_of, not_
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
    Reference,
    Resolved,
    Truth,
)
from vedlys.model.environment import Environment
from vedlys.model.operators import holds
from vedlys.model.values import Record


class Decider:
    """Decides over one environment; `derived` holds the truth of each derived fact that is settled so far."""

    def __init__(self, environment: Environment, derived: Mapping[str, Truth]) -> None:
        self._values = environment.values
        self._as_of = environment.as_of
        self._derived = derived

    def literal(self, literal: Literal, record: Record | None = None) -> Truth:
        """The truth of a comparison; inside `some` and `every`, on that record."""
        observed = self._value(literal.subject, record)
        operand = literal.operand
        needed = self._value(operand, record) if isinstance(operand, Fact | Field) else operand
        if literal.operator == "known":
            return (observed is not None) is needed
        if observed is None or needed is None:
            return None
        return holds(literal.operator, observed, needed, self._as_of)

    def quantified(self, condition: Quantified) -> Truth:
        """The truth of `some` or `every`."""
        records = cast("tuple[Record, ...] | None", self._values.get(condition.fact))
        if records is None:
            return None
        join = any_of if condition.quantifier == "some" else all_of
        return join(self._body(condition.part, record) for record in records)

    def _body(self, condition: Condition, record: Record) -> Truth:
        match condition:
            case Literal():
                return self.literal(condition, record)
            case AllOf(parts=parts):
                return all_of(self._body(part, record) for part in parts)
            case AnyOf(parts=parts):
                return any_of(self._body(part, record) for part in parts)
            case Not(part=part):
                return not_(self._body(part, record))
            case Always():
                return True
            case Quantified() | Resolved():
                raise AssertionError("decoding admits neither inside `some` and `every`")
            case _:
                assert_never(condition)

    def _value(self, reference: Reference, record: Record | None) -> Any:
        if isinstance(reference, Field):
            assert record is not None  # decoding admits fields only inside `some` and `every`
            return record.fields.get(reference.name)
        if reference.name in self._derived:
            return self._derived[reference.name]
        return self._values.get(reference.name)
