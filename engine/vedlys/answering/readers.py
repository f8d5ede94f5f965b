"""Readers of posted facts that are made for single articles, once an article is asked about again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from vedlys.answering.worthwhile import Worthwhile
from vedlys.compiling.program import Program
from vedlys.intake import Intake

if TYPE_CHECKING:
    from vedlys.intake.forms import Forms
    from vedlys.intake.typed import Decider, Values


_AND = " "  # between names of articles, which hold none
_MOST_TOGETHER = 16


class _OfArticles:
    """What readers of articles are made of."""

    def __init__(self, intake: Intake, program: Program) -> None:
        super().__init__()
        self.intake = intake
        self.program = program

    def is_there(self, name: str) -> bool:
        """Whether there is an article of that name."""
        return name in self.program.articles

    def forms(self, articles: Iterable[str]) -> Forms | None:
        """The forms of documents that bear on these articles; None where they have too many."""
        reads = (fact for article in articles for fact in self.program.articles[article].reads)
        return self.intake.forms(dict.fromkeys(reads))


class ValueReaders(_OfArticles, Worthwhile["Values"]):
    """Reads the values of facts most of which an article reads, or several articles that are touched together."""

    def __init__(self, intake: Intake, program: Program) -> None:
        super().__init__(intake, program)
        self._together: dict[str, str] = {}  # by article, the names of all that were touched with it last

    def touched(self, articles: tuple[str, ...]) -> None:
        """Note what one document has touched: who asks about several articles mostly asks about them again."""
        if 1 < len(articles) <= _MOST_TOGETHER:
            name = _AND.join(articles)
            if self._together.get(articles[0]) != name:
                self._together |= dict.fromkeys(articles, name)

    def likely(self, article: str) -> Iterator[Values]:
        """The readers of documents some facts of which bear on an article, as far as they are made."""
        together = self._together.get(article)
        names = (article,) if together is None else (article, together)
        return filter(None, map(self.get, names))

    def is_there(self, name: str) -> bool:
        """Whether there are articles of these names."""
        return all(article in self.program.articles for article in name.split(_AND))

    def make(self, name: str) -> Values | None:
        """The reader of an article, or of several."""
        forms = self.forms(name.split(_AND))
        return None if forms is None else self.intake.value_reader(forms)


class Deciders(_OfArticles, Worthwhile["Decider"]):
    """Goes from the bytes of facts straight to what an article's rules come to.

    `alone` has each decider by the facts that bear on its article and on no other, where that holds of all facts that
    it reads: who posts such a fact asks about that article.
    """

    def __init__(self, intake: Intake, program: Program) -> None:
        super().__init__(intake, program)
        self.alone: dict[bytes, tuple[str, Decider]] = {}

    def make(self, name: str) -> Decider | None:
        """The decider of an article."""
        forms = self.forms([name])
        if forms is None:
            return None
        decider = self.intake.decider(self.program.articles[name].code, forms)
        bearing = {fact: self.program.articles_on(fact) for fact in forms.types}
        if all(articles in {(), (name,)} for articles in bearing.values()):
            self.alone |= {fact.encode(): (name, decider) for fact, articles in bearing.items() if articles}
        return decider


class NoDeciders(Deciders):
    """Where each decision is to pass an engine."""

    def make(self, name: str) -> None:
        """None of them."""
        del name
