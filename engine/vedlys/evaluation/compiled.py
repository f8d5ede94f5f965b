"""The default engine: the rules as generated Python."""

from __future__ import annotations

from typing import ClassVar

from vedlys.compiling.encoding import Outcome
from vedlys.compiling.program import ArticleProgram, Program
from vedlys.errors import RequestError
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Verdict
from vedlys.suggest import nearest


class CompiledEngine:
    """Runs each article's compiled function."""

    name: ClassVar[str] = "compiled"

    def __init__(self, program: Program) -> None:
        self._program = program

    def outcome(self, article: str, environment: Environment) -> Outcome:
        """What the article's rules say, in its order."""
        return article_of(self._program, article).outcome(environment)

    def verdicts(self, article: str, environment: Environment) -> dict[str, Verdict]:
        """Each rule's verdict, in the article's order."""
        return article_of(self._program, article).verdicts(environment)


def article_of(program: Program, article: str) -> ArticleProgram:
    """The article of that id; RequestError `unknown-article` where there is none."""
    found = program.articles.get(article)
    if found is None:
        suggestion = nearest(article, program.articles)
        raise RequestError("unknown-article", article=article, **({"suggestion": suggestion} if suggestion else {}))
    return found
