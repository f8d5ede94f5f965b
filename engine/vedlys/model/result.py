"""An assessment, version 1: the shape that support systems read.

These types are the public contract (`schemas/assessment.schema.json`): a field is only ever added, and an
added one is left out where it says nothing.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from vedlys.model.rulebook import Severity, Status

Translation = Literal["current", "stale", "fallback"]


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One TRUE literal: what was observed and what the rule needed, as JSON values."""

    fact: str
    operator: str
    needed: Any
    observed: Any
    record: str | UnsetType = UNSET  # inside `some` and `every`: the key of the record …
    field: str | UnsetType = UNSET  # … and the field of it that was tested
    negated: bool | UnsetType = UNSET  # true: the literal is FALSE, and that is what the rule wants
    needed_fact: str | UnsetType = UNSET  # `needed` is the value of this fact or field
    reference: bool | UnsetType = UNSET  # true: reference data had a part in it
    because: tuple[Evidence, ...] | UnsetType = UNSET  # of a derived fact: what made it so


class Missing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact, or a field of one record, that a rule needs to be decided."""

    fact: str
    record: str | UnsetType = UNSET
    field: str | UnsetType = UNSET


class SourceReference(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The lines of the source document that a rule comes from."""

    document: str
    lines: tuple[tuple[int, int], ...]


class Finding(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A rule that applies. `title` is plain text, `guidance` and `erratum` are Markdown."""

    rule: str
    section: str
    severity: Severity
    title: str
    guidance: str
    because: tuple[Evidence, ...]
    matched: tuple[Any, ...]
    source: SourceReference | None
    erratum: str | None
    translation: Translation


class Undecided(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A rule whose verdict is unknown, and what is missing."""

    rule: str
    section: str
    severity: Severity
    missing: tuple[Missing, ...]


class Question(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A question worth asking next. `question` and `how` are Markdown; `decides` lists the rules it bears on."""

    fact: str
    record: str | UnsetType = UNSET
    field: str | UnsetType = UNSET
    question: str
    how: str
    type: str  # as the vocabulary writes it: "version", "set of hostname", "records"
    decides: tuple[str, ...]


class LocaleChoice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The locale that was asked for, and the one that answered."""

    requested: str
    used: str


class CatalogueReference(msgspec.Struct, frozen=True, kw_only=True):
    """Which catalogue answered."""

    version: str
    digest: str


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue applied to the facts of one environment, for one article and locale."""

    version: Literal[1] = 1
    article: str
    locale: LocaleChoice
    status: Status
    findings: tuple[Finding, ...]
    undecided: tuple[Undecided, ...]
    clear: tuple[str, ...]
    not_applicable: tuple[str, ...]
    ask_next: tuple[Question, ...]
    ignored: tuple[str, ...]
    markdown: str
    catalogue: CatalogueReference
    as_of: str

    def to_json(self) -> bytes:
        """The assessment as JSON, in the order of the contract."""
        return msgspec.json.encode(self)

    def json_pieces(self) -> tuple[bytes, ...]:
        """The same as pieces to be joined, as answers have it that are made of some."""
        return (self.to_json(),)

    def to_dict(self) -> dict[str, Any]:
        """The assessment as plain JSON values, in the order of the contract; the caller may change it."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        # tuples are all that is left of what JSON does not have
        for finding in plain["findings"]:
            finding["because"] = _listed(finding["because"])
            finding["matched"] = list(finding["matched"])
            if finding["source"] is not None:
                finding["source"]["lines"] = list(map(list, finding["source"]["lines"]))
        for undecided in plain["undecided"]:
            undecided["missing"] = list(undecided["missing"])
        for question in plain["ask_next"]:
            question["decides"] = list(question["decides"])
        for name in ("findings", "undecided", "clear", "not_applicable", "ask_next", "ignored"):
            plain[name] = list(plain[name])
        return plain


def _listed(evidence: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    for literal in evidence:
        if "because" in literal:
            literal["because"] = _listed(literal["because"])
    return list(evidence)
