"""What must be known where a condition is TRUE, or FALSE: whatever made it so was observed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from vedlys.model.conditions import AllOf, AnyOf, Condition, Fact, Literal, Not, Quantified
from vedlys.model.rulebook import Rule, Rulebook

Names = frozenset[str]


def known_when_applies(book: Rulebook, rule: Rule) -> Names:
    """The facts that are known whenever the rule applies."""
    given, _ = book.gates(rule)
    known = _known(book, rule.when, holds=True)
    return known if given is None else known | _known(book, given, holds=True)


def _known(book: Rulebook, condition: Condition, *, holds: bool) -> Names:
    match condition:
        case Literal(operator="known", operand=operand):
            return _subject(condition).difference(book.derived) if operand is holds else frozenset()
        case Literal():
            return _compared(book, condition, holds=holds)
        case AllOf(parts=parts):
            return _joined([_known(book, part, holds=holds) for part in parts], every=holds)
        case AnyOf(parts=parts):
            return _joined([_known(book, part, holds=holds) for part in parts], every=not holds)
        case Not(part=part):
            return _known(book, part, holds=not holds)
        case Quantified(fact=fact):
            return frozenset({fact})
        case _:
            return frozenset()


def _compared(book: Rulebook, literal: Literal, *, holds: bool) -> Names:
    """Both sides of a comparison that is not UNKNOWN; of a derived fact, what decided it."""
    names = _subject(literal)
    operand = literal.operand
    if isinstance(operand, Fact):
        names |= {operand.name}
    for name in names.intersection(book.derived):
        if isinstance(operand, bool) and literal.operator == "is":
            names |= _known(book, book.derived[name].condition, holds=operand is holds)
    return names.difference(book.derived)


def _subject(literal: Literal) -> Names:
    return frozenset({literal.subject.name}) if isinstance(literal.subject, Fact) else frozenset()


def _joined(parts: Iterable[Names], *, every: bool) -> Names:
    """What all parts need where every one is decided so, what they share where one of them may be it."""
    found = list(parts)
    return reduce(frozenset.union if every else frozenset.intersection, found) if found else frozenset()
