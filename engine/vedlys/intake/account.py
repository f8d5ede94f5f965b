"""What a careful walk of one request keeps count of."""

from __future__ import annotations

from vedlys.intake.faults import Faults
from vedlys.intake.pointer import clean
from vedlys.intake.scalars import display
from vedlys.intake.tame import tame
from vedlys.messages.shown import visible
from vedlys.suggest import nearest


class Account:
    """What a careful walk of one request has found so far: faults, and unknown names that it passed over."""

    def __init__(self, *, ignore_unknown: bool) -> None:
        self.faults = Faults()
        self.ignore_unknown = ignore_unknown
        self.ignored: set[str] = set()

    def name(self, posted: object, pointer: str) -> str | None:
        """A posted name as exact text; None, with a fault, where it is none."""
        name = tame(posted)
        if type(name) is str:
            return name
        self.faults.add("name-not-text", pointer, name=display(name))
        return None

    def unknown_fact(self, name: str, pointer: str, known: tuple[str, ...]) -> None:
        """Pass over a name that no fact has, or refuse it with the nearest of the known names."""
        if self.ignore_unknown:
            self.ignored.add(clean(name))
            return
        suggestion = nearest(name, known) if self.faults.may_suggest(len(known)) else None
        self.faults.add("unknown-fact", pointer, name=visible(name), suggestion=suggestion)
