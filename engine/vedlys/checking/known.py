"""What is remembered of a content root between two checks of it, and from one process to the next."""

from __future__ import annotations

import msgspec

from vedlys.loading.layout import ContentFile
from vedlys.model.content import Outline
from vedlys.storing.files import State
from vedlys.storing.packs import Place

NOTHING = b""


class Hashes(msgspec.Struct, frozen=True, array_like=True):
    """The SHA-256 of a file's bytes, and of its text whatever line ends it has."""

    raw: bytes
    text: bytes


class Said(msgspec.Struct, frozen=True, array_like=True):
    """What a file in a locale says that it was translated from, and where."""

    translates: str
    locale: str
    place: tuple[str, int, int, int, int]


class Unit(msgspec.Struct, array_like=True):
    """What one article, or one file of texts for facts, came to.

    `made` are the files it was made of with their hashes, `setting` what besides them; `vocabulary` is the digest of
    the vocabulary as it was, `uses` the names that were asked of it (None: all of it), `print` what those come to.
    """

    made: list[tuple[str, bytes]]
    setting: bytes
    vocabulary: bytes
    uses: list[str] | None
    print: bytes
    compared: int
    loaded: bytes  # packed diagnostics, as are the next two; empty where there are none
    answers: bytes
    authoring: bytes | None  # None where those checks have not been run
    errors: bool  # in loading
    faults: bool  # in `answers`
    said: list[Said] = []
    outline: Outline | None = None
    derived: bytes = NOTHING  # packed: each derived fact with its place
    concludes: list[str] | None = None  # the names of those, bad ones included; None where nothing can be said
    locales: list[str] = []
    place: Place | None = None


class Shared(msgspec.Struct, array_like=True):
    """What all articles share came to, for one state of it."""

    key: bytes
    loaded: bytes
    answers: bytes
    errors: bool
    compared: int
    interfaces: dict[str, Place]


class Words(msgspec.Struct, array_like=True):
    """The vocabulary as it was read from its files."""

    key: bytes
    place: Place
    loaded: bytes
    errors: bool
    compared: int


class Index(msgspec.Struct, array_like=True):
    """All that is remembered of a root."""

    fingerprint: str
    packs: list[tuple[str, int]]
    files: list[ContentFile]
    odd: bytes  # packed diagnostics of files that fit nowhere
    states: dict[str, State]
    hashes: dict[str, Hashes]
    words: Words | None
    articles: dict[str, Unit]
    texts: dict[str, Unit]
    sources: dict[str, bytes]  # packed diagnostics of each source document that has any
    shared: Shared | None
