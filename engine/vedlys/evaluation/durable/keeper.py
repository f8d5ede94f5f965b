"""Keeps a worker running, and tells it what it does not hold yet."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from functools import cached_property

import msgspec

from vedlys.errors import RequestError
from vedlys.evaluation.durable import limits
from vedlys.evaluation.durable.process import WorkerProcess, patience
from vedlys.evaluation.durable.protocol import Concluded, Evaluate, Install, Remove
from vedlys.evaluation.durable.rails import Rails, lay_rails
from vedlys.evaluation.durable.rulesets import Ruleset, fit
from vedlys.model.rulebook import Rulebook


class Statistics(msgspec.Struct, kw_only=True):
    """What was done since the engine was started."""

    evaluations: int = 0  # of a stratum: one question to the worker each
    nanoseconds: int = 0  # that the library took for them
    workers: int = 0  # processes started


class Article:
    """One article's rails and rulesets, and the slot of the worker that they go to."""

    def __init__(self, book: Rulebook, slot: int) -> None:
        self.book = book
        self.slot = slot

    @cached_property
    def rails(self) -> Rails:
        """The rulebook as clauses."""
        return lay_rails(self.book)

    @property
    def clauses(self) -> int:
        """How many clauses a worker must hold for it."""
        return sum(len(stratum.clauses) for stratum in self.rails.strata)

    def rulesets(self) -> tuple[tuple[Ruleset, ...], ...]:
        """The clauses as rulesets, made anew: they are wanted once for each worker."""
        return tuple(fit(stratum.clauses) for stratum in self.rails.strata)


class Keeper:
    """Keeps a worker running and tells it what it does not hold yet; one question at a time."""

    def __init__(self, compile_seconds: float, evaluate_seconds: float, recycle: int) -> None:
        self.statistics = Statistics()
        self._compile_seconds = compile_seconds
        self._evaluate_seconds = evaluate_seconds
        self._recycle = recycle
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self._worker: WorkerProcess | None = None
        self._installed: OrderedDict[int, Article] = OrderedDict()
        self._left = 0  # evaluations until the worker is replaced

    @property
    def pid(self) -> int | None:
        """The process id of the worker that runs, if one does."""
        worker = self._worker
        return worker.pid if worker is not None and worker.usable else None

    def evaluate(self, article: Article, stratum: int, symbols: set[int]) -> Concluded:
        """What one stratum of the article concludes from the symbols."""
        if self._owner != os.getpid():
            self._forked()
        with self._lock:
            worker = self._running()
            self._install(worker, article)
            self._left -= 1
            seconds = self._evaluate_seconds
            asked = Evaluate(article.slot, stratum, list(symbols), patience(seconds))
            found = worker.ask(asked, seconds)
            if not isinstance(found, Concluded):
                self._end()
                raise RequestError("engine-failed", engine="durable")
            self.statistics.evaluations += 1
            self.statistics.nanoseconds += found.nanoseconds
            return found

    def close(self) -> None:
        """End the worker. The next question starts another."""
        with self._lock:
            self._end()

    def _running(self) -> WorkerProcess:
        if self._worker is None or not self._worker.usable or self._left <= 0:
            self._end()
            self._worker = WorkerProcess()
            self._left = self._recycle
            self.statistics.workers += 1
        return self._worker

    def _install(self, worker: WorkerProcess, article: Article) -> None:
        if self._installed.get(article.slot) is article:
            self._installed.move_to_end(article.slot)
            return
        seconds = self._compile_seconds
        rulesets = article.rulesets()
        while self._installed and self._held(article) > limits.CLAUSES_HELD:
            oldest, _ = self._installed.popitem(last=False)
            worker.ask(Remove(oldest, patience(seconds)), seconds)
        worker.ask(Install(article.slot, rulesets, patience(seconds)), seconds)
        self._installed[article.slot] = article

    def _held(self, article: Article) -> int:
        """The clauses that the worker holds once this article is added."""
        others = (each.clauses for slot, each in self._installed.items() if slot != article.slot)
        return article.clauses + sum(others)

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.end()
        self._worker = None
        self._installed.clear()

    def _forked(self) -> None:
        """This process is a fork: the worker and whoever held the lock belong to its parent."""
        self._owner = os.getpid()
        self._lock = threading.Lock()
        with self._lock:
            self._end()
