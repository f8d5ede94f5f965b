"""What one locale calls facts and their values: labels, formats, and the phrases around them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cached_property

from vedlys.guidance.display import Display, Mode, display, several, text
from vedlys.guidance.formatting import Formats, formats
from vedlys.guidance.phrases import Phrases
from vedlys.markup.escape import code_span, quiet
from vedlys.markup.template import Align
from vedlys.model.content import Content
from vedlys.model.guidance import FactText
from vedlys.model.types import BOOLEAN, FactType, RecordsType, ScalarType, SetType

_TEXT = ScalarType(kind="text")
_NOT_SHOWN_FROM_TEXT = {"boolean", "integer", "number"}  # all others are, be they values or how a caller wrote one

_WORD = re.compile(r"^(?P<before>[(„“]*)(?P<core>.+?)(?P<after>[)“.,;:?]*)$")


class Words:
    """The words of one locale, those it lacks taken from the original.

    How a value is shown is worked out when it is first asked for, which is while texts are made ready.
    """

    def __init__(self, content: Content, locale: str) -> None:
        guidance = content.guidance
        own, original = guidance.locales.get(locale), guidance.locales[guidance.original]
        self.locale = locale
        self._vocabulary = content.vocabulary
        self._own_phrases, self._original_phrases = own.phrases if own else {}, original.phrases
        # not joined into one: texts may be brought in when they are first asked for
        self._facts = (own.facts, original.facts) if own else (original.facts,)
        self._own: Collection[str] = own.facts if own else ()
        self._labels: dict[str, dict[Mode, str]] = {}
        self._displays: dict[tuple[str, Mode, bool], Display] = {}

    @cached_property
    def formats(self) -> Formats:
        """How the locale writes numbers, dates and lists."""
        return formats(self.locale)

    @cached_property
    def phrases(self) -> Phrases:
        """What the document says in the locale."""
        return Phrases(self._own_phrases, self._original_phrases, self.formats)

    @cached_property
    def _types(self) -> dict[str, FactType]:
        types: dict[str, FactType] = {}
        for name, declaration in self._vocabulary.items():
            types[name] = declaration.type
            if isinstance(declaration.type, RecordsType):
                types.update({f"{name}.{field}": kind for field, kind in declaration.type.fields.items()})
        return types

    def _display(self, name: str, kind: FactType, mode: Mode) -> Display:
        fact = self.fact_text(name)
        labels = {value: _forms(label)[mode] for value, label in fact.values.items()} if fact else {}
        return display(kind, labels, mode, self.formats, self.phrases)

    def fact_text(self, name: str) -> FactText | None:
        """What is said of a fact or of a record's field (`ad.domains.name`); None where no locale says anything."""
        return next((facts[name] for facts in self._facts if name in facts), None)

    def has_own(self, name: str) -> bool:
        """Whether the locale itself says something of that fact or field."""
        return name in self._own

    def type(self, name: str) -> FactType | None:
        """The type of a fact or of a record's field; None for a derived fact."""
        return self._types.get(name)

    def label(self, name: str, mode: Mode = "prose") -> str:
        """What a fact is called; its name as code where it has no label."""
        forms = self._labels.get(name)
        if forms is None:
            fact = self.fact_text(name)
            forms = self._labels[name] = _forms(fact.label if fact else f"`{name}`")
        return forms[mode]

    def display(self, name: str, mode: Mode = "prose", *, member: bool = False) -> Display:
        """The function that shows a value of that fact or field, or `member` of its set or key of its records."""
        key = (name, mode, member)
        if key not in self._displays:
            kind = self._types.get(name, BOOLEAN)  # a derived fact is a boolean
            labelled = f"{name}.{kind.key}" if member and isinstance(kind, RecordsType) else name
            self._displays[key] = self._display(labelled, _member(kind) if member else kind, mode)
        return self._displays[key]

    def several(self, items: Sequence[str], how: str = "and") -> str:
        """Shown items as a list in a sentence."""
        return several(list(items), self.formats, self.phrases, how)

    def text(self, value: str, mode: Mode) -> str:
        """Text that came with the facts, for its place."""
        return text(value, mode)

    def unknown(self, mode: Mode) -> str:  # noqa: ARG002 - the same in every place so far, but each asks for its own
        """What stands where a value is not known."""
        return self.phrases("unknown_value")

    def alignment(self, name: str) -> Align:
        """How a column of such values is set: numbers to the right."""
        kind = self._types.get(name)
        return "right" if isinstance(kind, ScalarType) and kind.kind in {"integer", "number"} else ""

    def comparison(self, name: str) -> str:
        """The end of the names of the phrases that compare such values: versions and dates have words of their own."""
        match self._types.get(name):
            case ScalarType(kind="version"):
                return "_version"
            case ScalarType(kind="date" | "datetime"):
                return "_date"
            case _:
                return ""


def _member(kind: FactType) -> FactType:
    match kind:
        case SetType(member=member):
            return member
        case RecordsType(key=key, fields=fields):
            # a record goes by its key as the caller wrote it
            of = fields[key]
            return _TEXT if isinstance(of, ScalarType) and of.kind in _NOT_SHOWN_FROM_TEXT else of
        case _:
            return kind


def _forms(label: str) -> dict[Mode, str]:
    """A label for each place. It is plain text; in Markdown, a word of it that could be markup is code."""
    if quiet(label):
        return {"prose": label, "cell": label, "code": label, "plain": label}
    return {"prose": authored(label), "cell": authored(label, cell=True), "code": label, "plain": label}


def authored(text: str, *, cell: bool = False) -> str:
    """Plain text by an author as Markdown: the words that could be taken for markup become code spans, one by one."""
    return " ".join(_WORD.sub(lambda word: _word(word, cell=cell), part) for part in text.split(" "))


def _word(word: re.Match[str], *, cell: bool) -> str:
    core = word["core"]
    return word[0] if quiet(core) else f"{word['before']}{code_span(core, cell=cell)}{word['after']}"
