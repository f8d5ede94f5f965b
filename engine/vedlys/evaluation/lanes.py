"""Sets of rules, one for each fact, gathered by adding numbers up: what a fact that is asked for bears on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import compress
from struct import Struct

from vedlys.evaluation.residual import Atom


class Lanes:
    """For each of some facts a set of rules, all in one number: sets of one rule each are joined by adding them up."""

    def __init__(self, facts: Iterable[str], rules: Iterable[str]) -> None:
        self._atoms = tuple(map(Atom, facts))
        self.bits = {rule: 1 << place for place, rule in enumerate(rules)}
        width = next((width for width in (8, 16, 32, 64) if width >= len(self.bits)), len(self.bits))
        self._bytes = -(-width // 8)
        self._shifts = {atom.fact: 8 * self._bytes * place for place, atom in enumerate(self._atoms)}
        self._size = self._bytes * len(self._atoms)
        code = {1: "B", 2: "H", 4: "I", 8: "Q"}.get(self._bytes)
        self._sets = None if code is None else Struct(f"<{len(self._atoms)}{code}")

    def of(self, rule: str, facts: Iterable[str]) -> int:
        """The rule in the lanes of these facts."""
        return sum([self.bits[rule] << self._shifts[fact] for fact in facts])

    def apart(self, lanes: int) -> Iterator[tuple[Atom, int]]:
        """Each fact whose set is not empty, with the bits of its rules."""
        data = lanes.to_bytes(self._size, "little")
        sets = self._split(data) if self._sets is None else self._sets.unpack(data)
        return compress(zip(self._atoms, sets, strict=True), sets)

    def _split(self, data: bytes) -> tuple[int, ...]:
        size = self._bytes
        return tuple([int.from_bytes(data[at : at + size], "little") for at in range(0, self._size, size)])
