"""Collecting the faults of one request, within bounds."""

from __future__ import annotations

from vedlys.errors import Fault

LIMIT = 1_000
# Pointers repeat the keys they lead through: a long key over many faults would make the answer far larger than
# the document.
_POINTER_ROOM = 256 * 1024
# A longer one names no fact, nor anything else that there is: the place around is named instead.
_POINTER_LENGTH = 1_000
# What looking for near names may cost, in comparisons of names: some 5 µs each, in which other requests wait.
_SUGGESTION_ROOM = 5_000


class NotPlainError(Exception):
    """A fast walk has met something that only a more careful one can judge."""


class EnoughError(Exception):
    """No more faults are taken: the walk may stop."""


class Faults:
    """The faults found so far; of two with the same pointer and code the first is kept."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Fault] = {}
        self._settled: set[str] = set()
        self._pointer_room = _POINTER_ROOM
        self._suggestion_room = _SUGGESTION_ROOM

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, code: str, pointer: str, **values: str | None) -> None:
        """Take one fault; a value that is None is left out. Raises `EnoughError` when there is no room."""
        if (pointer, code) in self._found or pointer in self._settled:
            return
        place = _short(pointer)
        self._pointer_room -= len(place)
        if len(self._found) >= LIMIT or (self._found and self._pointer_room < 0):
            raise EnoughError
        kept = {name: value for name, value in values.items() if value is not None}
        self._found[pointer, code] = Fault(code=code, pointer=place, values=kept)

    def settle(self, code: str, pointer: str, **values: str | None) -> None:
        """Take one fault after which nothing more is to be said of that place."""
        self.add(code, pointer, **values)
        self._settled.add(pointer)

    def may_suggest(self, names: int) -> bool:
        """Whether near names may still be looked for among so many."""
        self._suggestion_room -= names
        return self._suggestion_room > -names

    def sorted(self, *, complete: bool) -> list[Fault]:
        """All faults by pointer, then code; where the walk stopped early, a last one says that there are more."""
        found = [self._found[place] for place in sorted(self._found)]
        if not complete:
            found.append(Fault(code="more-faults", pointer="", values={"count": str(len(found))}))
        return found


def _short(pointer: str) -> str:
    """The pointer, or the longest part of it that is short enough and still leads somewhere."""
    if len(pointer) <= _POINTER_LENGTH:
        return pointer
    return pointer[: pointer.rfind("/", 0, _POINTER_LENGTH + 1)]
