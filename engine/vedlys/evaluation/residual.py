"""Residuals: what is left of a rule's formula when what is known of one environment is put in.

A residual is TRUE or FALSE where the facts decide the rule, and otherwise a simplified formula over comparisons that
still wait for a fact. It follows from the states of the leaves alone, which are plain values: what was worked out for
one environment holds for every other with the same states. So residuals of many environments stand in one store, each
held once, and records are told apart by their places, whatever they are called.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from vedlys.evaluation.classes import Test, mirrored
from vedlys.evaluation.expansion import (
    Comparison,
    Expansion,
    Knowing,
    Leaf,
    OverRecords,
    State,
    bulk,
    state_of,
    truth_of,
)
from vedlys.evaluation.formulas import FALSE, TRUE, Formulas
from vedlys.model.conditions import Fact, Field, Literal, Truth
from vedlys.model.environment import Environment
from vedlys.model.result import Missing
from vedlys.model.values import Record, Value

_NUMBERS = itertools.count()


class Atom(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """What can be found out in one go: a fact, or a field of one record; residuals tell records by their places."""

    fact: str
    record: str | int | None = None
    field: str | None = None

    def missing(self) -> Missing:
        """The atom as a result names it."""
        if self.record is None or self.field is None:
            return Missing(fact=self.fact)
        return Missing(fact=self.fact, record=str(self.record), field=self.field)


class Waiting(msgspec.Struct, frozen=True, gc=False):
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
        self._bodies = expansion.bodies
        self._values: Mapping[str, Value] = environment.values
        self._as_of = environment.as_of
        self._states: dict[int, State] = {}

    def __getitem__(self, leaf: int) -> State:
        if leaf not in self._states:
            direct = self._direct.get(leaf)
            if direct is None:
                self._states[leaf] = self._state(leaf, self._leaves[leaf])
            else:
                value = self._values.get(direct.name)
                self._states[leaf] = None if value is None else direct.holds(value, direct.operand)
        return self._states[leaf]

    def of(self, leaves: tuple[int, ...]) -> tuple[State, ...]:
        """The states of some leaves, in their order: all that a residual with those leaves follows from."""
        known = self._states
        return tuple([known[leaf] if leaf in known else self[leaf] for leaf in leaves])

    def _state(self, number: int, leaf: Leaf) -> State:
        match leaf:
            case Comparison(literal=literal):
                return self._compare(literal, None)
            case Knowing(formula=formula, needed=needed):
                return (self._formulas.truth(formula, self._truth) is not None) is needed
            case OverRecords():
                return self._over_records(number, leaf)

    def _truth(self, leaf: int) -> Truth:
        return truth_of(self[leaf])

    def _compare(self, literal: Literal, record: Record | None) -> State:
        operand = literal.operand
        right = self._value(operand, record) if isinstance(operand, Fact | Field) else operand
        return state_of(literal, self._value(literal.subject, record), right, self._as_of)

    def _value(self, reference: Fact | Field, record: Record | None) -> Value | None:
        if isinstance(reference, Fact):
            return self._values.get(reference.name)
        assert record is not None  # decoding admits fields only inside `some` and `every`
        return record.fields.get(reference.name)

    def _over_records(self, number: int, leaf: OverRecords) -> State:
        records = cast("tuple[Record, ...] | None", self._values.get(leaf.fact))
        if records is None:
            return None
        deciding = leaf.quantifier == "some"
        body = self._bodies.get(number)
        undecided = []
        for place, record in enumerate(records):
            fields, truth = self._stands(leaf, record) if body is None else body.stands(record)
            if truth is deciding:
                return deciding
            if truth is None:
                undecided.append((place, fields))
        return tuple(undecided) or not deciding

    def _stands(self, leaf: OverRecords, record: Record) -> tuple[tuple[State, ...], Truth]:
        """The states of the comparisons of a body for one record, and its truth."""
        fields = {
            field: self._compare(cast("Comparison", self._leaves[field]).literal, record) for field in leaf.fields
        }
        truth = self._formulas.truth(leaf.body, lambda leaf: truth_of(fields[leaf] if leaf in fields else self[leaf]))
        return tuple(fields.values()), truth


class _Waits(dict[int, dict[Atom, tuple[int, ...]]]):
    """What each formula waits for, with the leaves of it that wait for that. Ask for a formula as for a key."""

    def __init__(self, formulas: Formulas, atoms: Mapping[int, tuple[Atom, ...]]) -> None:
        super().__init__()
        self._formulas = formulas
        self._atoms = atoms

    def __missing__(self, formula: int) -> dict[Atom, tuple[int, ...]]:
        leaves: dict[Atom, list[int]] = {}
        for leaf in self._formulas.leaves(formula):
            for atom in self._atoms[leaf]:
                leaves.setdefault(atom, []).append(leaf)
        found = self[formula] = {atom: tuple(some) for atom, some in leaves.items()}
        return found


class Store:
    """Residuals, each formula held once; what is worked out of one holds wherever it is met again. It only grows."""

    def __init__(self, number: int | None = None) -> None:
        """`number` is for stores that nothing is looked up in again; the others get one each."""
        self.number = next(_NUMBERS) if number is None else number  # formulas of different numbers are strangers
        self.formulas = Formulas()
        self.size = 0  # about how many formulas it holds, long values and what else is kept here taken for several
        self.waiting: dict[int, Waiting] = {}  # by leaf
        self.made: dict[tuple[object, ...], int] = {}  # formulas, by what they were made of
        self.seen: dict[tuple[object, ...], Any] = {}  # what was worked out of rules, by what it follows from
        self.bearing: dict[tuple[int, frozenset[int]], frozenset[Atom]] = {}  # see `bearing`
        self.together: dict[tuple[str, frozenset[int], frozenset[int]], frozenset[Atom]] = {}
        self.outcomes: dict[tuple[int, ...], tuple[tuple[bool, ...], ...] | None] = {}  # of tests on one atom, by leaf
        # what may be left of formulas where something is known
        self.rests: dict[tuple[Atom, tuple[int, ...]], frozenset[tuple[int, ...]] | None] = {}
        self._atoms: dict[int, tuple[Atom, ...]] = {}  # by leaf
        self.waits = _Waits(self.formulas, self._atoms)

    def wait(self, waiting: Waiting) -> int:
        """The leaf of a comparison that waits."""
        leaf = self.formulas.leaf(waiting)
        if leaf not in self.waiting:
            self.waiting[leaf] = waiting
            self._atoms[leaf] = waiting.atoms
            self.size += 1 + bulk(waiting.left) + bulk(waiting.right)
        return leaf

    def atoms(self, formula: int) -> set[Atom]:
        """What a formula waits for."""
        if self.formulas.kind(formula) in {"all", "any"}:
            # parts are met again in other formulas
            return set().union(*map(self.waits.__getitem__, self.formulas.parts(formula)))
        return set(self.waits[formula])


class Residuals:
    """The residuals of a rulebook's formulas under the states of one environment, in a store."""

    def __init__(self, expansion: Expansion, states: States, store: Store | None = None) -> None:
        self.store = Store() if store is None else store
        self.states = states
        self._expansion = expansion
        self._made: dict[int, int] = {}

    def apart(self, store: Store) -> Residuals:
        """Those of the same environment in another store."""
        return Residuals(self._expansion, self.states, store)

    @property
    def formulas(self) -> Formulas:
        """What the residuals are formulas of."""
        return self.store.formulas

    def of(self, formula: int) -> int:
        """The residual of a formula."""
        return self._expansion.formulas.rebuild(formula, self.store.formulas, self._made, self._put_in)

    def met(self, leaf: int) -> Iterator[Atom]:
        """What a leaf of the rulebook waits for, in authored order; records in the order given."""
        state, stands = self.states[leaf], self._expansion.leaves[leaf]
        if isinstance(state, bool):
            return
        if isinstance(stands, Comparison):
            yield from _compared(stands, state).atoms
        elif isinstance(stands, OverRecords):
            if state is None:
                yield Atom(stands.fact)
            for place, fields in state or ():
                for field, found in zip(stands.fields, fields, strict=True):
                    if not isinstance(found, bool):
                        comparison = cast("Comparison", self._expansion.leaves[field])
                        yield from _compared(comparison, found, place).atoms

    def _put_in(self, leaf: int) -> int:
        state = self.states[leaf]
        if isinstance(state, bool):
            return TRUE if state else FALSE
        stands = self._expansion.leaves[leaf]
        if isinstance(stands, Comparison):
            return self.store.wait(_compared(stands, state))
        assert isinstance(stands, OverRecords)  # whether something is known is always decided
        if state is None:
            return self.store.wait(Waiting(stands.quantifier, Atom(stands.fact), stands.body))
        join = self.formulas.any_of if stands.quantifier == "some" else self.formulas.all_of
        return join([self._put_in_record(leaf, stands, place, fields) for place, fields in state])

    def _put_in_record(self, number: int, over: OverRecords, place: int, fields: tuple[State, ...]) -> int:
        """What is left of the body for one record."""
        is_alone = number in self._expansion.bodies
        key = (number, place, fields)
        found = self.store.made.get(key) if is_alone else None
        if found is None:
            known = dict(zip(over.fields, fields, strict=True))

            def put_in(leaf: int) -> int:
                if leaf not in known:
                    return self._put_in(leaf)
                state = known[leaf]
                if isinstance(state, bool):
                    return TRUE if state else FALSE
                return self.store.wait(_compared(cast("Comparison", self._expansion.leaves[leaf]), state, place))

            found = self._expansion.formulas.rebuild(over.body, self.store.formulas, {}, put_in)
            if is_alone:
                self.store.made[key] = found
                self.store.size += 1 + bulk(fields)
        return found


def _compared(comparison: Comparison, state: State, place: int | None = None) -> Waiting:
    literal = comparison.literal
    left, right = (None, None) if state is None else state
    operand = literal.operand
    if not isinstance(operand, Fact | Field):
        right = operand
    elif right is None:
        right = _atom(operand, comparison.fact, place)
    return Waiting(literal.operator, _atom(literal.subject, comparison.fact, place) if left is None else left, right)


def _atom(reference: Fact | Field, fact: str | None, place: int | None) -> Atom:
    if isinstance(reference, Fact):
        return Atom(reference.name)
    assert fact is not None
    return Atom(fact, place, reference.name)
