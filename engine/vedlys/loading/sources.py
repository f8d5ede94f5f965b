"""Source documents: `kb/sources/<article>.<locale>.md`, the articles as received. Nothing in them is judged."""

from __future__ import annotations

import hashlib

from vedlys.model.content import SourceText
from vedlys.source import Source


def read_source(document: str, source: Source, data: bytes) -> SourceText:
    """The lines of a document, an empty one after the last line end left out, and the hash of its bytes."""
    lines = source.lines
    if lines[-1] == "":
        lines = lines[:-1]
    return SourceText(
        document=document,
        lines=tuple(lines),
        sha256=hashlib.sha256(data).hexdigest(),
        front_matter=_front_matter(lines),
    )


def _front_matter(lines: list[str]) -> int:
    if not lines or lines[0].rstrip() != "---":
        return 0
    return next((number for number, line in enumerate(lines[1:], 2) if line.rstrip() == "---"), 0)
