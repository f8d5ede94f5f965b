"""What to ask next: of all that is unknown, what could still turn a verdict, the most worthwhile first.

A rule is open while its verdict is unknown, or while it applies on an undecided `unless`. What is left in the residual
of an open rule bears on it, except what leaves the same residual whatever it turns out to be. Two exceptions to that:
where the residual that it leaves is decided, the verdict only waits for it to be known, so it does bear; and where
nothing that can still be asked would bear on the rule, all of it does. Otherwise asking could end before the verdict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from vedlys.evaluation.bearing import bearing
from vedlys.evaluation.expansion import Comparison, Expansion, OverRecords, RuleFormula
from vedlys.evaluation.residual import Atom, Residuals, States
from vedlys.model.conditions import Fact, Field
from vedlys.model.environment import Environment
from vedlys.model.judgement import RuleJudgement
from vedlys.model.operators import AGES
from vedlys.model.result import Missing
from vedlys.model.rulebook import COSTS, SEVERITIES, FactDeclaration, Rulebook
from vedlys.model.types import RecordsType, ScalarType, SetType
from vedlys.model.values import Record

_MOST_REMEMBERED = 1024  # states of one rule
_MOST_RECORDS = 32  # of which the states are remembered

_COST_RANK = {cost: rank for rank, cost in enumerate(COSTS)}
_SEVERITY_RANK = {severity: rank for rank, severity in enumerate(SEVERITIES)}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Something worth finding out: a fact, or a field of one record; `decides` lists the open rules it bears on."""

    fact: str
    record: str | None = None
    field: str | None = None
    decides: tuple[str, ...]


class Bearing(msgspec.Struct, frozen=True):
    """What is left in a rule's residual, and what of it bears on the rule; both in authored order."""

    left: tuple[Atom, ...]
    bears: tuple[Atom, ...]
    missing: tuple[Missing, ...]  # what is left, as a result names it

    def of_records(self, others: Mapping[tuple[str, str], tuple[str, str]]) -> Bearing:
        """The same of other records that stand as these do."""

        def of(atom: Atom) -> Atom:
            if atom.record is None:
                return atom
            return Atom(atom.fact, others[atom.fact, atom.record][1], atom.field)

        return _bearing_of(tuple(map(of, self.left)), tuple(map(of, self.bears)))

    def to_ask(self, skipped: Collection[Atom] | None, environment: Environment) -> tuple[Atom, ...]:
        """What of it can be asked."""
        if not environment.skip and not skipped:
            return self.bears
        return _unskipped(self.bears, skipped, environment) or _unskipped(self.left, skipped, environment)


_Records = dict[tuple[str, str], int]  # a fact and the key of one of its records, numbered


def _bearing_of(left: tuple[Atom, ...], bears: tuple[Atom, ...]) -> Bearing:
    return Bearing(left, bears, tuple([atom.missing() for atom in left]))


class _Rule:
    """One rule, with what it bore on under the states it was seen in."""

    def __init__(self, rule_id: str, severity: int, formula: RuleFormula, expansion: Expansion) -> None:
        self.id = rule_id
        self.severity = severity
        self.formula = formula
        self.needs_clock = _needs_clock(formula, expansion)
        # where in the states those of `some` and `every` stand, and over which fact
        self.over_records = tuple(
            (place, stands.fact)
            for place, stands in enumerate(map(expansion.leaves.__getitem__, formula.leaves))
            if isinstance(stands, OverRecords)
        )
        self.seen: dict[tuple[object, ...], tuple[Bearing, _Records]] = {}


class Questions:
    """All that could be asked for one rulebook. What is worked out once is remembered: make one, and keep it."""

    def __init__(self, book: Rulebook, vocabulary: Mapping[str, FactDeclaration]) -> None:
        self._vocabulary = vocabulary
        self._expansion = Expansion(book)
        self._rules = {
            rule.id: _Rule(rule.id, _SEVERITY_RANK[rule.severity], self._expansion.rule(rule), self._expansion)
            for rule in book.rules
        }

    def about(self, environment: Environment) -> Standing:
        """The questions about one environment."""
        return Standing(self._rules, self._vocabulary, self._expansion, environment)


class Standing:
    """What is missing and what to ask in one environment."""

    def __init__(
        self,
        rules: Mapping[str, _Rule],
        vocabulary: Mapping[str, FactDeclaration],
        expansion: Expansion,
        environment: Environment,
    ) -> None:
        self._rules = rules
        self._vocabulary = vocabulary
        self._expansion = expansion
        self._environment = environment
        self._states = States(expansion, environment)
        self._residuals: Residuals | None = None
        self._places_found: dict[str, dict[tuple[str | None, str | None], int]] = {}

    def bearing(self, rule: str) -> Bearing:
        """What is left in the residual of a rule, and what of it bears on it."""
        return self._bearing(self._rules[rule])

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
        rules = [self._rules[name] for name in open_rules]
        bearings = [self._bearing(rule) for rule in rules] if bearings is None else bearings
        return self._ranked(rules, bearings, skipped)

    def _ranked(
        self, rules: Sequence[_Rule], bearings: Sequence[Bearing], skipped: Collection[Atom] | None
    ) -> tuple[Asked, ...]:
        decides: dict[Atom, list[_Rule]] = {}
        for rule, bears in zip(rules, bearings, strict=True):
            for atom in bears.to_ask(skipped, self._environment):
                decides.setdefault(atom, []).append(rule)
        return tuple(
            Asked(
                fact=atom.fact,
                record=atom.record,
                field=atom.field,
                decides=tuple(rule.id for rule in decides[atom]),
            )
            for atom in sorted(decides, key=lambda atom: self._rank(atom, decides[atom]))
        )

    def _rank(self, atom: Atom, rules: Sequence[_Rule]) -> tuple[int, ...]:
        declared = self._vocabulary[atom.fact]
        place = self._places(atom.fact)[atom.record, atom.field] if atom.field is not None else 0
        return (min([rule.severity for rule in rules]), -len(rules), _COST_RANK[declared.cost], declared.order, place)

    def _places(self, fact: str) -> Mapping[tuple[str | None, str | None], int]:
        """The place of each field of each record of a fact, in the order given and, in a record, as declared."""
        if fact not in self._places_found:
            declared, records = self._vocabulary[fact].type, self._environment.values[fact]
            assert isinstance(declared, RecordsType)
            assert isinstance(records, tuple)  # it holds the record of the field that is asked for
            keys = [record.key for record in records if isinstance(record, Record)]
            self._places_found[fact] = {
                at: place for place, at in enumerate((key, field) for key in keys for field in declared.fields)
            }
        return self._places_found[fact]

    def _bearing(self, rule: _Rule) -> Bearing:
        states: tuple[object, ...] = self._states.of(rule.formula)
        records: _Records = {}
        if rule.over_records:
            states = _without_keys(rule, states, records)
        if rule.needs_clock:
            states = (*states, self._environment.as_of)
        seen = rule.seen.get(states)
        if seen is None:
            found = self._work_out(rule.formula)
            if len(records) <= _MOST_RECORDS and all(map(_is_small, states)):
                if len(rule.seen) >= _MOST_REMEMBERED:
                    rule.seen.clear()
                rule.seen[states] = (found, records)
            return found
        found, before = seen
        if before == records:
            return found
        return found.of_records(dict(zip(before, records, strict=True)))

    def _work_out(self, rule: RuleFormula) -> Bearing:
        if self._residuals is None:
            self._residuals = Residuals(self._expansion, self._states)
        left = self._residuals.atoms(rule)
        if not left:
            return Bearing((), (), ())
        bears = bearing(self._residuals.of(rule), self._residuals, self._type, self._environment.as_of)
        return _bearing_of(left, tuple(atom for atom in left if atom in bears) or left)

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


def _without_keys(rule: _Rule, states: tuple[object, ...], records: _Records) -> tuple[object, ...]:
    """The states with the keys of records numbered: what bears on a rule does not hang on what records are called."""
    numbered = list(states)
    for place, fact in rule.over_records:
        undecided = states[place]
        if isinstance(undecided, tuple):
            numbered[place] = tuple(
                [(records.setdefault((fact, key), len(records)), fields) for key, fields in undecided]
            )
    return tuple(numbered)


def _is_small(state: object) -> bool:
    """Whether a state is worth remembering: callers' texts and sets are seldom the same, and may be long."""
    if isinstance(state, tuple):
        return all(map(_is_small, state))
    return not isinstance(state, str | frozenset)


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
