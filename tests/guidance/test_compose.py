"""Composed documents: goldens in both locales, canonical, and of the structure they should have.

`VEDLYS_GOLDENS=write` writes the goldens anew; read them before you commit them.
"""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import mdformat
import pytest
from markdown_it import MarkdownIt

from guidance import small
from vedlys.guidance.compose import text_of

GOLDENS = Path(__file__).parent / "goldens"

documents = pytest.mark.parametrize("locale", small.LOCALES)
outcomes = pytest.mark.parametrize("outcome", small.OUTCOMES)


def document(locale: str, outcome: str) -> str:
    return text_of(small.composer(locale).compose(small.OUTCOMES[outcome](locale)))


def headings(markdown: str) -> list[str]:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    return [f"{token.tag} {inline.content}" for token, inline in pairwise(tokens) if token.type == "heading_open"]


def held_to(golden: Path, text: str) -> None:
    if os.environ.get("VEDLYS_GOLDENS") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@documents
@outcomes
def test_golden(locale: str, outcome: str):
    held_to(GOLDENS / f"{outcome}.{locale}.md", document(locale, outcome))


@documents
def test_article_golden(locale: str):
    held_to(GOLDENS / f"article.{locale}.md", small.composer(locale).compose_article())


@documents
@outcomes
def test_a_formatter_leaves_it_alone(locale: str, outcome: str):
    text = document(locale, outcome)
    assert mdformat.text(text, extensions={"gfm"}) == text


@documents
def test_a_formatter_leaves_the_article_alone(locale: str):
    text = small.composer(locale).compose_article()
    assert mdformat.text(text, extensions={"gfm"}) == text


def test_headings_say_what_is_where():
    assert headings(document("en", "everything")) == [
        "h1 The gate does not open",
        "h2 Setup",
        "h3 ✗ Licences",  # the worse first
        "h3 ! Tool switched on",
        "h3 ! Last look",
        "h3 i Government cloud",
        "h2 Network",
        "h3 ! 1. Version of `tool`",  # steps keep their order
        "h3 ✗ 2. Sites",
        "h3 ✗ 3. Allow list",
        "h3 ! 4. Idle time-out",
    ]
    assert headings(document("lt", "mixed")) == [
        "h1 Vartai neatsidaro",
        "h2 Tinklas",
        "h3 ! 1. Neaktyvumo skirtasis laikas",
        "h2 Nepatikrinta: trūksta duomenų",
        "h3 ? Kokia versija?",
        "h3 ? Ar vieta ``b`.example.lt`` atvira?".replace("``b`.example.lt``", "`` b`.example.lt ``"),
        "h2 Patikrinta: problemų nerasta",
    ]


def test_a_clear_document_is_short():
    assert len(document("lt", "clear").splitlines()) < 20


def test_no_value_becomes_markup():
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(document("en", "everything"))
    kinds = {child.type for token in tokens for child in token.children or ()} | {token.type for token in tokens}
    assert not kinds & {"html_inline", "html_block"}


def test_fallback_and_stale_are_said():
    text = document("lt", "everything")
    assert "### ! Last look\n\n*Ši dalis dar neišversta, todėl rodoma originalo kalba.*" in text
    assert "pasikeitė.*" in text.split("### i Vyriausybės debesis")[1]
    translations = {rule: small.finding("lt", rule).translation for rule in small.EVIDENCE}
    assert {rule: state for rule, state in translations.items() if state != "current"} == {
        "cloud": "stale",
        "untranslated": "fallback",
    }


def test_texts_of_a_finding():
    found = small.finding("lt", "licences")
    assert found.title == "Licencijos"
    assert found.guidance.startswith("Turite 2 licencijas.")
    assert found.erratum == "Šaltinyje parašyta „viena“."
    assert small.finding("lt", "version").title == "Programos tool versija"


@documents
def test_lithuanian_and_english_keep_to_their_typography(locale: str):
    for outcome in small.OUTCOMES:
        text = document(locale, outcome)
        assert not set("\u200b\u00ad") & set(text)
        assert locale == "en" or '"' not in text
