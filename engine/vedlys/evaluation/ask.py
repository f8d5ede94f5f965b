"""What to ask next: of all that is unknown, what could still turn a verdict, the most worthwhile first.

A rule is open while its verdict is unknown, or while it applies on an undecided `unless`. What is left in the residual
of an open rule bears on it, except what leaves the same residual whatever it turns out to be. Two exceptions to that:
where the residual that it leaves is decided, the verdict only waits for it to be known, so it does bear; and where
nothing that can still be asked would bear on the rule, all of it does. Otherwise asking could end before the verdict.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import cast

import msgspec

from vedlys.compiling.dependencies import facts_read
from vedlys.evaluation.bearing import bearing
from vedlys.evaluation.expansion import Comparison, Expansion, Leaf, OverRecords, RuleFormula
from vedlys.evaluation.residual import Atom, Residuals, States, Store, bulk
from vedlys.model.conditions import Fact, Field
from vedlys.model.environment import Environment
from vedlys.model.judgement import RuleJudgement
from vedlys.model.operators import AGES
from vedlys.model.result import Missing
from vedlys.model.rulebook import COSTS, SEVERITIES, FactDeclaration, Rulebook
from vedlys.model.types import RecordsType, ScalarType, SetType
from vedlys.model.values import Record

_OF_A_MOMENT = -1
_LARGEST_STORE = 8192  # formulas, and what is worked out of them
_HEAVIEST_STATES = 64  # of a rule, that are remembered

_LAST = itemgetter(-1)
_COST_RANK = {cost: rank for rank, cost in enumerate(COSTS)}
_SEVERITY_RANK = {severity: rank for rank, severity in enumerate(SEVERITIES)}


class Asked(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something worth finding out: a fact, or a field of one record; `decides` lists the open rules it bears on."""

    fact: str
    record: str | None = None
    field: str | None = None
    decides: tuple[str, ...]


class Bearing(msgspec.Struct, frozen=True, gc=False):
    """What is left in a rule's residual, and what of it bears on the rule; both in authored order."""

    left: tuple[Atom, ...]
    bears: tuple[Atom, ...]
    missing: tuple[Missing, ...]  # what is left, as a result names it
    residual: tuple[int, int]  # the number of a store, and that of the residual in it
    records: tuple[str, ...]  # the facts of whose records something is left

    def to_ask(self, skipped: Collection[Atom] | None, environment: Environment) -> tuple[Atom, ...]:
        """What of it can be asked where something is skipped."""
        return _unskipped(self.bears, skipped, environment) or _unskipped(self.left, skipped, environment)


class Asking:
    """One rule, as questions see it."""

    def __init__(self, rule_id: str, formula: RuleFormula, expansion: Expansion) -> None:
        self.id = rule_id
        self.formula = formula
        self.awaits = frozenset(formula.awaits)
        self.needs_clock = _needs_clock(formula, expansion)
        over = [stands for leaf in formula.leaves if isinstance(stands := expansion.leaves[leaf], OverRecords)]
        # whether what is missing is always met in the same order: not where it hangs on which records are undecided
        inside = [expansion.leaves[field] for stands in over for field in stands.fields]
        self.is_ordered = len({stands.fact for stands in over}) == len(over) and not any(map(_names_facts, inside))
        self.order: dict[tuple[str, str | None], tuple[int, int]] = {}
        for place, leaf in enumerate(formula.leaves):
            for name, at in _named_in(expansion.leaves[leaf], expansion):
                self.order.setdefault(name, (place, at))

    def rank(self, atom: Atom) -> tuple[int, int, int]:
        """Where an atom is met, among those of the rule."""
        leaf, at = self.order[atom.fact, atom.field]
        return leaf, cast("int", atom.record or 0), at


class Questions:
    """All that could be asked for one rulebook. What is worked out once is remembered: make one, and keep it."""

    def __init__(self, book: Rulebook, vocabulary: Mapping[str, FactDeclaration]) -> None:
        self.vocabulary = vocabulary
        of = {name: vocabulary[name] for name in facts_read(book)}
        self.order = {name: (_COST_RANK[fact.cost], fact.order) for name, fact in of.items()}
        self.severities = {rule.id: _SEVERITY_RANK[rule.severity] for rule in book.rules}
        self._expansion = Expansion(book)
        self.rules = {rule.id: Asking(rule.id, self._expansion.rule(rule), self._expansion) for rule in book.rules}
        self.lock = threading.Lock()  # of the store: threads share what is remembered
        self._store = Store()

    def about(self, environment: Environment) -> Standing:
        """The questions about one environment."""
        if self._store.size + len(self._store.formulas) > _LARGEST_STORE:
            self.forget()
        residuals = Residuals(self._expansion, States(self._expansion, environment), self._store)
        return Standing(self, environment, residuals)

    def forget(self) -> None:
        """Start anew, with nothing remembered; who still asks about an environment goes on with what there was."""
        self._store = Store()


class Standing:
    """What is missing and what to ask in one environment."""

    def __init__(self, questions: Questions, environment: Environment, residuals: Residuals) -> None:
        self._rules = questions.rules
        self._severities = questions.severities
        self._order = questions.order
        self._vocabulary = questions.vocabulary
        self._lock = questions.lock
        self._environment = environment
        self._residuals = residuals
        self._states = residuals.states

    def bearing(self, rule: str, open_rules: Mapping[str, Bearing] | None = None) -> Bearing:
        """What is left in the residual of a rule, and what of it bears on it.

        `open_rules` are all rules of earlier sections that are open, with what this gave of them, where that is at
        hand: then it need not be worked out again for those that the rule waits for.
        """
        # nobody waits for a thread that is at what is remembered, perhaps with ten thousand records: a small request
        # would wait with it, and all that its thread serves
        if not self._lock.acquire(blocking=False):
            return self._borne(rule, open_rules, self._alone)
        try:
            return self._borne(rule, open_rules, self._residuals)
        finally:
            self._lock.release()

    @cached_property
    def _alone(self) -> Residuals:
        """The residuals in a store that no other thread knows."""
        return self._residuals.apart(Store())

    def _borne(self, rule: str, open_rules: Mapping[str, Bearing] | None, residuals: Residuals) -> Bearing:
        of = self._rules[rule]
        if of.needs_clock:
            return self._named(self._of_moment(of))
        if open_rules is not None and of.awaits and of.is_ordered:
            return self._named(self._awaiting(of, open_rules, residuals))
        return self._named(self._bearing(of, residuals))

    def missing(self, rule: str) -> tuple[Missing, ...]:
        """The facts left in the residual of a rule, in authored order; none where the facts decide it."""
        return self.bearing(rule).missing

    def ask(
        self,
        open_rules: Sequence[str],
        skipped: Collection[Atom] | None = None,
        bearings: Sequence[Bearing] | None = None,
    ) -> tuple[Asked, ...]:
        """What to ask, the most worthwhile first, given the rules that are open, in the article's order.

        `bearings` are what `bearing` gave of these rules, where that is at hand.

        First what bears on a rule of higher severity, then on more rules, then what costs less to find out, then
        authored order. What the environment skips (a fact, or `fact.field` for a field of all its records) is not
        asked, nor what is `skipped` besides.
        """
        bearings = [self.bearing(rule) for rule in open_rules] if bearings is None else bearings
        environment = self._environment
        skips = bool(environment.skip or skipped)
        decides: dict[Atom, list[str]] = {}
        for name, bears in zip(open_rules, bearings, strict=True):
            atoms = bears.to_ask(skipped, environment) if skips else bears.bears
            for atom in atoms:
                decides.setdefault(atom, []).append(name)
        severity = self._severities.__getitem__
        order, place = self._order, self._places()
        ranked = sorted(
            [
                (
                    min(map(severity, rules)),
                    -len(rules),
                    *order[atom.fact],
                    0 if atom.field is None else place(atom),
                    number,
                    atom,
                )
                for number, (atom, rules) in enumerate(decides.items())
            ]
        )
        return tuple(
            [
                Asked(fact=atom.fact, record=atom.record, field=atom.field, decides=tuple(decides[atom]))
                for atom in map(_LAST, ranked)
            ]
        )

    def _places(self) -> Callable[[Atom], int]:
        """The function that ranks fields of records in the order given and, in a record, as declared."""
        places: dict[str, dict[str, int]] = {}

        def place(atom: Atom) -> int:
            fact = atom.fact
            declared = self._vocabulary[fact].type
            assert isinstance(declared, RecordsType)
            if fact not in places:
                places[fact] = {key: number for number, key in enumerate(self._keys(fact))}
            fields = tuple(declared.fields)
            return places[fact][cast("str", atom.record)] * len(fields) + fields.index(cast("str", atom.field))

        return place

    def _keys(self, fact: str) -> list[str]:
        """The keys of the records of a fact, in the order given."""
        return [record.key for record in cast("tuple[Record, ...]", self._environment.values[fact])]

    def _bearing(self, rule: Asking, residuals: Residuals) -> Bearing:
        """By the states of everything that the rule reads."""
        states = self._states.of(rule.formula.leaves)
        seen = residuals.store.seen
        key = (rule.id, states)
        found = seen.get(key)
        if found is None:
            found = self._work_out(rule, residuals.of(rule.formula.formula), residuals)
            weight = bulk(states)
            if weight <= _HEAVIEST_STATES:
                seen[key] = found
                residuals.store.size += 1 + weight
        return found

    def _awaiting(self, rule: Asking, open_rules: Mapping[str, Bearing], residuals: Residuals) -> Bearing:
        """By what is left of the rules that it waits for."""
        store = residuals.store
        formulas = store.formulas
        key: tuple[object, ...] = (rule.id, self._states.of(rule.formula.own_leaves))
        own = store.made.get(key)
        if own is None:
            own = store.made[key] = residuals.of(rule.formula.own)
            store.size += 1 + bulk(key)
        parts = [own]
        for name, awaited in open_rules.items():
            if name in rule.awaits:
                number, residual = awaited.residual
                if number != store.number:
                    _, residual = self._bearing(self._rules[name], residuals).residual
                parts.append(formulas.not_(residual))
        residual = formulas.all_of(parts)
        key = (rule.id, residual)
        found = store.seen.get(key)
        if found is None:
            found = store.seen[key] = self._work_out(rule, residual, residuals)
            store.size += 1
        return found

    def _of_moment(self, rule: Asking) -> Bearing:
        """In a store of its own, as what is worked out there holds at no other moment."""
        residuals = self._residuals.apart(Store(_OF_A_MOMENT))
        return self._work_out(rule, residuals.of(rule.formula.formula), residuals)

    def _work_out(self, rule: Asking, residual: int, residuals: Residuals) -> Bearing:
        store = residuals.store
        atoms = store.atoms(residual)
        if rule.is_ordered:
            left = tuple(sorted(atoms, key=rule.rank))
        else:
            met = [atom for leaf in rule.formula.leaves for atom in residuals.met(leaf)]
            left = tuple(dict.fromkeys([atom for atom in met if atom in atoms]))
        bears = bearing(residual, store, self._type, self._environment.as_of) if left else frozenset()
        return Bearing(
            left,
            tuple([atom for atom in left if atom in bears]) or left,
            tuple([atom.missing() for atom in left]),
            (store.number, residual),
            tuple(dict.fromkeys([atom.fact for atom in left if atom.record is not None])),
        )

    def _named(self, found: Bearing) -> Bearing:
        """The same, its records called by their keys."""
        if not found.records:
            return found
        keys = {fact: self._keys(fact) for fact in found.records}
        named = {
            atom: Atom(atom.fact, keys[atom.fact][atom.record], atom.field) if isinstance(atom.record, int) else atom
            for atom in found.left
        }
        return Bearing(
            tuple(named.values()),
            tuple([named[atom] for atom in found.bears]),
            tuple([atom.missing() for atom in named.values()]),
            found.residual,
            found.records,
        )

    def _type(self, atom: Atom) -> ScalarType | SetType | None:
        """The type of what is asked; None for records as a whole."""
        declared = self._vocabulary[atom.fact].type
        if isinstance(declared, RecordsType):
            return None if atom.field is None else declared.fields[atom.field]
        return declared


def ask(
    judged: Iterable[RuleJudgement],
    book: Rulebook,
    vocabulary: Mapping[str, FactDeclaration],
    environment: Environment,
) -> tuple[Asked, ...]:
    """What to ask next, given all judgements of the rulebook; see `Standing.ask`."""
    return Questions(book, vocabulary).about(environment).ask([one.rule.id for one in judged if one.is_open])


def _unskipped(atoms: Iterable[Atom], skipped: Collection[Atom] | None, environment: Environment) -> tuple[Atom, ...]:
    skip = environment.skip
    return tuple(
        atom
        for atom in atoms
        if atom.fact not in skip
        and (atom.field is None or f"{atom.fact}.{atom.field}" not in skip)
        and (not skipped or atom not in skipped)
    )


def _needs_clock(rule: RuleFormula, expansion: Expansion) -> bool:
    """Whether what bears on the rule may hang on `as_of` besides the states: a moment tested by age and otherwise."""
    tested: dict[object, set[bool]] = {}
    for leaf in rule.leaves:
        stands = expansion.leaves[leaf]
        inside = stands.fields if isinstance(stands, OverRecords) else ()
        for comparison in map(expansion.leaves.__getitem__, (leaf, *inside)):
            if isinstance(comparison, Comparison):
                literal = comparison.literal
                aged = literal.operator in AGES
                for side in (literal.subject, literal.operand):
                    if isinstance(side, Fact | Field):
                        tested.setdefault((comparison.fact, side), set()).add(aged)
    return any(len(kinds) > 1 for kinds in tested.values())


def _named_in(leaf: Leaf, expansion: Expansion) -> Iterator[tuple[tuple[str, str | None], int]]:
    """What a leaf may wait for, a fact or a field of its records, in authored order; with the place in that order."""
    if isinstance(leaf, OverRecords):
        yield (leaf.fact, None), 0
        for number, field in enumerate(leaf.fields, 1):
            for name, at in _named_in(expansion.leaves[field], expansion):
                yield name, 2 * number + at
    elif isinstance(leaf, Comparison) and leaf.literal.operator != "known":
        for at, side in enumerate((leaf.literal.subject, leaf.literal.operand)):
            if isinstance(side, Fact):
                yield (side.name, None), at
            elif isinstance(side, Field):
                yield (cast("str", leaf.fact), side.name), at


def _names_facts(leaf: Leaf) -> bool:
    """Whether a comparison of a record's field is one with a fact."""
    return isinstance(leaf, Comparison) and any(
        isinstance(side, Fact) for side in (leaf.literal.subject, leaf.literal.operand)
    )
