"""Which verdicts a rule can have, and must therefore have an example of."""

from __future__ import annotations

from collections.abc import Iterator

from vedlys.model.conditions import AllOf, Always, AnyOf, Condition, Literal, Not
from vedlys.model.rulebook import Rule, Rulebook, Verdict


def required_verdicts(book: Rulebook, rule: Rule) -> tuple[Verdict, ...]:
    """`applies`, `clear` and `unknown`, and `not_applicable` for a rule or section with a gate.

    A rule that is TRUE always is never clear, and one that asks only what is `known` is never unknown.
    """
    given, unless = book.gates(rule)
    return tuple(_required(rule.when, given, unless))


def _required(when: Condition, given: Condition | None, unless: Condition | None) -> Iterator[Verdict]:
    yield "applies"
    if not isinstance(when, Always):
        yield "clear"
    if _can_be_unknown(when) or (given is not None and _can_be_unknown(given)):
        yield "unknown"
    if given is not None or unless is not None:
        yield "not_applicable"


def _can_be_unknown(condition: Condition) -> bool:
    match condition:
        case Literal(operator=operator):
            return operator != "known"
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return any(_can_be_unknown(part) for part in parts)
        case Not(part=part):
            return _can_be_unknown(part)
        case Always():
            return False
        case _:
            return True
