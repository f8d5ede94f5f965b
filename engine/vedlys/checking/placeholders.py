"""Placeholders that can never show what they promise: nothing stands out, a value has no such form, or is not known."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from vedlys.checking.known_facts import known_when_applies
from vedlys.diagnostics import Diagnostics
from vedlys.guidance.edition import matched_fact
from vedlys.markup.template import Filter, Slot, Template, slots
from vedlys.model.content import Content
from vedlys.model.guidance import ArticleText
from vedlys.model.matching import standing_out
from vedlys.model.rulebook import Rule, Rulebook
from vedlys.model.types import BOOLEAN, FactType, RecordsType, ScalarType, SetType, name_of
from vedlys.suggest import nearest

_MATCHED = "matched"
_ERRATUM = ".erratum"
_TAKES: dict[Filter, str] = {
    "plural": "integer, number, sets, records",
    "number": "integer, number, sets, records",
    "date": "date, datetime",
    "list": "sets",
}


class _Shown(msgspec.Struct, frozen=True):
    """A text, the rule it is shown with, and the facts that are known then."""

    template: Template
    rule: Rule | None = None
    known: frozenset[str] = frozenset()


def check_placeholders(content: Content, diagnostics: Diagnostics) -> None:
    """Hold every placeholder of every article, in every locale, against the rule that it is shown with."""
    for text in content.guidance.locales.values():
        for article, article_text in text.articles.items():
            book = content.rulebooks.get(article)
            if book is not None:
                for shown in _texts(book, article_text):
                    for slot in slots(shown.template):
                        _check(slot, shown, book, content, diagnostics)


def _texts(book: Rulebook, text: ArticleText) -> Iterator[_Shown]:
    rules = {rule.id: rule for rule in book.rules}
    yield _Shown(text.title)
    yield _Shown(text.introduction)
    for block_id, block in text.blocks.items():
        rule = rules.get(block_id.removesuffix(_ERRATUM))
        known = frozenset() if rule is None else known_when_applies(book, rule)
        yield _Shown(block.title, rule)  # also shown where the rule does not apply
        yield _Shown(block.body, rule, known)


def _check(slot: Slot, shown: _Shown, book: Rulebook, content: Content, diagnostics: Diagnostics) -> None:
    rule = shown.rule
    if slot.filter == "table":
        _check_table(slot, rule, content, diagnostics)
    elif slot.name == _MATCHED:
        if rule is not None and not standing_out(rule.when):
            diagnostics.add("nothing-matched", slot.span, rule=rule.id)
        if slot.filter == "date":
            _refuse(slot, "list", diagnostics)
    else:
        kind = BOOLEAN if slot.name in book.derived else content.vocabulary[slot.name].type
        if not _takes(slot.filter, kind):
            _refuse(slot, name_of(kind), diagnostics)
        if slot.name not in shown.known:
            diagnostics.add("perhaps-unknown", slot.span, name=slot.name)


def _check_table(slot: Slot, rule: Rule | None, content: Content, diagnostics: Diagnostics) -> None:
    fact = None if rule is None else matched_fact(rule.when)
    kind = content.vocabulary[fact].type if fact is not None else None
    if rule is None or slot.name != _MATCHED or not isinstance(kind, RecordsType):
        diagnostics.add("table-without-records", slot.span, rule=rule.id if rule else slot.name)
        return
    for field in slot.fields:
        if field not in kind.fields:
            diagnostics.add(
                "unknown-field",
                slot.span,
                fact=fact,
                name=field,
                suggestion=nearest(field, kind.fields),
                allowed=", ".join(kind.fields),
            )


def _takes(used: Filter, kind: FactType) -> bool:
    match used:
        case "plural" | "number":
            return not isinstance(kind, ScalarType) or kind.kind in {"integer", "number"}
        case "date":
            return isinstance(kind, ScalarType) and kind.kind in {"date", "datetime"}
        case "list":
            return isinstance(kind, SetType)
        case _:
            return True


def _refuse(slot: Slot, kind: str, diagnostics: Diagnostics) -> None:
    takes = _TAKES[slot.filter]
    diagnostics.add("filter-not-for-type", slot.span, filter=slot.filter, type=kind, name=slot.name, takes=takes)
