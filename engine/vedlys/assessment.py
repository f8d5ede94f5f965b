"""The use case: a catalogue applied to the facts of one environment answers with what applies of an article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec

from vedlys.answering.answer import Answer
from vedlys.answering.assessor import Assessor
from vedlys.answering.memory import Memory
from vedlys.answering.readers import Deciders, NoDeciders, ValueReaders
from vedlys.bounded import Bounded
from vedlys.compiling.program import Program, compile_program
from vedlys.errors import RequestError
from vedlys.evaluation.ask import Questions
from vedlys.evaluation.engine import ENGINE_NAMES, Engine, start_engine
from vedlys.guidance.edition import Edition
from vedlys.guidance.locale import negotiate
from vedlys.guidance.phrases import Phrases
from vedlys.intake import Intake, Reading
from vedlys.intake.document import first_name
from vedlys.intake.intake import UnknownFacts, moment_of
from vedlys.messages import Translations
from vedlys.model.content import Content
from vedlys.model.guidance import LocaleText
from vedlys.model.result import (
    Assessment,
    CatalogueReference,
    LocaleChoice,
)
from vedlys.model.rulebook import Rulebook, Verdict
from vedlys.model.values import read_datetime
from vedlys.opening import load_content
from vedlys.shipped import content_root
from vedlys.storing.remembered import engine_version
from vedlys.suggest import nearest

if TYPE_CHECKING:
    from vedlys.evaluation.explain import Explanation
    from vedlys.evaluation.second_opinion import Difference, SecondOpinion

Facts = Mapping[str, Any] | bytes | str

DEFAULT_LOCALE = "lt"
_MOST_CHOICES = 256
REMEMBERED = 48 * 1024 * 1024  # bytes of findings, questions and the like, of all articles together
REMEMBERED_ANSWERS = 32 * 1024 * 1024  # bytes of whole answers


class Catalogue:
    """Everything loaded, checked and ready to assess; immutable, and safe to share between threads."""

    def __init__(self, content: Content) -> None:
        """Make checked content ready; `Catalogue.load` reads and checks it first."""
        if not content.phrases_joined:
            from vedlys.loading.content import with_shipped_phrases  # noqa: PLC0415 - lazy: YAML and Markdown

            content = msgspec.structs.replace(content, guidance=with_shipped_phrases(content.guidance))
        self.content = content
        derived = {name for outline in content.outlines.values() for name in outline.derived}
        if not content.outlines:
            derived = {name for book in content.rulebooks.values() for name in book.derived}
        self._intake = Intake(content.vocabulary, derived)
        self.levels = self._intake.levels  # how deep facts are nested at most, where none of their names is unknown
        self._engines: dict[str, Engine] = {}
        self._is_watched = False
        self._choices: Bounded[str, LocaleChoice] = Bounded(_MOST_CHOICES)
        self._editions: dict[str, Edition] = {}
        self._assessors: dict[tuple[str, str], Assessor] = {}
        self._memory = Memory(REMEMBERED)
        self._answers = Memory(REMEMBERED_ANSWERS)
        self._questions: dict[str, Questions] = {}

    @classmethod
    def load(cls, path: str | Path | None = None) -> Self:
        """Load the content root at `path`, or the shipped one.

        Raises `CatalogueError` with every fault of every file, where one of them would show in an answer. What
        `vedlys check` says besides, of examples and sources, keeps nobody from an answer.
        """
        return cls(load_content(content_root() if path is None else Path(path)))

    @property
    def version(self) -> str:
        """The version of vedlys that the content runs on."""
        return engine_version()

    @property
    def digest(self) -> str:
        """`sha256:` and the hash of all files that the catalogue was read from."""
        return self.content.digest

    @property
    def articles(self) -> tuple[str, ...]:
        """The ids of the articles, sorted."""
        return tuple(self.content.rulebooks)

    @property
    def locales(self) -> tuple[str, ...]:
        """The locales that guidance is written in, sorted."""
        return tuple(self.content.guidance.locales)

    @cached_property
    def _reference(self) -> CatalogueReference:
        return CatalogueReference(version=self.version, digest=self.digest)

    @cached_property
    def program(self) -> Program:
        """Every article's rules, ready to run."""
        return compile_program(self.content)

    @cached_property
    def _deciders(self) -> Deciders:
        return Deciders(self._intake, self.program)

    @cached_property
    def _values(self) -> ValueReaders:
        return ValueReaders(self._intake, self.program)

    def watch(
        self,
        engine: str = "durable",
        share: float = 0.01,
        record: Callable[[Difference], object] | Path | None = None,
    ) -> SecondOpinion:
        """From now on, decide that share of assessments on another engine as well, outside the request's path.

        `record` is called with each difference, or is the file that it is added to, as a line of JSON. What is returned
        counts agreements and differences; close it in the end. Raises `RequestError` for an engine that cannot run.
        """
        from vedlys.evaluation.second_opinion import SecondOpinion  # noqa: PLC0415 - lazy: few ask for it

        self._is_watched = True
        self._deciders = NoDeciders(self._intake, self.program)
        opinion = SecondOpinion(start_engine(engine, self.program), share, catalogue=self.digest, record=record)
        self._engines[ENGINE_NAMES[0]] = opinion.watch(start_engine(ENGINE_NAMES[0], self.program), self.program)
        return opinion

    def assess(
        self,
        facts: Facts,
        article: str,
        locale: str | Sequence[str] | None = DEFAULT_LOCALE,
        as_of: dt.datetime | str | None = None,
        engine: str | None = None,
        *,
        skip: Collection[str] = (),
        unknown_facts: UnknownFacts = "reject",
    ) -> Assessment:
        """Apply one article to the facts of one environment.

        `facts` is a mapping, nested or dotted, or the JSON of one. `locale` is a language tag, several, or the value of
        an Accept-Language header. `as_of` is the moment that ages are measured at (default: now). `engine` is
        `compiled` (the default) or another of `ENGINE_NAMES`. `skip` names facts that the caller cannot find out.

        Raises `FactsError` with every fault of the facts, and `RequestError` for an unknown article or engine.
        """
        return self._answered(facts, article, locale, as_of, engine, skip=skip, unknown_facts=unknown_facts).assessment

    def _answered(
        self,
        facts: Facts,
        article: str,
        locale: str | Sequence[str] | None = DEFAULT_LOCALE,
        as_of: dt.datetime | str | None = None,
        engine: str | None = None,
        *,
        skip: Collection[str] = (),
        unknown_facts: UnknownFacts = "reject",
    ) -> Answer:
        self._book(article)
        reading = self.read(facts, as_of=as_of, skip=skip, unknown_facts=unknown_facts, article=article)
        return self._answer(reading, article, self._locale(locale), engine)

    def assess_all(
        self,
        facts: Facts,
        articles: Sequence[str] | None = None,
        locale: str | Sequence[str] | None = DEFAULT_LOCALE,
        as_of: dt.datetime | str | None = None,
        engine: str | None = None,
        *,
        skip: Collection[str] = (),
        unknown_facts: UnknownFacts = "reject",
    ) -> tuple[Assessment, ...]:
        """Apply each of the articles, or where none is named each that any supplied fact bears on; see `assess`."""
        for article in articles or ():
            self._book(article)
        likely = articles[0] if articles else None
        reading = self.read(facts, as_of=as_of, skip=skip, unknown_facts=unknown_facts, article=likely)
        return self.assess_reading(reading, articles, locale, engine)

    def assess_reading(
        self,
        reading: Reading,
        articles: Sequence[str] | None = None,
        locale: str | Sequence[str] | None = DEFAULT_LOCALE,
        engine: str | None = None,
    ) -> tuple[Assessment, ...]:
        """What `assess_all` does with facts that `read` has accepted."""
        return tuple([one.assessment for one in self.answers(reading, articles, locale, engine)])

    def answers(
        self,
        reading: Reading,
        articles: Sequence[str] | None = None,
        locale: str | Sequence[str] | None = DEFAULT_LOCALE,
        engine: str | None = None,
    ) -> tuple[Answer, ...]:
        """The same, for those who want JSON or Markdown, and Python values only now and then."""
        for article in articles or ():
            self._book(article)
        chosen = self._locale(locale)
        touched = tuple(dict.fromkeys(articles)) if articles else self._touched(reading)
        return tuple([self._answer(reading, article, chosen, engine) for article in touched])

    def _touched(self, reading: Reading) -> tuple[str, ...]:
        """The articles that what was posted bears on."""
        touched = self.program.articles_for(reading.environment, reading.nulls)
        self._values.touched(touched)
        return touched

    def assess_json(self, body: Facts, article: str, **options: Any) -> bytes:
        """The JSON of `assess` with the same options, for those in a hurry."""
        return self._answered(body, article, **options).to_json()

    def verdicts(self, facts: Facts, article: str, as_of: dt.datetime | str | None = None) -> dict[str, Verdict]:
        """Each rule's verdict, in the article's order, and nothing else: for those in a hurry."""
        decide = self._deciders.made.get(article)
        if decide is None:
            self._deciders.get(article)
        elif type(facts) is bytes:
            moment = None if as_of is None else moment_of(_moment(as_of))
            try:
                verdicts: dict[str, Verdict] = decide(facts, moment).verdicts
                return verdicts.copy()
            except Exception:  # noqa: BLE001, S110 - whatever it was: reading with more care says what is wrong, if anything
                pass
        self._book(article)
        reading = self.read(facts, as_of=as_of, article=article)
        return self._engine(None).verdicts(article, reading.environment)

    def applying(
        self, facts: Facts, articles: Sequence[str] | None = None, as_of: dt.datetime | str | None = None
    ) -> dict[str, tuple[str, ...]]:
        """The rules that apply, by article and in its order, and nothing else: for those in the greatest hurry.

        Of each of the articles, or where none is named, of each that any supplied fact bears on.
        """
        if type(facts) is bytes:
            if not articles:
                # the name that stands first in a document, which most begin with at once
                article, decide = self._deciders.alone.get(facts[2 : facts.find(b'"', 2)], ("", None))
            elif len(articles) == 1:
                decide = self._deciders.made.get(article := articles[0])
            else:
                decide = None
            if decide is not None:
                moment = None if as_of is None else moment_of(_moment(as_of))
                try:
                    return {article: decide(facts, moment).applying}
                except Exception:  # noqa: BLE001, S110 - as in `verdicts`
                    pass
        for article in articles or ():
            self._book(article)
        reading = self.read(facts, as_of=as_of, article=articles[0] if articles else None)
        touched = articles or self._touched(reading)
        if len(touched) == 1:
            self._deciders.get(touched[0])
        engine = self._engine(None)
        verdicts = {article: engine.verdicts(article, reading.environment) for article in touched}
        return {
            article: tuple([rule for rule, verdict in found.items() if verdict == "applies"])
            for article, found in verdicts.items()
        }

    def explain(
        self,
        facts: Facts,
        article: str,
        rule: str,
        as_of: dt.datetime | str | None = None,
        *,
        skip: Collection[str] = (),
        unknown_facts: UnknownFacts = "reject",
    ) -> Explanation:
        """Why a rule says what it says of these facts, as data; `RequestError` for an unknown article or rule."""
        from vedlys.evaluation.explain import explain  # noqa: PLC0415 - lazy: few ask for it, as below
        from vedlys.evaluation.judge import Judge  # noqa: PLC0415

        book = self._book(article)
        rules = {known.id: known for known in book.rules}
        if rule not in rules:
            raise _unknown("unknown-rule", "rule", rule, rules, article=article)
        environment = self.read(facts, as_of=as_of, skip=skip, unknown_facts=unknown_facts).environment
        standing = self.questions(article).about(environment)
        return explain(rules[rule], book, Judge(book, environment), standing)

    def article_markdown(self, article: str, locale: str | Sequence[str] | None = DEFAULT_LOCALE) -> str:
        """The whole article, as Markdown."""
        self._book(article)
        return self._assessor(self._locale(locale).used, article).composer.compose_article()

    def facts_schema(self, locale: str | Sequence[str] | None = DEFAULT_LOCALE) -> dict[str, Any]:
        """The JSON Schema (draft 2020-12) of the facts of a request, described in that locale."""
        from vedlys.intake.schema import request_schema  # noqa: PLC0415

        return request_schema(self.content.vocabulary, self.locale_text(locale))

    def locale_text(self, locale: str | Sequence[str] | None = DEFAULT_LOCALE) -> LocaleText:
        """All that the catalogue says in the locale that answers for that tag."""
        return self.content.guidance.locales[self._locale(locale).used]

    def phrases(self, locale: str | Sequence[str] | None = DEFAULT_LOCALE) -> Phrases:
        """The engine's own phrases in that locale."""
        return self.edition(locale).words.phrases

    def messages(self, locale: str | Sequence[str] | None = DEFAULT_LOCALE) -> Translations:
        """What each code of a fault says in that locale; a code that is not there is said in English."""
        return self.locale_text(locale).messages

    def edition(self, locale: str | Sequence[str] | None = DEFAULT_LOCALE) -> Edition:
        """All that the catalogue says in that locale, made ready."""
        return self._edition(self._locale(locale).used)

    def questions(self, article: str) -> Questions:
        """What could be asked for an article."""
        if article not in self._questions:
            self._questions[article] = Questions(self._book(article), self.content.vocabulary)
        return self._questions[article]

    def read(
        self,
        facts: Facts,
        *,
        as_of: dt.datetime | str | None = None,
        skip: Collection[str] = (),
        unknown_facts: UnknownFacts = "reject",
        at: str = "",
        article: str | None = None,
    ) -> Reading:
        """Read posted facts without assessing them; raises what `assess` raises for them.

        `at` is the JSON Pointer to the facts in the document that was sent, where they are only a part of it. `article`
        is one that most of the facts probably belong to.
        """
        moment = _moment(as_of)
        if type(facts) is bytes:
            if article is None:
                article = self.program.article_on(first_name(facts))
            for read in () if article is None else self._values.likely(article):
                try:
                    return self._intake.read_typed(read, facts, as_of=moment, skip=skip, unknown_facts=unknown_facts)
                except Exception:  # noqa: BLE001, S110 - as in `verdicts`
                    pass
        return self._intake.read(facts, as_of=moment, skip=skip, unknown_facts=unknown_facts, at=at)

    def _book(self, article: str) -> Rulebook:
        if article not in self.content.rulebooks:
            raise _unknown("unknown-article", "article", article, self.content.rulebooks)
        return self.content.rulebooks[article]

    def _locale(self, requested: str | Sequence[str] | None) -> LocaleChoice:
        known = self._choices.get(requested) if type(requested) is str else None
        if known is not None:
            return known
        default = DEFAULT_LOCALE if not requested and DEFAULT_LOCALE in self.locales else self._original
        choice = negotiate(requested, self.locales, default)
        if type(requested) is str:
            self._choices.keep(requested, choice)
        return choice

    @property
    def _original(self) -> str:
        return self.content.guidance.original

    def _engine(self, name: str | None) -> Engine:
        name = ENGINE_NAMES[0] if name is None else name
        if name not in self._engines:
            self._engines[name] = start_engine(name, self.program)
        return self._engines[name]

    def _edition(self, locale: str) -> Edition:
        if locale not in self._editions:
            self._editions[locale] = Edition(self.content, locale)
        return self._editions[locale]

    def _assessor(self, locale: str, article: str) -> Assessor:
        assessor = self._assessors.get((locale, article))
        if assessor is None:
            edition, questions = self._edition(locale), self.questions(article)
            assessor = self._assessors[(locale, article)] = Assessor(
                self.content,
                article,
                edition,
                questions,
                catalogue=self._reference,
                memory=self._memory,
                answers=self._answers,
            )
        return assessor

    def _answer(self, reading: Reading, article: str, locale: LocaleChoice, engine: str | None) -> Answer:
        assessor = self._assessor(locale.used, article)
        # who watches the default engine wants to see each time that it decides
        is_default = engine is None and not self._is_watched
        found = assessor.recall(reading, locale) if is_default else None
        if found is None:
            outcome = self._engine(engine).outcome(article, reading.environment)
            found = assessor.answer(reading, outcome, locale, is_default=is_default)
        return found


def _moment(as_of: dt.datetime | str | None) -> dt.datetime | None:
    if not isinstance(as_of, str):
        return as_of
    try:
        return read_datetime(as_of)
    except ValueError:
        raise RequestError("malformed-datetime", value=as_of[:80]) from None


def _unknown(code: str, kind: str, name: str, known: Collection[str], **values: str) -> RequestError:
    suggestion = nearest(name, known)
    return RequestError(code, **{kind: name}, **values, **({} if suggestion is None else {"suggestion": suggestion}))
