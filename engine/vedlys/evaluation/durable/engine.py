"""The engine that the rest of the package sees. What it needs is imported when one is started."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar

from vedlys.compiling.encoding import Outcome
from vedlys.compiling.program import Program
from vedlys.errors import RequestError
from vedlys.evaluation.compiled import article_of
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Verdict

if TYPE_CHECKING:
    from vedlys.evaluation.durable.keeper import Statistics

COMPILE_SECONDS = 60.0
EVALUATE_SECONDS = 10.0
RECYCLE = 100_000  # evaluations after which a worker is replaced


class DurableEngine:
    """Forward-chains each article's rules in a worker process. It may be used from several threads.

    Besides what every engine raises: RequestError `engine-unavailable` where the library is not installed or cannot be
    imported; `engine-failed` and `engine-timeout` when the worker fails, after which the next request starts another;
    `engine-limit` for an article that the library cannot hold.
    """

    name: ClassVar[str] = "durable"

    def __init__(
        self,
        program: Program,
        *,
        compile_seconds: float = COMPILE_SECONDS,
        evaluate_seconds: float = EVALUATE_SECONDS,
        recycle: int = RECYCLE,
    ) -> None:
        if not self.is_available():
            raise RequestError("engine-unavailable", engine=self.name)
        from vedlys.evaluation.durable.executor import Executor  # noqa: PLC0415 - no request needs it otherwise

        self._program = program
        self._executor = Executor(compile_seconds=compile_seconds, evaluate_seconds=evaluate_seconds, recycle=recycle)

    @staticmethod
    def is_available() -> bool:
        """Whether the library is installed, on a system where its worker can run."""
        return os.name == "posix" and find_spec("durable_rules_engine") is not None

    @property
    def statistics(self) -> Statistics:
        """What was done so far."""
        return self._executor.statistics

    @property
    def worker(self) -> int | None:
        """The process id of the worker that runs; None where none was needed yet or the last one ended."""
        return self._executor.pid

    def replace(self, program: Program) -> None:
        """Go on with another program. An article that changed takes the place of the old one when it is next asked."""
        self._program = program

    def close(self) -> None:
        """End the worker. The next request starts another."""
        self._executor.close()

    def outcome(self, article: str, environment: Environment) -> Outcome:
        """What the article's rules say, in its order."""
        return self._executor.outcome(article_of(self._program, article).book, environment)

    def verdicts(self, article: str, environment: Environment) -> dict[str, Verdict]:
        """Each rule's verdict, in the article's order."""
        found = article_of(self._program, article)
        return dict(zip(found.rules, self._executor.outcome(found.book, environment).verdicts, strict=True))
