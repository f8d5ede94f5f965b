"""Everything a content root holds, loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from vedlys.model.guidance import Guidance
from vedlys.model.rulebook import FactDeclaration, Rulebook


class SourceText(msgspec.Struct, frozen=True, kw_only=True):
    """A source document as received: its lines and the SHA-256 of its bytes, in hex."""

    document: str
    lines: tuple[str, ...]
    sha256: str
    front_matter: int  # how many of the first lines are front matter


class Outline(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is asked of every article of a catalogue, so that no rulebook has to be looked at for it."""

    rules: tuple[str, ...]  # ids, in the article's order
    reads: tuple[str, ...]  # the facts of the vocabulary that bear on a rule; sorted
    derived: tuple[str, ...]  # the facts that it concludes, in authored order


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """The loaded values of one content root. `digest` is `sha256:` and the hash of all that it was read from.

    Of content that was read and checked before, `outlines` has every article, and rulebooks and guidance are brought
    in when they are first asked for; they are then without examples, cases and what else only checks and trials read,
    and `sources` is empty. `compiled` gives the code that an article's rules were compiled to, with its digest.
    """

    vocabulary: dict[str, FactDeclaration]  # in authored order
    rulebooks: Mapping[str, Rulebook]  # by article, sorted
    guidance: Guidance
    sources: Mapping[str, SourceText]  # by document name
    digest: str
    outlines: Mapping[str, Outline] = {}
    compiled: Callable[[str], tuple[str, bytes] | None] | None = None
    phrases_joined: bool = False  # the engine's shipped phrases are among those of the locales
