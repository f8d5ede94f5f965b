"""Which mutants no example and no case notices.

A mutant is killed by an example or case that comes out as authored, and with the mutant otherwise. Examples that fail
already kill nothing: what they would notice is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from vedlys.checking.examples import Trial
from vedlys.evaluation.judge import Judge, verdict_of
from vedlys.model.conditions import Condition, Truth
from vedlys.model.environment import Environment
from vedlys.model.rulebook import DerivedFact, Rule, Rulebook, Section, Verdict
from vedlys.source import Span
from vedlys.suggest import nearest
from vedlys.trials.mutants import Mutant, mutants
from vedlys.trials.reach import rules_of_section, rules_reading
from vedlys.trials.results import EquivalentFault, Mutation, Survivor, Target


class _Witness(msgspec.Struct, frozen=True):
    """A trial that comes out as wanted for one rule."""

    environment: Environment
    judge: Judge
    wanted: Verdict
    span: Span


class _Tally:
    """What became of the mutants so far."""

    def __init__(self, article: str) -> None:
        self._article = article
        self._total = self._killed = self._accepted = 0
        self._survivors: list[Survivor] = []

    def add(self, target: Target, name: str, mutant: Mutant, *, noticed: bool, accepted: bool = False) -> None:
        self._total += 1
        if noticed:
            self._killed += 1
        elif accepted:
            self._accepted += 1
        else:
            self._survivors.append(
                Survivor(article=self._article, target=target, name=name, mutant=mutant.name, span=mutant.span)
            )

    def mutation(self, faults: Iterable[EquivalentFault]) -> Mutation:
        return Mutation(
            total=self._total,
            killed=self._killed,
            accepted=self._accepted,
            survivors=tuple(self._survivors),
            faults=tuple(faults),
        )


def try_mutants(book: Rulebook, trials: Iterable[Trial]) -> Mutation:
    """Try every mutant of every rule, derived fact and section gate against the trials of the rulebook."""
    bench = _Bench(book, trials)
    tally = _Tally(book.article)
    faults = [fault for rule in book.rules for fault in _try_rule(book, rule, bench, tally)]
    for derived in book.derived.values():
        readers = rules_reading(book, derived.name)
        for mutant in mutants("condition", derived.condition):
            noticed = bench.notice(_with_derived(book, derived, mutant), readers)
            tally.add("derived", derived.name, mutant, noticed=noticed)
    for section in book.sections:
        readers = rules_of_section(book, section.id)
        for mutant, changed in _section_mutants(section):
            noticed = bench.notice(_with_section(book, changed), readers)
            tally.add("section", section.id, mutant, noticed=noticed)
    return tally.mutation(faults)


def _try_rule(book: Rulebook, rule: Rule, bench: _Bench, tally: _Tally) -> Iterator[EquivalentFault]:
    accepted = {equivalent.mutant for equivalent in rule.equivalents}
    noticed: dict[str, Span | None] = {}
    for mutant, changed in _rule_mutants(rule):
        noticed[mutant.name] = bench.notices_rule(changed)
        tally.add("rule", rule.id, mutant, noticed=noticed[mutant.name] is not None, accepted=mutant.name in accepted)
    for equivalent in rule.equivalents:
        known = equivalent.mutant in noticed
        if known and noticed[equivalent.mutant] is None:
            continue
        yield EquivalentFault(
            article=book.article,
            rule=rule.id,
            mutant=equivalent.mutant,
            kind="killed" if known else "unknown",
            suggestion=None if known else nearest(equivalent.mutant, noticed),
            noticed_by=noticed.get(equivalent.mutant),
            span=equivalent.span,
        )


class _Bench:
    """The trials of one rulebook, each judged once; mutants are tried against those that come out as wanted."""

    def __init__(self, book: Rulebook, trials: Iterable[Trial]) -> None:
        self._book = book
        rules = {rule.id: rule for rule in book.rules}
        self._witnesses: dict[str, list[_Witness]] = {rule_id: [] for rule_id in rules}
        for trial in trials:
            judge = Judge(book, trial.environment)
            for rule_id, wanted in trial.wanted.items():
                if judge.rule(rules[rule_id]).verdict == wanted:
                    self._witnesses[rule_id].append(_Witness(trial.environment, judge, wanted, trial.span))

    def notices_rule(self, changed: Rule) -> Span | None:
        """The first trial in which the changed rule has another verdict than is wanted.

        The unchanged rulebook's judges decide it: nothing that a rule reads depends on the rule itself.
        """
        given, unless = self._book.gates(changed)
        for witness in self._witnesses[changed.id]:
            judge = witness.judge
            got = verdict_of(
                _truth(judge, given, absent=True),
                judge.condition(changed.when).truth,
                _truth(judge, unless, absent=False),
            )
            if got != witness.wanted:
                return witness.span
        return None

    def notice(self, changed: Rulebook, readers: Sequence[Rule]) -> bool:
        """Whether a trial of one of these rules, which are all that the change bears on, comes out otherwise."""
        judges: dict[int, Judge] = {}
        rules = {rule.id: rule for rule in changed.rules}
        for reader in readers:
            for witness in self._witnesses[reader.id]:
                place = id(witness.environment)
                if place not in judges:
                    judges[place] = Judge(changed, witness.environment)
                if judges[place].rule(rules[reader.id]).verdict != witness.wanted:
                    return True
        return False


def _truth(judge: Judge, gate: Condition | None, *, absent: bool) -> Truth:
    return absent if gate is None else judge.condition(gate).truth


def _rule_mutants(rule: Rule) -> Iterator[tuple[Mutant, Rule]]:
    if rule.given is not None:
        for mutant in mutants("given", rule.given):
            yield mutant, msgspec.structs.replace(rule, given=mutant.condition)
    for mutant in mutants("when", rule.when):
        assert mutant.condition is not None  # a dropped `when` is always TRUE
        yield mutant, msgspec.structs.replace(rule, when=mutant.condition)
    if rule.unless is not None:
        for mutant in mutants("unless", rule.unless):
            yield mutant, msgspec.structs.replace(rule, unless=mutant.condition)


def _section_mutants(section: Section) -> Iterator[tuple[Mutant, Section]]:
    if section.given is not None:
        for mutant in mutants("given", section.given):
            yield mutant, msgspec.structs.replace(section, given=mutant.condition)
    if section.unless is not None:
        for mutant in mutants("unless", section.unless):
            yield mutant, msgspec.structs.replace(section, unless=mutant.condition)


def _with_derived(book: Rulebook, derived: DerivedFact, mutant: Mutant) -> Rulebook:
    assert mutant.condition is not None  # a dropped condition is always TRUE
    changed = msgspec.structs.replace(derived, condition=mutant.condition)
    return msgspec.structs.replace(book, derived={**book.derived, derived.name: changed})


def _with_section(book: Rulebook, changed: Section) -> Rulebook:
    sections = tuple(changed if section.id == changed.id else section for section in book.sections)
    return msgspec.structs.replace(book, sections=sections)
