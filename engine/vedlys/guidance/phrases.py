"""The engine's own phrases, as they are said in one locale."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from vedlys.guidance.formatting import Formats
from vedlys.guidance.plural import Plural, plural
from vedlys.guidance.topics import TOPICS
from vedlys.markup.template import Slot, Template, Text

_HOLE = re.compile(r"(?<!\{)(?:\{\{)*\{\w")


class _Phrase(NamedTuple):
    """A phrase as a pattern for `str.format`; a plural fills a hole of its own."""

    pattern: str
    plurals: dict[str, tuple[str, Plural]]  # by hole: the name that stands for the number, and how it is said
    fixed: str | None  # what it says, where nothing is filled in


class Phrases:
    """The phrases of one topic in one locale, those it lacks taken from the original.

    Each is compiled to be filled in when it is first said, which few are in a process that answers once.
    """

    def __init__(
        self,
        own: Mapping[str, Template],
        original: Mapping[str, Template],
        formats: Formats,
        topic: str = "document",
    ) -> None:
        self._own, self._original = own, original
        self._formats = formats
        self._topic = topic
        self._compiled: dict[str, _Phrase] = {}

    def _phrase(self, name: str) -> _Phrase:
        """The compiled phrase; KeyError where the topic has none of that name."""
        found = self._compiled.get(name)
        if found is None:
            if name not in TOPICS[self._topic]:
                raise KeyError(name)
            full = f"{self._topic}.{name}"
            # a catalogue without the phrase shows its name: checks report it long before
            template = self._own.get(full) or self._original.get(full) or (Text(full),)
            found = self._compiled[name] = self._compile(template)
        return found

    def _compile(self, template: Template) -> _Phrase:
        parts = []
        plurals: dict[str, tuple[str, Plural]] = {}
        for segment in template:
            match segment:
                case Text(text=text):
                    parts.append(text.replace("{", "{{").replace("}", "}}"))
                case Slot(name=of, forms=forms) if forms:
                    hole = f"plural_{len(plurals)}"
                    plurals[hole] = (of, plural(forms, self._formats))
                    parts.append(f"{{{hole}}}")
                case Slot(name=of):
                    parts.append(f"{{{of}}}")
                case _:
                    raise TypeError(segment)  # phrases are compiled as plain text
        pattern = "".join(parts)
        return _Phrase(pattern, plurals, None if _HOLE.search(pattern) else pattern.format())

    def filling(self, name: str) -> Callable[..., str]:
        """The function that says a phrase whose names all stand for texts."""
        phrase = self._phrase(name)
        return partial(self, name) if phrase.plurals else phrase.pattern.format

    def __call__(self, name: str, **values: str | int) -> str:
        """Say a phrase; a text is put in as it is, a number as the locale writes it."""
        phrase = self._phrase(name)
        if phrase.fixed is not None:
            return phrase.fixed
        said = {of: value if isinstance(value, str) else self._formats.number(value) for of, value in values.items()}
        for hole, (of, say) in phrase.plurals.items():
            number = values[of]
            assert not isinstance(number, str)  # a plural is of a number
            said[hole] = say(number)
        return phrase.pattern.format(**said)
