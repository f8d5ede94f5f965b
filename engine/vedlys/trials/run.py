"""The trials of a catalogue: every example and case on every engine asked for, coverage, and mutants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vedlys.checking.examples import Trial, contradictions, trials_of
from vedlys.compiling.program import Program, compile_program
from vedlys.errors import RequestError
from vedlys.evaluation.engine import ENGINE_NAMES, Engine, start_engine, usable_engines
from vedlys.model.content import Content
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Rulebook, Verdict
from vedlys.suggest import nearest
from vedlys.trials.coverage import coverage_of
from vedlys.trials.mutation import try_mutants
from vedlys.trials.results import ArticleReport, Difference, Failure, Mutation, TrialReport

ALL_ENGINES = "all"


def run_trials(
    content: Content,
    *,
    articles: Sequence[str] | None = None,
    engines: Sequence[str] = ENGINE_NAMES[:1],
    mutants: bool = True,
) -> TrialReport:
    """Run the trials of these articles (all where None) on these engines; `all` names every engine that can run here.

    Coverage and mutants are the judge's, whatever the engines; without `mutants` none is tried. RequestError
    `unknown-article` or `unknown-engine` where there is none of that name.
    """
    program = compile_program(content)
    names = usable_engines() if ALL_ENGINES in engines else tuple(dict.fromkeys(engines))
    started = [start_engine(name, program) for name in names]
    books = _books(content, articles)
    return TrialReport(
        engines=names, articles=tuple(_article(book, content, started, program, mutants=mutants) for book in books)
    )


def _books(content: Content, articles: Sequence[str] | None) -> list[Rulebook]:
    for article in articles or ():
        if article not in content.rulebooks:
            suggestion = nearest(article, content.rulebooks)
            hint = {"suggestion": suggestion} if suggestion else {}
            raise RequestError("unknown-article", article=article, **hint)
    chosen = content.rulebooks if articles is None else dict.fromkeys(articles)
    return [content.rulebooks[article] for article in chosen]


def _article(
    book: Rulebook, content: Content, engines: Sequence[Engine], program: Program, *, mutants: bool
) -> ArticleReport:
    trials = trials_of(book)
    judge = start_engine("judge", program)
    failures: list[Failure] = []
    differences: list[Difference] = []
    for engine in engines:
        answers = _Answers(engine, book.article)
        found = contradictions(book, trials, content.vocabulary, answers)
        failures += (Failure(engine=engine.name, contradiction=contradiction) for contradiction in found)
        differences += _differences(book, trials, engine, judge)
    return ArticleReport(
        article=book.article,
        examples=sum(trial.case is None for trial in trials),
        cases=len(book.cases),
        failures=tuple(failures),
        differences=tuple(differences),
        coverage=coverage_of(book, trials),
        mutation=try_mutants(book, trials) if mutants else Mutation(total=0, killed=0, accepted=0),
    )


class _Answers:
    """One engine's verdicts on one article."""

    def __init__(self, engine: Engine, article: str) -> None:
        self._engine = engine
        self._article = article

    def __call__(self, environment: Environment) -> dict[str, Verdict]:
        return self._engine.verdicts(self._article, environment)


def _differences(book: Rulebook, trials: Sequence[Trial], engine: Engine, judge: Engine) -> Iterator[Difference]:
    """Where the engine answers otherwise than the definition, whatever was wanted."""
    if engine.name == judge.name:
        return
    for trial in trials:
        got = engine.verdicts(book.article, trial.environment)
        for rule_id, verdict in judge.verdicts(book.article, trial.environment).items():
            if got[rule_id] != verdict:
                yield Difference(
                    article=book.article,
                    engine=engine.name,
                    rule=rule_id,
                    case=trial.case.name if trial.case else None,
                    judge=verdict,
                    got=got[rule_id],
                    span=trial.span,
                )
