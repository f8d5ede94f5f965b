"""Placeholders as Liquid reads them: every form there is, and what is wrong with it.

The only home of Liquid. Few texts need it: `slot_syntax` knows the forms that nearly all placeholders have.
"""

from __future__ import annotations

import re
from functools import lru_cache

from liquid import Environment, Mode
from liquid.builtin.expressions import Filter as ParsedFilter
from liquid.builtin.expressions import FilteredExpression, KeywordArgument, Path, PositionalArgument, StringLiteral
from liquid.builtin.output import OutputNode
from liquid.exceptions import LiquidError

from vedlys.diagnostics import Diagnostics
from vedlys.markup.slot_syntax import FILTERS, FORMS, MARKUP
from vedlys.markup.template import Slot
from vedlys.source import Span
from vedlys.suggest import nearest

_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_RIGHT = {
    "value": "`{{ connect.version }}`",
    "list": "`{{ matched | list }}`",
    "table": "`{{ matched | table: name, other_field }}`",
    "plural": '`{{ name | plural: one: "# thing", other: "# things" }}`',
    "number": "`{{ name | number }}`",
    "date": "`{{ name | date }}`",
}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(tolerance=Mode.STRICT)


def read_liquid(placeholder: str, span: Span, diagnostics: Diagnostics) -> Slot | None:
    """Read `{{ … }}`, braces included; None, with a diagnostic, where it is not what the language knows."""
    # in a table the author writes `\|`, so that other viewers do not cut the cell there
    text = placeholder.replace("\\|", "|")
    expression = _parsed(text)
    if expression is None:
        diagnostics.add("malformed-placeholder", span, placeholder=placeholder, right=_RIGHT["value"])
        return None
    name = text[2:-2].partition("|")[0].strip()
    if not expression.filters:
        return Slot(name=name, span=span)
    return _filtered(name, expression.filters[0], span, diagnostics)


def _parsed(text: str) -> FilteredExpression | None:
    """The expression of a placeholder that has a plain name and at most one filter."""
    try:
        nodes = _environment().from_string(text).nodes
    except LiquidError:
        return None
    name = text[2:-2].partition("|")[0].strip()
    if len(nodes) != 1 or not isinstance(nodes[0], OutputNode) or not _NAME.fullmatch(name):
        return None
    expression = nodes[0].expression
    if not isinstance(expression, FilteredExpression) or not isinstance(expression.left, Path):
        return None
    return expression if len(expression.filters or ()) <= 1 else None


def _filtered(name: str, written: ParsedFilter, span: Span, diagnostics: Diagnostics) -> Slot | None:
    match written.name:
        case "list" | "number" | "date":
            if not written.args:
                return Slot(name=name, filter=written.name, span=span)
        case "table":
            fields = _fields(written)
            if fields is not None:
                return Slot(name=name, filter="table", fields=fields, span=span)
        case "plural":
            forms = _forms(written)
            if forms is not None:
                return (
                    Slot(name=name, filter="plural", forms=forms, span=span)
                    if _good(forms, span, diagnostics)
                    else None
                )
        case unknown:
            allowed = ", ".join(f"`{known}`" for known in FILTERS)
            suggestion = nearest(unknown, FILTERS)
            diagnostics.add("unknown-filter", span, name=unknown, suggestion=suggestion, allowed=allowed)
            return None
    diagnostics.add("filter-arguments", span, name=written.name, right=_RIGHT[written.name])
    return None


def _fields(written: ParsedFilter) -> tuple[str, ...] | None:
    """The fields a table names: one at least, each once."""
    fields = []
    for argument in written.args:
        if not isinstance(argument, PositionalArgument) or not isinstance(argument.value, Path):
            return None
        field = str(argument.value)
        if not _FIELD.fullmatch(field) or field in fields:
            return None
        fields.append(field)
    return tuple(fields) or None


def _forms(written: ParsedFilter) -> dict[str, str] | None:
    """The forms of a plural: each once, `other` among them."""
    forms = {}
    for argument in written.args:
        if not isinstance(argument, KeywordArgument) or not isinstance(argument.value, StringLiteral):
            return None
        if argument.name in forms:
            return None
        forms[argument.name] = argument.value.value
    return forms if "other" in forms else None


def _good(forms: dict[str, str], span: Span, diagnostics: Diagnostics) -> bool:
    good = True
    for name, text in forms.items():
        if name not in FORMS:
            allowed = ", ".join(f"`{known}`" for known in FORMS)
            suggestion = nearest(name, FORMS)
            diagnostics.add("unknown-plural-form", span, name=name, suggestion=suggestion, allowed=allowed)
            good = False
        elif not text.strip() or MARKUP.search(text):
            diagnostics.add("plural-form-markup", span, name=name)
            good = False
    return good
