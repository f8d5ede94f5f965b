"""Facts that nothing reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from vedlys.compiling.dependencies import derived_used, facts_read
from vedlys.diagnostics import Diagnostics
from vedlys.model.content import Content
from vedlys.model.rulebook import FactDeclaration


def check_unused_facts(content: Content, diagnostics: Diagnostics) -> None:
    """Every fact bears on a rule or is for information."""
    report_unused_facts(
        content.vocabulary, {name for book in content.rulebooks.values() for name in facts_read(book)}, diagnostics
    )


def report_unused_facts(
    vocabulary: Mapping[str, FactDeclaration], read: Collection[str], diagnostics: Diagnostics
) -> None:
    """Report the facts that are not among those that some rulebook reads."""
    for name, declared in vocabulary.items():
        if name not in read and not declared.informative:
            diagnostics.add("unused-fact", declared.span, name=name)


def check_unused_derived_facts(content: Content, diagnostics: Diagnostics) -> None:
    """Every derived fact is read."""
    for book in content.rulebooks.values():
        used = derived_used(book)
        for name, fact in book.derived.items():
            if name not in used:
                diagnostics.add("unused-derived-fact", fact.span, name=name)
