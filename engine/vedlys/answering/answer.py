"""An answer: what is said of one environment, as JSON at once, and as Python values where they are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from msgspec.json import encode

from vedlys.answering.rules import AskedQuestion, Left, Told
from vedlys.guidance.compose import Piece, text_of
from vedlys.model.result import Assessment, CatalogueReference, LocaleChoice
from vedlys.model.rulebook import Status
from vedlys.model.values import as_text


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What an assessment is made of, and its JSON up to the moment that it is of; each in the article's order."""

    article: str
    locale: LocaleChoice
    status: Status
    told: Sequence[Told]
    unknown: Sequence[Left]
    clear: Sequence[str]
    not_applicable: Sequence[str]
    asked: Sequence[AskedQuestion]
    ignored: tuple[str, ...]
    document: Sequence[Piece]
    catalogue: CatalogueReference
    json: bytes


class Answer:
    """One article's answer on one environment."""

    __slots__ = ("_as_of", "parts")

    def __init__(self, parts: Parts, as_of: dt.datetime) -> None:
        self.parts = parts  # the same of every answer that differs in nothing but the moment
        self._as_of = as_of

    @property
    def article(self) -> str:
        """The article."""
        return self.parts.article

    @property
    def locale(self) -> LocaleChoice:
        """The locale that was asked for, and the one that answered."""
        return self.parts.locale

    @property
    def as_of(self) -> str:
        """The moment that it is of."""
        return as_text(self._as_of)

    @property
    def status(self) -> Status:
        """Its status."""
        return self.parts.status

    @property
    def markdown(self) -> str:
        """The document: canonical Markdown, ending in one newline."""
        return text_of(self.parts.document)

    def json_pieces(self) -> tuple[bytes, ...]:
        """What `to_json` joins: for whoever joins more than that."""
        moment = self._as_of
        # of UTC that is what `as_text` writes
        return self.parts.json, encode(moment if moment.tzinfo is dt.UTC else self.as_of), b"}"

    def to_json(self) -> bytes:
        """The assessment as JSON, in the order of the contract."""
        return b"".join(self.json_pieces())

    @property
    def assessment(self) -> Assessment:
        """The assessment as values, made each time."""
        parts = self.parts
        return Assessment(
            article=parts.article,
            locale=parts.locale,
            status=parts.status,
            findings=tuple([one.finding for one in parts.told]),
            undecided=tuple([one.undecided for one in parts.unknown]),
            clear=tuple(parts.clear),
            not_applicable=tuple(parts.not_applicable),
            ask_next=tuple([one.question for one in parts.asked]),
            ignored=parts.ignored,
            markdown=self.markdown,
            catalogue=parts.catalogue,
            as_of=self.as_of,
        )
