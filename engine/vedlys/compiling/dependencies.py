"""What a rulebook reads, and in which order derived facts can be decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter

from vedlys.model.conditions import Condition, facts_of
from vedlys.model.rulebook import DerivedFact, Rulebook


def derived_order(derived: Mapping[str, DerivedFact]) -> tuple[str, ...]:
    """Derived facts, each behind those that it uses; `graphlib.CycleError` where they make a circle."""
    uses = {
        name: dict.fromkeys(used for used in facts_of(fact.condition) if used in derived)
        for name, fact in derived.items()
    }
    return tuple(TopologicalSorter(uses).static_order())


def conditions_of(book: Rulebook) -> Iterator[Condition]:
    """Every condition that a verdict of the rulebook may depend on, save those of derived facts, in authored order."""
    for section in book.sections:
        yield from (gate for gate in (section.given, section.unless) if gate is not None)
        for rule in section.rules:
            yield from (part for part in (rule.given, rule.when, rule.unless) if part is not None)


def derived_used(book: Rulebook) -> frozenset[str]:
    """The derived facts that a rule or gate reads, directly or through others."""
    waiting = [name for condition in conditions_of(book) for name in facts_of(condition) if name in book.derived]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += [other for other in facts_of(book.derived[name].condition) if other in book.derived]
    return frozenset(used)


def facts_behind(names: Iterable[str], book: Rulebook) -> tuple[str, ...]:
    """The facts of the vocabulary that these facts are or, where they are derived, come from; each once."""
    found: dict[str, None] = {}
    waiting = list(names)
    followed: set[str] = set()
    while waiting:
        name = waiting.pop()
        derived = book.derived.get(name)
        if derived is None:
            found[name] = None
        elif name not in followed:
            followed.add(name)
            waiting += facts_of(derived.condition)
    return tuple(found)


def facts_read(book: Rulebook) -> tuple[str, ...]:
    """The facts of the vocabulary that bear on a rule of the book, directly or through derived facts; sorted."""
    used = derived_used(book)
    conditions = [*conditions_of(book), *(book.derived[name].condition for name in used)]
    return tuple(sorted({name for condition in conditions for name in facts_of(condition)} - book.derived.keys()))
