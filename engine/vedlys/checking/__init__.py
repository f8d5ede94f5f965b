"""Checks of a whole catalogue: what reads well file by file and yet does not hold together."""

from __future__ import annotations

from collections.abc import Callable

from vedlys.checking.examples_hold import check_examples, check_examples_present
from vedlys.checking.fact_texts import check_fact_texts
from vedlys.checking.guidance_complete import check_guidance
from vedlys.checking.interface import check_messages, check_phrases
from vedlys.checking.placeholders import check_placeholders
from vedlys.checking.plurals import check_plural_forms
from vedlys.checking.satisfiable import check_satisfiable
from vedlys.checking.sources import check_sources
from vedlys.checking.translations import check_translations
from vedlys.checking.unused import check_unused_derived_facts, check_unused_facts
from vedlys.diagnostics import Diagnostics
from vedlys.model.content import Content

Check = Callable[[Content, Diagnostics], None]

# What a reader would miss in an answer: a catalogue with such an error is not loaded.
OF_ANSWERS: tuple[Check, ...] = (
    check_guidance,
    check_translations,
    check_fact_texts,
    check_placeholders,
    check_plural_forms,
    check_phrases,
    check_messages,
)
# What only its author has to know: it answers all the same, and explaining helps to find out why.
OF_AUTHORING: tuple[Check, ...] = (
    check_sources,
    check_examples_present,
    check_examples,
    check_satisfiable,
    check_unused_facts,
    check_unused_derived_facts,
)
CHECKS = OF_ANSWERS + OF_AUTHORING

# What each check looks at besides the vocabulary: one article after the other, or what articles share. An article's
# part can be checked with the article alone, the other without any article; `checking.root` makes use of that.
OF_ARTICLES: tuple[Check, ...] = (
    check_guidance,
    check_translations,
    check_placeholders,
    check_plural_forms,
    check_sources,
    check_examples_present,
    check_examples,
    check_satisfiable,
    check_unused_derived_facts,
)
OF_THE_REST: tuple[Check, ...] = (
    check_translations,
    check_fact_texts,
    check_plural_forms,
    check_phrases,
    check_messages,
)


def check(content: Content, checks: tuple[Check, ...] = CHECKS) -> Diagnostics:
    """Run the checks on loaded content; what is found is collected, never raised."""
    diagnostics = Diagnostics()
    for run in checks:
        run(content, diagnostics)
    return diagnostics


__all__ = ["CHECKS", "OF_ANSWERS", "Check", "check"]
