"""The definition of what a condition and a rule mean: a plain walk over the tree.

Truth is Kleene's strong three-valued logic: TRUE, FALSE and UNKNOWN are True, False and None.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, assert_never, cast

import msgspec

from vedlys.model.conditions import (
    AllOf,
    Always,
    AnyOf,
    Condition,
    Fact,
    Field,
    Literal,
    Not,
    Quantified,
    Reference,
    Resolved,
    Truth,
    facts_of,
)
from vedlys.model.environment import Environment
from vedlys.model.judgement import Judgement, RuleJudgement
from vedlys.model.operators import holds
from vedlys.model.rulebook import Rule, Rulebook, Section, Verdict
from vedlys.model.values import Record


def all_of(truths: Iterable[Truth]) -> Truth:
    """FALSE when one is FALSE, else UNKNOWN when one is UNKNOWN, else TRUE."""
    found = list(truths)
    if False in found:
        return False
    return None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """TRUE when one is TRUE, else UNKNOWN when one is UNKNOWN, else FALSE."""
    found = list(truths)
    if True in found:
        return True
    return None if None in found else False


def not_(truth: Truth) -> Truth:
    """The other way round; UNKNOWN stays."""
    return None if truth is None else not truth


def verdict_of(given: Truth, when: Truth, unless: Truth) -> Verdict:
    """A rule's verdict from the truths of its gates (TRUE and FALSE where it has none) and its condition."""
    if unless is True or given is False:
        return "not_applicable"
    truth = all_of((given, when))
    if truth is None:
        return "unknown"
    return "applies" if truth else "clear"


def resolved_of(verdicts: Iterable[Verdict]) -> Truth:
    """`resolved` from the verdicts of the warnings and blockers of its sections."""
    return all_of(None if verdict == "unknown" else verdict != "applies" for verdict in verdicts)


def resolved(book: Rulebook, sections: Iterable[str], verdicts: Mapping[str, Verdict]) -> Truth:
    """`resolved` of these sections, from the verdicts of all rules."""
    return resolved_of(verdicts[rule.id] for section in sections for rule in _serious(book.section(section)))


class Judge:
    """One rulebook applied to one environment; each derived fact and rule is judged once.

    Where the `verdicts` of all rules are known already, `resolved` follows from them: then the rules that it waits for
    are not judged, and its judgement holds none.
    """

    def __init__(self, book: Rulebook, environment: Environment, verdicts: Mapping[str, Verdict] | None = None) -> None:
        self._book = book
        self.environment = environment
        self._known = verdicts
        self._derived: dict[str, Judgement] = {}
        self._rules: dict[str, RuleJudgement] = {}
        self._judged_sections = 0  # how many of the first sections have all their warnings and blockers judged

    def verdicts(self) -> dict[str, Verdict]:
        """Every rule's verdict, in the article's order."""
        return {rule.id: self.rule(rule).verdict for rule in self._book.rules}

    def rules(self) -> tuple[RuleJudgement, ...]:
        """Every rule's judgement, in the article's order."""
        return tuple(self.rule(rule) for rule in self._book.rules)

    def rule(self, rule: Rule) -> RuleJudgement:
        """What the rule says here."""
        if rule.id not in self._rules:
            given, unless = self._book.gates(rule)
            judged_given = None if given is None else self.condition(given)
            judged_unless = None if unless is None else self.condition(unless)
            when = self.condition(rule.when)
            self._rules[rule.id] = RuleJudgement(
                rule=rule,
                verdict=verdict_of(
                    True if judged_given is None else judged_given.truth,
                    when.truth,
                    False if judged_unless is None else judged_unless.truth,
                ),
                when=when,
                given=judged_given,
                unless=judged_unless,
            )
        return self._rules[rule.id]

    def derived(self, name: str) -> Judgement:
        """The judgement of a derived fact's condition."""
        waiting = [name]
        while waiting:  # a stack of its own: a chain of derived facts may be as long as a file
            if waiting[-1] in self._derived:
                waiting.pop()
                continue
            condition = self._book.derived[waiting[-1]].condition
            before = [used for used in facts_of(condition) if used in self._book.derived and used not in self._derived]
            if before:
                waiting += before
            else:
                self._derived[waiting.pop()] = self.condition(condition)
        return self._derived[name]

    def condition(self, condition: Condition, fact: str | None = None, record: Record | None = None) -> Judgement:
        """The truth of a condition and of all its parts; `fact` and `record` are set inside `some` and `every`."""
        match condition:
            case Literal():
                return self._literal(condition, fact, record)
            case AllOf(parts=parts):
                children = tuple(self.condition(part, fact, record) for part in parts)
                return Judgement(
                    condition=condition, truth=all_of(child.truth for child in children), children=children
                )
            case AnyOf(parts=parts):
                children = tuple(self.condition(part, fact, record) for part in parts)
                return Judgement(
                    condition=condition, truth=any_of(child.truth for child in children), children=children
                )
            case Not(part=part):
                child = self.condition(part, fact, record)
                return Judgement(condition=condition, truth=not_(child.truth), children=(child,))
            case Quantified():
                return self._quantified(condition)
            case Resolved(sections=sections) if self._known is not None:
                return Judgement(condition=condition, truth=resolved(self._book, sections, self._known))
            case Resolved(sections=sections):
                rules = self._deciding(sections)
                return Judgement(
                    condition=condition, truth=resolved_of(judged.verdict for judged in rules), rules=rules
                )
            case Always():
                return Judgement(condition=condition, truth=True)
            case _:
                assert_never(condition)

    def _deciding(self, sections: tuple[str, ...]) -> tuple[RuleJudgement, ...]:
        """The judgements of the warnings and blockers of these sections.

        Those of all sections before them are judged first, so that a chain of sections, each waiting for the one
        before, is never walked from its end.
        """
        order = {section.id: place for place, section in enumerate(self._book.sections)}
        while self._judged_sections <= max(order[section] for section in sections):
            for rule in _serious(self._book.sections[self._judged_sections]):
                self.rule(rule)
            self._judged_sections += 1
        return tuple(self.rule(rule) for section in sections for rule in _serious(self._book.sections[order[section]]))

    def _literal(self, literal: Literal, fact: str | None, record: Record | None) -> Judgement:
        observed = self._value(literal.subject, record)
        operand = literal.operand
        needed = self._value(operand, record) if isinstance(operand, Fact | Field) else operand
        truth: Truth
        if literal.operator == "known":
            truth = (observed is not None) is needed
        elif observed is None or needed is None:
            truth = None
        else:
            truth = holds(literal.operator, observed, needed, self.environment.as_of)
        subject = literal.subject
        in_record = isinstance(subject, Field)
        return Judgement(
            condition=literal,
            truth=truth,
            children=(self.derived(subject.name),) if self._is_derived(subject) else (),
            observed=observed,
            needed=needed,
            fact=fact if in_record else subject.name,
            record=record.key if in_record and record is not None else None,
            field=subject.name if in_record else None,
            referenced=any(self._is_reference(part, fact) for part in (subject, operand)),
        )

    def _quantified(self, condition: Quantified) -> Judgement:
        records = cast("tuple[Record, ...] | None", self.environment.values.get(condition.fact))
        referenced = condition.fact in self.environment.references
        if records is None:
            return Judgement(condition=condition, truth=None, fact=condition.fact, referenced=referenced)
        children = tuple(
            _about(self.condition(condition.part, condition.fact, record), record.key) for record in records
        )
        join = any_of if condition.quantifier == "some" else all_of
        return Judgement(
            condition=condition,
            truth=join(child.truth for child in children),
            children=children,
            observed=records,
            fact=condition.fact,
            referenced=referenced,
        )

    def _value(self, reference: Reference, record: Record | None) -> Any:
        if isinstance(reference, Field):
            assert record is not None  # decoding admits fields only inside `some` and `every`
            return record.fields.get(reference.name)
        if self._is_derived(reference):
            return self.derived(reference.name).truth
        return self.environment.values.get(reference.name)

    def _is_derived(self, reference: Reference) -> bool:
        return isinstance(reference, Fact) and reference.name in self._book.derived

    def _is_reference(self, part: object, fact: str | None) -> bool:
        name = part.name if isinstance(part, Fact) else fact if isinstance(part, Field) else None
        return name in self.environment.references


def _about(judgement: Judgement, key: str) -> Judgement:
    return msgspec.structs.replace(judgement, record=key)


def _serious(section: Section) -> Iterator[Rule]:
    return (rule for rule in section.rules if rule.severity != "info")
