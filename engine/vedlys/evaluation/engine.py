"""Engines: executions of the same meaning. Conformance cases and properties hold them to the same verdicts."""

from __future__ import annotations

from typing import ClassVar, Protocol

from vedlys.compiling.encoding import Outcome
from vedlys.compiling.program import Program
from vedlys.errors import RequestError
from vedlys.evaluation.compiled import CompiledEngine, article_of
from vedlys.evaluation.durable.engine import DurableEngine
from vedlys.evaluation.judge import Judge
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Verdict
from vedlys.suggest import nearest


class Engine(Protocol):
    """What every engine does, the same for all.

    Both methods raise RequestError `unknown-article` where the program has no such article.
    """

    name: ClassVar[str]

    def __init__(self, program: Program) -> None: ...

    def outcome(self, article: str, environment: Environment) -> Outcome:
        """What the article's rules say, in its order, and which of them more facts could still turn."""
        ...

    def verdicts(self, article: str, environment: Environment) -> dict[str, Verdict]:
        """Each rule's verdict, in the article's order."""
        ...


class JudgeEngine:
    """Walks the conditions: the definition, and the slowest."""

    name: ClassVar[str] = "judge"

    def __init__(self, program: Program) -> None:
        self._program = program

    def outcome(self, article: str, environment: Environment) -> Outcome:
        """What the article's rules say, in its order."""
        judged = Judge(article_of(self._program, article).book, environment).rules()
        return Outcome.of((rule.verdict for rule in judged), (rule.is_open for rule in judged))

    def verdicts(self, article: str, environment: Environment) -> dict[str, Verdict]:
        """Each rule's verdict, in the article's order."""
        return Judge(article_of(self._program, article).book, environment).verdicts()


# the first is the default
ENGINES: tuple[type[Engine], ...] = (CompiledEngine, JudgeEngine, DurableEngine)
ENGINE_NAMES: tuple[str, ...] = tuple(engine.name for engine in ENGINES)


def usable_engines() -> tuple[str, ...]:
    """The names of the engines that can be started here: all, `durable` aside where its library is not installed."""
    return tuple(name for name in ENGINE_NAMES if name != DurableEngine.name or DurableEngine.is_available())


def start_engine(name: str, program: Program) -> Engine:
    """The engine of that name over a program.

    RequestError `unknown-engine` where there is none, `engine-unavailable` where it cannot run here.
    """
    for engine in ENGINES:
        if engine.name == name:
            return engine(program)
    suggestion = nearest(name, ENGINE_NAMES)
    known = ", ".join(ENGINE_NAMES)
    raise RequestError("unknown-engine", engine=name, known=known, **({"suggestion": suggestion} if suggestion else {}))
