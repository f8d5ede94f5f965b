"""Phrases and messages that a locale lacks."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from vedlys.checking.interface import check_messages, check_phrases
from vedlys.diagnostics import Diagnostics
from vedlys.guidance.topics import TOPICS
from vedlys.loading import load
from vedlys.markup.template import Slot
from vedlys.messages import MESSAGES
from vedlys.model.content import Content
from vedlys.model.guidance import LocaleText
from vedlys.source import Span

HERE = Path(__file__).parent
PHRASES = {f"{topic}.{name}": () for topic, names in TOPICS.items() for name in names}


@pytest.fixture
def base() -> Content:
    content, _ = load(HERE / "base")
    assert content is not None
    return content


def with_locales(content: Content, **changes: dict[str, object]) -> Content:
    locales: dict[str, LocaleText] = dict(content.guidance.locales)
    for locale, change in changes.items():
        locales[locale] = msgspec.structs.replace(locales[locale], **change)
    return msgspec.structs.replace(content, guidance=msgspec.structs.replace(content.guidance, locales=locales))


def found(check, content: Content) -> list[str]:
    diagnostics = Diagnostics()
    check(content, diagnostics)
    return [f"{one.code} {one.span} {one.values['name']}" for one in diagnostics]


def test_a_root_without_words_of_its_own_lacks_none(base: Content) -> None:
    assert found(check_phrases, base) == []
    assert found(check_messages, base) == []


def test_missing_phrases(base: Content) -> None:
    fewer = {name: template for name, template in PHRASES.items() if name != "document.why"}
    content = with_locales(base, en={"phrases": fewer}, lt={"phrases": fewer})
    assert found(check_phrases, content) == [
        "missing-phrase kb/en/interface/document.yaml:1:1 document.why",
        "untranslated-phrase kb/lt/interface/document.yaml:1:1 document.why",
    ]


def test_a_name_that_a_phrase_does_not_have(base: Content) -> None:
    span = Span("kb/en/interface/document.yaml", 7, 12, 7, 20)
    slot = Slot(name="m", filter="value", span=span)
    content = with_locales(base, en={"phrases": {**PHRASES, "document.more": (slot,)}}, lt={"phrases": PHRASES})
    assert found(check_phrases, content) == ["unknown-placeholder kb/en/interface/document.yaml:7:12 m"]


def test_missing_messages(base: Content) -> None:
    messages = {code: (message.text, message.hints) for code, message in MESSAGES.items() if code != "wrong-type"}
    content = with_locales(base, lt={"messages": messages})
    assert found(check_messages, content) == ["untranslated-message kb/lt/interface/messages.yaml:1:1 wrong-type"]
