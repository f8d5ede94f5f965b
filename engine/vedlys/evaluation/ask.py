"""What to ask next: of all that is unknown, what could still turn a verdict, the most worthwhile first.

A rule is open while its verdict is unknown, or while it applies on an undecided `unless`. What is left in the residual
of an open rule bears on it, except what leaves the same residual whatever it turns out to be. Two exceptions to that:
where the residual that it leaves is decided, the verdict only waits for it to be known, so it does bear; and where
nothing that can still be asked would bear on the rule, all of it does. Otherwise asking could end before the verdict.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import cast

import msgspec

from vedlys.bounded import Bounded
from vedlys.compiling.dependencies import facts_read
from vedlys.evaluation.bearing import bearing
from vedlys.evaluation.distinctions import Distinctions
from vedlys.evaluation.expansion import Comparison, Expansion, Leaf, OverRecords, RuleFormula, bulk
from vedlys.evaluation.lanes import Lanes
from vedlys.evaluation.residual import Atom, Residuals, States, Store
from vedlys.model.conditions import Fact, Field
from vedlys.model.environment import Environment
from vedlys.model.judgement import RuleJudgement
from vedlys.model.operators import AGES
from vedlys.model.result import Missing
from vedlys.model.rulebook import COSTS, SEVERITIES, FactDeclaration, Rulebook
from vedlys.model.types import RecordsType, ScalarType, SetType
from vedlys.model.values import Record

_OF_A_MOMENT = -1
_MOST_ASKED = 4096
_LARGEST_STORE = 8192  # formulas, and what is worked out of them
_HEAVIEST_STATES = 64  # of a rule, that are remembered

_RANK, _ASKED = attrgetter("rank"), attrgetter("asked")
_RECORDS, _LANES = attrgetter("records"), attrgetter("lanes")
_COST_RANK = {cost: rank for rank, cost in enumerate(COSTS)}
_SEVERITY_RANK = {severity: rank for rank, severity in enumerate(SEVERITIES)}


class Asked(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True, gc=False):
    """Something worth finding out: a fact, or a field of one record; `decides` lists the open rules it bears on."""

    fact: str
    record: str | None = None
    field: str | None = None
    decides: tuple[str, ...]


class _Ranked(msgspec.Struct, frozen=True, gc=False):
    """Something worth finding out, and its rank among all that could be; the fields of one fact's records share one."""

    rank: int
    asked: Asked


class Bearing(msgspec.Struct, frozen=True, gc=False):
    """What is left in a rule's residual, and what of it bears on the rule; both in authored order."""

    left: tuple[Atom, ...]
    bears: tuple[Atom, ...]
    missing: tuple[Missing, ...]  # what is left, as a result names it
    residual: tuple[int, int]  # the number of a store, and that of the residual in it
    records: tuple[str, ...]  # the facts of whose records something is left
    lanes: int  # the facts that bear, see `Lanes`

    def to_ask(self, skipped: Collection[Atom] | None, environment: Environment) -> tuple[Atom, ...]:
        """What of it can be asked."""
        if not (environment.skip or skipped):
            return self.bears
        return _unskipped(self.bears, skipped, environment) or _unskipped(self.left, skipped, environment)

    def fields(self) -> list[Atom]:
        """What of it are fields of records."""
        return [atom for atom in self.bears if atom.record is not None]


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
        places = {name: (_COST_RANK[fact.cost], fact.order) for name, fact in of.items()}
        order = {place: number for number, place in enumerate(sorted(set(places.values())))}
        self._order = {name: order[place] for name, place in places.items()}
        self._severities = [_SEVERITY_RANK[rule.severity] for rule in book.rules]
        self.lanes = Lanes(self._order, [rule.id for rule in book.rules])
        # by the fact that is asked for, and the rules that it bears on
        self._asked: Bounded[tuple[Atom, int], _Ranked] = Bounded(_MOST_ASKED)
        self._expansion = Expansion(book)
        self.rules = {rule.id: Asking(rule.id, self._expansion.rule(rule), self._expansion) for rule in book.rules}
        self.lock = threading.Lock()  # of the store: threads share what is remembered
        self._store = Store()

    @cached_property
    def distinctions(self) -> Distinctions:
        """What tells environments apart in what is left of the rules."""
        return Distinctions(self._expansion, {name: rule.formula for name, rule in self.rules.items()})

    def about(self, environment: Environment) -> Standing:
        """The questions about one environment."""
        if self._store.size + len(self._store.formulas) > _LARGEST_STORE:
            self.forget()
        residuals = Residuals(self._expansion, States(self._expansion, environment), self._store)
        return Standing(self, environment, residuals)

    def ask(
        self,
        environment: Environment,
        open_rules: Sequence[str],
        bearings: Sequence[Bearing],
        skipped: Collection[Atom] | None = None,
    ) -> list[Asked]:
        """What to ask, the most worthwhile first, given the open rules and what `Standing.bearing` says of each.

        First what bears on a rule of higher severity, then on more rules, then what costs less to find out, then
        authored order. What the environment skips (a fact, or `fact.field` for a field of all its records) is not
        asked, nor what is `skipped` besides.
        """
        decides: list[tuple[Atom, int]] = []
        if environment.skip or skipped:
            atoms = [bears.to_ask(skipped, environment) for bears in bearings]
            decides = self._as_posted(zip(open_rules, atoms, strict=True), environment)
        else:
            decides = list(self.lanes.apart(sum(map(_LANES, bearings))))
            if any(map(_RECORDS, bearings)):
                of_records = [one for one in zip(open_rules, bearings, strict=True) if one[1].records]
                decides += self._as_posted([(name, bears.fields()) for name, bears in of_records], environment)
        known = self._asked
        found = [known.get(one) or self._make(*one) for one in decides]
        found.sort(key=_RANK)
        return list(map(_ASKED, found))

    def _make(self, atom: Atom, rules: int) -> _Ranked:
        if atom.record is not None:
            # callers say how many records there are, and what they are called: nothing of that is kept
            whole = (Atom(atom.fact), rules)
            of_fact = self._asked.get(whole) or self._make(*whole)
            decides = of_fact.asked.decides
            asked = Asked(fact=atom.fact, record=cast("str", atom.record), field=atom.field, decides=decides)
            return _Ranked(of_fact.rank, asked)
        severities = [severity for place, severity in enumerate(self._severities) if rules >> place & 1]
        count = len(self._severities)
        rank = (min(severities) * count + count - len(severities)) * len(self._order) + self._order[atom.fact]
        decides = tuple([name for name, bit in self.lanes.bits.items() if rules & bit])
        made = _Ranked(rank, Asked(fact=atom.fact, decides=decides))
        self._asked.keep((atom, rules), made)
        return made

    def _as_posted(
        self, of_rules: Iterable[tuple[str, Iterable[Atom]]], environment: Environment
    ) -> list[tuple[Atom, int]]:
        """What is to be asked of each rule, as what bears on which rules.

        Fields of records stand in the order given and, of a record, as declared.
        """
        decides: dict[Atom, int] = {}
        before, bits = decides.get, self.lanes.bits
        for name, atoms in of_rules:
            bit = bits[name]
            for atom in atoms:
                decides[atom] = before(atom, 0) | bit
        places: dict[str, dict[str, int]] = {}
        fields: dict[str, tuple[str, ...]] = {}

        def place(item: tuple[Atom, int]) -> tuple[int, int]:
            atom = item[0]
            if atom.field is None:
                return (0, 0)
            if atom.fact not in places:
                declared = self.vocabulary[atom.fact].type
                assert isinstance(declared, RecordsType)
                fields[atom.fact] = tuple(declared.fields)
                places[atom.fact] = {key: number for number, key in enumerate(keys_of(atom.fact, environment))}
            return places[atom.fact][cast("str", atom.record)], fields[atom.fact].index(atom.field)

        return sorted(decides.items(), key=place)

    def forget(self) -> None:
        """Start anew, with nothing remembered; who still asks about an environment goes on with what there was."""
        self._store = Store()


class Standing:
    """What is missing and what to ask in one environment."""

    def __init__(self, questions: Questions, environment: Environment, residuals: Residuals) -> None:
        self._questions = questions
        self._rules = questions.rules
        self._vocabulary = questions.vocabulary
        self._lock = questions.lock
        self._environment = environment
        self._residuals = residuals
        self._states = residuals.states

    def bearing(self, rule: str, open_rules: Mapping[str, Bearing] | None = None, *, is_new: bool = False) -> Bearing:
        """What is left in the residual of a rule, and what of it bears on it.

        `open_rules` are all rules of earlier sections that are open, with what this gave of them, where that is at
        hand: then it need not be worked out again for those that the rule waits for. Who knows that nothing is
        remembered by how the rule's comparisons stand says so (`is_new`), and remembers it by that.
        """
        # nobody waits for a thread that is at what is remembered, perhaps with ten thousand records: a small request
        # would wait with it, and all that its thread serves
        if not self._lock.acquire(blocking=False):
            return self._borne(rule, open_rules, self._alone, is_new=is_new)
        try:
            return self._borne(rule, open_rules, self._residuals, is_new=is_new)
        finally:
            self._lock.release()

    @cached_property
    def _alone(self) -> Residuals:
        """The residuals in a store that no other thread knows."""
        return self._residuals.apart(Store())

    def _borne(
        self, rule: str, open_rules: Mapping[str, Bearing] | None, residuals: Residuals, *, is_new: bool
    ) -> Bearing:
        of = self._rules[rule]
        if of.needs_clock:
            return self._named(self._of_moment(of))
        if open_rules is not None and of.awaits and of.is_ordered:
            return self._named(self._awaiting(of, open_rules, residuals))
        if is_new:
            return self._named(self._left_of(of, residuals.of(of.formula.formula), residuals))
        return self._named(self._bearing(of, residuals))

    def missing(self, rule: str) -> tuple[Missing, ...]:
        """The facts left in the residual of a rule, in authored order; none where the facts decide it."""
        return self.bearing(rule).missing

    def ask(self, open_rules: Sequence[str], skipped: Collection[Atom] | None = None) -> tuple[Asked, ...]:
        """What `Questions.ask` says, given the rules that are open."""
        bearings = [self.bearing(rule) for rule in open_rules]
        return tuple(self._questions.ask(self._environment, open_rules, bearings, skipped))

    def _bearing(self, rule: Asking, residuals: Residuals) -> Bearing:
        """By the states of everything that the rule reads."""
        states = self._states.of(rule.formula.leaves)
        seen = residuals.store.seen
        key = (rule.id, states)
        found = seen.get(key)
        if found is None:
            found = self._left_of(rule, residuals.of(rule.formula.formula), residuals)
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
        for name in rule.formula.chained:
            if name not in open_rules:
                _, residual = self._bearing(self._rules[name], residuals).residual
                parts.append(formulas.not_(residual))
        return self._left_of(rule, formulas.all_of(parts), residuals)

    def _of_moment(self, rule: Asking) -> Bearing:
        """In a store of its own, as what is worked out there holds at no other moment."""
        residuals = self._residuals.apart(Store(_OF_A_MOMENT))
        return self._work_out(rule, residuals.of(rule.formula.formula), residuals)

    def _left_of(self, rule: Asking, residual: int, residuals: Residuals) -> Bearing:
        """By the residual, where that alone tells in which order its atoms are met."""
        if not rule.is_ordered:
            return self._work_out(rule, residual, residuals)
        seen = residuals.store.seen
        key = (rule.id, residual)
        found = seen.get(key)
        if found is None:
            found = seen[key] = self._work_out(rule, residual, residuals)
            residuals.store.size += 1
        return found

    def _work_out(self, rule: Asking, residual: int, residuals: Residuals) -> Bearing:
        store = residuals.store
        atoms = store.atoms(residual)
        if rule.is_ordered:
            left = tuple(sorted(atoms, key=rule.rank))
        else:
            met = [atom for leaf in rule.formula.leaves for atom in residuals.met(leaf)]
            left = tuple(dict.fromkeys([atom for atom in met if atom in atoms]))
        bears = bearing(residual, store, self._type, self._environment.as_of) if left else frozenset()
        to_ask = tuple([atom for atom in left if atom in bears]) or left
        records = tuple(dict.fromkeys([atom.fact for atom in left if atom.record is not None]))
        return Bearing(
            left,
            to_ask,
            () if records else tuple([atom.missing() for atom in left]),  # see `_named`
            (store.number, residual),
            records,
            self._questions.lanes.of(rule.id, [atom.fact for atom in to_ask if atom.record is None]),
        )

    def _named(self, found: Bearing) -> Bearing:
        """The same, its records called by their keys."""
        if not found.records:
            return found
        keys = {fact: keys_of(fact, self._environment) for fact in found.records}
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
            found.lanes,
        )

    def _type(self, atom: Atom) -> ScalarType | SetType | None:
        """The type of what is asked; None for records as a whole."""
        declared = self._vocabulary[atom.fact].type
        if isinstance(declared, RecordsType):
            return None if atom.field is None else declared.fields[atom.field]
        return declared


def keys_of(fact: str, environment: Environment) -> list[str]:
    """The keys of the records of a fact, in the order given."""
    return [record.key for record in cast("tuple[Record, ...]", environment.values[fact])]


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
