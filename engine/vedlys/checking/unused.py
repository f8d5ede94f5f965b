"""Facts that nothing reads."""

from __future__ import annotations

from vedlys.compiling.dependencies import derived_used, facts_read
from vedlys.diagnostics import Diagnostics
from vedlys.model.content import Content


def check_unused(content: Content, diagnostics: Diagnostics) -> None:
    """Every fact bears on a rule or is for information; every derived fact is read."""
    read = {name for book in content.rulebooks.values() for name in facts_read(book)}
    for name, declared in content.vocabulary.items():
        if name not in read and not declared.informative:
            diagnostics.add("unused-fact", declared.span, name=name)
    for book in content.rulebooks.values():
        used = derived_used(book)
        for name, fact in book.derived.items():
            if name not in used:
                diagnostics.add("unused-derived-fact", fact.span, name=name)
