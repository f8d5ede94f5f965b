"""Residuals: what is left of a rule's formula when what is known of one environment is put in.

A residual is TRUE or FALSE where the facts decide the rule, and otherwise a simplified formula over comparisons that
still wait for a fact. It follows from the states of the leaves alone, which are plain values: what was worked out for
one environment holds for every other with the same states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from vedlys.evaluation.classes import Test, mirrored
from vedlys.evaluation.expansion import Comparison, Expansion, Knowing, Leaf, OverRecords, RuleFormula
from vedlys.evaluation.formulas import FALSE, TRUE, Formulas
from vedlys.model.conditions import Fact, Field, Literal, Truth
from vedlys.model.environment import Environment
from vedlys.model.operators import holds
from vedlys.model.result import Missing
from vedlys.model.values import Record, Value

# How a leaf stands: True and False where it is decided, None where nothing of it is known; of a comparison of two facts
# of which one is known, both values, None for the other; of records of which some are undecided, for each of those its
# key and the states of its comparisons.
State = Any


class Atom(msgspec.Struct, frozen=True):
    """What can be found out in one go: a fact, or a field of one record."""

    fact: str
    record: str | None = None
    field: str | None = None

    def missing(self) -> Missing:
        """The atom as a result names it."""
        if self.record is None or self.field is None:
            return Missing(fact=self.fact)
        return Missing(fact=self.fact, record=self.record, field=self.field)


class Waiting(msgspec.Struct, frozen=True):
    """A comparison that waits: each side an atom, or a value in normal form. For `some` and `every` over records
    that are not known, the right side is the number of the body's formula.
    """

    operator: str
    left: Any
    right: Any

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """What it waits for, left before right."""
        return tuple(side for side in (self.left, self.right) if isinstance(side, Atom))

    def test(self) -> Test | None:
        """The test that decides it, once its one atom is known; None where it is not that simple."""
        if len(self.atoms) != 1 or self.operator in {"some", "every"}:
            return None
        return Test(self.operator, self.right) if isinstance(self.left, Atom) else mirrored(self.operator, self.left)


class States:
    """How every leaf of a rulebook stands in one environment."""

    def __init__(self, expansion: Expansion, environment: Environment) -> None:
        self._formulas = expansion.formulas
        self._leaves = expansion.leaves
        self._direct = expansion.direct
        self._values: Mapping[str, Value] = environment.values
        self._as_of = environment.as_of
        self._states: dict[int, State] = {}

    def __getitem__(self, leaf: int) -> State:
        if leaf not in self._states:
            direct = self._direct.get(leaf)
            if direct is None:
                self._states[leaf] = self._state(self._leaves[leaf])
            else:
                value = self._values.get(direct.fact)
                self._states[leaf] = None if value is None else direct.holds(value, direct.operand)
        return self._states[leaf]

    def of(self, rule: RuleFormula) -> tuple[State, ...]:
        """The states of a rule's leaves, in their order: all that its residual follows from."""
        known = self._states
        return tuple([known[leaf] if leaf in known else self[leaf] for leaf in rule.leaves])

    def _state(self, leaf: Leaf) -> State:
        match leaf:
            case Comparison(literal=literal):
                return self._compare(literal, None)
            case Knowing(formula=formula, needed=needed):
                return (self._formulas.truth(formula, self._truth) is not None) is needed
            case OverRecords():
                return self._over_records(leaf)

    def _truth(self, leaf: int) -> Truth:
        state = self[leaf]
        return state if isinstance(state, bool) else None

    def _compare(self, literal: Literal, record: Record | None) -> State:
        left = self._value(literal.subject, record)
        if literal.operator == "known":
            return (left is not None) is literal.operand
        if not isinstance(literal.operand, Fact | Field):
            return None if left is None else holds(literal.operator, left, literal.operand, self._as_of)
        right = self._value(literal.operand, record)
        if left is None or right is None:
            return None if left is right else (left, right)
        return holds(literal.operator, left, right, self._as_of)

    def _value(self, reference: Fact | Field, record: Record | None) -> Value | None:
        if isinstance(reference, Fact):
            return self._values.get(reference.name)
        assert record is not None  # decoding admits fields only inside `some` and `every`
        return record.fields.get(reference.name)

    def _over_records(self, leaf: OverRecords) -> State:
        records = cast("tuple[Record, ...] | None", self._values.get(leaf.fact))
        if records is None:
            return None
        deciding = leaf.quantifier == "some"
        undecided = []
        for record in records:
            fields = {field: self._compare(self._literal(field), record) for field in leaf.fields}
            truth = self._formulas.truth(leaf.body, lambda inner, fields=fields: self._inside(inner, fields))  # type: ignore[misc]  # mypy infers no type for a default
            if truth is deciding:
                return deciding
            if truth is None:
                undecided.append((record.key, tuple(fields.items())))
        return tuple(undecided) or not deciding

    def _inside(self, leaf: int, fields: Mapping[int, State]) -> Truth:
        state = fields[leaf] if leaf in fields else self[leaf]
        return state if isinstance(state, bool) else None

    def _literal(self, leaf: int) -> Literal:
        return cast("Comparison", self._leaves[leaf]).literal


class Residuals:
    """The residuals of a rulebook's rules under some states, simplified together: `formulas` holds them all."""

    def __init__(self, expansion: Expansion, states: States) -> None:
        self.formulas = Formulas()
        self._expansion = expansion
        self._states = states
        self._made: dict[int, int] = {}
        self._waiting: dict[int, Waiting] = {}

    def of(self, rule: RuleFormula) -> int:
        """The residual of a rule."""
        return self._expansion.formulas.rebuild(rule.formula, self.formulas, self._made, self._put_in)

    def waiting(self, leaf: int) -> Waiting:
        """What a leaf of a residual waits for."""
        return self._waiting[leaf]

    def atoms(self, rule: RuleFormula) -> tuple[Atom, ...]:
        """The atoms left in the rule's residual, in authored order; records in the order given."""
        residual = self.of(rule)
        left = {atom for leaf in self.formulas.leaves(residual) for atom in self._waiting[leaf].atoms}
        met = (atom for leaf in rule.leaves for atom in self._met(leaf))
        return tuple(dict.fromkeys(atom for atom in met if atom in left))

    def _met(self, leaf: int) -> Iterator[Atom]:
        """The atoms that a leaf of the rule waits for, and perhaps more."""
        state, stands = self._states[leaf], self._expansion.leaves[leaf]
        if isinstance(state, bool):
            return
        if isinstance(stands, Comparison):
            yield from self._compared(stands, state).atoms
        elif isinstance(stands, OverRecords):
            if state is None:
                yield Atom(stands.fact)
            for record, fields in state or ():
                for field, found in fields:
                    if not isinstance(found, bool):
                        comparison = cast("Comparison", self._expansion.leaves[field])
                        yield from self._compared(comparison, found, record).atoms

    def _put_in(self, leaf: int) -> int:
        state = self._states[leaf]
        if isinstance(state, bool):
            return TRUE if state else FALSE
        stands = self._expansion.leaves[leaf]
        if isinstance(stands, Comparison):
            return self._wait(self._compared(stands, state))
        assert isinstance(stands, OverRecords)  # whether something is known is always decided
        if state is None:
            return self._wait(Waiting(stands.quantifier, Atom(stands.fact), stands.body))
        join = self.formulas.any_of if stands.quantifier == "some" else self.formulas.all_of
        return join([self._put_in_record(stands, record, dict(fields)) for record, fields in state])

    def _put_in_record(self, over: OverRecords, record: str, fields: Mapping[int, State]) -> int:
        def put_in(leaf: int) -> int:
            if leaf not in fields:
                return self._put_in(leaf)
            state = fields[leaf]
            if isinstance(state, bool):
                return TRUE if state else FALSE
            return self._wait(self._compared(cast("Comparison", self._expansion.leaves[leaf]), state, record))

        return self._expansion.formulas.rebuild(over.body, self.formulas, {}, put_in)

    def _compared(self, comparison: Comparison, state: State, record: str | None = None) -> Waiting:
        literal = comparison.literal
        left, right = (None, None) if state is None else state
        operand = literal.operand
        if not isinstance(operand, Fact | Field):
            right = operand
        elif right is None:
            right = _atom(operand, comparison.fact, record)
        return Waiting(
            literal.operator, _atom(literal.subject, comparison.fact, record) if left is None else left, right
        )

    def _wait(self, waiting: Waiting) -> int:
        leaf = self.formulas.leaf(waiting)
        self._waiting[leaf] = waiting
        return leaf


def _atom(reference: Fact | Field, fact: str | None, record: str | None) -> Atom:
    if isinstance(reference, Fact):
        return Atom(reference.name)
    assert fact is not None
    return Atom(fact, record, reference.name)
