"""A program: every article's rules ready to run, and the index from facts to articles."""

from __future__ import annotations

import datetime as dt
import marshal
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from types import CodeType, FunctionType
from typing import cast

import msgspec

from vedlys.compiling.dependencies import facts_read
from vedlys.compiling.encoding import OPEN, VERDICTS, Outcome
from vedlys.compiling.generation import RUNTIME, Generated, generate
from vedlys.model.content import Content, Outline
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Rulebook, Verdict
from vedlys.model.values import Value

# A generated function: the standing of every rule, given the known facts and the moment.
Run = Callable[[Mapping[str, Value], dt.datetime], tuple[int, ...]]

_MOST_OUTCOMES = 512  # of one article


class _Seen(msgspec.Struct, frozen=True):
    """What some standings come to; `verdicts` is to be copied."""

    outcome: Outcome
    verdicts: dict[str, Verdict]


class ArticleProgram:
    """One article's rules, ready to run.

    Code is generated and compiled when the rules are first run: most articles of a large catalogue are not, in the life
    of most processes.
    """

    def __init__(
        self,
        book: Rulebook | Callable[[], Rulebook],
        outline: Outline | None = None,
        kept: Callable[[], tuple[str, bytes] | None] | None = None,
    ) -> None:
        """`book` may be what brings it in; then the `outline` says what is asked of it before it is run.

        `kept` gives what its source was compiled to before, behind that source's digest.
        """
        self._find = book if callable(book) else lambda: book
        self._kept = kept
        if outline is None:
            outline = outline_of(self.book)
        self.rules: tuple[str, ...] = outline.rules  # in the article's order
        # rules are far from independent: few of all thinkable standings ever come up
        self._seen: dict[tuple[int, ...], _Seen] = {}
        self.reads: tuple[str, ...] = outline.reads  # facts of the vocabulary that bear on a rule; sorted

    @cached_property
    def book(self) -> Rulebook:
        """The rulebook."""
        return self._find()

    @cached_property
    def generated(self) -> Generated:
        """The source of the article's function, with its constants."""
        return generate(self.book)

    def outcome(self, environment: Environment) -> Outcome:
        """What the rules say, in the article's order, and which of them more facts could still turn.

        The same object again where they say the same.
        """
        standings = self._run(environment.values, environment.as_of)
        seen = self._seen.get(standings)
        return (self._see(standings) if seen is None else seen).outcome

    def verdicts(self, environment: Environment) -> dict[str, Verdict]:
        """Each rule's verdict, in the article's order."""
        standings = self._run(environment.values, environment.as_of)
        seen = self._seen.get(standings)
        return (self._see(standings) if seen is None else seen).verdicts.copy()

    def _see(self, standings: tuple[int, ...]) -> _Seen:
        verdicts = tuple([VERDICTS[standing] for standing in standings])
        outcome = Outcome(verdicts, tuple([OPEN[standing] for standing in standings]))
        if len(self._seen) >= _MOST_OUTCOMES:
            self._seen.clear()
        seen = self._seen[standings] = _Seen(outcome, dict(zip(self.rules, verdicts, strict=True)))
        return seen

    @cached_property
    def _run(self) -> Run:
        generated = self.generated
        digest, data = (self._kept and self._kept()) or ("", b"")
        # what is kept stands in a folder that nobody but the user can write to
        code = marshal.loads(data) if digest == generated.digest else code_of(generated)  # noqa: S302
        constants = {f"c{number}": value for number, value in enumerate(generated.constants)}
        return cast("Run", FunctionType(code, {**RUNTIME, **constants}))


class Program:
    """All articles of a catalogue, ready to run."""

    def __init__(self, articles: Mapping[str, ArticleProgram]) -> None:
        self.articles = dict(articles)
        bearing: dict[str, list[str]] = {}
        for article, program in sorted(self.articles.items()):
            for fact in program.reads:
                bearing.setdefault(fact, []).append(article)
        self._bearing = {fact: tuple(articles) for fact, articles in bearing.items()}

    def articles_on(self, fact: str) -> tuple[str, ...]:
        """The articles that a fact bears on, directly or through derived facts; sorted."""
        return self._bearing.get(fact, ())

    def articles_for(self, environment: Environment, nulls: Iterable[str] = ()) -> tuple[str, ...]:
        """The articles that a known fact bears on, or one that is said to be unknown (`nulls`); sorted.

        Reference data by itself brings none into play.
        """
        bearing, references = self._bearing, environment.references
        found: set[str] = set()
        for fact in environment.values:
            if fact in bearing and fact not in references:
                found.update(bearing[fact])
        for fact in nulls:
            found.update(bearing.get(fact, ()))
        return tuple(sorted(found))


def code_of(generated: Generated) -> CodeType:
    """The code of a generated function."""
    module = compile(generated.source, "<rules>", "exec")
    (code,) = (constant for constant in module.co_consts if isinstance(constant, CodeType))
    return code


def outline_of(book: Rulebook) -> Outline:
    """What a program and a catalogue ask of the rulebook before it is run."""
    rules = tuple(rule.id for rule in book.rules)
    return Outline(rules=rules, reads=facts_read(book), derived=tuple(book.derived))


def compile_program(content: Content) -> Program:
    """Make the program of checked content. What remains to be done for an article is done when it is first run."""

    def program(article: str) -> ArticleProgram:
        outline = content.outlines.get(article) or outline_of(content.rulebooks[article])
        kept = None if content.compiled is None else partial(content.compiled, article)
        return ArticleProgram(partial(content.rulebooks.__getitem__, article), outline, kept)

    return Program({article: program(article) for article in content.rulebooks})
