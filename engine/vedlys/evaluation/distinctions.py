"""What tells two environments apart in what is left of rules: more seldom than their values do.

What is left of a rule follows from how its comparisons stand. So a fact that is only compared with values counts by
what these comparisons say of it, and records by those that are undecided: an environment that no one has met before is
mostly like others in that.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, Literal, assert_never

from vedlys.bounded import Bounded
from vedlys.evaluation.expansion import (
    Body,
    Comparison,
    Direct,
    Expansion,
    Knowing,
    Leaf,
    OverRecords,
    RuleFormula,
)
from vedlys.model.conditions import Fact
from vedlys.model.environment import Environment
from vedlys.model.values import Record

# the values of a fact that are remembered: callers say how long they are, and facts are many
_MOST_SEEN = 512
_LONGEST_SEEN = 512  # characters

# a fact by what its comparisons say, by whether it is known, by its value; or the records of one `some` or `every`
Kind = Literal["class", "known", "value", "records"]
Column = tuple[Kind, str, int]


class Distinctions:
    """Takes of an environment what tells it apart, for all rules at once. Make it once: it remembers values."""

    def __init__(self, expansion: Expansion, rules: Mapping[str, RuleFormula]) -> None:
        self._expansion = expansion
        self._places: dict[Column, int] = {}
        columns = {name: self._columns(rule.leaves) for name, rule in rules.items()}
        for column in (column for of in columns.values() if of is not None for column in of):
            self._places.setdefault(column, len(self._places))
        self._columns_of = columns
        self._facts = tuple([fact for _, fact, _ in self._places])
        tests: dict[str, list[Direct]] = {}
        for leaf, direct in expansion.direct.items():
            if not _is_in_record(expansion.leaves[leaf]):
                tests.setdefault(direct.name, []).append(direct)
        takers = [(place, self._taker(column, tests)) for column, place in self._places.items()]
        self._takers = [(place, taker) for place, taker in takers if taker is not None]

    def of(self, environment: Environment) -> tuple[Hashable, ...]:
        """What tells the environment apart; None stands for what is unknown."""
        found: list[Any] = list(map(environment.values.get, self._facts))
        for place, taker in self._takers:
            if found[place] is not None:
                found[place] = taker(found[place])
        return tuple(found)

    def picker(self, rule: str) -> Callable[[tuple[Hashable, ...]], Hashable] | None:
        """The function that picks what concerns one rule; None where what is left of it follows from more than that."""
        columns = self._columns_of[rule]
        if columns is None:
            return None
        places = [self._places[column] for column in columns]
        return itemgetter(*places) if places else lambda _: None

    def _columns(self, leaves: Iterable[int]) -> tuple[Column, ...] | None:
        try:
            return tuple(dict.fromkeys(column for leaf in leaves for column in self._columns_of_leaf(leaf)))
        except LookupError:
            return None

    def _columns_of_leaf(self, number: int) -> Iterator[Column]:
        direct, leaf = self._expansion.direct.get(number), self._expansion.leaves[number]
        match leaf:
            case Comparison() if direct is not None:
                yield "class", direct.name, 0
            case Comparison(literal=literal):
                kind: Kind = "known" if literal.operator == "known" else "value"
                for side in (literal.subject, literal.operand):
                    if isinstance(side, Fact):
                        yield kind, side.name, 0
            case Knowing(formula=formula):
                for part in self._expansion.formulas.leaves(formula):
                    yield from self._columns_of_leaf(part)
            case OverRecords(fact=fact):
                self._expansion.bodies[number]
                yield "records", fact, number
            case _:
                assert_never(leaf)

    def _taker(self, column: Column, tests: Mapping[str, list[Direct]]) -> Callable[[Any], Hashable] | None:
        kind, fact, leaf = column
        match kind:
            case "class":
                if all(isinstance(test.operand, bool) for test in tests[fact]):
                    return None
                return _Classes(tests[fact]).__getitem__
            case "known":
                return lambda _: True
            case "value":
                return None
            case "records":
                over = self._expansion.leaves[leaf]
                assert isinstance(over, OverRecords)
                return _undecided(self._expansion.bodies[leaf], deciding=over.quantifier == "some")


def _is_in_record(leaf: Leaf) -> bool:
    return isinstance(leaf, Comparison) and leaf.in_record


class _Classes(Bounded[Any, int]):
    """Values of a fact, by what some comparisons say of them. Ask for one as for a key."""

    def __init__(self, tests: list[Direct]) -> None:
        super().__init__(_MOST_SEEN)
        self._tests = tests

    def __missing__(self, value: Any) -> int:
        found = 0
        for place, test in enumerate(self._tests):
            found |= test.holds(value, test.operand) << place
        if _length(value) <= _LONGEST_SEEN:
            self.keep(value, found)
        return found


def _length(value: Any) -> int:
    """About how many characters there are in a value, or in a set of values: only texts and names may be long."""
    if isinstance(value, str):
        return len(value)
    return sum([16 + _length(member) for member in value]) if isinstance(value, frozenset) else 0


def _undecided(body: Body, *, deciding: bool) -> Callable[[tuple[Record, ...]], Hashable]:
    """The function that gives the truth of `some` or `every` over records; where it is unknown, what is undecided.

    That is, of each such record, its place, its key and how it stands.
    """
    stands = body.stands

    def taken(records: tuple[Record, ...]) -> Hashable:
        found = []
        for place, record in enumerate(records):
            states, truth = stands(record)
            if truth is deciding:
                return deciding
            if truth is None:
                found.append((place, record.key, states))
        return tuple(found) or not deciding

    return taken
