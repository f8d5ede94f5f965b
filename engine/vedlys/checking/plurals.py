"""Plurals that lack a form that their locale has."""

from __future__ import annotations

from collections.abc import Iterator

from vedlys.diagnostics import Diagnostics
from vedlys.guidance.plural import check_plurals
from vedlys.markup.template import Template
from vedlys.model.content import Content
from vedlys.model.guidance import LocaleText


def check_plural_forms(content: Content, diagnostics: Diagnostics) -> None:
    """Each plural has exactly the forms that CLDR has for its locale."""
    for locale, text in content.guidance.locales.items():
        for template in _templates(text):
            check_plurals(template, locale, diagnostics)


def _templates(text: LocaleText) -> Iterator[Template]:
    for article in text.articles.values():
        yield article.introduction
        for block in article.blocks.values():
            yield from (block.title, block.body)
    for fact in text.facts.values():
        yield from (fact.question, fact.how)
    yield from text.phrases.values()
