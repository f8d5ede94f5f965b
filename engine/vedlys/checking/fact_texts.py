"""Facts without a label and a question, and values of enums without a label."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from vedlys.diagnostics import Diagnostics
from vedlys.model.content import Content
from vedlys.model.guidance import FactText
from vedlys.model.types import BOOLEAN, FactType, RecordsType, SetType
from vedlys.source import Span


class _Told(msgspec.Struct, frozen=True):
    """A fact, a derived fact or a record's field, which each locale must say something of."""

    name: str
    type: FactType
    topic: str
    span: Span


def check_fact_texts(content: Content, diagnostics: Diagnostics) -> None:
    """Every fact, record's field and derived fact has a text in the original, and a translation of it."""
    guidance = content.guidance
    original = guidance.locales.get(guidance.original)
    texts = original.facts if original else {}
    for told in _all(content):
        text = texts.get(told.name)
        if text is None:
            file = _file(guidance.original, told.topic)
            diagnostics.add("missing-fact-text", told.span, name=told.name, file=file)
            continue
        _check_labels(told, text, diagnostics)
        for locale, locale_text in guidance.locales.items():
            translation = locale_text.facts.get(told.name)
            if locale == guidance.original:
                continue
            if translation is None:
                file = _file(locale, told.topic)
                diagnostics.add(
                    "untranslated-fact", text.span, name=told.name, locale=locale, file=file, digest=text.digest
                )
            else:
                _check_labels(told, translation, diagnostics)


def _check_labels(told: _Told, text: FactText, diagnostics: Diagnostics) -> None:
    member = told.type.member if isinstance(told.type, SetType) else told.type
    for value in () if isinstance(member, RecordsType) else member.values:
        if value not in text.values:
            diagnostics.add("missing-value-label", text.span, value=value, name=told.name)


def _all(content: Content) -> Iterator[_Told]:
    for name, declared in content.vocabulary.items():
        yield _Told(name, declared.type, declared.topic, declared.span)
        if isinstance(declared.type, RecordsType):
            for field, field_type in declared.type.fields.items():
                yield _Told(f"{name}.{field}", field_type, declared.topic, declared.span)
    derived = {name: fact for book in content.rulebooks.values() for name, fact in book.derived.items()}
    for name, fact in derived.items():
        yield _Told(name, BOOLEAN, name.partition(".")[0], fact.span)


def _file(locale: str, topic: str) -> str:
    return f"kb/{locale}/facts/{topic}.md"
