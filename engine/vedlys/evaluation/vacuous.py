"""Rules whose condition never or always holds, whatever is known of an environment.

Every combination of classes of values is tried out, most of them at once: what the first facts decide is not tried
with all values of the others. Records are lists of every kind that `some` and `every` could tell apart.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, cast

import msgspec

from vedlys.evaluation.classes import Test, fresh, listed, outcomes, spread
from vedlys.evaluation.expansion import Comparison, Expansion, Knowing, OverRecords
from vedlys.evaluation.formulas import TRUE
from vedlys.model.conditions import Condition, Fact, Field
from vedlys.model.operators import AGES, holds
from vedlys.model.rulebook import FactDeclaration, Rule, Rulebook
from vedlys.model.types import ORDERED, FactType, RecordsType, ScalarType, SetType

MOST_COMBINATIONS = 4096

_ANY_TIME = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_NOT_BY_VALUE = AGES | {"contains", "within", "has_under", "covers"}  # they ask more than whether values are equal
_NUMBERS = frozenset({"integer", "number"})


class NotAnalysed(msgspec.Struct, frozen=True):
    """Why it cannot be told: too many combinations, facts compared in a way that has no few classes, or a moment
    tested both by its age and otherwise.
    """

    reason: Literal["combinations", "comparison", "clock"]


class _Cannot(Exception):  # noqa: N818  # no error: it only ends the analysis
    def __init__(self, reason: Literal["combinations", "comparison", "clock"]) -> None:
        self.reason = reason


class _Unit(msgspec.Struct, frozen=True):
    """Leaves that hang together because they test the same facts, and all that they can say at once."""

    leaves: tuple[int, ...]
    outcomes: tuple[tuple[bool, ...], ...]


Name = tuple[str | None, str]  # of a fact, or of a field of a fact's records


def always_or_never(
    rule: Rule, book: Rulebook, vocabulary: Mapping[str, FactDeclaration]
) -> Literal["always", "never"] | NotAnalysed | None:
    """Whether the rule applies under no facts, or under all that pass its gates; None where it hangs on them.

    What is compared is taken as known, and whether something is known as free. A rule whose `when` is
    `always` always holds: that is for the caller to pass over.
    """
    expansion = Expansion(book, unless_may_be_unknown=True)
    formulas = expansion.formulas
    formula = expansion.rule(rule)
    search = _Search(expansion, vocabulary)
    try:
        if not search.satisfiable(formula.formula):
            return "never"
        stays_clear = formulas.all_of((formula.enabled, formulas.not_(formula.when)))
        return None if search.satisfiable(stays_clear) else "always"
    except _Cannot as reason:
        return NotAnalysed(reason.reason)


def truths_of(
    condition: Condition, book: Rulebook, vocabulary: Mapping[str, FactDeclaration]
) -> frozenset[bool] | NotAnalysed:
    """The truths that a condition of the book can have where what it compares is known.

    The `unless` of a rule that `resolved` waits for may be unknown all the same, and is then ignored.
    """
    expansion = Expansion(book, unless_may_be_unknown=True)
    formula = expansion.condition(condition)
    search = _Search(expansion, vocabulary)
    try:
        truths = {True: search.satisfiable(formula), False: search.satisfiable(expansion.formulas.not_(formula))}
    except _Cannot as reason:
        return NotAnalysed(reason.reason)
    return frozenset(truth for truth, possible in truths.items() if possible)


class _Search:
    """Looks for known facts under which a formula is TRUE."""

    def __init__(self, expansion: Expansion, vocabulary: Mapping[str, FactDeclaration]) -> None:
        self._expansion = expansion
        self._vocabulary = vocabulary
        self._tried = 0

    def satisfiable(self, formula: int) -> bool:
        """Whether some known facts make it TRUE."""
        unit_of = {leaf: unit for unit in self._units(formula) for leaf in unit.leaves}
        return self._try(formula, unit_of, set())

    def _try(self, formula: int, unit_of: Mapping[int, _Unit], failed: set[int]) -> bool:
        if formula <= TRUE:
            return formula == TRUE
        if formula in failed:
            return False
        formulas = self._expansion.formulas
        unit = unit_of[next(formulas.leaves(formula))]
        for truths in unit.outcomes:
            self._tried += 1
            if self._tried > MOST_COMBINATIONS:
                raise _Cannot("combinations")
            rest = formulas.substitute(formula, dict(zip(unit.leaves, truths, strict=True)))
            if self._try(rest, unit_of, failed):
                return True
        failed.add(formula)
        return False

    def _units(self, formula: int) -> list[_Unit]:
        comparisons: dict[int, Comparison] = {}
        knowing: dict[Hashable, dict[int, bool]] = {}
        records: dict[str, list[int]] = {}
        for leaf in self._expansion.formulas.leaves(formula):
            stands = self._expansion.leaves[leaf]
            if isinstance(stands, OverRecords):
                records.setdefault(stands.fact, []).append(leaf)
            elif isinstance(stands, Knowing):
                knowing.setdefault(stands.formula, {})[leaf] = stands.needed
            elif stands.literal.operator == "known":
                knowing.setdefault((stands.fact, stands.literal.subject), {})[leaf] = bool(stands.literal.operand)
            else:
                comparisons[leaf] = stands
        return [
            *_comparison_units(comparisons, lambda name: self._vocabulary[name[1]].type),
            *map(_knowing_unit, knowing.values()),
            *(self._records_unit(fact, leaves) for fact, leaves in records.items()),
        ]

    def _records_unit(self, fact: str, leaves: Sequence[int]) -> _Unit:
        """What `some` and `every` over one fact can say, from all kinds of records that they tell apart."""
        formulas = self._expansion.formulas
        fact_type = self._vocabulary[fact].type
        assert isinstance(fact_type, RecordsType)  # decoding admits `some` and `every` on records alone
        overs = [cast("OverRecords", self._expansion.leaves[leaf]) for leaf in leaves]
        bodies = [over.body for over in overs]
        inside: dict[int, Comparison] = {}
        knowing: dict[Hashable, dict[int, bool]] = {}
        for body in bodies:
            for leaf in formulas.leaves(body):
                comparison = self._expansion.leaves[leaf]
                if not isinstance(comparison, Comparison) or any(isinstance(side, Fact) for side in _sides(comparison)):
                    raise _Cannot("comparison")
                if comparison.literal.operator == "known":
                    knowing.setdefault(comparison.literal.subject, {})[leaf] = bool(comparison.literal.operand)
                else:
                    inside[leaf] = comparison
        units = _comparison_units(inside, lambda name: fact_type.fields[name[1]])
        units += map(_knowing_unit, knowing.values())
        if math.prod(len(unit.outcomes) for unit in units) > MOST_COMBINATIONS:
            raise _Cannot("combinations")
        kinds: set[tuple[bool, ...]] = set()
        for combination in itertools.product(*(unit.outcomes for unit in units)):
            truths: dict[int, bool] = {}
            for unit, said in zip(units, combination, strict=True):
                truths.update(zip(unit.leaves, said, strict=True))
            kinds.add(tuple(formulas.truth(body, truths.__getitem__) is True for body in bodies))
        if 2 ** len(kinds) > MOST_COMBINATIONS:
            raise _Cannot("combinations")
        said_of = {
            tuple(
                (any if over.quantifier == "some" else all)(kind[index] for kind in chosen)
                for index, over in enumerate(overs)
            )
            for size in range(len(kinds) + 1)
            for chosen in itertools.combinations(sorted(kinds), size)
        }
        return _Unit(tuple(leaves), tuple(sorted(said_of)))


def _knowing_unit(leaves: Mapping[int, bool]) -> _Unit:
    """What is asked of one thing's being known, which is free whatever is said of its value."""
    truths = tuple(tuple(needed is known for needed in leaves.values()) for known in (True, False))
    return _Unit(tuple(leaves), truths)


def _comparison_units(comparisons: Mapping[int, Comparison], type_of: Callable[[Name], FactType]) -> list[_Unit]:
    """The comparisons, together where they share facts, each lot with all that it can say."""
    groups: list[tuple[set[Name], list[int]]] = []
    for leaf, comparison in comparisons.items():
        names, leaves = set(_names(comparison)), [leaf]
        for group in [group for group in groups if not group[0].isdisjoint(names)]:
            groups.remove(group)
            names |= group[0]
            leaves = [*group[1], *leaves]
        groups.append((names, leaves))
    return [
        _unit(sorted(names, key=str), {leaf: comparisons[leaf] for leaf in leaves}, type_of) for names, leaves in groups
    ]


def _unit(names: Sequence[Name], comparisons: Mapping[int, Comparison], type_of: Callable[[Name], FactType]) -> _Unit:
    leaves = tuple(comparisons)
    literals = [comparison.literal for comparison in comparisons.values()]
    if len({literal.operator in AGES for literal in literals}) > 1:
        raise _Cannot("clock")
    if not any(isinstance(literal.operand, Fact | Field) for literal in literals):
        fact_type = type_of(names[0])
        assert not isinstance(fact_type, RecordsType)  # nothing but `known` compares records as a whole
        found = outcomes(fact_type, tuple(Test(literal.operator, literal.operand) for literal in literals), _ANY_TIME)
        if found is None:
            raise _Cannot("combinations")
        return _Unit(leaves, found)
    if any(literal.operator in _NOT_BY_VALUE for literal in literals):
        raise _Cannot("comparison")
    candidates = _candidates({name: type_of(name) for name in names}, comparisons.values())
    if math.prod(map(len, candidates.values())) > MOST_COMBINATIONS:
        raise _Cannot("combinations")
    said = set()
    for values in itertools.product(*candidates.values()):
        chosen = dict(zip(candidates, values, strict=True))
        said.add(tuple(_says(comparison, chosen) for comparison in comparisons.values()))
    return _Unit(leaves, tuple(sorted(said)))


def _says(comparison: Comparison, chosen: Mapping[Name, Any]) -> bool:
    left, right = _sides(comparison)
    if isinstance(right, Fact | Field):
        right = chosen[_name(right, comparison)]
    return holds(comparison.literal.operator, chosen[_name(left, comparison)], right, _ANY_TIME)


def _candidates(types: Mapping[Name, FactType], comparisons: Iterable[Comparison]) -> dict[Name, list[Any]]:
    """For facts that are compared with each other, the values that tell apart all that they could be together.

    They share one pool: every value that a comparison names, and enough others, in each gap between, for all facts to
    be different, or the same, or members of any of the sets.
    """
    members = {name: of.member if isinstance(of, SetType) else of for name, of in types.items()}
    scalars = [of for of in members.values() if isinstance(of, ScalarType)]
    sets = sum(isinstance(of, SetType) for of in types.values())
    others = len(scalars) - sets + 2**sets - 1
    operands = [comparison.literal.operand for comparison in comparisons]
    named = {value for operand in operands if not isinstance(operand, Fact | Field) for value in listed(operand)}
    named |= {bound for of in scalars for bound in (of.minimum, of.maximum) if bound is not None}
    found: dict[Name, list[Any]] = {}
    for name, of in types.items():
        pool = _pool(cast("ScalarType", members[name]), scalars, named, others)
        if isinstance(of, SetType):
            if 2 ** len(pool) > MOST_COMBINATIONS:
                raise _Cannot("combinations")
            found[name] = [
                frozenset(some) for size in range(len(pool) + 1) for some in itertools.combinations(pool, size)
            ]
        else:
            found[name] = pool
    return found


def _pool(scalar: ScalarType, together: Sequence[ScalarType], named: set[Any], others: int) -> list[Any]:
    if scalar.kind in ORDERED:
        cuts = set(named)
        if scalar.kind == "number" and any(of.kind == "integer" for of in together):
            cuts.update(spread(ScalarType(kind="integer"), named, others))
        return list(spread(scalar, cuts, others))
    if scalar.kind in {"boolean", "enum"}:
        return fresh(scalar, (), len(scalar.values) or 2)
    return [*sorted(named, key=str), *fresh(scalar, named, others)]


def _sides(comparison: Comparison) -> tuple[Any, Any]:
    return comparison.literal.subject, comparison.literal.operand


def _name(reference: Fact | Field, comparison: Comparison) -> Name:
    return (comparison.fact if isinstance(reference, Field) else None, reference.name)


def _names(comparison: Comparison) -> Iterator[Name]:
    return (_name(side, comparison) for side in _sides(comparison) if isinstance(side, Fact | Field))
