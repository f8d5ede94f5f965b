"""Values of facts as text, by their type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, assert_never

from vedlys.guidance.formatting import Formats
from vedlys.guidance.phrases import Phrases
from vedlys.markup.escape import code_of, escape, shown
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType
from vedlys.model.values import Record, plain, read_date, read_datetime

# Markdown in running text or in a table, the text inside a code span, and text without any markup
Mode = Literal["prose", "cell", "code", "plain"]
Display = Callable[[Any], str]

MOST = 12  # members of a set that are shown


def text(value: str, mode: Mode) -> str:
    """Text that came with the facts, for its place."""
    return shown(value) if mode in {"plain", "code"} else escape(value, "cell" if mode == "cell" else "prose")


def display(fact_type: FactType, labels: Mapping[str, str], mode: Mode, formats: Formats, phrases: Phrases) -> Display:
    """The function that shows a value of that type, given in normal form or as JSON has it.

    `labels` are those of an enum's values, ready for the mode. In code, values look as a machine writes them.
    """
    match fact_type:
        case ScalarType():
            return _scalar(fact_type, labels, mode, formats, phrases)
        case SetType(member=member):
            one = _scalar(member, labels, mode, formats, phrases)

            def members(value: Iterable[Any]) -> str:
                return several([one(item) for item in sorted(value, key=str)], formats, phrases)

            return members
        case RecordsType(key=key):

            def keys(value: Iterable[Any]) -> str:
                names = (item.key if isinstance(item, Record) else str(item[key]) for item in value)
                return several([text(name, mode) for name in names], formats, phrases)

            return keys
        case _:
            assert_never(fact_type)


def several(items: list[str], formats: Formats, phrases: Phrases, how: str = "and") -> str:
    """Shown items as a list in a sentence; of a long one the first, and how many more there are."""
    if not items:
        return phrases("none")
    if len(items) > MOST:
        items = [*items[:MOST], phrases("more", n=len(items) - MOST)]
    return formats.joined(items, how)


def _scalar(kind: ScalarType, labels: Mapping[str, str], mode: Mode, formats: Formats, phrases: Phrases) -> Display:
    if mode == "code":
        return _machine
    match kind.kind:
        case "boolean":
            yes, no = phrases("yes"), phrases("no")
            return lambda value: yes if value else no
        case "integer" | "number":
            unit = kind.unit
            return lambda value: formats.unit(value, unit)
        case "enum":
            return lambda value: labels.get(value) or text(value, mode)
        case "date":
            return lambda value: formats.date(read_date(value) if isinstance(value, str) else value)
        case "datetime":
            return lambda value: formats.datetime(read_datetime(value) if isinstance(value, str) else value)
        case "hostname" | "host_pattern" | "ip" if mode != "plain":
            cell = mode == "cell"
            return lambda value: code_of(str(value), cell=cell)
        case _:
            return lambda value: text(str(value), mode)


def _machine(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shown(str(plain(value)))
