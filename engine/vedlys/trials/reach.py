"""Which rules a derived fact or a section's gate bears on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vedlys.model.conditions import Condition, facts_of, sections_of
from vedlys.model.rulebook import Rule, Rulebook


def rules_reading(book: Rulebook, derived: str) -> tuple[Rule, ...]:
    """The rules that depend on a derived fact: those that read it, directly or not, then those that wait for them."""
    reading = {derived}
    while more := {
        name
        for name, fact in book.derived.items()
        if name not in reading and not reading.isdisjoint(facts_of(fact.condition))
    }:
        reading |= more
    return _reached(book, lambda rule: any(not reading.isdisjoint(facts_of(part)) for part in _parts(book, rule)))


def rules_of_section(book: Rulebook, section: str) -> tuple[Rule, ...]:
    """The rules that depend on a section's gates: its own first, then those that wait for them."""
    return _reached(book, lambda rule: rule.section == section)


def _reached(book: Rulebook, direct: Callable[[Rule], bool]) -> tuple[Rule, ...]:
    reached = [rule for rule in book.rules if direct(rule)]
    decided = {rule.id for rule in reached}
    sections = {rule.section for rule in reached if rule.severity != "info"}
    for rule in book.rules:  # `resolved` names earlier sections only: one pass in order finds all
        waits = any(not sections.isdisjoint(sections_of(part)) for part in _parts(book, rule))
        if waits and rule.id not in decided:
            reached.append(rule)
            if rule.severity != "info":
                sections.add(rule.section)
    return tuple(reached)


def _parts(book: Rulebook, rule: Rule) -> Iterator[Condition]:
    yield from (part for part in (rule.when, *book.gates(rule)) if part is not None)
