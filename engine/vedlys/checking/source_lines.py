"""Which rules, or which reason, cover each line of a source document."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from vedlys.model.content import SourceText
from vedlys.model.rulebook import Rulebook


class SourceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the source and what covers it. `excused`: front matter and blank lines need no cover."""

    number: int
    text: str
    rules: tuple[str, ...] = ()
    reason: str | None = None
    excused: bool = False

    @property
    def covered(self) -> bool:
        """Whether the line is bound to a rule, marked as none, or needs neither."""
        return bool(self.rules) or self.reason is not None or self.excused


class SourceReport(msgspec.Struct, frozen=True, kw_only=True):
    """A source document, line by line."""

    document: str
    lines: tuple[SourceLine, ...]

    @property
    def complete(self) -> bool:
        """Whether every line is covered."""
        return all(line.covered for line in self.lines)

    @property
    def uncovered(self) -> tuple[SourceLine, ...]:
        """The lines that nothing covers."""
        return tuple(line for line in self.lines if not line.covered)


def source_report(book: Rulebook, source: SourceText) -> SourceReport:
    """What covers each line of the source that the rulebook cites."""
    rules: dict[int, list[str]] = defaultdict(list)
    for rule in book.rules:
        for first, last in rule.lines:
            for number in range(first, min(last, len(source.lines)) + 1):
                rules[number].append(rule.id)
    reasons = {
        number: unbound.reason
        for unbound in book.unbound
        for first, last in unbound.lines
        for number in range(first, min(last, len(source.lines)) + 1)
    }
    return SourceReport(
        document=source.document,
        lines=tuple(
            SourceLine(
                number=number,
                text=text,
                rules=tuple(dict.fromkeys(rules[number])),
                reason=reasons.get(number),
                excused=number <= source.front_matter or not text.strip(),
            )
            for number, text in enumerate(source.lines, 1)
        ),
    )
