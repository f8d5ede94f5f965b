"""What all articles and texts come to together: taken from all of them once, and again where one of them changes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple

import msgspec

from vedlys.checking.known import Unit


class _Part(NamedTuple):
    """What of one unit is taken together with the others: all that `Together` follows from."""

    concludes: tuple[str, ...] | None
    settled: bool
    named: frozenset[tuple[str, str]]
    compared: int
    errors: bool
    loaded: bytes
    answers: bytes
    authoring: bytes | None


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
    of_articles = {name: _part(unit) for name, unit in articles.items()}
    parts = [*of_articles.values(), *map(_part, texts)]
    concluded = [part.concludes for part in of_articles.values()]
    return Together(
        derived=None if None in concluded else frozenset(chain.from_iterable(names or () for names in concluded)),
        unsettled=tuple([name for name, part in of_articles.items() if not part.settled]),
        named=frozenset(chain.from_iterable([part.named for part in parts])),
        compared=sum([part.compared for part in parts]),
        errors=any(part.errors for part in parts),
        loaded=tuple([part.loaded for part in parts if part.loaded]),
        answers=tuple([part.answers for part in parts if part.answers]),
        authoring=tuple([part.authoring for part in parts if part.authoring]),
    )


def is_as_before(before: Unit | None, after: Unit | None) -> bool:
    """Whether all units come to the same with one of them replaced; None where it has come or gone."""
    return before is not None and after is not None and _part(before) == _part(after)


def _part(unit: Unit) -> _Part:
    return _Part(
        concludes=unit.concludes,
        settled=bool(unit.setting),
        named=frozenset((one.translates, one.locale) for one in unit.said),
        compared=unit.compared,
        errors=unit.errors,
        loaded=unit.loaded,
        answers=unit.answers,
        authoring=unit.authoring,
    )
