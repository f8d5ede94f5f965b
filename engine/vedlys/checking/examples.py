"""What a rulebook says it must answer: its examples and cases, and where an engine answers otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import msgspec

from vedlys.checking.observations import Observation, observations
from vedlys.evaluation.ask import Questions
from vedlys.evaluation.judge import Judge
from vedlys.evaluation.status import status_of
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Case, Example, FactDeclaration, Rule, Rulebook, Verdict
from vedlys.source import Span

# Every rule's verdict for one environment: what an engine answers for one rulebook.
Verdicts = Callable[[Environment], Mapping[str, Verdict]]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One environment and the verdicts that it must have: an example wants that of its rule, a case those of all."""

    environment: Environment
    wanted: dict[str, Verdict]
    case: Case | None = None
    span: Span


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """An example or a case that came out otherwise.

    `what` says what of: a rule's verdict (`rule` and `why` are set), the status of a case, or its first question.
    """

    article: str
    what: Literal["verdict", "status", "asks"]
    rule: str | None = None
    case: str | None = None
    wanted: str
    got: str | None  # None: nothing is asked
    why: tuple[Observation, ...] = ()
    span: Span


def trials_of(book: Rulebook) -> tuple[Trial, ...]:
    """Every example of every rule, then every case, in authored order."""
    examples = (_of_example(rule, example) for rule in book.rules for example in rule.examples)
    cases = (
        Trial(environment=case.environment, wanted=case.verdicts, case=case, span=case.span)
        for case in book.cases.values()
    )
    return (*examples, *cases)


def contradictions(
    book: Rulebook,
    trials: tuple[Trial, ...],
    vocabulary: Mapping[str, FactDeclaration],
    verdicts: Verdicts | None = None,
) -> Iterator[Contradiction]:
    """Every wanted verdict, status and first question that does not come out; without `verdicts` the judge is asked.

    Why is what the judge saw, whichever engine was asked.
    """
    rules = {rule.id: rule for rule in book.rules}
    questions = Questions(book, vocabulary) if any(trial.case and trial.case.asks for trial in trials) else None
    for trial in trials:
        judge = Judge(book, trial.environment)
        got = _judged(judge, rules, trial) if verdicts is None else verdicts(trial.environment)
        for rule_id, wanted in trial.wanted.items():
            if got[rule_id] != wanted:
                yield Contradiction(
                    article=book.article,
                    what="verdict",
                    rule=rule_id,
                    case=trial.case.name if trial.case else None,
                    wanted=wanted,
                    got=got[rule_id],
                    why=observations(judge.rule(rules[rule_id])),
                    span=trial.span,
                )
        if trial.case is not None:
            status = status_of((rule.severity, got[rule.id]) for rule in book.rules)
            yield from _of_case(trial.case, "status", trial.case.status, status)
            if trial.case.asks is not None and questions is not None:
                asked = _first_question(questions, judge, trial.environment)
                yield from _of_case(trial.case, "asks", trial.case.asks, asked)


def _of_case(case: Case, what: Literal["status", "asks"], wanted: str, got: str | None) -> Iterator[Contradiction]:
    if got != wanted:
        yield Contradiction(article=case.article, what=what, case=case.name, wanted=wanted, got=got, span=case.span)


def _first_question(questions: Questions, judge: Judge, environment: Environment) -> str | None:
    """What is asked first, a record's field as `fact.field`; None where nothing is."""
    asked = questions.about(environment).ask([judged.rule.id for judged in judge.rules() if judged.is_open])
    if not asked:
        return None
    return asked[0].fact if asked[0].field is None else f"{asked[0].fact}.{asked[0].field}"


def _of_example(rule: Rule, example: Example) -> Trial:
    return Trial(environment=example.environment, wanted={rule.id: example.verdict}, span=example.span)


def _judged(judge: Judge, rules: Mapping[str, Rule], trial: Trial) -> Mapping[str, Verdict]:
    """The verdicts that a trial wants, and no others: an example is about one rule."""
    return {rule_id: judge.rule(rules[rule_id]).verdict for rule_id in trial.wanted}
