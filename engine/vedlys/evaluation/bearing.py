"""What bears on a residual: of all that it waits for, what could change it.

Something bears on a residual unless every class of its values leaves the same residual, one that is itself undecided.
Parts of an `all` or `any` that wait for nothing in common are looked at apart: neither can make up for a change in the
other. So the records of a long list cost no more than each of them does. And of parts that hang together, each value
is put into those that wait for it, and no others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

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
        kind = self._formulas.kind(formula)
        if kind not in {"all", "any"}:
            yield from self._compared(formula, deciding)
            return
        parts = self._formulas.parts(formula)
        absorbing = FALSE if kind == "all" else TRUE
        waiting: dict[Atom, list[int]] = {}
        waits = self._store.waits
        for part in parts:
            for atom in waits[part]:
                if atom in waiting:
                    waiting[atom].append(part)
                else:
                    waiting[atom] = [part]
        apart = _apart(parts, waiting)
        if len(apart) < 2:
            yield from self._tried(waiting, parts, absorbing, deciding)
            return
        below = _JUST[absorbing] if absorbing in deciding else _NEITHER
        for some in apart:
            yield from self.on(some[0], below) if len(some) == 1 else self._together(some, kind, waiting, below)

    def _compared(self, formula: int, deciding: frozenset[int]) -> Iterator[Atom]:
        """What bears on a comparison, or its opposite, that is looked at alone."""
        is_opposite = self._formulas.kind(formula) == "not"
        for atom, leaves in self._store.waits[formula].items():
            classes = self._classes(atom, leaves)
            said = None if classes is None else {truth is not is_opposite for (truth,) in classes}
            if said is None or len(said) > 1 or any(int(truth) in deciding for truth in said):
                yield atom

    def _together(
        self, parts: list[int], kind: str, waiting: Mapping[Atom, list[int]], deciding: frozenset[int]
    ) -> frozenset[Atom]:
        """`on` of parts of which none can be looked at apart."""
        mine = frozenset(parts)
        key = (kind, mine, deciding)
        found = self._store.together.get(key)
        if found is None:
            held = {atom: some for atom, some in waiting.items() if some[0] in mine}
            absorbing = FALSE if kind == "all" else TRUE
            found = self._store.together[key] = frozenset(self._tried(held, parts, absorbing, deciding))
            self._store.size += 1
        return found

    def _tried(
        self, waiting: Mapping[Atom, list[int]], parts: Sequence[int], absorbing: int, deciding: frozenset[int]
    ) -> Iterator[Atom]:
        """What bears on parts that hang together, by trying each of their atoms out on those that wait for it."""
        if self._formulas.width(parts) > MOST_LEAVES:
            yield from waiting
            return
        whole = frozenset(parts)
        for atom, some in waiting.items():
            if self._matters(atom, tuple(some), whole, absorbing, deciding):
                yield atom

    def _matters(
        self, atom: Atom, parts: tuple[int, ...], whole: frozenset[int], absorbing: int, deciding: frozenset[int]
    ) -> bool:
        """Whether what the atom turns out to be changes these parts of the whole, or being known decides all."""
        rests = self._rests(atom, parts)
        if rests is None:
            return True
        absorbed = {absorbing in rest for rest in rests}
        if len(absorbed) > 1:
            return True
        others = whole.difference(parts)
        left = {self._formulas.joined(rest, absorbing, others) for rest in rests}
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
        tested = [self._store.waits[part][atom] for part in parts]
        leaves = tested[0] if len(parts) == 1 else tuple(dict.fromkeys(chain.from_iterable(tested)))
        classes = self._classes(atom, leaves)
        if classes is None:
            return None
        found = set()
        for truths in classes:
            said = dict(zip(leaves, truths, strict=True)).__getitem__
            found.add(
                tuple([self._rest(part, own, tuple(map(said, own))) for part, own in zip(parts, tested, strict=True)])
            )
        return frozenset(found)

    def _rest(self, part: int, leaves: tuple[int, ...], truths: tuple[bool, ...]) -> int:
        """What is left of a part where these of its leaves are TRUE or FALSE."""
        key = (part, leaves, truths)
        found = self._store.made.get(key)
        if found is None:
            found = self._formulas.substitute(part, dict(zip(leaves, truths, strict=True)))
            self._store.made[key] = found
            self._store.size += 1
        return found

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


def _apart(parts: tuple[int, ...], waiting: Mapping[Atom, list[int]]) -> list[list[int]]:
    """The parts, together where they wait for the same; `waiting` has those that wait for each atom."""
    lots: dict[int, list[int]] = {}
    for together in waiting.values():
        if len(together) > 1:
            lot = lots.setdefault(together[0], [together[0]])
            for part in together:
                other = lots.get(part)
                if other is None:
                    lot.append(part)
                    lots[part] = lot
                elif other is not lot:
                    lot += other
                    lots.update(dict.fromkeys(other, lot))
    return [*{id(lot): lot for lot in lots.values()}.values(), *[[part] for part in parts if part not in lots]]
