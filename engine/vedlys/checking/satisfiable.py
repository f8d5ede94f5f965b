"""Conditions that can never be TRUE, or are TRUE whatever the facts; `evaluation.vacuous` finds them."""

from __future__ import annotations

from vedlys.diagnostics import Diagnostics
from vedlys.evaluation.vacuous import MOST_COMBINATIONS, NotAnalysed, always_or_never, truths_of
from vedlys.model.conditions import Always, Condition
from vedlys.model.content import Content
from vedlys.model.rulebook import Rule, Rulebook, Section
from vedlys.source import Span


def check_satisfiable(content: Content, diagnostics: Diagnostics) -> None:
    """Every condition and gate can be TRUE and can be FALSE, and every rule can apply; `when: always` is meant."""
    for book in content.rulebooks.values():
        checker = _Checker(content, book, diagnostics)
        for derived in book.derived.values():
            checker.alone(derived.condition)
        for section in book.sections:
            checker.gates(section)
            for rule in section.rules:
                checker.gates(rule)
                checker.rule(rule)


class _Checker:
    """Looks at the conditions of one rulebook."""

    def __init__(self, content: Content, book: Rulebook, diagnostics: Diagnostics) -> None:
        self._vocabulary = content.vocabulary
        self._book = book
        self._diagnostics = diagnostics

    def gates(self, gated: Rule | Section) -> None:
        """Each gate by itself."""
        for gate in (gated.given, gated.unless):
            if gate is not None:
                self.alone(gate)

    def rule(self, rule: Rule) -> None:
        """The condition by itself, then together with its gates: each may be TRUE alone, and yet never both."""
        gated = any(gate is not None for gate in self._book.gates(rule))
        if not self.alone(rule.when, rule.id) or not gated:
            return
        found = always_or_never(rule, self._book, self._vocabulary)
        if isinstance(found, NotAnalysed):
            self._not_analysed(rule.span, found)
        elif found == "never":
            self._diagnostics.add("never-true", rule.span, rule=rule.id)

    def alone(self, condition: Condition, rule: str | None = None) -> bool:
        """Whether there is more to find out about the condition: it was looked at, and can be TRUE."""
        if isinstance(condition, Always):
            return True
        truths = truths_of(condition, self._book, self._vocabulary)
        if isinstance(truths, NotAnalysed):
            self._not_analysed(condition.span, truths)
            return False
        if truths == {False}:
            self._diagnostics.add("never-true", condition.span, rule=rule)
        elif truths == {True}:
            self._diagnostics.add("always-true", condition.span)
        return True in truths

    def _not_analysed(self, span: Span, why: NotAnalysed) -> None:
        limit = MOST_COMBINATIONS if why.reason == "combinations" else None
        self._diagnostics.add("not-analysed", span, limit=limit)
