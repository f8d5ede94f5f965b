"""Plurals: the form of a phrase that goes with a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vedlys.diagnostics import Diagnostics
from vedlys.guidance.formatting import Formats, formats
from vedlys.markup.template import Template, slots

Plural = Callable[[int | float], str]


def plural(forms: Mapping[str, str], numbers: Formats) -> Plural:
    """The function that says a number in its form, each `#` being the number as the locale writes it."""
    cut = {name: tuple(text.split("#")) for name, text in forms.items()}
    category, number = numbers.plural, numbers.number

    def say(value: int | float) -> str:
        form = "zero" if value == 0 and "zero" in cut else category(value)
        parts = (
            cut[form] if form in cut else cut["other"]
        )  # a missing form has been reported; this still says something
        return parts[0] if len(parts) == 1 else number(value).join(parts)

    return say


def check_plurals(template: Template, locale: str, diagnostics: Diagnostics) -> None:
    """Report plurals whose forms are not exactly those that CLDR has for the locale (`zero` may stand besides)."""
    needed = formats(locale).categories
    for slot in slots(template):
        if slot.filter != "plural":
            continue
        given = set(slot.forms) - {"zero"} if "zero" not in needed else set(slot.forms)
        if given != set(needed):
            diagnostics.add(
                "plural-forms",
                slot.span,
                locale=locale,
                needed=", ".join(f"`{name}`" for name in needed),
                given=", ".join(f"`{name}`" for name in slot.forms),
            )
