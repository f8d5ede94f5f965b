"""A program: every article's rules ready to run, and the index from facts to articles."""

from __future__ import annotations

import datetime as dt
import marshal
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from itertools import chain, compress, filterfalse
from types import CodeType, FunctionType
from typing import Any, cast

import msgspec

from vedlys.bounded import Bounded
from vedlys.compiling.dependencies import facts_read
from vedlys.compiling.encoding import CODES_OF, OPEN_OF, VERDICTS, Outcome
from vedlys.compiling.generation import Generated, generate
from vedlys.model.content import Content, Outline
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Rulebook, Verdict
from vedlys.model.values import Row, rows_of

# A generated function: the standing of every rule, given the row and the moment.
Run = Callable[[Row, dt.datetime], tuple[int, ...]]
_Facts = tuple[tuple[str, ...], frozenset[str], frozenset[str]]  # known ones; of those, references; posted as null

_MOST_OUTCOMES = 512  # of one article
_MOST_TOUCHES = 512  # sets of facts of which it is remembered what they bear on, …
_FEW_NAMES = 64  # … of so many names each, those of articles counted


class Conclusion:
    """What some standings come to. Who asks wants one of these, so each is made when it is first asked for."""

    __slots__ = ("_applying", "_outcome", "_rules", "_standings", "_verdicts")

    def __init__(self, standings: tuple[int, ...], rules: tuple[str, ...]) -> None:
        self._standings = standings
        self._rules = rules
        self._outcome: Outcome | None = None
        self._verdicts: dict[str, Verdict] | None = None
        self._applying: tuple[str, ...] | None = None

    @property
    def outcome(self) -> Outcome:
        """What the rules say, and which of them are open."""
        if self._outcome is None:
            standings = bytes(self._standings)
            self._outcome = Outcome(standings.translate(CODES_OF), standings.translate(OPEN_OF))
        return self._outcome

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """Each rule's verdict, in the article's order; to be copied."""
        if self._verdicts is None:
            self._verdicts = dict(zip(self._rules, self._of_each(), strict=True))
        return self._verdicts

    @property
    def applying(self) -> tuple[str, ...]:
        """The rules that apply, in the article's order."""
        if self._applying is None:
            self._applying = tuple(compress(self._rules, map("applies".__eq__, self._of_each())))
        return self._applying

    def _of_each(self) -> tuple[Verdict, ...]:
        return tuple(map(VERDICTS.__getitem__, self._standings))


class StraightCode(msgspec.Struct, frozen=True, kw_only=True):
    """Code over a row that is in the locals v0, v1, … and the moment `as_of`, None for now."""

    row: dict[str, tuple[str, ...]]  # the facts that the code reads, with the fields of records that it does
    lines: tuple[str, ...]
    scope: dict[str, object]  # what it may name


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
        self._seen: Bounded[tuple[int, ...], Conclusion] = Bounded(_MOST_OUTCOMES)
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
        standings = self._run(self._row(environment), environment.as_of)
        seen = self._seen.get(standings)
        return (self._see(standings) if seen is None else seen).outcome

    def verdicts(self, environment: Environment) -> dict[str, Verdict]:
        """Each rule's verdict, in the article's order."""
        standings = self._run(self._row(environment), environment.as_of)
        seen = self._seen.get(standings)
        return (self._see(standings) if seen is None else seen).verdicts.copy()

    @property
    def code(self) -> StraightCode:
        """What comes to a `Conclusion`, for whoever has the row in locals already."""
        generated = self.generated
        last = (
            f"standings = {generated.standings}",
            "seen = SEEN(standings)",
            "return SEE(standings) if seen is None else seen",
        )
        first = ("if as_of is None: as_of = now(UTC)",) if generated.reads_clock else ()
        scope = {**generated.scope, "SEEN": self._seen.get, "SEE": self._see, "now": dt.datetime.now}
        return StraightCode(row=generated.row, lines=(*first, *generated.lines, *last), scope=scope)

    def _row(self, environment: Environment) -> Row:
        """The values that the rules read, as `generated.row` says."""
        facts, records = self._of_row
        row: list[Any] = list(map(environment.values.get, facts))
        for place, fields in records:
            if row[place] is not None:
                row[place] = rows_of(row[place], fields)
        return tuple(row)

    @cached_property
    def _of_row(self) -> tuple[tuple[str, ...], tuple[tuple[int, tuple[str, ...]], ...]]:
        """The facts of a row, and the places of records in it with their fields."""
        row = self.generated.row
        return tuple(row), tuple((place, fields) for place, fields in enumerate(row.values()) if fields)

    def _see(self, standings: tuple[int, ...]) -> Conclusion:
        conclusion = Conclusion(standings, self.rules)
        self._seen.keep(standings, conclusion)
        return conclusion

    @cached_property
    def _run(self) -> Run:
        generated = self.generated
        digest, data = (self._kept and self._kept()) or ("", b"")
        # what is kept stands in a folder that nobody but the user can write to
        code = marshal.loads(data) if digest == generated.digest else code_of(generated)  # noqa: S302
        return cast("Run", FunctionType(code, generated.scope))


class Program:
    """All articles of a catalogue, ready to run."""

    def __init__(self, articles: Mapping[str, ArticleProgram]) -> None:
        self.articles = dict(articles)
        bearing: dict[str, list[str]] = {}
        for article, program in sorted(self.articles.items()):
            for fact in program.reads:
                bearing.setdefault(fact, []).append(article)
        # facts that bear on the same articles share a number, which is told apart faster than names are
        groups: dict[tuple[str, ...], int] = {}
        self._group_of = {fact: groups.setdefault(tuple(articles), len(groups)) for fact, articles in bearing.items()}
        self._groups = tuple(groups)
        # who asks again mostly knows the same facts, in other values
        self._touched: Bounded[_Facts, tuple[str, ...]] = Bounded(_MOST_TOUCHES)

    def articles_on(self, fact: str) -> tuple[str, ...]:
        """The articles that a fact bears on, directly or through derived facts; sorted."""
        group = self._group_of.get(fact)
        return () if group is None else self._groups[group]

    def article_on(self, name: str) -> str | None:
        """The article that a fact, or the facts of a topic, mostly bear on: a guess, for what comes with it."""
        articles = self.articles_on(name) or self._by_topic.get(name)
        return articles[0] if articles else None

    @cached_property
    def _by_topic(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for fact, group in self._group_of.items():
            topic, _, rest = fact.rpartition(".")
            while rest:
                found.setdefault(topic, self._groups[group])
                topic, _, rest = topic.rpartition(".")
        return found

    def articles_for(self, environment: Environment, nulls: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The articles that a known fact bears on, or one that is said to be unknown (`nulls`); sorted.

        Reference data by itself brings none into play.
        """
        facts = (tuple(environment.values), environment.references, nulls)
        touched = self._touched.get(facts)
        if touched is None:
            touched = self._articles_for(environment, nulls)
            if len(environment.values) + len(nulls) + len(touched) <= _FEW_NAMES:
                self._touched.keep(facts, touched)
        return touched

    def _articles_for(self, environment: Environment, nulls: frozenset[str]) -> tuple[str, ...]:
        posted = filterfalse(environment.references.__contains__, environment.values)
        found = set(map(self._group_of.get, chain(posted, nulls)))
        found.discard(None)
        groups = [self._groups[group] for group in found if group is not None]
        return groups[0] if len(groups) == 1 else tuple(sorted({article for group in groups for article in group}))


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
