"""What bears on a residual: of all that it waits for, what could change it.

Something bears on a residual unless every class of its values leaves the same residual, one that is itself undecided.
Parts of an `all` or `any` that wait for nothing in common are looked at apart: neither can make up for a change in the
other. So the records of a long list cost no more than each of them does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from vedlys.evaluation.classes import outcomes
from vedlys.evaluation.formulas import FALSE, TRUE, Formulas
from vedlys.evaluation.residual import Atom, Residuals, Waiting
from vedlys.model.types import ScalarType, SetType

MOST_LEAVES = 400  # in parts that hang together: beyond that, what is in them is taken to bear

TypeOf = Callable[[Atom], ScalarType | SetType | None]  # None for records as a whole

_CONSTANTS = frozenset({FALSE, TRUE})


def bearing(residual: int, residuals: Residuals, type_of: TypeOf, as_of: dt.datetime) -> set[Atom]:
    """What bears on a residual; nothing where it is decided, and perhaps nothing where it is not."""
    return set(_Bearing(residuals, type_of, as_of).on(residual, _CONSTANTS))


class _Bearing:
    def __init__(self, residuals: Residuals, type_of: TypeOf, as_of: dt.datetime) -> None:
        self._residuals = residuals
        self._formulas: Formulas = residuals.formulas
        self._type_of = type_of
        self._as_of = as_of

    def on(self, formula: int, deciding: frozenset[int]) -> Iterator[Atom]:
        """What bears on a part of the residual; `deciding` holds the truths of it that decide the whole."""
        kind, parts = self._formulas.kind(formula), self._formulas.parts(formula)
        apart = self._apart(parts) if kind in {"all", "any"} else [parts]
        if len(apart) < 2:
            yield from self._tried(formula, deciding)
            return
        join = self._formulas.all_of if kind == "all" else self._formulas.any_of
        below = deciding & {FALSE if kind == "all" else TRUE}
        for some in apart:
            yield from self.on(join(some), below)

    def _apart(self, parts: tuple[int, ...]) -> list[tuple[int, ...]]:
        """The parts, together where they wait for the same."""
        lot_of: dict[Atom, int] = {}
        lots: dict[int, tuple[list[int], set[Atom]]] = {}
        for number, part in enumerate(parts):
            atoms = {atom for leaf in self._formulas.leaves(part) for atom in self._residuals.waiting(leaf).atoms}
            joined, held = [part], set(atoms)
            for lot in sorted({lot_of[atom] for atom in atoms if atom in lot_of}):
                others, more = lots.pop(lot)
                joined = [*others, *joined]
                held |= more
            lots[number] = (joined, held)
            lot_of.update(dict.fromkeys(held, number))
        return [tuple(joined) for joined, _ in lots.values()]

    def _tried(self, formula: int, deciding: frozenset[int]) -> Iterator[Atom]:
        """What bears on a part that is looked at as a whole, by trying each of its atoms out."""
        waiting: dict[Atom, dict[int, Waiting]] = {}
        leaves = list(self._formulas.leaves(formula))
        for leaf in leaves:
            comparison = self._residuals.waiting(leaf)
            for atom in comparison.atoms:
                waiting.setdefault(atom, {})[leaf] = comparison
        for atom, comparisons in waiting.items():
            if len(leaves) > MOST_LEAVES or self._matters(atom, comparisons, formula, deciding):
                yield atom

    def _matters(self, atom: Atom, comparisons: dict[int, Waiting], formula: int, deciding: frozenset[int]) -> bool:
        """Whether what the atom turns out to be changes the part, or decides the whole by being known."""
        tests = [comparison.test() for comparison in comparisons.values()]
        fact_type = self._type_of(atom)
        known = tuple(test for test in tests if test is not None)
        if fact_type is None or len(known) < len(tests):
            return True
        classes = outcomes(fact_type, known, self._as_of)
        if classes is None:
            return True
        left = {self._formulas.substitute(formula, dict(zip(comparisons, truths, strict=True))) for truths in classes}
        return len(left) > 1 or not left.isdisjoint(deciding)
