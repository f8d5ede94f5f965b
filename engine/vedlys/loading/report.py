"""Where the decoders put what they find, and how a decoder gives up on a part."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from vedlys.diagnostics import Diagnostics
from vedlys.messages.shown import visible
from vedlys.source import Span
from vedlys.suggest import nearest

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# Looking for the nearest name costs some 30 µs a candidate. A vocabulary of tens of thousands of facts with
# a thousand misspelt uses must not take minutes, so that after this many comparisons nothing is suggested.
MOST_COMPARED = 150_000


_SHOWN = 300  # characters of a value that a sentence names


class Unreadable(Exception):  # noqa: N818  # no error of a caller: it never leaves this package
    """This part cannot be decoded, and why is reported already: leave it out, go on with the next."""


class Report:
    """The faults of one run, and the suggestions that go with them."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics
        self._comparisons = MOST_COMPARED

    @property
    def compared(self) -> int:
        """How many names were looked at for suggestions; beyond `MOST_COMPARED` none is suggested."""
        return MOST_COMPARED - self._comparisons

    def add(self, code: str, span: Span, **values: object) -> None:
        """Record a fault; a value that is None is left out."""
        shown = {name: visible(str(value), _SHOWN) for name, value in values.items() if value is not None}
        self.diagnostics.add(code, span, **shown)

    def fail(self, code: str, span: Span, **values: object) -> Unreadable:
        """Record a fault and return what to raise."""
        self.add(code, span, **values)
        return Unreadable()

    def nearest(self, name: str, known: Collection[str]) -> str | None:
        """The known name that was meant, or None where none is close or too much was looked for already."""
        self._comparisons -= len(known)
        return nearest(name, known) if self._comparisons > 0 else None


def each(items: Iterable[_Item], decode: Callable[[_Item], _Result]) -> list[_Result]:
    """Decode every item, those behind a bad one too; Unreadable after the last where one was bad."""
    decoded, bad = _attempt(items, decode)
    if bad:
        raise Unreadable
    return decoded


def readable(items: Iterable[_Item], decode: Callable[[_Item], _Result]) -> list[_Result]:
    """Decode every item and leave out the bad ones."""
    return _attempt(items, decode)[0]


def _attempt(items: Iterable[_Item], decode: Callable[[_Item], _Result]) -> tuple[list[_Result], bool]:
    decoded: list[_Result] = []
    bad = False
    for item in items:
        try:
            decoded.append(decode(item))
        except Unreadable:
            bad = True
    return decoded, bad


class Parts:
    """The parts of one thing, all of them read, whichever are bad."""

    def __init__(self) -> None:
        self._bad = False

    def read(self, decode: Callable[[], _Result]) -> _Result | None:
        """What `decode` makes of a part; None where that is bad."""
        try:
            return decode()
        except Unreadable:
            self._bad = True
            return None

    def read_each(self, items: Iterable[_Item], decode: Callable[[_Item], _Result]) -> list[_Result]:
        """What `decode` makes of every item; the bad ones are left out."""
        decoded, bad = _attempt(items, decode)
        self._bad = self._bad or bad
        return decoded

    def finish(self) -> None:
        """Unreadable where a part was bad."""
        if self._bad:
            raise Unreadable
