"""Evidence in plain words: what was observed, and what about it mattered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from msgspec import UNSET

from vedlys.guidance.words import Words
from vedlys.markup.escape import code_of
from vedlys.model.operators import COMPARISONS, OPPOSITES, is_under, uncovered
from vedlys.model.result import Evidence
from vedlys.model.rulebook import FactDeclaration

MOST = 12  # reasons of one finding that are shown

# There is no operator for a set that has none of some members, but a phrase.
_OPPOSITES = OPPOSITES | {"has_any": "has_none"}
_REMEMBERED = 1000
_Says = Callable[[Evidence], str]
_LISTED = {
    "has": "has",
    "lacks": "lacks",
    "has_any": "has",
    "has_all": "has",
    "lacks_any": "lacks",
    "has_none": "lacks",
}


def _all_needed(needed: list[Any], _: list[Any]) -> list[Any]:
    return needed


# the members that a test of a set is about, of those needed and those observed; otherwise all that are needed
_CONCERNED: dict[str, Callable[[list[Any], list[Any]], Sequence[Any]]] = {
    "has_any": lambda needed, observed: [item for item in needed if item in observed],
    "lacks_any": lambda needed, observed: [item for item in needed if item not in observed],
    "not_covers": lambda needed, observed: uncovered(observed, needed),
    "has_under": lambda needed, observed: [member for member in observed if is_under(member, needed[0])],
}


class Reasons:
    """Says evidence in the words of one locale. `vocabulary` tells where reference data comes from."""

    def __init__(self, words: Words, vocabulary: dict[str, FactDeclaration]) -> None:
        self._words = words
        self._say = words.phrases
        self._vocabulary = vocabulary
        self._kinds: dict[tuple[Any, ...], _Says] = {}

    def lines(self, evidence: Iterable[Evidence]) -> list[str]:
        """One line of Markdown a reason, each once, in order; a derived fact gives the reasons it has itself."""
        lines = list(dict.fromkeys([self._line(literal) for literal in _leaves(evidence)]))
        return lines if len(lines) <= MOST else [*lines[:MOST], self._say("more", n=len(lines) - MOST)]

    def _line(self, literal: Evidence) -> str:
        """The line of a literal; how one of its kind is said is made ready once."""
        observed, needed = literal.observed, literal.needed
        kind = (
            *(literal.fact, literal.field, literal.operator, literal.negated, literal.needed_fact, literal.reference),
            literal.record is UNSET,
            observed if observed is True or observed is False else None,
            None if literal.needed_fact is not UNSET else tuple(needed) if isinstance(needed, list) else str(needed),
        )
        say = self._kinds.get(kind)
        if say is None:
            say = self._ready(literal)
            if len(self._kinds) < _REMEMBERED:
                self._kinds[kind] = say
        return say(literal)

    def _ready(self, literal: Evidence) -> _Says:
        """The function that says literals like this one, which may differ in the record and in what was observed."""
        name = literal.fact if literal.field is UNSET else f"{literal.fact}.{literal.field}"
        text = self._text(name, literal)
        date = self._read_on(literal.fact) if literal.reference is True else None
        if date is not None:
            text = _within(self._say.filling("evidence.reference"), text, date=date)
        label = self._words.label(name)
        if literal.record is UNSET:
            line = _within(self._say.filling("evidence.line"), text, label=label)
            return (lambda _: line) if isinstance(line, str) else line
        line = self._say.filling("evidence.record")
        if isinstance(text, str):
            return lambda one: line(label=label, record=code_of(str(one.record)), text=text)
        return lambda one: line(label=label, record=code_of(str(one.record)), text=text(one))

    def _read_on(self, name: str) -> str | None:
        """When the reference data for that fact was read; None where it has none."""
        declaration = self._vocabulary.get(name)
        if declaration is None or declaration.reference is None:
            return None
        return self._words.formats.date(declaration.reference.read_on)

    def _text(self, name: str, literal: Evidence) -> str | _Says:
        """What is said of it: a text where that is always the same, else the function that says it."""
        negated = literal.negated is True
        if literal.operator == "known":
            return self._say("evidence.known" if bool(literal.needed) is not negated else "evidence.not_known")
        operator = _OPPOSITES.get(literal.operator) if negated else literal.operator
        if operator is None:
            operator = "not_" + literal.operator
        one = self._words.display(name)
        if operator in {"is", "one_of"} or isinstance(literal.observed, bool):
            say = self._say.filling("evidence.is")
            if isinstance(literal.observed, bool):
                return say(observed=one(literal.observed))
            return lambda said: say(observed=one(said.observed))
        if operator in _LISTED or literal.operator in {"covers", "has_under"}:
            return self._of_set(name, operator, literal)
        if literal.operator in {"some", "every"}:  # over no records at all
            return self._say("evidence.no_records")
        return self._compared(name, operator, literal, one)

    def _compared(self, name: str, operator: str, literal: Evidence, one: Callable[[Any], str]) -> _Says:
        """What was observed, beside what was needed."""
        if literal.operator == "between":
            say = self._say.filling(f"evidence.{operator}")
            low, high = map(one, literal.needed)
            return lambda said: say(observed=one(said.observed), low=low, high=high)
        if operator == "none_of":
            operator = "is_not"
        elif operator in COMPARISONS:
            operator += self._words.comparison(name)
        say = self._say.filling(f"evidence.{operator}")
        labelled = self._labelled(literal)
        if literal.needed_fact is UNSET:
            needed = labelled(self._needed(literal, one))
            return lambda said: say(observed=one(said.observed), needed=needed)
        return lambda said: say(observed=one(said.observed), needed=labelled(self._needed(said, one)))

    def _needed(self, literal: Evidence, one: Callable[[Any], str]) -> str:
        needed = literal.needed
        if isinstance(needed, dict):  # a length of time
            return self._words.formats.duration(dt.timedelta(**needed))
        if isinstance(needed, list | tuple):
            return self._words.several([one(item) for item in needed], "or")
        if literal.operator in {"contains", "within"}:
            return code_of(str(needed))
        return one(needed)

    def _labelled(self, literal: Evidence) -> Callable[[str], str]:
        """The function that adds to what was needed what it is called, where it is another fact's value."""
        other = literal.needed_fact
        if other is UNSET:
            return lambda needed: needed
        inside = f"{literal.fact}.{other}"
        name = inside if literal.field is not UNSET and self._words.type(inside) is not None else other
        label = self._words.label(name)
        date = self._read_on(name) if literal.reference is True else None
        if date is None:
            say = self._say.filling("evidence.other_fact")
            return lambda needed: say(needed=needed, label=label)
        say = self._say.filling("evidence.other_reference")
        return lambda needed: say(needed=needed, label=label, date=date)

    def _of_set(self, name: str, operator: str, literal: Evidence) -> _Says:
        """A set is not shown whole: only the members that matter, or those that lack."""
        one, several = self._words.display(name, member=True), self._words.several
        concerned = _CONCERNED.get(operator, _all_needed)
        told = "has" if operator == "has_under" else _LISTED.get(operator, operator)
        say, labelled = self._say.filling(f"evidence.{told}"), self._labelled(literal)

        def text(said: Evidence) -> str:
            needed = list(said.needed) if isinstance(said.needed, list | tuple) else [said.needed]
            listed = several([one(item) for item in concerned(needed, list(said.observed or ()))])
            return say(needed=labelled(listed))

        return text


def _within(say: Callable[..., str], text: str | _Says, **others: str) -> Any:
    """A text within a phrase: a text again, or again a function."""
    if isinstance(text, str):
        return say(text=text, **others)
    return lambda said: say(text=text(said), **others)


def _leaves(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """The literals on facts that were observed: a derived fact is replaced by what made it so."""
    for literal in evidence:
        if isinstance(literal.because, tuple) and literal.because:
            yield from _leaves(literal.because)
        else:
            yield literal
