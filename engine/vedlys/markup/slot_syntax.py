"""One placeholder, `{{ … }}`, read into a slot."""

from __future__ import annotations

import re
from typing import get_args

from vedlys.diagnostics import Diagnostics
from vedlys.markup.template import Filter, Slot
from vedlys.source import Span

FILTERS: tuple[str, ...] = tuple(name for name in get_args(Filter) if name != "value")
FORMS = ("zero", "one", "two", "few", "many", "other")
MARKUP = re.compile(r"[`*_\[\]<>\\|~&$@{}]|://|www\.|--", re.IGNORECASE)

# the forms that nearly all placeholders have, in which Liquid can see nothing else
_VALUE = re.compile(
    r"\{\{ ?(?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*) ?"
    r"(?:\| ?(?:(?P<filter>list|number|date) ?|plural: (?P<forms>"
    r"[a-z]+: \"[^\"\\{}|%]*\"(?:, [a-z]+: \"[^\"\\{}|%]*\")*) ?))?"
    r"\}\}"
)
_FORM = re.compile(r"([a-z]+): \"([^\"]*)\"")
# what Liquid takes for something else than a name
_WORDS = frozenset(
    {"true", "false", "nil", "null", "empty", "blank", "undefined", "and", "or", "not", "in", "contains"}
    | {"if", "else", "for", "with", "as"}
)


def read_slot(placeholder: str, span: Span, diagnostics: Diagnostics) -> Slot | None:
    """Read `{{ … }}`, braces included; None, with a diagnostic, where it is not what the language knows."""
    known = _simple(placeholder, span)
    if known is not None:
        return known
    from vedlys.markup.liquid_slots import read_liquid  # noqa: PLC0415 - lazy: brings Liquid, and few texts need it

    return read_liquid(placeholder, span, diagnostics)


def _simple(placeholder: str, span: Span) -> Slot | None:
    """The slot of a placeholder in one of these forms; None where Liquid has to look, or something may be wrong."""
    found = _VALUE.fullmatch(placeholder)
    if found is None or not _WORDS.isdisjoint(found["name"].split(".")):
        return None
    match found["filter"]:
        case "list" | "number" | "date" as used:
            return Slot(name=found["name"], filter=used, span=span)
    if found["forms"] is None:
        return Slot(name=found["name"], span=span)
    pairs = _FORM.findall(found["forms"])
    forms = dict(pairs)
    if len(forms) < len(pairs) or "other" not in forms or not forms.keys() <= set(FORMS):
        return None
    if any(not text.strip() or MARKUP.search(text) for text in forms.values()):
        return None
    return Slot(name=found["name"], filter="plural", forms=forms, span=span)
