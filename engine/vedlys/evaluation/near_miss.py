"""Near miss: the fewest comparisons that would have to change for a rule to apply, or no longer to.

The minimum over the parts of an `any`, the sum over those of an `all`, through derived facts and records to the
comparisons on what can be found out. That is exact when no fact is tested twice. When one is, a way that no value of
that fact could take is passed over, and of the ways to change a part only the best are followed up: it is an estimate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator
from typing import Literal as OneOf

import msgspec

from vedlys.evaluation.classes import Test, outcomes
from vedlys.evaluation.residual import Atom
from vedlys.model.conditions import AllOf, Always, AnyOf, Fact, Field, Literal, Not, Quantified, Resolved
from vedlys.model.judgement import Judgement, RuleJudgement
from vedlys.model.operators import AGES
from vedlys.model.types import FactType, RecordsType

_MOST_WAYS = 64  # kept for each part, of those that need different things of facts tested elsewhere too

_ANY_TIME = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # for tests that do not look at the clock


class Change(msgspec.Struct, frozen=True):
    """One comparison (or `some`, `every` over records unknown or none) that would have to become `wanted`."""

    judgement: Judgement
    wanted: bool


class NearMiss(msgspec.Struct, frozen=True):
    """The changes, in authored order; `exact` is False where there may be fewer."""

    changes: tuple[Change, ...]
    exact: bool


class _Way(msgspec.Struct, frozen=True):
    """One way to have a part come out as wanted: what each comparison in it has to be, whether it is that or not.

    `shared` holds those on facts that are tested elsewhere in the rule too: two ways that need the same of those are
    as good as each other, but for their cost. That is how many comparisons change, and of these, how many are known
    to come out otherwise.
    """

    needs: dict[Hashable, Change]
    shared: dict[Hashable, Change]
    cost: tuple[int, int]


def near_miss(judged: RuleJudgement, *, applies: bool) -> NearMiss | None:
    """What has to change for the rule to apply, or to be settled as not applying; None where nothing does that.

    What is unknown counts as a change. No changes: it is so already.
    """
    repeated = _Repeated()
    repeated.in_rule(judged)
    ways = _Search(repeated.atoms).of_rule(judged, applies=applies)
    if not ways:
        return None
    changes = sorted(
        filter(_changes, ways[0].needs.values()), key=lambda change: repeated.order[_key(change.judgement)]
    )
    return NearMiss(changes=tuple(changes), exact=not repeated.atoms)


# The ways of parts that all must come out, told apart by the part and what is wanted of it.
_Parts = dict[tuple[int, bool], list[_Way]]


class _Search:
    """The ways to have parts come out, each part looked at once: a derived fact may be used in many places."""

    def __init__(self, repeated: set[Atom]) -> None:
        self._repeated = repeated
        self._found: dict[tuple[int, bool], list[_Way]] = {}
        self._parts: dict[tuple[int, bool], _Parts] = {}

    def of_rule(self, judged: RuleJudgement, *, applies: bool) -> list[_Way]:
        """The best ways for a rule to apply, or to be settled as not applying; none where it cannot."""
        required = [part for part in (judged.given, judged.when) if part is not None]
        unless = judged.unless
        if not applies:  # of changes that are as small, one to the condition itself comes first
            ways = [self.of(part, wanted=False) for part in reversed(required)]
            return _any_of([*ways, [] if unless is None else self.of(unless, wanted=True)])
        parts = [self._conjuncts(part, wanted=True) for part in required]
        if unless is None:
            return _all_of(parts)
        assumed = self._conjuncts(unless, wanted=False)
        if unless.truth is not None:
            return _all_of([*parts, assumed])
        # an unknown one holds nothing up, as long as it is left alone
        tested = set(_mentioned(unless, set()))
        alone = [way for way in _all_of(parts) if tested.isdisjoint(_turned(way))]
        return _any_of([alone, _all_of([*parts, assumed])])

    def of(self, judgement: Judgement, *, wanted: bool) -> list[_Way]:
        """The best ways for a part to come out as wanted, cheapest first; none where it cannot."""
        key = (id(judgement), wanted)
        if key not in self._found:
            self._found[key] = self._ways(*_through(judgement, wanted=wanted))
        return self._found[key]

    def _ways(self, judgement: Judgement, wanted: bool) -> list[_Way]:  # noqa: FBT001  # given as a pair
        match _role(judgement, wanted=wanted):
            case "leaf":
                change = Change(judgement, wanted)
                another = isinstance(judgement.condition, Literal) and isinstance(
                    judgement.condition.operand, Fact | Field
                )
                free = judgement.truth is wanted or another or _possible([change])
                return [self._way(change)] if free else []
            case "all":
                return _all_of([self._conjuncts(judgement, wanted=wanted)])
            case "any" if judgement.rules:
                return _any_of(self.of_rule(rule, applies=True) for rule in judgement.rules)
            case "any":
                return _any_of(self.of(child, wanted=wanted) for child in judgement.children)
            case _:
                return []

    def _conjuncts(self, judgement: Judgement, *, wanted: bool) -> _Parts:
        """The ways of the parts that must all come out, those of an `all` in an `all` among them."""
        key = (id(judgement), wanted)
        if key not in self._parts:
            inner, truth = _through(judgement, wanted=wanted)
            found: _Parts = {}
            if _role(inner, wanted=truth) == "all":
                for child in inner.children:
                    found |= self._conjuncts(child, wanted=truth)
                found |= {(id(rule), False): self.of_rule(rule, applies=False) for rule in inner.rules}
            else:
                found[id(inner), truth] = self.of(inner, wanted=truth)
            self._parts[key] = found
        return self._parts[key]

    def _way(self, change: Change) -> _Way:
        needs: dict[Hashable, Change] = {_key(change.judgement): change}
        shared = not self._repeated.isdisjoint(_named(change.judgement))
        return _Way(needs, needs if shared else {}, _cost(needs.values()))


Role = OneOf["leaf", "all", "any", "never"]

_NOTHING = _Way({}, {}, (0, 0))


def _turned(way: _Way) -> set[Atom]:
    return {atom for change in way.needs.values() if _changes(change) for atom in _named(change.judgement)}


def _through(judgement: Judgement, *, wanted: bool) -> tuple[Judgement, bool]:
    """What a `not` or a test of a derived fact stands for, and what is wanted of that."""
    while judgement.children:
        match judgement.condition:
            case Not():
                wanted = not wanted
            case Literal(operator="is", operand=bool() as operand):
                wanted = wanted is operand
            case _:
                break
        judgement = judgement.children[0]
    return judgement, wanted


def _role(judgement: Judgement, *, wanted: bool) -> Role:
    """How the wanted truth of a part follows from what is below it."""
    match judgement.condition:
        case Always():
            return "all" if wanted else "never"
        case Resolved():
            return "all" if wanted else "any"
        case AllOf():
            return "all" if wanted else "any"
        case AnyOf():
            return "any" if wanted else "all"
        case Quantified(quantifier=quantifier) if judgement.children:
            return "any" if (quantifier == "some") is wanted else "all"
        case _:
            return "leaf"


def _any_of(parts: Iterable[list[_Way]]) -> list[_Way]:
    return _best(way for part in parts for way in part)


def _all_of(parts: Iterable[_Parts]) -> list[_Way]:
    together: _Parts = {}
    for some in parts:
        together |= some
    found = [_NOTHING]
    for ways in sorted(together.values(), key=len):  # what leaves no choice first, so that ways against it go early
        both = (_together(one, other) for one in found for other in ways)
        found = _best(way for way in both if way is not None)
    return found


def _best(ways: Iterable[_Way]) -> list[_Way]:
    """The cheapest first, one of those that need the same of shared facts."""
    found: dict[Hashable, _Way] = {}
    for way in sorted(ways, key=lambda way: way.cost):
        found.setdefault(frozenset((key, change.wanted) for key, change in way.shared.items()), way)
    return list(found.values())[:_MOST_WAYS]


def _together(one: _Way, other: _Way) -> _Way | None:
    """Both ways at once; None where a fact cannot be what both need."""
    both = one.shared.keys() & other.shared.keys()
    if any(one.shared[key].wanted is not other.shared[key].wanted for key in both):
        return None
    shared = one.shared | other.shared
    tested = {_atom(change.judgement) for change in one.shared.values()}
    for atom in tested & {_atom(change.judgement) for change in other.shared.values()}:
        if not _possible(change for change in shared.values() if _atom(change.judgement) == atom):
            return None
    needs = one.needs | other.needs
    cost = _cost(needs.values()) if both else (one.cost[0] + other.cost[0], one.cost[1] + other.cost[1])
    return _Way(needs, shared, cost)


def _possible(changes: Iterable[Change]) -> bool:
    """Whether one fact has a value with which all these comparisons, all on it, come out as wanted."""
    tests: list[Test] = []
    truths: list[bool] = []
    fact_type: FactType | None = None
    for change in changes:
        literal = change.judgement.condition
        if isinstance(literal, Literal) and _is_plain(literal, change.judgement):
            fact_type = literal.type
            tests.append(Test(literal.operator, change.judgement.needed))
            truths.append(change.wanted)
    if fact_type is None or isinstance(fact_type, RecordsType):
        return True
    classes = outcomes(fact_type, tuple(tests), _ANY_TIME)
    return classes is None or tuple(truths) in classes


def _is_plain(literal: Literal, judgement: Judgement) -> bool:
    """Whether it compares the fact with a known value, that of another fact taken as it is, and no clock matters."""
    return not judgement.children and judgement.needed is not None and literal.operator not in AGES | {"known"}


def _cost(changes: Iterable[Change]) -> tuple[int, int]:
    changed = [change for change in changes if _changes(change)]
    return len(changed), sum(change.judgement.truth is not None for change in changed)


def _changes(change: Change) -> bool:
    return change.judgement.truth is not change.wanted


def _key(judgement: Judgement) -> Hashable:
    """What tells comparisons apart: what is tested, and how."""
    condition = judgement.condition
    if isinstance(condition, Literal):
        return (_atom(judgement), condition.operator, condition.operand)
    return (_atom(judgement), condition)


def _atom(judgement: Judgement) -> Atom:
    return Atom(judgement.fact or "", judgement.record, judgement.field)


def _named(judgement: Judgement) -> list[Atom]:
    """What a comparison tests: a derived fact is none of it, its condition has comparisons of its own."""
    condition = judgement.condition
    named: list[Atom] = []
    if isinstance(condition, Literal | Quantified) and not judgement.children:
        named.append(_atom(judgement))
    if isinstance(condition, Literal) and isinstance(condition.operand, Fact):
        named.append(Atom(condition.operand.name))
    if isinstance(condition, Literal) and isinstance(condition.operand, Field):
        named.append(Atom(judgement.fact or "", judgement.record, condition.operand.name))
    return named


def _gates(judged: RuleJudgement) -> Iterator[Judgement]:
    return (part for part in (judged.given, judged.when, judged.unless) if part is not None)


def _below(judgement: Judgement) -> Iterator[Judgement]:
    yield from judgement.children
    for rule in judgement.rules:
        yield from _gates(rule)


def _mentioned(judgement: Judgement, seen: set[int]) -> Iterator[Atom]:
    """Everything that the comparisons in a part test; `seen` holds the judgements looked at."""
    if id(judgement) not in seen:
        seen.add(id(judgement))
        yield from _named(judgement)
        for part in _below(judgement):
            yield from _mentioned(part, seen)


class _Repeated:
    """What a rule tests more than once, and the order in which it tests things."""

    def __init__(self) -> None:
        self.order: dict[Hashable, int] = {}
        self.atoms: set[Atom] = set()
        self._met: set[Atom] = set()
        self._seen: set[int] = set()

    def in_rule(self, judged: RuleJudgement) -> None:
        """Gather what the rule's parts test."""
        for part in _gates(judged):
            self._in(part)

    def _in(self, judgement: Judgement) -> None:
        if id(judgement) in self._seen:  # a derived fact, or a rule, once more: so is all that it tests
            self.atoms.update(_mentioned(judgement, set()))
            return
        self._seen.add(id(judgement))
        if isinstance(judgement.condition, Literal | Quantified):
            self.order.setdefault(_key(judgement), len(self.order))
        for atom in _named(judgement):
            (self.atoms if atom in self._met else self._met).add(atom)
        for part in _below(judgement):
            self._in(part)
