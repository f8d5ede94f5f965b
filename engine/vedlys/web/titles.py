"""What articles are called."""

from __future__ import annotations

from vedlys.assessment import Catalogue
from vedlys.markup.template import Text


def title_of(catalogue: Catalogue, article: str, locale: str) -> str:
    """The title of an article in a locale; in the original's language where it is not translated."""
    guidance = catalogue.content.guidance
    for name in (locale, guidance.original):
        text = guidance.locales[name].articles.get(article)
        if text is not None:
            return "".join(part.text for part in text.title if isinstance(part, Text)).strip()
    return article
