"""The runtime folder: checked copies of the content and which of them is in use. It is all that processes share."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import msgspec

from vedlys.web.parts import CatalogueState
from vedlys.web.serving.snapshot import copy_content

_KEPT = 3  # copies: the one in use, and those that a worker may still be reading


class Shelf:
    """Hands content from the process that checks it to those that answer with it; each change is one `rename`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.metrics = root / "metrics"  # where the workers keep their counts
        self._content = root / "content"
        self._standing = root / "standing.json"
        self._draining = root / "draining"
        self._ready = root / "ready"

    def stage(self, source: Path) -> tuple[Path, str]:
        """Copy a content root, to be tried; where the copy stands, and the signature of what was copied."""
        staged = self.root / "staged"
        return staged, copy_content(source, staged)

    def keep(self, staged: Path, digest: str) -> None:
        """Put a copy that has passed to those that may be used."""
        place = self.place(digest)
        if place.exists():
            shutil.rmtree(staged)
        else:
            place.parent.mkdir(exist_ok=True)
            staged.rename(place)
        os.utime(place)

    def place(self, digest: str) -> Path:
        """Where the copy of that digest stands."""
        return self._content / digest.rpartition(":")[2]

    def publish(self, standing: CatalogueState) -> None:
        """Say which copy is to be used, and how the content root stands to it."""
        written = self._standing.with_suffix(".new")
        written.write_bytes(msgspec.json.encode(standing))
        written.replace(self._standing)
        self._prune(standing.digest)

    def standing(self) -> CatalogueState:
        """What was published last."""
        return msgspec.json.decode(self._standing.read_bytes(), type=CatalogueState)

    def stamp(self) -> tuple[int, int]:
        """Changes whenever something is published."""
        told = self._standing.stat()
        return told.st_mtime_ns, told.st_ino

    def drain(self) -> None:
        """Tell the workers that the service is about to stop."""
        self._draining.touch()

    @property
    def draining(self) -> bool:
        """Whether the service is about to stop."""
        return self._draining.exists()

    def mark_ready(self) -> None:
        """Say that a worker is taking requests."""
        self._ready.touch()

    @property
    def ready(self) -> bool:
        """Whether any worker has ever taken requests."""
        return self._ready.exists()

    def _prune(self, digest: str) -> None:
        """Let go of old copies; those in use and the newest others stay."""
        places = sorted(self._content.iterdir(), key=lambda place: place.stat().st_mtime_ns, reverse=True)
        for place in places[_KEPT:]:
            if place != self.place(digest):
                shutil.rmtree(place, ignore_errors=True)


def accepted(digest: str) -> CatalogueState:
    """The state in which the content root is what is in use."""
    return CatalogueState(state="current", digest=digest, loaded_at=dt.datetime.now(dt.UTC))
