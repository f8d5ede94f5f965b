"""Levels: which parts of a rulebook must be decided before others can be asked.

Level 0 needs nothing but facts. A comparison that Python decides and that looks at a conclusion (`known` of a derived
fact, a derived fact as the operand, `resolved`) lies one level above that conclusion: by then it is known whether the
conclusion is TRUE, FALSE or will stay UNKNOWN, which no rule without negation could ask.
"""

from __future__ import annotations

from typing import assert_never

from vedlys.compiling.dependencies import derived_order
from vedlys.model.conditions import AllOf, Always, AnyOf, Condition, Fact, Literal, Not, Quantified, Resolved, facts_of
from vedlys.model.rulebook import Rulebook


class Levels:
    """The levels of a rulebook's derived facts, rules and conditions."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self.derived: dict[str, int] = {}
        self.rules: dict[str, int] = {}
        for name in derived_order(book.derived):
            self.derived[name] = self.of(book.derived[name].condition)
        for rule in book.rules:  # `resolved` names earlier sections only
            parts = (rule.when, *(gate for gate in book.gates(rule) if gate is not None))
            self.rules[rule.id] = max(self.of(part) for part in parts)

    @property
    def count(self) -> int:
        """How many levels there are."""
        return 1 + max([0, *self.derived.values(), *self.rules.values()])

    def of(self, condition: Condition) -> int:
        """The level at which the condition can be decided."""
        match condition:
            case Literal() if self.concluded(condition):
                assert isinstance(condition.subject, Fact)
                return self.derived[condition.subject.name]
            case Literal() | Quantified():
                used = [self.derived[name] for name in facts_of(condition) if name in self._book.derived]
                return 1 + max(used) if used else 0
            case AllOf(parts=parts) | AnyOf(parts=parts):
                return max([0, *(self.of(part) for part in parts)])
            case Not(part=part):
                return self.of(part)
            case Resolved(sections=sections):
                awaited = [self.rules[rule] for section in sections for rule in self.awaited(section)]
                return 1 + max([0, *awaited])
            case Always():
                return 0
            case _:
                assert_never(condition)

    def awaited(self, section: str) -> tuple[str, ...]:
        """The rules that `resolved` waits for in a section."""
        return tuple(rule.id for rule in self._book.section(section).rules if rule.severity != "info")

    def concluded(self, literal: Literal) -> bool:
        """Whether the literal is a derived fact or its negation, which rules can join by themselves."""
        subject = literal.subject
        return (
            isinstance(subject, Fact)
            and subject.name in self._book.derived
            and literal.operator == "is"
            and isinstance(literal.operand, bool)
        )
