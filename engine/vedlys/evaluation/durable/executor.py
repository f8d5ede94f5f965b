"""Puts the parts together: an article's rails, its comparisons decided here, its rulesets run by the worker."""

from __future__ import annotations

import threading

from vedlys.compiling.encoding import Outcome
from vedlys.evaluation.durable.deciding import Deciding
from vedlys.evaluation.durable.keeper import Article, Keeper, Statistics
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Rulebook


class Executor:
    """Decides rulebooks, one worker for all of them. It may be used from several threads."""

    def __init__(self, *, compile_seconds: float, evaluate_seconds: float, recycle: int) -> None:
        self._articles: dict[str, Article] = {}
        self._lock = threading.Lock()
        self._keeper = Keeper(compile_seconds, evaluate_seconds, recycle)

    @property
    def statistics(self) -> Statistics:
        """What was done so far."""
        return self._keeper.statistics

    @property
    def pid(self) -> int | None:
        """The process id of the worker that runs, if one does."""
        return self._keeper.pid

    def outcome(self, book: Rulebook, environment: Environment) -> Outcome:
        """What the rules say. A rulebook takes the place of the one that was asked before for the same article."""
        article = self._article(book)
        deciding = Deciding(article.rails, environment)
        for number, stratum in enumerate(article.rails.strata):
            deciding.decide(stratum.leaves)
            if stratum.clauses:
                deciding.conclude(self._keeper.evaluate(article, number, deciding.symbols).symbols)
            deciding.settle(number)
        return deciding.outcome()

    def close(self) -> None:
        """End the worker. The next question starts another."""
        self._keeper.close()

    def _article(self, book: Rulebook) -> Article:
        with self._lock:
            known = self._articles.get(book.article)
            if known is None or known.book is not book:
                slot = len(self._articles) if known is None else known.slot
                known = self._articles[book.article] = Article(book, slot)
        return known
