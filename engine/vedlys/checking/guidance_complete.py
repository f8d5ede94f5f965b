"""Rules and sections without guidance, and guidance without a translation."""

from __future__ import annotations

from collections.abc import Iterator

from vedlys.diagnostics import Diagnostics
from vedlys.model.content import Content
from vedlys.model.guidance import ArticleText
from vedlys.model.rulebook import Rulebook
from vedlys.source import Span


def check_guidance(content: Content, diagnostics: Diagnostics) -> None:
    """Every section and rule has a block in the original; every block of the original, one in each translation."""
    guidance = content.guidance
    original = guidance.locales.get(guidance.original)
    for article, book in content.rulebooks.items():
        text = original.articles.get(article) if original else None
        if text is None:
            diagnostics.add("missing-article", book.span, article=article, file=_file(guidance.original, article))
            continue
        for block_id, span in _blocks_needed(book):
            if block_id not in text.blocks:
                diagnostics.add("missing-guidance", span, id=block_id, file=text.file)
        for locale, locale_text in guidance.locales.items():
            if locale != guidance.original:
                _check_translation(text, locale, locale_text.articles.get(article), diagnostics)


def _blocks_needed(book: Rulebook) -> Iterator[tuple[str, Span]]:
    for section in book.sections:
        yield section.id, section.span
        yield from ((rule.id, rule.span) for rule in section.rules)


def _check_translation(
    original: ArticleText, locale: str, translation: ArticleText | None, diagnostics: Diagnostics
) -> None:
    if translation is None:
        file = _file(locale, original.article)
        diagnostics.add("untranslated-article", original.span, article=original.article, locale=locale, file=file)
        return
    for block in original.blocks.values():
        if block.id not in translation.blocks:
            diagnostics.add(
                "untranslated-block",
                block.span,
                id=block.id,
                locale=locale,
                file=translation.file,
                digest=block.digest,
            )


def _file(locale: str, article: str) -> str:
    return f"kb/{locale}/articles/{article}.md"
