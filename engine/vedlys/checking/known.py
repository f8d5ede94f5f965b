"""What is remembered of a content root between two checks of it, and from one process to the next."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from vedlys.diagnostics import Diagnostics
from vedlys.loading.layout import ContentFile
from vedlys.model.content import Outline
from vedlys.storing.engine_state import fingerprint
from vedlys.storing.files import State
from vedlys.storing.packing import pack, unpack
from vedlys.storing.packs import Place

NOTHING = b""


class Unfit(Exception):  # noqa: N818 - it says what the root is
    """The root does not fit into parts that can be checked one by one."""


class Hashes(msgspec.Struct, frozen=True, array_like=True):
    """The SHA-256 of a file's bytes, and of its text whatever line ends it has."""

    raw: bytes
    text: bytes


class Said(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a file in a locale says that it was translated from, and where."""

    translates: str
    locale: str
    place: tuple[str, int, int, int, int]


class Unit(msgspec.Struct, array_like=True, gc=False):
    """What one article, or one file of texts for facts, came to.

    `made` are the files it was made of with their hashes, `setting` what besides them; `vocabulary` is the digest of
    the vocabulary as it was, `uses` the names that were asked of it (None: all of it), `print` what those come to.

    There are thousands for as long as a root is known. Nothing in them leads back to them, so that the search for
    garbage need not go through them.
    """

    made: tuple[tuple[str, bytes], ...]
    setting: bytes
    vocabulary: bytes
    uses: tuple[str, ...] | None
    print: bytes
    compared: int
    loaded: bytes  # packed diagnostics, as are the next two; empty where there are none
    answers: bytes
    authoring: bytes | None  # None where those checks have not been run
    errors: bool  # in loading
    faults: bool  # in `answers`
    said: tuple[Said, ...] = ()
    outline: Outline | None = None
    derived: bytes = NOTHING  # packed: each derived fact with its place
    concludes: tuple[str, ...] | None = None  # the names of those, bad ones included; None where nothing can be said
    topics: tuple[str, ...] = ()  # what the names of `concludes` begin with
    locales: tuple[str, ...] = ()
    place: Place | None = None


class Words(msgspec.Struct, array_like=True):
    """The vocabulary as it was read from its files; `place` is None until it is put by.

    `prefixes` are what the names of its facts begin with, up to a dot.
    """

    key: bytes
    place: Place | None
    prefixes: frozenset[str]
    loaded: bytes
    errors: bool
    compared: int


class Told(msgspec.Struct, array_like=True):
    """What the texts for facts came to, all files and locales together.

    `faults` are the packed diagnostics of each topic of which there are any: those of joining its texts, those of
    checking them, and those for its authors: facts that nothing reads. `stale` are the topics that were not checked
    since something of theirs changed; None is all of them.
    """

    setting: bytes
    faults: dict[str, tuple[bytes, bytes, bytes]]
    stale: tuple[str, ...] | None


class Interfaces(msgspec.Struct, array_like=True):
    """The engine's phrases and messages in all locales, as they were read from the files of one state."""

    key: bytes
    loaded: bytes
    answers: bytes
    errors: bool
    compared: int
    places: dict[str, Place]


class Index(msgspec.Struct, array_like=True):
    """All that is remembered of a root."""

    fingerprint: str
    packs: list[tuple[str, int]]
    files: list[ContentFile]
    odd: bytes  # packed diagnostics of files that fit nowhere
    states: dict[str, dict[str, State]]
    hashes: dict[str, Hashes]
    words: Words | None
    articles: dict[str, Unit]
    texts: dict[str, Unit]
    sources: dict[str, bytes]  # the hash of each source document, and its packed diagnostics
    told: Told | None
    interfaces: Interfaces | None


def nothing_known() -> Index:
    """What there is before anything was looked at."""
    return Index(fingerprint(), [], [], NOTHING, {}, {}, None, {}, {}, {}, None, None)


def topics_of(names: Iterable[str]) -> tuple[str, ...]:
    """What dotted names begin with, each once; sorted."""
    return tuple(sorted({name.partition(".")[0] for name in names}))


def packed(diagnostics: Diagnostics) -> bytes:
    """Diagnostics as bytes; nothing for none."""
    return pack(tuple(diagnostics)) if len(diagnostics) else NOTHING


def unpacked(data: bytes) -> tuple[Any, ...]:
    """What was packed; none for nothing."""
    return unpack(data) if data else ()


def digest_of(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """One digest of names and values, in their order."""
    total = hashlib.blake2b(digest_size=16)
    for name, value in parts:
        total.update(name.encode() + b"\n" + value + b"\n")
    return total.digest()
