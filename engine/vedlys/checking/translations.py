"""Translations of another text than the original has now, in another order, or with other placeholders."""

from __future__ import annotations

from vedlys.diagnostics import Diagnostics
from vedlys.markup.template import slots
from vedlys.model.content import Content
from vedlys.model.guidance import ArticleText, Block, FactText


def check_translations(content: Content, diagnostics: Diagnostics) -> None:
    """Every translated block remembers the digest of its original, and that is what the original has."""
    guidance = content.guidance
    original = guidance.locales.get(guidance.original)
    if original is None:
        return
    for locale, text in guidance.locales.items():
        if locale == guidance.original:
            continue
        for article, translation in text.articles.items():
            source = original.articles.get(article)
            if source is not None:
                for block_id, block in translation.blocks.items():
                    _check_digest(block_id, block, source.blocks.get(block_id), diagnostics)
                    _check_placeholders(block_id, block, source.blocks.get(block_id), diagnostics)
                _check_order(source, translation, diagnostics)
        for name, fact in text.facts.items():
            _check_digest(name, fact, original.facts.get(name), diagnostics)


def _check_digest(
    name: str, translation: Block | FactText, original: Block | FactText | None, diagnostics: Diagnostics
) -> None:
    if original is None or translation.translates == original.digest:
        return
    if translation.translates is None:
        diagnostics.add("missing-digest", translation.span, id=name, digest=original.digest)
    else:
        diagnostics.add(
            "stale-translation", translation.span, id=name, digest=original.digest, place=str(original.span)
        )


def _check_placeholders(name: str, translation: Block, original: Block | None, diagnostics: Diagnostics) -> None:
    """What the original shows of the facts, the translation shows too, in whatever form, and nothing else."""
    if original is None or translation.translates != original.digest:
        return  # a stale translation is said to be that
    here, there = _placeholders(translation), _placeholders(original)
    if here != there:
        diagnostics.add(
            "placeholders-differ",
            translation.span,
            id=name,
            lost=", ".join(sorted(there - here)) or None,
            added=", ".join(sorted(here - there)) or None,
        )


def _placeholders(block: Block) -> set[str]:
    return {slot.name for template in (block.title, block.body) for slot in slots(template)}


def _check_order(original: ArticleText, translation: ArticleText, diagnostics: Diagnostics) -> None:
    """Report the first block that stands elsewhere; the others follow from it."""
    wanted = [block_id for block_id in original.blocks if block_id in translation.blocks]
    found = [block_id for block_id in translation.blocks if block_id in original.blocks]
    for block_id, right in zip(found, wanted, strict=True):
        if block_id != right:
            after = wanted[wanted.index(block_id) - 1]  # it is not the first, or it would stand where it should
            diagnostics.add("block-order-differs", translation.blocks[block_id].span, id=block_id, after=after)
            return
