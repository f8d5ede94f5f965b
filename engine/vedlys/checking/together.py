"""What all articles and texts come to together: taken from all of them once, and again where one of them changes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

import msgspec

from vedlys.checking.known import Unit


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of all units in each run.

    `derived` are all derived facts, None where they are not all known; `unsettled` the articles that are never taken
    for known; `named` which locale is translated from which. The rest is what they all found, as each of them has it.
    """

    derived: frozenset[str] | None
    unsettled: tuple[str, ...]
    named: frozenset[tuple[str, str]]
    compared: int
    errors: bool
    loaded: tuple[bytes, ...]
    answers: tuple[bytes, ...]
    authoring: tuple[bytes, ...]


def taken_together(articles: Mapping[str, Unit], texts: Iterable[Unit]) -> Together:
    """What these units come to."""
    concluded = [unit.concludes for unit in articles.values()]
    units = [*articles.values(), *texts]
    return Together(
        derived=None if None in concluded else frozenset(chain.from_iterable(names or () for names in concluded)),
        unsettled=tuple([name for name, unit in articles.items() if not unit.setting]),
        named=frozenset(pair for unit in units for pair in _named(unit)),
        compared=sum([unit.compared for unit in units]),
        errors=any(unit.errors for unit in units),
        loaded=tuple([unit.loaded for unit in units if unit.loaded]),
        answers=tuple([unit.answers for unit in units if unit.answers]),
        authoring=tuple([unit.authoring for unit in units if unit.authoring]),
    )


def is_as_before(before: Unit | None, after: Unit | None) -> bool:
    """Whether all units come to the same with one of them replaced; None where it has come or gone."""
    return before is not None and after is not None and _part(before) == _part(after)


def _part(unit: Unit) -> tuple[object, ...]:
    found = (unit.compared, unit.errors, unit.loaded, unit.answers, unit.authoring)
    return (unit.concludes, bool(unit.setting), _named(unit), *found)


def _named(unit: Unit) -> set[tuple[str, str]]:
    """Which locales a unit says that its files were translated from, each with the locale of the file."""
    return {(one.translates, one.locale) for one in unit.said}
