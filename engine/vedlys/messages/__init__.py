"""Every sentence that vedlys says about a fault, by a stable code.

A fault in a file (`diagnostics`) and a fault in posted facts (`faults`) are both a code and
the values that its sentence names. English stands here, so that it is there even when no
content can be read; other locales stand in `kb/<locale>/interface/`.
A new code is a line in the module of its stage: `values`, `files`, `markup`, `checks`, `facts`, `requests`, `http`,
`serving` or `running`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from vedlys.messages.message import Level, Message, fill, fillable

if TYPE_CHECKING:
    MESSAGES: dict[str, Message]

# The text and the hints of each code in another locale; a code that is not there is said in English.
Translations = Mapping[str, tuple[str, tuple[str, ...]]]


@cache
def _messages() -> dict[str, Message]:
    # lazy: most answers have no fault to tell of
    from vedlys.messages import checks, facts, files, http, markup, requests, running, serving, values  # noqa: PLC0415

    stages = (values, files, markup, checks, facts, requests, http, serving, running)
    return {message.code: message for stage in stages for message in stage.MESSAGES}


def __getattr__(name: str) -> Any:
    """`MESSAGES` is every message by its code."""
    if name == "MESSAGES":
        return _messages()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Coded(Protocol):
    """A fault of any kind: a code, and the values that its sentence names."""

    @property
    def code(self) -> str:
        """The stable code."""

    @property
    def values(self) -> Mapping[str, str]:
        """What the sentence names."""


def level_of(code: str) -> Level:
    """How bad it is what the code says; KeyError for a code that says nothing."""
    return _messages()[code].level


def sentence(
    code: str, values: Mapping[str, str], translations: Translations | None = None
) -> tuple[str, tuple[str, ...]]:
    """The sentence of a code with its values put in, and the hints all of whose values were given.

    A value `expected` may name a term by the rest of its code: `integer` is said as `expected-integer`.
    """
    text, hints = _worded(code, translations)
    term = "expected-" + values.get("expected", "").replace("_", "-")
    if term in _messages():
        values = {**values, "expected": _worded(term, translations)[0]}
    return fill(text, values), tuple(fill(hint, values) for hint in hints if fillable(hint, values))


def describe(fault: Coded, translations: Translations | None = None) -> str:
    """The sentence of a fault and its hints, as one text."""
    text, hints = sentence(fault.code, fault.values, translations)
    return " ".join((text, *hints))


def _worded(code: str, translations: Translations | None) -> tuple[str, tuple[str, ...]]:
    if translations is not None and code in translations:
        return translations[code]
    message = _messages()[code]
    return message.text, message.hints


__all__ = ["MESSAGES", "Coded", "Message", "Translations", "describe", "fill", "level_of", "sentence"]
