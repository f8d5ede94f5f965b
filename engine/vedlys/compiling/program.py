"""A program: every article's rules ready to run, and the index from facts to articles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from types import CodeType, FunctionType
from typing import Protocol, cast, overload

from vedlys.compiling.dependencies import facts_read
from vedlys.compiling.encoding import Outcome
from vedlys.compiling.generation import RUNTIME, Generated, generate
from vedlys.model.content import Content
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Rulebook, Verdict
from vedlys.model.values import Value


class Run(Protocol):
    """A generated function: what all rules of an article say of the known facts."""

    @overload
    def __call__(self, values: Mapping[str, Value], as_of: dt.datetime) -> Outcome: ...

    @overload
    def __call__(
        self, values: Mapping[str, Value], as_of: dt.datetime, clear: dict[str, Verdict]
    ) -> dict[str, Verdict]: ...


class ArticleProgram:
    """One article's rules, ready to run.

    Code is generated and compiled when the rules are first run: most articles of a large catalogue are not, in the life
    of most processes.
    """

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.rules: tuple[str, ...] = tuple(rule.id for rule in book.rules)  # in the article's order
        self._clear: dict[str, Verdict] = dict.fromkeys(self.rules, "clear")
        self.reads: tuple[str, ...] = facts_read(book)  # facts of the vocabulary that bear on a rule; sorted

    @cached_property
    def generated(self) -> Generated:
        """The source of the article's function, with its constants."""
        return generate(self.book)

    def outcome(self, environment: Environment) -> Outcome:
        """What the rules say, in the article's order, and which of them more facts could still turn."""
        return self._run(environment.values, environment.as_of)

    def verdicts(self, environment: Environment) -> dict[str, Verdict]:
        """Each rule's verdict, in the article's order."""
        return self._run(environment.values, environment.as_of, self._clear)

    @cached_property
    def _run(self) -> Run:
        generated = self.generated
        module = compile(generated.source, "<rules>", "exec")
        (code,) = (constant for constant in module.co_consts if isinstance(constant, CodeType))
        constants = {f"c{number}": value for number, value in enumerate(generated.constants)}
        return cast("Run", FunctionType(code, {**RUNTIME, **constants}, argdefs=(None,)))


class Program:
    """All articles of a catalogue, ready to run."""

    def __init__(self, articles: Mapping[str, ArticleProgram]) -> None:
        self.articles = dict(articles)
        self._bearing: dict[str, list[str]] = {}
        for article, program in self.articles.items():
            for fact in program.reads:
                self._bearing.setdefault(fact, []).append(article)

    def articles_on(self, fact: str) -> tuple[str, ...]:
        """The articles that a fact bears on, directly or through derived facts; sorted."""
        return tuple(sorted(self._bearing.get(fact, ())))

    def articles_for(self, environment: Environment) -> tuple[str, ...]:
        """The articles that a known fact bears on, sorted; reference data by itself brings none into play."""
        bearing, references = self._bearing, environment.references
        found = {article for fact in environment.values if fact not in references for article in bearing.get(fact, ())}
        return tuple(sorted(found))


def compile_program(content: Content) -> Program:
    """Make the program of checked content. What remains to be done for an article is done when it is first run."""
    return Program({article: ArticleProgram(book) for article, book in content.rulebooks.items()})
