"""A catalogue as it was when it was last loaded: opened at once where not one of its files has changed since.

Nothing here reads YAML or Markdown. What is read is an index; an article is brought in when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from vedlys.model.content import Content, Outline
from vedlys.model.guidance import ArticleText, FactText, Guidance, LocaleText
from vedlys.model.rulebook import Rulebook
from vedlys.storing.engine_state import fingerprint
from vedlys.storing.files import State, differences
from vedlys.storing.indexes import CATALOGUE, read_index, write_index
from vedlys.storing.packing import Unpackable, unpack
from vedlys.storing.packs import Damaged, Packs, Place
from vedlys.storing.shelf import Later, Shelf
from vedlys.storing.vocabulary import Facts

FOLDERS = ("rules", "kb")


class LocaleIndex(msgspec.Struct, frozen=True, array_like=True):
    """What there is in one locale; texts of facts stand together by file."""

    articles: tuple[str, ...]
    facts: dict[str, int]  # name to the number of a place
    places: tuple[Place, ...]
    interface: Place  # packed phrases by topic, and packed messages; those that ship with the engine are among them


class CatalogueIndex(msgspec.Struct, frozen=True, array_like=True):
    """All that is read at once. An article's place holds its rulebook, its texts by locale, and its compiled code."""

    fingerprint: str
    states: dict[str, dict[str, State]]
    digest: str
    original: str
    packs: tuple[tuple[str, int], ...]
    vocabulary: Place
    outlines: dict[str, Outline]
    articles: dict[str, Place]
    locales: dict[str, LocaleIndex]


# Brings in all of the content of that digest from its files, where a part of the cache turns out to be damaged later
# on. Raises where the files are no longer those: never is one catalogue put together from two.
Recover = Callable[[str], Content]

Kept = tuple[Rulebook, dict[str, ArticleText], tuple[str, bytes]]  # of an article


def open_catalogue(root: Path, folder: Path, recover: Recover) -> Content | None:
    """The content of a root out of its cache; None where there is none, or it is not of these very files."""
    index = read_catalogue(folder)
    if index is None or index.fingerprint != fingerprint():
        return None
    found = differences(root, FOLDERS, index.states)
    if found.states or found.moved:
        return None
    try:
        return content_of(index, Packs(folder, index.packs), recover)
    except (OSError, Damaged, Unpackable):
        return None


def read_catalogue(folder: Path) -> CatalogueIndex | None:
    """The index that was put by; None where there is none that can be read."""
    return read_index(folder / CATALOGUE, CatalogueIndex)


def write_catalogue(folder: Path, index: CatalogueIndex) -> None:
    """Put the index by; OSError where that fails."""
    write_index(folder / CATALOGUE, index)


def content_of(index: CatalogueIndex, packs: Packs, recover: Recover) -> Content:
    """The content that an index describes; raises `Damaged` or `Unpackable`."""

    def fetch(article: str) -> Kept:
        try:
            book, texts, code = unpack(packs.read(index.articles[article]))
        except (Damaged, Unpackable):
            whole = recover(index.digest)
            locales = whole.guidance.locales.values()
            texts = {text.locale: text.articles[article] for text in locales if article in text.articles}
            book, code = whole.rulebooks[article], ("", b"")
        return book, texts, code

    articles = Shelf(index.articles, fetch)
    return Content(
        vocabulary=dict(Facts.unpacked(packs.read(index.vocabulary))),
        rulebooks=Shelf(index.articles, lambda article: articles[article][0]),
        guidance=Guidance(
            locales={name: _locale(name, index, packs, articles, recover) for name in index.locales},
            original=index.original,
        ),
        sources={},
        digest=index.digest,
        outlines=index.outlines,
        compiled=lambda article: articles[article][2],
        phrases_joined=True,
    )


def _locale(name: str, index: CatalogueIndex, packs: Packs, articles: Shelf[Kept], recover: Recover) -> LocaleText:
    locale = index.locales[name]
    files: dict[int, dict[str, FactText]] = {}

    def fact_text(fact: str) -> FactText:
        number = locale.facts[fact]
        if number not in files:
            try:
                files[number] = unpack(packs.read(locale.places[number]))
            except (Damaged, Unpackable):
                return recover(index.digest).guidance.locales[name].facts[fact]
        return files[number][fact]

    # read now, so that damage shows, and unpacked when it is first asked for
    phrases, messages = unpack(packs.read(locale.interface))
    return LocaleText(
        locale=name,
        articles=Shelf(dict.fromkeys(locale.articles), lambda article: articles[article][1][name]),
        facts=Shelf(locale.facts, fact_text),
        phrases=Later(*(partial(unpack, topic) for topic in phrases)),
        messages=Later(partial(unpack, messages)),
    )
