"""A rulebook's rules as formulas over comparisons: what can be said of them before any environment is known.

The formula of a rule is `all: [given, when, not unless]`, its section's gates joined in. Derived facts stand there as
their conditions, and `resolved` as the formulas of the rules that it waits for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeGuard, assert_never, cast

import msgspec

from vedlys.bounded import Bounded
from vedlys.evaluation.formulas import FALSE, TRUE, Formulas
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
    sections_of,
)
from vedlys.model.operators import AGES, OPERATORS, holds
from vedlys.model.rulebook import Rule, Rulebook
from vedlys.model.values import Record, Value

# How a leaf stands: True and False where it is decided, None where nothing of it is known; of a comparison of two facts
# of which one is known, both values, None for the other; of records of which some are undecided, for each of those its
# place and the states of its comparisons.
State = Any

_MOST_SEEN = 2048  # records of one `some` or `every` that are remembered …
_HEAVIEST_SEEN = 16  # … and how heavy each may be
_NO_MOMENT = dt.datetime.min.replace(tzinfo=dt.UTC)  # where no age is measured


class Comparison(msgspec.Struct, frozen=True):
    """A leaf: a literal on a fact, or on a field of the records of `fact`. No derived fact is in it."""

    literal: Literal
    fact: str | None = None

    @property
    def in_record(self) -> bool:
        """Whether it is made once for each record."""
        return self.fact is not None


class Direct(msgspec.Struct, frozen=True):
    """How a comparison of one fact or field with a value is decided, without a look at what else it could have been."""

    name: str
    holds: Callable[[Any, Any], bool]
    operand: Any


class Knowing(msgspec.Struct, frozen=True):
    """A leaf: whether a derived fact or an `unless`, here its formula, is known."""

    formula: int
    needed: bool


class OverRecords(msgspec.Struct, frozen=True):
    """A leaf: `some` or `every` over the records of a fact; `fields` are the comparisons in its body, as authored."""

    quantifier: str
    fact: str
    body: int
    fields: tuple[int, ...]


Leaf = Comparison | Knowing | OverRecords


class Body:
    """The body of a `some` or `every` that hangs on nothing but the record.

    How records stand in it is remembered: they are seldom all different in what is asked of them.
    """

    def __init__(self, over: OverRecords, formulas: Formulas, comparisons: Mapping[int, Comparison]) -> None:
        self._formula = over.body
        self._truth = formulas.truth
        self._comparisons = {leaf: comparison.literal for leaf, comparison in comparisons.items()}
        sides = [side for literal in self._comparisons.values() for side in (literal.subject, literal.operand)]
        self._names = tuple(dict.fromkeys([side.name for side in sides if isinstance(side, Field)]))
        self._seen: Bounded[tuple[Any, ...], tuple[tuple[State, ...], Truth]] = Bounded(_MOST_SEEN)

    def stands(self, record: Record) -> tuple[tuple[State, ...], Truth]:
        """The states of its comparisons, as authored, and its truth."""
        fields = record.fields
        key = tuple(map(fields.get, self._names))
        found = self._seen.get(key)
        if found is None:
            states = {leaf: _state(literal, fields) for leaf, literal in self._comparisons.items()}
            truth = self._truth(self._formula, lambda leaf: truth_of(states[leaf]))
            found = tuple(states.values()), truth
            if bulk(key) < _HEAVIEST_SEEN:
                self._seen.keep(key, found)
        return found


def _state(literal: Literal, fields: Mapping[str, Value]) -> State:
    other = literal.operand
    left = fields.get(literal.subject.name)
    return state_of(literal, left, fields.get(other.name) if isinstance(other, Field) else other, _NO_MOMENT)


def state_of(literal: Literal, left: Value | None, right: Any, as_of: dt.datetime) -> State:
    """How a comparison stands, given the values of its sides; a value that the condition names is its own."""
    if literal.operator == "known":
        return (left is not None) is literal.operand
    if left is None or right is None:
        return None if left is right or not isinstance(literal.operand, Fact | Field) else (left, right)
    return holds(literal.operator, left, right, as_of)


def truth_of(state: State) -> Truth:
    """The truth of a comparison that stands so."""
    return state if isinstance(state, bool) else None


class RuleFormula(msgspec.Struct, frozen=True):
    """One rule's formula and the leaves that it comes to, in authored order: `given`, `when`, `unless`.

    `enabled` is the formula of its gates alone, `when` that of its condition alone, and `awaited` that of the rule as
    `resolved` sees it. The formula is `all` of `own` and of what is left when the rules that it `awaits` are settled.
    Of these the `chained` hang on `resolved` themselves: the formula of such a rule may be undecided though its verdict
    is not, as that counts no unknown `unless` of the rules before it.
    """

    formula: int
    leaves: tuple[int, ...]
    enabled: int
    when: int
    awaited: int
    own: int
    own_leaves: tuple[int, ...]
    awaits: tuple[str, ...]
    chained: tuple[str, ...]


class Expansion:
    """The formulas of one rulebook, made as they are asked for.

    An unknown `unless` is ignored, so that a rule may apply although its formula is not TRUE. Those who ask what could
    be under facts that nobody has supplied yet want `unless_may_be_unknown`: then `resolved` waits for rules whose
    `unless` counts only where it is known, which it may or may not be whatever else is.
    """

    def __init__(self, book: Rulebook, *, unless_may_be_unknown: bool = False) -> None:
        self.formulas = Formulas()
        self.leaves: dict[int, Leaf] = {}  # by their formula
        self.direct: dict[int, Direct] = {}  # of the leaves that are that simple: most are
        self.bodies: dict[int, Body] = {}  # of the leaves whose bodies hang on nothing but the record
        self._book = book
        self._unless_may_be_unknown = unless_may_be_unknown
        self._derived: dict[str, tuple[int, tuple[int, ...]]] = {}
        self._rules: dict[str, RuleFormula] = {}

    def rule(self, rule: Rule) -> RuleFormula:
        """The rule's formula."""
        if rule.id not in self._rules:
            given, unless = self._book.gates(rule)
            found: dict[int, None] = {}
            required = TRUE if given is None else self._condition(given, found)
            when = self._condition(rule.when, found)
            excused = FALSE if unless is None else self._condition(unless, found)
            assumed = self.formulas.not_(excused)
            formula = self.formulas.all_of((required, when, assumed))
            awaited = formula
            if self._unless_may_be_unknown and excused > TRUE:
                ignored = self.formulas.not_(self._leaf(Knowing(excused, needed=True), found))
                awaited = self.formulas.all_of((required, when, self.formulas.any_of((assumed, ignored))))
            enabled = self.formulas.all_of((required, assumed))
            own, inside = formula, found
            awaits, rest = self._awaited(rule.when)
            if awaits:
                inside = {}
                besides = [self._condition(part, inside) for part in rest]
                for gate in (given, unless):
                    if gate is not None:
                        self._condition(gate, inside)
                own = self.formulas.all_of((enabled, *besides))
            self._rules[rule.id] = RuleFormula(
                formula=formula,
                leaves=tuple(found),
                enabled=enabled,
                when=when,
                awaited=awaited,
                own=own,
                own_leaves=tuple(inside),
                awaits=tuple(awaits),
                chained=tuple([other.id for other in awaits.values() if self._hangs_on_others(other)]),
            )
        return self._rules[rule.id]

    def _hangs_on_others(self, rule: Rule) -> bool:
        conditions = [one for one in (rule.when, *self._book.gates(rule)) if one is not None]
        return any(True for one in conditions for _ in sections_of(one))

    def _awaited(self, when: Condition) -> tuple[dict[str, Rule], list[Condition]]:
        """The rules that have to be settled for a condition to hold, and its parts besides."""
        sections: list[str] = []
        rest: list[Condition] = []
        parts = [when]
        for part in parts:  # it grows
            match part:
                case Resolved():
                    sections += part.sections
                case AllOf():
                    parts += part.parts
                case _:
                    rest.append(part)
        return {rule.id: rule for section in sections for rule in self._rules_of(section)}, rest

    def condition(self, condition: Condition) -> int:
        """The formula of a condition that stands outside `some` and `every`."""
        return self._condition(condition, {})

    def _condition(self, condition: Condition, found: dict[int, None], fact: str | None = None) -> int:
        """The formula of a condition; `found` collects its leaves, `fact` is set inside `some` and `every`."""
        formulas = self.formulas
        match condition:
            case Literal():
                return self._literal(condition, found, fact)
            case AllOf(parts=parts):
                return formulas.all_of([self._condition(part, found, fact) for part in parts])
            case AnyOf(parts=parts):
                return formulas.any_of([self._condition(part, found, fact) for part in parts])
            case Not(part=part):
                return formulas.not_(self._condition(part, found, fact))
            case Quantified():
                return self._quantified(condition, found)
            case Resolved(sections=sections):
                return formulas.all_of(
                    [self._settled(rule, found) for name in sections for rule in self._rules_of(name)]
                )
            case Always():
                return TRUE
            case _:
                assert_never(condition)

    def _rules_of(self, section: str) -> list[Rule]:
        return [rule for rule in self._book.section(section).rules if rule.severity != "info"]

    def _settled(self, rule: Rule, found: dict[int, None]) -> int:
        awaited = self.rule(rule)
        found.update(dict.fromkeys(awaited.leaves))
        return self.formulas.not_(awaited.awaited)

    def _literal(self, literal: Literal, found: dict[int, None], fact: str | None) -> int:
        if self._is_derived(literal.operand):
            return self._against_derived(literal, literal.operand, found, fact)
        if not self._is_derived(literal.subject):
            in_record = isinstance(literal.subject, Field) or isinstance(literal.operand, Field)
            return self._leaf(Comparison(literal, fact if in_record else None), found)
        concluded = self._conclusion(literal.subject.name, found)
        if literal.operator == "known":
            return self._leaf(Knowing(concluded, bool(literal.operand)), found)
        if isinstance(literal.operand, Fact | Field):
            turned = msgspec.structs.replace(literal, subject=literal.operand, operand=literal.subject)
            return self._literal(turned, found, fact)  # `is` is all that a boolean takes, and it may be turned round
        return concluded if literal.operand else self.formulas.not_(concluded)

    def _against_derived(self, literal: Literal, operand: Reference, found: dict[int, None], fact: str | None) -> int:
        """A literal whose operand is a derived fact: either way round of it, and UNKNOWN while it is unknown."""
        if_true, if_false = (
            self._literal(msgspec.structs.replace(literal, operand=truth), found, fact) for truth in (True, False)
        )
        concluded = self._conclusion(operand.name, found)
        formulas = self.formulas
        other = formulas.not_(concluded)
        chosen = formulas.any_of((formulas.all_of((concluded, if_true)), formulas.all_of((other, if_false))))
        # where the literal is the same both ways, that would say so though the operand is unknown
        undecided = formulas.all_of((concluded, other))
        return formulas.all_of((formulas.any_of((chosen, undecided)), formulas.any_of((concluded, other))))

    def _quantified(self, condition: Quantified, found: dict[int, None]) -> int:
        inside: dict[int, None] = {}
        body = self._condition(condition.part, inside, condition.fact)
        fields = tuple(leaf for leaf in inside if _is_in_record(self.leaves[leaf]))
        over = OverRecords(condition.quantifier, condition.fact, body, fields)
        formula = self._leaf(over, found)
        comparisons = {leaf: self.leaves[leaf] for leaf in inside}
        if formula not in self.bodies and all(map(_hangs_on_record, comparisons.values())):
            self.bodies[formula] = Body(over, self.formulas, cast("dict[int, Comparison]", comparisons))
        found.update(dict.fromkeys(leaf for leaf in inside if leaf not in fields))
        return formula

    def _conclusion(self, name: str, found: dict[int, None]) -> int:
        if name not in self._derived:
            inside: dict[int, None] = {}
            formula = self._condition(self._book.derived[name].condition, inside)
            self._derived[name] = (formula, tuple(inside))
        formula, leaves = self._derived[name]
        found.update(dict.fromkeys(leaves))
        return formula

    def _leaf(self, leaf: Leaf, found: dict[int, None]) -> int:
        formula = self.formulas.leaf(_key(leaf))
        if formula not in self.leaves:
            self.leaves[formula] = leaf
            direct = _direct(leaf)
            if direct is not None:
                self.direct[formula] = direct
        found[formula] = None
        return formula

    def _is_derived(self, reference: object) -> TypeGuard[Fact]:
        return isinstance(reference, Fact) and reference.name in self._book.derived


_SEVERAL = (tuple, frozenset)
_LONG = (str, *_SEVERAL)


def bulk(side: object) -> int:
    """How many formulas what came from a caller weighs as much as."""
    if isinstance(side, str):
        return len(side) // 256
    if isinstance(side, _SEVERAL):
        return (len(side) + sum([bulk(one) for one in side if isinstance(one, _LONG)])) // 2
    return 0


def _direct(leaf: Leaf) -> Direct | None:
    if not isinstance(leaf, Comparison) or isinstance(leaf.literal.operand, Fact | Field):
        return None
    holds = OPERATORS[leaf.literal.operator].holds
    return None if holds is None else Direct(leaf.literal.subject.name, holds, leaf.literal.operand)


def _is_in_record(leaf: Leaf) -> bool:
    return isinstance(leaf, Comparison) and leaf.in_record


def _hangs_on_record(leaf: Leaf) -> bool:
    """Whether a leaf of a body compares nothing but fields with each other or with values, whatever the moment."""
    if not isinstance(leaf, Comparison) or leaf.literal.operator in AGES:
        return False
    return not any(isinstance(side, Fact) for side in (leaf.literal.subject, leaf.literal.operand))


def _key(leaf: Leaf) -> Hashable:
    """What tells leaves apart: a fact has one type, and not every type can be hashed."""
    if isinstance(leaf, Comparison):
        return (leaf.literal.subject, leaf.literal.operator, leaf.literal.operand, leaf.fact)
    return leaf
