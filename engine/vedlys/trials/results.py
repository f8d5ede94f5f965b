"""What `vedlys test` found, as data; sentences are made at the edge."""

from __future__ import annotations

from typing import Literal

import msgspec

from vedlys.checking.examples import Contradiction
from vedlys.model.rulebook import Verdict
from vedlys.source import Span


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """An example or case that one engine answers otherwise than authored."""

    engine: str
    contradiction: Contradiction


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict in which an engine differs from the judge, whatever was wanted."""

    article: str
    engine: str
    rule: str
    case: str | None = None
    judge: Verdict
    got: str
    span: Span


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a kind of thing are covered."""

    covered: int
    total: int


Target = Literal["rule", "derived", "section"]


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Something never seen: a verdict of a rule without an example, or a truth of a part of a condition.

    `node` is None for a verdict. `missing` holds verdicts, or of `true`, `false` and `unknown`.
    """

    article: str
    target: Target
    name: str  # of the rule, derived fact or section
    node: str | None = None
    missing: tuple[str, ...]
    span: Span


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What examples and cases have seen.

    `rules` counts rules that have an example of each verdict they can have, `verdicts` the verdicts of rules seen in
    examples and cases, `conditions` the parts of conditions seen TRUE, FALSE and UNKNOWN, as far as each can be.
    """

    rules: Count
    verdicts: Count
    conditions: Count
    rule_gaps: tuple[Gap, ...] = ()
    condition_gaps: tuple[Gap, ...] = ()


class Survivor(msgspec.Struct, frozen=True, kw_only=True):
    """A mutant that no example and no case notices."""

    article: str
    target: Target
    name: str  # of the rule, derived fact or section
    mutant: str
    span: Span


class EquivalentFault(msgspec.Struct, frozen=True, kw_only=True):
    """An entry under `equivalent` that accepts nothing: no mutant has that name, or an example notices it."""

    article: str
    rule: str
    mutant: str
    kind: Literal["unknown", "killed"]
    suggestion: str | None = None  # the mutant that was meant
    noticed_by: Span | None = None  # the first example or case that notices it
    span: Span


class Mutation(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the mutants. `total` counts them all, `accepted` those under `equivalent`."""

    total: int
    killed: int
    accepted: int
    survivors: tuple[Survivor, ...] = ()
    faults: tuple[EquivalentFault, ...] = ()


class ArticleReport(msgspec.Struct, frozen=True, kw_only=True):
    """The trials of one article."""

    article: str
    examples: int
    cases: int
    failures: tuple[Failure, ...] = ()
    differences: tuple[Difference, ...] = ()
    coverage: Coverage
    mutation: Mutation

    @property
    def passed(self) -> bool:
        """Whether all came out as authored, and nothing that must be noticed goes unnoticed."""
        found = (
            self.failures,
            self.differences,
            self.coverage.rule_gaps,
            self.mutation.survivors,
            self.mutation.faults,
        )
        return not any(found)


class TrialReport(msgspec.Struct, frozen=True, kw_only=True):
    """The trials of a catalogue, by article."""

    engines: tuple[str, ...]
    articles: tuple[ArticleReport, ...]

    @property
    def passed(self) -> bool:
        """Whether every article passed."""
        return all(article.passed for article in self.articles)
