"""Faults in content: a code, where, and what the sentence names. Collected, never raised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from vedlys.messages import level_of
from vedlys.messages.message import Level
from vedlys.source import Span


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """One fault at one place of one file.

    `values` are what the sentence of `code` names; the sentence itself is made at the edge, in the
    reader's language.
    """

    code: str
    span: Span
    values: dict[str, str] = {}

    @property
    def level(self) -> Level:
        """How bad it is: an error keeps the catalogue from loading."""
        return level_of(self.code)

    @property
    def order(self) -> tuple[object, ...]:
        """What diagnostics are sorted by: place first, so that they read like the files do."""
        return (*self.span.place, self.code, sorted(self.values.items()))


class Diagnostics:
    """A growing collection of faults, shared by the stages of one run."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def add(self, code: str, span: Span, **values: object) -> None:
        """Record a fault; a value that is None is left out, with the hints that need it."""
        level_of(code)  # an unknown code is a mistake of the engine: fail where it is made
        kept = {name: str(value) for name, value in values.items() if value is not None}
        self._found.append(Diagnostic(code=code, span=span, values=kept))

    def extend(self, found: Iterable[Diagnostic]) -> None:
        """Take over faults found elsewhere."""
        self._found.extend(found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.sorted())

    def __len__(self) -> int:
        return len(self._found)

    @property
    def has_errors(self) -> bool:
        """Whether anything found keeps the catalogue from loading."""
        return any(diagnostic.level == "error" for diagnostic in self._found)

    def sorted(self) -> list[Diagnostic]:
        """All faults by place, each once."""
        unique = {msgspec.json.encode((d.code, d.span.place, sorted(d.values.items()))): d for d in self._found}
        return sorted(unique.values(), key=lambda diagnostic: diagnostic.order)
