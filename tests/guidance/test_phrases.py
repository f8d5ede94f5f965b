"""The phrases of both locales: all there, naming only what there is."""

from __future__ import annotations

import pytest

from guidance import small
from vedlys.diagnostics import Diagnostics
from vedlys.guidance.formatting import formats
from vedlys.guidance.phrases import Phrases
from vedlys.guidance.plural import check_plurals
from vedlys.guidance.topics import PHRASES, missing_phrases, unknown_names
from vedlys.markup.template import Text, slots


@pytest.mark.parametrize("locale", small.LOCALES)
def test_every_phrase_is_said(locale: str):
    phrases = small.content().guidance.locales[locale].phrases
    assert [name for name in missing_phrases(phrases) if name.startswith("document.")] == []
    assert [used for name, template in phrases.items() for used in unknown_names(name, template)] == []
    diagnostics = Diagnostics()
    for template in phrases.values():
        check_plurals(template, locale, diagnostics)
    assert list(diagnostics) == []


def test_locales_name_the_same_things():
    for name in PHRASES:
        used = [
            {slot.name for slot in slots(small.content().guidance.locales[locale].phrases["document." + name])}
            for locale in small.LOCALES
        ]
        assert used[0] == used[1], name


def test_a_missing_phrase_comes_from_the_original_or_shows_its_name():
    say = Phrases({"document.yes": (Text("taip"),)}, {"document.no": (Text("no {x}"),)}, formats("lt"))
    assert [say("yes"), say("no"), say("none")] == ["taip", "no {x}", "document.none"]
