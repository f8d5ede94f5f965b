"""Templates made ready for one locale: at request time a text is joined, nothing is parsed or looked up by type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from vedlys.guidance.display import Mode
from vedlys.guidance.plural import plural
from vedlys.guidance.words import Words
from vedlys.markup.escape import code_span, escape, table
from vedlys.markup.template import Cell, CodeSpan, Grid, Slot, Template, Text
from vedlys.model.types import RecordsType
from vedlys.model.values import Record


class Scope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a text may name: known facts in normal form, what stood out, and the key of the record at hand.

    What stood out are keys of records, members of a set, patterns, or the names of facts (`matched_facts`).
    """

    values: Mapping[str, Any] = {}
    matched: Sequence[Any] = ()
    matched_facts: bool = False
    record: str | None = None
    blank: bool = False  # there is no environment: BLANK stands for every value


BLANK = "…"
Part = Callable[[Scope], str]


class Ready:
    """A template whose every slot has become a function; `fixed` is its text where it has no slots."""

    __slots__ = ("_functions", "fixed", "parts")

    def __init__(self, parts: Sequence[str | Part]) -> None:
        self.parts = tuple(part for part in parts if part)
        self.fixed: str | None = None
        if all(isinstance(part, str) for part in self.parts):
            self.fixed = "".join(map(str, self.parts))
        self._functions = tuple(_constant(part) if isinstance(part, str) else part for part in self.parts)

    def render(self, scope: Scope) -> str:
        """The text with the values of the scope put in."""
        return self.fixed if self.fixed is not None else "".join([part(scope) for part in self._functions])


def _constant(text: str) -> Part:
    return lambda _: text


def ready(template: Template, words: Words, *, matched: str | None = None, markup: bool = True) -> Ready:
    """Make a template ready. `matched` is the fact whose records or members may stand out in the rule.

    Without `markup` the template is plain text, and so are the values.
    """
    maker = _Maker(words, matched, markup=markup)
    parts = [maker.part(segment) for segment in template]
    for number, segment in enumerate(template[1:]):
        if isinstance(segment, Text) and segment.text.startswith(".") and not segment.text.startswith(".."):
            parts[number] = _before_full_stop(parts[number])
    return Ready(parts)


def _before_full_stop(part: str | Part) -> str | Part:
    """A part that ends no sentence twice: dates and units may end in the full stop of an abbreviation."""
    return part if isinstance(part, str) else lambda scope: part(scope).removesuffix(".")


class _Maker:
    """Turns the segments of one template into text or functions."""

    def __init__(self, words: Words, matched: str | None, *, markup: bool) -> None:
        self._words = words
        self._matched = matched
        self._markup = markup

    def part(self, segment: Text | Slot | CodeSpan | Grid) -> str | Part:
        match segment:
            case Text(text=text):
                return text
            case Slot():
                return self._slot(segment)
            case CodeSpan(parts=parts, cell=cell):
                return self._code(parts, cell=cell)
            case Grid(rows=rows, align=align):
                cells = [[self._cell(cell) for cell in row] for row in rows]
                columns = list(align)
                return lambda scope: table([[cell.render(scope) for cell in row] for row in cells], columns)

    def _cell(self, cell: Cell) -> Ready:
        return Ready([self.part(segment) for segment in cell])

    def _code(self, parts: tuple[Text | Slot, ...], *, cell: bool) -> Part:
        if len(parts) == 1 and isinstance(parts[0], Slot) and parts[0].filter == "list":
            # each item is a code span of its own, the words between them are not code
            each = self._items(parts[0], "code")
            joined = self._words.several
            return lambda scope: joined([code_span(item, cell=cell) for item in each(scope)])
        inner = Ready([self.part(part) for part in parts])
        return lambda scope: code_span(inner.render(scope), cell=cell)

    def _slot(self, slot: Slot) -> Part:
        mode = self._mode(slot)
        match slot.filter:
            case "table":
                return self._table(slot.fields)
            case "list":
                each, several = self._items(slot, mode), self._words.several
                return lambda scope: several(each(scope))
            case "plural":
                say, count = plural(slot.forms, self._words.formats), self._number(slot.name)
                return self._known(count, say, mode, slot.forms["other"].replace("#", BLANK))
            case "number":
                return self._known(self._number(slot.name), self._words.formats.number, mode)
            case "value" | "date":
                pass
        if slot.name == "matched":
            each, several = self._items(slot, mode), self._words.several
            return lambda scope: several(each(scope))
        if slot.name == "record":
            words = self._words
            return self._known(lambda scope: scope.record, lambda key: words.text(key, mode), mode)
        name = slot.name
        if slot.context == "link":
            return lambda scope: escape(str(scope.values.get(name, "")), "link")
        return self._known(lambda scope: scope.values.get(name), self._words.display(name, mode), mode)

    def _mode(self, slot: Slot) -> Mode:
        if not self._markup:
            return "plain"
        match slot.context:
            case "code" | "cell":
                return slot.context
            case _:
                return "prose"

    def _known(self, value: Callable[[Scope], Any], show: Callable[[Any], str], mode: Mode, blank: str = BLANK) -> Part:
        unknown = self._words.unknown(mode)

        def part(scope: Scope) -> str:
            if scope.blank:
                return blank
            found = value(scope)
            return unknown if found is None else show(found)

        return part

    def _number(self, name: str) -> Callable[[Scope], Any]:
        """The number of a fact; how many there are, of what stood out, a set or records."""
        if name == "matched":
            return lambda scope: len(scope.matched)

        def number(scope: Scope) -> Any:
            value = scope.values.get(name)
            return len(value) if isinstance(value, frozenset | tuple) else value

        return number

    def _items(self, slot: Slot, mode: Mode) -> Callable[[Scope], list[str]]:
        words = self._words
        if slot.name != "matched":
            name, show = slot.name, words.display(slot.name, mode, member=True)
            return lambda scope: (
                [BLANK] if scope.blank else [show(item) for item in sorted(scope.values.get(name, ()), key=str)]
            )
        shown = words.display(self._matched, mode, member=True) if self._matched else None

        def items(scope: Scope) -> list[str]:
            if scope.blank:
                return [BLANK]
            if scope.matched_facts:
                return [words.label(item, mode) for item in scope.matched]
            return [words.text(str(item), mode) if shown is None else shown(item) for item in scope.matched]

        return items

    def _table(self, fields: tuple[str, ...]) -> Part:
        """The records that stood out as a table, a column a field, headed by the fields' labels."""
        words, fact = self._words, self._matched
        kind = words.type(fact) if fact else None
        if fact is None or not isinstance(kind, RecordsType):
            return lambda _: ""  # reported by the checks: a table needs a rule on records
        head = [words.label(f"{fact}.{field}", "cell") for field in fields]
        shows = [words.display(f"{fact}.{field}", "cell") for field in fields]
        align = [words.alignment(f"{fact}.{field}") for field in fields]
        unknown = words.unknown("cell")

        def part(scope: Scope) -> str:
            wanted = set(map(str, scope.matched))
            rows = [head, [BLANK] * len(head)] if scope.blank else [head]
            for record in scope.values.get(fact, ()):
                if isinstance(record, Record) and record.key in wanted:
                    known = [record.fields.get(field) for field in fields]
                    rows.append(
                        [unknown if value is None else show(value) for value, show in zip(known, shows, strict=True)]
                    )
            return table(rows, align)

        return part
