"""A rulebook as Horn clauses on two rails.

A symbol is a small integer that is concluded or not. Each comparison and each condition has two: one concluded when it
is TRUE, one when it is FALSE. Kleene's logic needs no more: an `all` is TRUE when all its parts are, and FALSE when one
part is; `not` swaps the rails; UNKNOWN is neither. A clause concludes its heads when all symbols of its body are.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import assert_never

import msgspec

from vedlys.compiling.dependencies import derived_order, derived_used
from vedlys.errors import RequestError
from vedlys.evaluation.durable import limits
from vedlys.evaluation.durable.levels import Levels
from vedlys.model.conditions import AllOf, Always, AnyOf, Condition, Fact, Literal, Not, Quantified, Resolved
from vedlys.model.rulebook import Rulebook

# Conjunctions of symbols, any of which will do.
Choices = frozenset[frozenset[int]]
NEVER: Choices = frozenset()
SURE: Choices = frozenset({frozenset()})

_ABSORBED = 64  # choices up to which each is compared with every other

Asked = Literal | Quantified | Resolved


class Rail(msgspec.Struct, frozen=True):
    """The two symbols of one truth."""

    true: int
    false: int


class Leaf(msgspec.Struct, frozen=True):
    """What Python decides, and the symbols that say how."""

    asked: Asked
    rail: Rail


class Clause(msgspec.Struct, frozen=True):
    """The heads are concluded when every symbol of the body is; neither is empty."""

    body: frozenset[int]
    heads: tuple[int, ...]
    rule: str  # the rule or derived fact that it was first written for


class Stratum(msgspec.Struct, frozen=True):
    """What can be decided together: first the leaves, then the clauses, each behind those that conclude its body."""

    leaves: tuple[Leaf, ...]
    clauses: tuple[Clause, ...]
    derived: tuple[str, ...]  # the derived facts and …
    rules: tuple[str, ...]  # … the rules that are decided behind it


class RuleRails(msgspec.Struct, frozen=True):
    """One rule's condition and gates, its section's joined in; None where it has no such gate."""

    when: Rail
    given: Rail | None
    unless: Rail | None


class Rails(msgspec.Struct, frozen=True):
    """A whole rulebook."""

    strata: tuple[Stratum, ...]
    sure: frozenset[int]  # symbols that need no clause
    derived: dict[str, Rail]
    rules: dict[str, RuleRails]  # in the article's order
    awaited: dict[str, tuple[str, ...]]  # by section, the rules that `resolved` waits for


def lay_rails(book: Rulebook) -> Rails:
    """The rulebook's clauses; RequestError `engine-limit` where they are too many."""
    return _Layer(book).lay()


class _Layer:
    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._levels = Levels(book)
        self._count = 0
        self._symbols: dict[Choices, int] = {}
        self._opposite: dict[int, int] = {}
        self._sure: set[int] = set()
        self._concluded: set[int] = set()
        self._leaves: dict[Hashable, Rail] = {}
        self._asked: list[Leaf] = []  # first in the stratum at hand
        self._derived: dict[str, Rail] = {}
        self._heads: dict[frozenset[int], list[int]] = {}  # by body, in the stratum at hand
        self._authors: dict[frozenset[int], str] = {}
        self._clauses = 0
        self._author = ""

    def lay(self) -> Rails:
        used = derived_used(self._book)
        order = [name for name in derived_order(self._book.derived) if name in used]
        rules: dict[str, RuleRails] = {}
        strata = []
        for level in range(self._levels.count):
            derived = tuple(name for name in order if self._levels.derived[name] == level)
            for name in derived:
                self._author = name
                self._derived[name] = self._rail(self._book.derived[name].condition)
                self._opposed(self._derived[name])
            here = tuple(rule for rule in self._book.rules if self._levels.rules[rule.id] == level)
            for rule in here:
                self._author = rule.id
                given, unless = self._book.gates(rule)
                rules[rule.id] = RuleRails(
                    when=self._rail(rule.when),
                    given=None if given is None else self._rail(given),
                    unless=None if unless is None else self._rail(unless),
                )
            strata.append(self._stratum(derived, tuple(rule.id for rule in here)))
        return Rails(
            strata=tuple(strata),
            sure=frozenset(self._sure),
            derived=self._derived,
            rules={rule.id: rules[rule.id] for rule in self._book.rules},
            awaited={section.id: self._levels.awaited(section.id) for section in self._book.sections},
        )

    def _stratum(self, derived: tuple[str, ...], rules: tuple[str, ...]) -> Stratum:
        clauses = tuple(
            Clause(body=body, heads=tuple(heads), rule=self._authors[body]) for body, heads in self._heads.items()
        )
        found = Stratum(leaves=tuple(self._asked), clauses=clauses, derived=derived, rules=rules)
        self._heads.clear()
        self._asked.clear()
        return found

    # --- choices ---

    def _rail(self, condition: Condition) -> Rail:
        return Rail(
            self._symbol(self._choices(condition, positive=True)),
            self._symbol(self._choices(condition, positive=False)),
        )

    def _choices(self, condition: Condition, *, positive: bool) -> Choices:
        """What makes the condition TRUE, or where not `positive`, FALSE."""
        match condition:
            case Literal() if self._levels.concluded(condition):
                assert isinstance(condition.subject, Fact)
                rail = self._derived[condition.subject.name]
                return self._known(rail.true if condition.operand is positive else rail.false)
            case Literal() | Quantified() | Resolved():
                rail = self._leaf(condition)
                return frozenset({frozenset({rail.true if positive else rail.false})})
            case AllOf(parts=parts) | AnyOf(parts=parts):
                found = [self._choices(part, positive=positive) for part in parts]
                return self._all(found) if isinstance(condition, AllOf) is positive else self._any(found)
            case Not(part=part):
                return self._choices(part, positive=not positive)
            case Always():
                return SURE if positive else NEVER
            case _:
                assert_never(condition)

    def _known(self, symbol: int) -> Choices:
        """The symbol as choices, put in where it is sure or never concluded."""
        if symbol in self._sure:
            return SURE
        return frozenset({frozenset({symbol})}) if symbol in self._concluded else NEVER

    def _any(self, parts: Iterable[Choices]) -> Choices:
        found: Choices = frozenset().union(*parts)
        if len(found) > _ABSORBED:
            return SURE if frozenset() in found else found
        return frozenset(one for one in found if not any(other < one for other in found))

    def _all(self, parts: Sequence[Choices]) -> Choices:
        """Multiplied out, where that gives few; otherwise a part with choices is concluded on its own."""
        if len(parts) == 1:
            return parts[0]
        found = SURE
        for part in sorted(parts, key=lambda part: (len(part), sorted(map(sorted, part)))):
            factor = part
            if len(found) * len(part) > limits.PRODUCT and len(part) > 1:
                factor = self._known(self._symbol(part))
            joined = (one | other for one in found for other in factor)
            found = self._any([frozenset(one for one in joined if not self._contradicts(one))])
        return found

    def _contradicts(self, body: frozenset[int]) -> bool:
        return any(self._opposite.get(symbol) in body for symbol in body)

    # --- symbols ---

    def _new(self) -> int:
        self._count += 1
        return self._count

    def _leaf(self, asked: Asked) -> Rail:
        key = _key(asked)
        if key not in self._leaves:
            rail = Rail(self._new(), self._new())
            self._leaves[key] = rail
            self._opposed(rail)
            self._asked.append(Leaf(asked, rail))
        return self._leaves[key]

    def _opposed(self, rail: Rail) -> None:
        """Never both: a choice that needs both can be left out."""
        if rail.true in self._opposite or rail.false in self._opposite:
            return  # the same choices as those of another derived fact
        self._opposite[rail.true], self._opposite[rail.false] = rail.false, rail.true

    def _symbol(self, choices: Choices) -> int:
        """The symbol that is concluded when one of the choices is; the same for the same choices."""
        if choices not in self._symbols:
            bodies = [self._fitting(body) for body in sorted(choices, key=sorted)]
            symbol = self._symbols[choices] = self._new()
            if choices == SURE:
                self._sure.add(symbol)
            elif bodies:
                self._concluded.add(symbol)
                for body in bodies:
                    self._conclude(symbol, body)
        return self._symbols[choices]

    def _conclude(self, symbol: int, body: frozenset[int]) -> None:
        if body not in self._heads:
            self._clauses += 1
            if self._clauses > limits.CLAUSES:
                limit = {"limit": "clauses", "most": str(limits.CLAUSES)}
                raise RequestError("engine-limit", engine="durable", rule=self._author, **limit)
            self._heads[body] = []
            self._authors[body] = self._author
        self._heads[body].append(symbol)

    def _fitting(self, body: frozenset[int]) -> frozenset[int]:
        """The body, with parts of it concluded on their own where it is too long for one rule."""
        joined = sorted(body & self._concluded)
        columns = sorted(body - self._concluded)
        while len(columns) > limits.COLUMNS_IN_A_RULE:
            part, columns = columns[: limits.COLUMNS_IN_A_RULE], columns[limits.COLUMNS_IN_A_RULE :]
            joined.append(self._symbol(frozenset({frozenset(part)})))
        while len(joined) > limits.JOINED:
            part, joined = joined[: limits.JOINED], joined[limits.JOINED :]
            joined.append(self._symbol(frozenset({frozenset(part)})))
        return frozenset((*joined, *columns))


def _key(asked: Asked) -> Hashable:
    """What tells leaves apart: a fact has one type, and not every type can be hashed."""
    match asked:
        case Literal():
            return (asked.subject, asked.operator, asked.operand)
        case Quantified():
            return id(asked)  # alive as long as the rulebook is
        case Resolved(sections=sections):
            return sections
        case _:
            assert_never(asked)
