"""What bears on a residual: of all that it waits for, what could change it.

Something bears on a residual unless every class of its values leaves the same residual, one that is itself undecided.
Parts of an `all` or `any` that wait for nothing in common are looked at apart: neither can make up for a change in the
other. So the records of a long list cost no more than each of them does. And of parts that hang together, each value
is put into those that wait for it, and no others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from vedlys.evaluation.classes import outcomes
from vedlys.evaluation.formulas import FALSE, TRUE, Formulas
from vedlys.evaluation.residual import Atom, Store
from vedlys.model.types import ScalarType, SetType

MOST_LEAVES = 400  # in parts that hang together: beyond that, what is in them is taken to bear

TypeOf = Callable[[Atom], ScalarType | SetType | None]  # None for records as a whole

_CONSTANTS = frozenset({FALSE, TRUE})
_NEITHER: frozenset[int] = frozenset()
_JUST = {FALSE: frozenset({FALSE}), TRUE: frozenset({TRUE})}


def bearing(residual: int, store: Store, type_of: TypeOf, as_of: dt.datetime) -> frozenset[Atom]:
    """What bears on a residual; nothing where it is decided, and perhaps nothing where it is not.

    It is remembered in the store: there must be nothing in it that hangs on the moment.
    """
    return _Bearing(store, type_of, as_of).on(residual, _CONSTANTS)


class _Bearing:
    def __init__(self, store: Store, type_of: TypeOf, as_of: dt.datetime) -> None:
        self._store = store
        self._formulas: Formulas = store.formulas
        self._type_of = type_of
        self._as_of = as_of

    def on(self, formula: int, deciding: frozenset[int]) -> frozenset[Atom]:
        """What bears on a part of the residual; `deciding` holds the truths of it that decide the whole."""
        key = (formula, deciding)
        found = self._store.bearing.get(key)
        if found is None:
            found = self._store.bearing[key] = frozenset(self._found(formula, deciding))
            self._store.size += 1
        return found

    def _found(self, formula: int, deciding: frozenset[int]) -> Iterator[Atom]:
        kind, parts = self._formulas.kind(formula), self._formulas.parts(formula)
        if kind not in {"all", "any"}:
            yield from self._tried((formula,), FALSE, deciding)
            return
        absorbing = FALSE if kind == "all" else TRUE
        apart = self._apart(parts)
        if len(apart) < 2:
            yield from self._tried(parts, absorbing, deciding)
            return
        join = self._formulas.all_of if kind == "all" else self._formulas.any_of
        below = _JUST[absorbing] if absorbing in deciding else _NEITHER
        for some in apart:
            yield from self.on(some[0] if len(some) == 1 else join(some), below)

    def _apart(self, parts: tuple[int, ...]) -> list[list[int]]:
        """The parts, together where they wait for the same."""
        lot_of: dict[Atom, int] = {}
        lots: dict[int, tuple[list[int], set[Atom]]] = {}
        for number, part in enumerate(parts):
            atoms = self._store.waits(part)
            joined, held = [part], set(atoms)
            for lot in sorted({lot_of[atom] for atom in atoms if atom in lot_of}):
                others, more = lots.pop(lot)
                joined = [*others, *joined]
                held |= more
            lots[number] = (joined, held)
            lot_of.update(dict.fromkeys(held, number))
        return [joined for joined, _ in lots.values()]

    def _tried(self, parts: Sequence[int], absorbing: int, deciding: frozenset[int]) -> Iterator[Atom]:
        """What bears on parts that hang together, by trying each of their atoms out."""
        concerned: dict[Atom, list[int]] = {}
        for part in parts:
            for atom in self._store.waits(part):
                concerned.setdefault(atom, []).append(part)
        if len({leaf for part in parts for leaf in self._formulas.leaves(part)}) > MOST_LEAVES:
            yield from concerned
            return
        whole = frozenset(parts)
        for atom, some in concerned.items():
            if self._matters(atom, some, whole.difference(some), absorbing, deciding):
                yield atom

    def _matters(
        self, atom: Atom, parts: list[int], others: frozenset[int], absorbing: int, deciding: frozenset[int]
    ) -> bool:
        """Whether what the atom turns out to be changes the parts beside others, or being known decides the whole."""
        rests = self._rests(atom, tuple(parts))
        if rests is None:
            return True
        left = {self._joined(rest, absorbing, others) for rest in rests}
        if len(left) != 1:
            return len(left) > 1
        [only] = left
        if only is None:
            return absorbing in deciding
        return not only and not others and 1 - absorbing in deciding

    def _rests(self, atom: Atom, parts: tuple[int, ...]) -> frozenset[tuple[int, ...]] | None:
        """What may be left of some parts where the atom is known; None where that cannot be counted up."""
        key = (atom, parts)
        known = self._store.rests
        if key not in known:
            known[key] = self._put_in(atom, parts)
            self._store.size += 1
        return known[key]

    def _put_in(self, atom: Atom, parts: tuple[int, ...]) -> frozenset[tuple[int, ...]] | None:
        tested = [self._store.waits(part)[atom] for part in parts]
        leaves = tuple(dict.fromkeys([leaf for own in tested for leaf in own]))
        classes = self._classes(atom, leaves)
        if classes is None:
            return None
        found = set()
        for truths in classes:
            said = dict(zip(leaves, truths, strict=True))
            one = [
                self._rest(part, tuple([(leaf, said[leaf]) for leaf in own]))
                for part, own in zip(parts, tested, strict=True)
            ]
            found.add(tuple(one))
        return frozenset(found)

    def _rest(self, part: int, truths: tuple[tuple[int, bool], ...]) -> int:
        """What is left of a part where these of its leaves are TRUE or FALSE."""
        key = (part, truths)
        found = self._store.made.get(key)
        if found is None:
            found = self._store.made[key] = self._formulas.substitute(part, dict(truths))
            self._store.size += 1
        return found

    def _joined(self, parts: tuple[int, ...], absorbing: int, others: frozenset[int]) -> frozenset[int] | None:
        """What parts come to besides others; None for the one truth that decides the whole."""
        if absorbing in parts:
            return None
        kept: set[int] = set()
        kind = "all" if absorbing == FALSE else "any"
        for part in parts:
            if self._formulas.kind(part) == kind:
                kept.update(self._formulas.parts(part))
            elif part > TRUE:
                kept.add(part)
        return frozenset(kept - others)

    def _classes(self, atom: Atom, leaves: tuple[int, ...]) -> tuple[tuple[bool, ...], ...] | None:
        """What the leaves, all of which wait for the atom, say together of each class of its values.

        None where that cannot be counted up.
        """
        known = self._store.outcomes
        if leaves not in known:
            fact_type = self._type_of(atom)
            tests = [self._store.waiting[leaf].test() for leaf in leaves]
            simple = tuple([test for test in tests if test is not None])
            found = None
            if fact_type is not None and len(simple) == len(tests):
                found = outcomes(fact_type, simple, self._as_of)
            known[leaves] = found
            self._store.size += 1
        return known[leaves]
