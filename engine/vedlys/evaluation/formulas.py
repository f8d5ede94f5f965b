"""Formulas in simplified form, each held once.

Within one `Formulas` a formula is a number, and equal formulas are the same number: what is shared between rules, or
used twice in one, is worked on once. Simplified means: constants are gone, `all` in `all` and `any` in `any` are one,
duplicates are gone, `not` stands only before leaves. Each of these steps keeps the truth in three-valued logic, unknown
included; `a or not a` is therefore left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Literal

from vedlys.model.conditions import Truth

FALSE = 0
TRUE = 1

Kind = Literal["constant", "leaf", "not", "all", "any"]


class Formulas:
    """A growing store of formulas; what a leaf stands for is the caller's, told apart by a key."""

    def __init__(self) -> None:
        self._kinds: list[Kind] = ["constant", "constant"]
        self._parts: list[tuple[int, ...]] = [(), ()]
        self._masks: list[int] = [0, 0]  # a bit for each leaf in the formula
        self._negations: dict[int, int] = {FALSE: TRUE, TRUE: FALSE}
        self._joins: dict[tuple[Kind, frozenset[int]], int] = {}
        self._leaves: dict[Hashable, int] = {}
        self._by_bit: list[int] = []

    def __len__(self) -> int:
        return len(self._kinds)

    def leaf(self, key: Hashable) -> int:
        """The leaf of that key; made when it is first asked for."""
        if key not in self._leaves:
            self._leaves[key] = self._new("leaf", (), 1 << len(self._by_bit))
            self._by_bit.append(self._leaves[key])
        return self._leaves[key]

    def all_of(self, parts: Iterable[int]) -> int:
        """TRUE when every part is."""
        return self._join("all", parts, absorbing=FALSE, neutral=TRUE)

    def any_of(self, parts: Iterable[int]) -> int:
        """TRUE when a part is."""
        return self._join("any", parts, absorbing=TRUE, neutral=FALSE)

    def not_(self, formula: int) -> int:
        """The other way round."""
        if formula not in self._negations:
            kind, parts = self._kinds[formula], self._parts[formula]
            if kind == "leaf":
                negation = self._new("not", (formula,), self._masks[formula])
            elif kind == "all":
                negation = self.any_of([self.not_(part) for part in parts])
            else:
                negation = self.all_of([self.not_(part) for part in parts])
            self._negations[formula] = negation
            self._negations[negation] = formula
        return self._negations[formula]

    def kind(self, formula: int) -> Kind:
        """What the formula is."""
        return self._kinds[formula]

    def parts(self, formula: int) -> tuple[int, ...]:
        """What it is made of; a leaf and a constant have no parts."""
        return self._parts[formula]

    def leaves(self, formula: int) -> Iterator[int]:
        """The leaves in the formula, in the order they were made."""
        # by its digits: to take one bit after the other off a long number would copy it as often
        digits = bin(self._masks[formula])[:1:-1]
        bit = digits.find("1")
        while bit >= 0:
            yield self._by_bit[bit]
            bit = digits.find("1", bit + 1)

    def joined(self, parts: Iterable[int], absorbing: int, others: frozenset[int]) -> frozenset[int] | None:
        """What an `all` (where FALSE is `absorbing`) or `any` of simplified parts has in it besides others.

        None where it is the absorbing truth; nothing where the others are all there is.
        """
        kept: set[int] = set()
        kind = "all" if absorbing == FALSE else "any"
        kinds = self._kinds
        for part in parts:
            if part == absorbing:
                return None
            if kinds[part] == kind:
                kept.update(self._parts[part])
            elif part > TRUE:
                kept.add(part)
        return frozenset(kept - others)

    def width(self, formulas: Iterable[int]) -> int:
        """How many leaves there are in formulas together."""
        mask = 0
        for formula in formulas:
            mask |= self._masks[formula]
        return mask.bit_count()

    def substitute(self, formula: int, truths: Mapping[int, bool]) -> int:
        """The formula with some leaves TRUE or FALSE, simplified."""
        changed = 0
        for leaf in truths:
            changed |= self._masks[leaf]
        return self._substitute(formula, changed, {leaf: int(truth) for leaf, truth in truths.items()})

    def rebuild(self, formula: int, target: Formulas, made: dict[int, int], leaf: Callable[[int], int]) -> int:
        """The formula in `target`, each leaf replaced by a formula there; `made` remembers what was done already."""
        if formula <= TRUE:
            return formula
        if formula not in made:
            kind, parts = self._kinds[formula], self._parts[formula]
            if kind == "leaf":
                made[formula] = leaf(formula)
            else:
                rebuilt = [self.rebuild(part, target, made, leaf) for part in parts]
                made[formula] = target._combine(kind, rebuilt)  # another of this class
        return made[formula]

    def truth(self, formula: int, truth_of: Callable[[int], Truth]) -> Truth:
        """The three-valued truth of the formula, given that of its leaves."""
        kind, parts = self._kinds[formula], self._parts[formula]
        if kind == "leaf":
            return truth_of(formula)
        if kind == "constant":
            return formula == TRUE
        if kind == "not":
            truth = truth_of(parts[0])
            return None if truth is None else not truth
        deciding = kind == "any"
        found: Truth = not deciding
        for part in parts:
            truth = self.truth(part, truth_of)
            if truth is deciding:
                return deciding
            if truth is None:
                found = None
        return found

    def _substitute(self, formula: int, changed: int, made: dict[int, int]) -> int:
        if not self._masks[formula] & changed:
            return formula
        if formula not in made:
            parts = [self._substitute(part, changed, made) for part in self._parts[formula]]
            made[formula] = self._combine(self._kinds[formula], parts)
        return made[formula]

    def _combine(self, kind: Kind, parts: list[int]) -> int:
        if kind == "not":
            return self.not_(parts[0])
        return self.all_of(parts) if kind == "all" else self.any_of(parts)

    def _join(self, kind: Kind, parts: Iterable[int], *, absorbing: int, neutral: int) -> int:
        kept: dict[int, None] = {}
        for part in parts:
            if part == absorbing:
                return absorbing
            if self._kinds[part] == kind:
                kept.update(dict.fromkeys(self._parts[part]))
            elif part != neutral:
                kept[part] = None
        if len(kept) < 2:
            return next(iter(kept), neutral)
        key = (kind, frozenset(kept))
        if key not in self._joins:
            mask = 0
            for part in kept:
                mask |= self._masks[part]
            self._joins[key] = self._new(kind, tuple(kept), mask)
        return self._joins[key]

    def _new(self, kind: Kind, parts: tuple[int, ...], mask: int) -> int:
        self._kinds.append(kind)
        self._parts.append(parts)
        self._masks.append(mask)
        return len(self._kinds) - 1
