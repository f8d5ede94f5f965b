"""Evidence in plain words: what was observed, and what about it mattered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import UNSET

from vedlys.guidance.words import Words
from vedlys.markup.escape import code_span, shown
from vedlys.model.operators import COMPARISONS, OPPOSITES, is_under, uncovered
from vedlys.model.result import Evidence
from vedlys.model.rulebook import FactDeclaration

MOST = 12  # reasons of one finding that are shown

# There is no operator for a set that has none of some members, but a phrase.
_OPPOSITES = OPPOSITES | {"has_any": "has_none"}
_REMEMBERED = 1000
_KEY = ("fact", "field", "record", "operator", "needed", "observed", "negated", "needed_fact", "reference")
_LISTED = {
    "has": "has",
    "lacks": "lacks",
    "has_any": "has",
    "has_all": "has",
    "lacks_any": "lacks",
    "has_none": "lacks",
}


class Reasons:
    """Says evidence in the words of one locale. `vocabulary` tells where reference data comes from."""

    def __init__(self, words: Words, vocabulary: dict[str, FactDeclaration]) -> None:
        self._words = words
        self._say = words.phrases
        self._vocabulary = vocabulary
        self._lines: dict[tuple[Any, ...], str] = {}

    def lines(self, evidence: Iterable[Evidence]) -> list[str]:
        """One line of Markdown a reason, each once, in order; a derived fact gives the reasons it has itself."""
        lines = list(dict.fromkeys([self._known_line(literal) for literal in _leaves(evidence)]))
        return lines if len(lines) <= MOST else [*lines[:MOST], self._say("more", n=len(lines) - MOST)]

    def _known_line(self, literal: Evidence) -> str:
        """The line of a literal; that of a fact with few values is remembered."""
        if not isinstance(literal.observed, bool | int) or isinstance(literal.needed, list | dict):
            return self._line(literal)
        key = (*(getattr(literal, name) for name in _KEY), type(literal.observed))
        line = self._lines.get(key)
        if line is None:
            line = self._line(literal)
            if len(self._lines) < _REMEMBERED and literal.record is UNSET:
                self._lines[key] = line
        return line

    def _line(self, literal: Evidence) -> str:
        name = literal.fact if literal.field is UNSET else f"{literal.fact}.{literal.field}"
        text = self._text(name, literal)
        date = self._read_on(literal.fact) if literal.reference is True else None
        if date is not None:
            text = self._say("evidence.reference", text=text, date=date)
        label = self._words.label(name)
        if literal.record is UNSET:
            return self._say("evidence.line", label=label, text=text)
        return self._say("evidence.record", label=label, record=code_span(shown(str(literal.record))), text=text)

    def _read_on(self, name: str) -> str | None:
        """When the reference data for that fact was read; None where it has none."""
        declaration = self._vocabulary.get(name)
        if declaration is None or declaration.reference is None:
            return None
        return self._words.formats.date(declaration.reference.read_on)

    def _text(self, name: str, literal: Evidence) -> str:
        negated = literal.negated is True
        if literal.operator == "known":
            return self._say("evidence.known" if bool(literal.needed) is not negated else "evidence.not_known")
        operator = _OPPOSITES.get(literal.operator) if negated else literal.operator
        if operator is None:
            operator = "not_" + literal.operator
        one = self._words.display(name)
        if operator in {"is", "one_of"} or isinstance(literal.observed, bool):
            return self._say("evidence.is", observed=one(literal.observed))
        if operator in _LISTED or literal.operator in {"covers", "has_under"}:
            return self._of_set(name, operator, literal)
        if literal.operator in {"some", "every"}:  # over no records at all
            return self._say("evidence.no_records")
        observed = one(literal.observed)
        if literal.operator == "between":
            low, high = literal.needed
            return self._say(f"evidence.{operator}", observed=observed, low=one(low), high=one(high))
        if operator == "none_of":
            operator = "is_not"
        elif operator in COMPARISONS:
            operator += self._words.comparison(name)
        return self._say(f"evidence.{operator}", observed=observed, needed=self._needed(literal, one))

    def _needed(self, literal: Evidence, one: Callable[[Any], str]) -> str:
        needed = literal.needed
        if isinstance(needed, dict):  # a length of time
            shown_needed = self._words.formats.duration(dt.timedelta(**needed))
        elif isinstance(needed, list | tuple):
            shown_needed = self._words.several([one(item) for item in needed], "or")
        elif literal.operator in {"contains", "within"}:
            shown_needed = code_span(shown(str(needed)))
        else:
            shown_needed = one(needed)
        return self._with_label(shown_needed, literal)

    def _with_label(self, needed: str, literal: Evidence) -> str:
        """What was needed, with what it is called where it is another fact's value."""
        other = literal.needed_fact
        if other is UNSET:
            return needed
        inside = f"{literal.fact}.{other}"
        name = inside if literal.field is not UNSET and self._words.type(inside) is not None else other
        label = self._words.label(name)
        date = self._read_on(name) if literal.reference is True else None
        if date is None:
            return self._say("evidence.other_fact", needed=needed, label=label)
        return self._say("evidence.other_reference", needed=needed, label=label, date=date)

    def _of_set(self, name: str, operator: str, literal: Evidence) -> str:
        """A set is not shown whole: only the members that matter, or those that lack."""
        one = self._words.display(name, member=True)
        members = list(literal.observed or ())
        needed = list(literal.needed) if isinstance(literal.needed, list | tuple) else [literal.needed]
        match operator:
            case "has_any":
                concerned = [item for item in needed if item in members]
            case "lacks_any":
                concerned = [item for item in needed if item not in members]
            case "not_covers":
                concerned = uncovered(members, needed)
            case "has_under":
                concerned = [member for member in members if is_under(member, literal.needed)]
                operator = "has"
            case _:
                concerned = needed
        listed = self._words.several([one(item) for item in concerned])
        return self._say(f"evidence.{_LISTED.get(operator, operator)}", needed=self._with_label(listed, literal))


def _leaves(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """The literals on facts that were observed: a derived fact is replaced by what made it so."""
    for literal in evidence:
        if isinstance(literal.because, tuple) and literal.because:
            yield from _leaves(literal.because)
        else:
            yield literal
