"""Decisions decided again on the present catalogue, each at the moment that it was decided at; and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from vedlys.assessment import Catalogue
from vedlys.compiling.dependencies import facts_behind
from vedlys.errors import FactsError, VedlysError
from vedlys.model.conditions import facts_of, sections_of
from vedlys.model.rulebook import Rulebook, Verdict
from vedlys.web.decisions.reading import BadLine
from vedlys.web.decisions.record import Record, outcome_of

NONE = "none"  # the verdict of a rule that is not there, and the status of an article that is not


class Change(msgspec.Struct, frozen=True, order=True):
    """What became of a rule, or with no rule of an article's status: `old` is now `new`."""

    article: str
    rule: str
    old: str
    new: str


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """One record, decided again.

    `left` are the rules that masked facts bear on: they cannot be decided again, nor can the status then. `refused`
    says why nothing could be decided at all.
    """

    record: Record
    changes: tuple[Change, ...] = ()
    left: frozenset[str] = frozenset()
    refused: str = ""


class Tally(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often one change has come about, and in which records: the ids of the first of them."""

    article: str
    rule: str = ""
    old: str
    new: str
    count: int
    ids: tuple[str, ...]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What came of all records.

    A record is `same`, `changed` or `refused`: its facts are accepted no longer. `masked` counts those of which a part
    could not be decided again for the facts in `masked_facts`. Changes and refusals are sorted.
    """

    catalogue: str
    records: int
    same: int
    changed: int
    refused: int
    masked: int
    masked_facts: tuple[str, ...]
    bad_lines: int
    changes: tuple[Tally, ...]
    refusals: tuple[Tally, ...]


class Replay:
    """Decides records again. Its memory grows with the kinds of changes that there are, never with the records."""

    IDS = 20  # that are kept of each kind of change

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._counts = {"same": 0, "changed": 0, "refused": 0}
        self._masked = 0
        self._masked_facts: set[str] = set()
        self._bad_lines = 0
        self._behind: dict[str, dict[str, frozenset[str]]] = {}
        self._tallies: dict[Change, tuple[int, list[str]]] = {}
        self._refusals: dict[Change, tuple[int, list[str]]] = {}

    def run(self, records: Iterable[Record | BadLine]) -> Iterator[Replayed | BadLine]:
        """Each record decided again, as it is read; bad lines are passed on."""
        for record in records:
            if isinstance(record, BadLine):
                self._bad_lines += 1
                yield record
            else:
                replayed = self._replay(record)
                self._count(replayed)
                yield replayed

    @property
    def summary(self) -> Summary:
        """What has come of the records so far."""
        return Summary(
            catalogue=self._catalogue.digest,
            records=sum(self._counts.values()),
            **self._counts,
            masked=self._masked,
            masked_facts=tuple(sorted(self._masked_facts)),
            bad_lines=self._bad_lines,
            changes=_tallied(self._tallies),
            refusals=_tallied(self._refusals),
        )

    def _replay(self, record: Record) -> Replayed:
        article = record.article
        if article not in self._catalogue.articles:
            return Replayed(record=record, changes=(Change(article, "", record.status, NONE),))
        try:
            status, verdicts = self._decide(record)
        except FactsError as error:
            return Replayed(record=record, refused=f"{error.faults[0].pointer}: {error.faults[0].code}")
        except VedlysError as error:
            return Replayed(record=record, refused=str(error))
        left = self._left(record)
        changes = [Change(article, "", record.status, status)] if status != record.status and not left else []
        for rule in {**record.verdicts, **verdicts}:
            old, new = record.verdicts.get(rule, NONE), verdicts.get(rule, NONE)
            if old != new and rule not in left:
                changes.append(Change(article, rule, old, new))
        return Replayed(record=record, changes=tuple(sorted(changes)), left=left)

    def _decide(self, record: Record) -> tuple[str, dict[str, Verdict]]:
        """Status and verdicts now, masked facts left out; facts that nobody declares any more bear on nothing."""
        catalogue = self._catalogue
        facts = {name: value for name, value in record.facts.items() if name not in record.masked}
        skip = [name for name in record.skip if name in catalogue.content.vocabulary]
        reading = catalogue.read(facts, as_of=record.as_of, skip=skip, unknown_facts="ignore")
        locale = record.locale if record.locale in catalogue.locales else None
        [answer] = catalogue.answers(reading, [record.article], locale)
        outcome = outcome_of(answer)
        return outcome.status, outcome.verdicts

    def _left(self, record: Record) -> frozenset[str]:
        """The rules that masked facts bear on."""
        if not record.masked:
            return frozenset()
        if record.article not in self._behind:
            self._behind[record.article] = facts_behind_rules(self._catalogue.content.rulebooks[record.article])
        masked = frozenset(record.masked)
        return frozenset(rule for rule, facts in self._behind[record.article].items() if not masked.isdisjoint(facts))

    def _count(self, replayed: Replayed) -> None:
        record = replayed.record
        self._counts["refused" if replayed.refused else "changed" if replayed.changes else "same"] += 1
        if replayed.left:
            self._masked += 1
            self._masked_facts.update(record.masked)
        for change in replayed.changes:
            self._add(self._tallies, change, record.id)
        if replayed.refused:
            self._add(self._refusals, Change(record.article, "", record.status, replayed.refused), record.id)

    def _add(self, tallies: dict[Change, tuple[int, list[str]]], change: Change, record: str) -> None:
        count, ids = tallies.get(change, (0, []))
        if len(ids) < self.IDS:
            ids.append(record)
        tallies[change] = (count + 1, ids)


def _tallied(tallies: dict[Change, tuple[int, list[str]]]) -> tuple[Tally, ...]:
    return tuple(
        Tally(article=change.article, rule=change.rule, old=change.old, new=change.new, count=count, ids=tuple(ids))
        for change, (count, ids) in sorted(tallies.items())
    )


def facts_behind_rules(book: Rulebook) -> dict[str, frozenset[str]]:
    """By rule, the facts of the vocabulary that its verdict may depend on."""
    by_section: dict[str, frozenset[str]] = {}
    by_rule: dict[str, frozenset[str]] = {}
    for section in book.sections:
        gates = [gate for gate in (section.given, section.unless) if gate is not None]
        for rule in section.rules:
            conditions = [*gates, *(part for part in (rule.given, rule.when, rule.unless) if part is not None)]
            facts = set(facts_behind((name for one in conditions for name in facts_of(one)), book))
            for earlier in (name for one in conditions for name in sections_of(one)):
                facts |= by_section.get(earlier, frozenset())
            by_rule[rule.id] = frozenset(facts)
        by_section[section.id] = frozenset().union(*(by_rule[rule.id] for rule in section.rules))
    return by_rule
