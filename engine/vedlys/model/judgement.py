"""A judgement: the truth of a condition and of each of its parts, with what was observed."""

from __future__ import annotations

from typing import Any

import msgspec

from vedlys.model.conditions import Condition, Truth
from vedlys.model.matching import MatchKind
from vedlys.model.rulebook import Rule, Verdict


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """One node of the condition tree as it stands in one environment.

    The children of a literal on a derived fact are the judgement of that fact's condition; those of a
    `some` or `every` are one judgement a record, each with `record` set; those of a `resolved` are the
    judgements of the rules that decide it, under `rules`.
    """

    condition: Condition
    truth: Truth
    children: tuple[Judgement, ...] = ()
    rules: tuple[RuleJudgement, ...] = ()
    observed: Any = None  # a literal's value in normal form; None = unknown
    needed: Any = None  # a literal's operand in normal form, another fact's value put in; None = unknown
    fact: str | None = None  # the environment's fact that a literal or quantifier tests …
    record: str | None = None  # … with the key of the record …
    field: str | None = None  # … and its field, inside `some` and `every`
    referenced: bool = False  # reference data supplied the observed or the needed value


class RuleJudgement(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule says, and why: its condition and its gates, each joined with its section's."""

    rule: Rule
    verdict: Verdict
    when: Judgement
    given: Judgement | None = None
    unless: Judgement | None = None

    @property
    def is_open(self) -> bool:
        """Whether more facts could still turn it: it is unknown, or it applies on an undecided `unless`."""
        return self.verdict == "unknown" or (
            self.verdict == "applies" and self.unless is not None and self.unless.truth is None
        )


class Match(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One thing that stood out: a record's key, a member of a set, a pattern not covered, or a fact."""

    kind: MatchKind
    fact: str
    value: Any
