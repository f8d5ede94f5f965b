"""Trials as lines of text: what `vedlys test` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator

from vedlys.checking.examples import Contradiction
from vedlys.checking.observations import Observation
from vedlys.checking.source_lines import SourceLine, SourceReport
from vedlys.guidance.phrases import Phrases
from vedlys.source import Span
from vedlys.trials.results import ArticleReport, Count, EquivalentFault, Failure, Gap, Survivor, TrialReport

TOPIC = "trials"  # of the phrases that these functions are given


def trial_lines(report: TrialReport, say: Phrases) -> Iterator[str]:
    """The report, article by article: what must be looked at with its place first, then what was tried."""
    for article in report.articles:
        yield from _article(article, report.engines, say)


def source_lines(report: SourceReport, say: Phrases) -> Iterator[str]:
    """Every line of the source that needs a cover, with its rules or the reason; a sentence on the whole last."""
    width = len(str(len(report.lines)))
    for line in report.lines:
        if not line.excused:
            yield f"{line.number:>{width}}  {_cover(line, say)}  {line.text.strip()}"
    if report.complete:
        yield say("source_complete", document=report.document)
    else:
        yield say("source_incomplete", document=report.document, n=len(report.uncovered))


def _article(article: ArticleReport, engines: tuple[str, ...], say: Phrases) -> Iterator[str]:
    mutation, coverage = article.mutation, article.coverage
    faults = [
        *(line for failure in article.failures for line in _failure(failure, say)),
        *(
            _at(one.span, say("difference", engine=one.engine, rule=one.rule, got=one.got, judge=one.judge))
            for one in article.differences
        ),
        *(_at(gap.span, say("rule_gap", rule=gap.name, missing=", ".join(gap.missing))) for gap in coverage.rule_gaps),
        *(_at(one.span, _survivor(one, say)) for one in mutation.survivors),
        *(_at(fault.span, _equivalent(fault, say)) for fault in mutation.faults),
    ]
    yield from faults
    yield from (_condition_gap(gap, say) for gap in coverage.condition_gaps)
    yield say(
        "article",
        article=article.article,
        examples=say("examples", n=article.examples),
        cases=say("cases", n=article.cases),
        engines=", ".join(engines),
    )
    yield say(
        "covered",
        rules=_fraction(coverage.rules, say),
        verdicts=_fraction(coverage.verdicts, say),
        conditions=_fraction(coverage.conditions, say),
    )
    if mutation.total:
        yield say("mutants", noticed=mutation.killed, total=mutation.total, accepted=mutation.accepted)
    found = sum(not line.startswith(" ") for line in faults)
    yield say("passed") if article.passed else say("failed", n=found)


def _failure(failure: Failure, say: Phrases) -> Iterator[str]:
    wrong = failure.contradiction
    yield _at(wrong.span, _contradiction(wrong, failure.engine, say))
    for seen in wrong.why:
        yield f"    {_observation(seen, say)}"


def _contradiction(wrong: Contradiction, engine: str, say: Phrases) -> str:
    wanted, got, case, rule = wrong.wanted, wrong.got or "", wrong.case or "", wrong.rule or ""
    match wrong.what:
        case "status":
            return say("status", case=case, wanted=wanted, got=got, engine=engine)
        case "asks" if wrong.got is None:
            return say("no_question", case=case, wanted=wanted, engine=engine)
        case "asks":
            return say("question", case=case, wanted=wanted, got=got, engine=engine)
        case "verdict" if wrong.case is None:
            return say("verdict", rule=rule, wanted=wanted, got=got, engine=engine)
        case "verdict":
            return say("verdict_in_case", case=case, rule=rule, wanted=wanted, got=got, engine=engine)


def _observation(seen: Observation, say: Phrases) -> str:
    record = "" if seen.record is None else f"[{seen.record}]"
    field = "" if seen.field is None else f".{seen.field}"
    needed = "" if seen.needed is None else f" {_json(seen.needed)}"
    by_name = "" if seen.needed_fact is None else f" ({seen.needed_fact})"
    comparison = f"{seen.fact or ''}{record}{field} {seen.operator}{needed}{by_name}".strip()
    if seen.truth is None and seen.observed is None:
        return say("seen_unknown", where=seen.where, comparison=comparison)
    truth = say("unknown" if seen.truth is None else "true" if seen.truth else "false")
    return say("seen", where=seen.where, comparison=comparison, truth=truth, observed=_json(seen.observed))


def _survivor(survivor: Survivor, say: Phrases) -> str:
    operation = survivor.mutant.partition(" ")[0]
    return say(f"survivor.{operation}", of=survivor.name, mutant=survivor.mutant)


def _equivalent(fault: EquivalentFault, say: Phrases) -> str:
    if fault.noticed_by is not None:
        return say("equivalent_noticed", rule=fault.rule, mutant=fault.mutant, place=str(fault.noticed_by))
    if fault.suggestion is not None:
        return say("equivalent_meant", rule=fault.rule, mutant=fault.mutant, suggestion=fault.suggestion)
    return say("equivalent_unknown", rule=fault.rule, mutant=fault.mutant)


def _condition_gap(gap: Gap, say: Phrases) -> str:
    missing = ", ".join(say(truth) for truth in gap.missing)
    return _at(gap.span, say("condition_gap", of=gap.name, node=gap.node or "", missing=missing))


def _cover(line: SourceLine, say: Phrases) -> str:
    if line.rules:
        return ", ".join(line.rules)
    return say("line_uncovered") if line.reason is None else f"({line.reason})"


def _fraction(count: Count, say: Phrases) -> str:
    return say("fraction", covered=count.covered, total=count.total)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _at(span: Span, sentence: str) -> str:
    return f"{span}: {sentence}"
