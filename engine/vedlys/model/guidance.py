"""The human half: what each locale says of articles and facts, and the engine's own phrases."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from vedlys.markup.template import Template
from vedlys.source import Span


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One block of guidance: that of a rule, a section or an erratum (`rule-id.erratum`)."""

    id: str
    title: Template
    body: Template  # canonical Markdown, without the heading; empty where there is only a heading
    digest: str  # of the title and body as written: 8 hex digits
    translates: str | None = None  # the digest of the original's block that this one was translated from
    span: Span  # of the heading


class ArticleText(msgspec.Struct, frozen=True, kw_only=True):
    """One article in one locale, in the file's order."""

    article: str
    locale: str
    title: Template  # plain text, no slots
    translates: str | None = None  # the locale it was translated from; None for the original
    introduction: Template = ()
    blocks: dict[str, Block]
    file: str
    span: Span


class FactText(msgspec.Struct, frozen=True, kw_only=True):
    """What one locale says of a fact (`connect.version`) or of a record's field (`ad.domains.pdc_reachable`)."""

    name: str
    label: str  # plain text
    question: Template  # one paragraph; may use {{ record }}
    how: Template  # how to find out: Markdown blocks
    values: dict[str, str] = {}  # labels of an enum's values, plain text
    digest: str
    translates: str | None = None
    span: Span


class LocaleText(msgspec.Struct, frozen=True, kw_only=True):
    """All that one locale says."""

    locale: str
    articles: Mapping[str, ArticleText]
    facts: Mapping[str, FactText]
    phrases: Mapping[str, Template]  # the engine's own, by dotted name: `document.why`
    messages: Mapping[str, tuple[str, tuple[str, ...]]] = {}  # code to text and hints; English is in the engine


class Guidance(msgspec.Struct, frozen=True, kw_only=True):
    """All locales; `original` is the one that nothing was translated from."""

    locales: dict[str, LocaleText]
    original: str
