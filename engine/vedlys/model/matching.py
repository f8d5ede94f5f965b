"""What may stand out where a condition holds: known from the condition alone, before there are any facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal as OneOf

from vedlys.model.conditions import AllOf, AnyOf, Condition, Fact, Literal, Not, Quantified

MatchKind = OneOf["record", "member", "pattern", "fact"]

_OF_SETS = frozenset({"has", "lacks", "has_any", "has_all", "lacks_any"})


def standing_out(condition: Condition, *, wanted: bool = True) -> frozenset[tuple[MatchKind, str | None]]:
    """The kinds of matches that evidence may find where the condition has that truth, each with its fact.

    Those of kind `fact` are facts of the true branches of an `any`, and have no fact of their own.
    """
    return frozenset(_kinds(condition, wanted=wanted))


def _kinds(condition: Condition, *, wanted: bool) -> Iterator[tuple[MatchKind, str | None]]:
    match condition:
        case Literal(subject=Fact(name=name), operator=operator):
            if operator in _OF_SETS or (operator == "has_under" and wanted):
                yield "member", name
            elif operator == "covers" and not wanted:
                yield "pattern", name
        case Quantified(fact=fact):
            yield "record", fact
        case AllOf(parts=parts) | AnyOf(parts=parts):
            if len(parts) > 1 and isinstance(condition, AnyOf if wanted else AllOf):
                yield "fact", None
            else:
                for part in parts:
                    yield from _kinds(part, wanted=wanted)
        case Not(part=part):
            yield from _kinds(part, wanted=not wanted)
        case _:
            return
