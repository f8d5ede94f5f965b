"""Everything a content root holds, loaded."""

from __future__ import annotations

import msgspec

from vedlys.model.guidance import Guidance
from vedlys.model.rulebook import FactDeclaration, Rulebook


class SourceText(msgspec.Struct, frozen=True, kw_only=True):
    """A source document as received: its lines and the SHA-256 of its bytes, in hex."""

    document: str
    lines: tuple[str, ...]
    sha256: str
    front_matter: int  # how many of the first lines are front matter


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """The loaded values of one content root. `digest` is `sha256:` and the hash of all that it was read from."""

    vocabulary: dict[str, FactDeclaration]  # in authored order
    rulebooks: dict[str, Rulebook]  # by article, sorted
    guidance: Guidance
    sources: dict[str, SourceText]  # by document name
    digest: str
