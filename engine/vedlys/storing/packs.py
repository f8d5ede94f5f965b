"""Packs: files of many values, each found by its place, and read when it is asked for.

A pack is written once and never changed. Whoever has opened one can read it for as long as it likes, whatever becomes
of the file's name.
"""

from __future__ import annotations

import os
import re
import threading
import time
import weakref
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from vedlys.storing.indexes import FRESH

PACK = ".pack"
_MOST = 8  # packs of one root
# what is being written, and nothing of anybody else's: an index or a pack
_UNFINISHED = re.compile(r".+\.[0-9a-f]{8}\.new|[0-9a-f]{16}\.pack\.new")
_ABANDONED = 3600  # seconds: who began to write longer ago than that will not come back to it


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a value stands: which of the packs that are open, from where, how long, and its check sum."""

    pack: int
    start: int
    length: int
    check: int


class Damaged(Exception):  # noqa: N818 - it says what the cache is
    """What stands at a place is not what was put there."""


class Packs:
    """Open packs of one folder, and in memory what has been added since. Safe to share between threads."""

    def __init__(self, folder: Path | None, packs: Sequence[tuple[str, int]] = ()) -> None:
        """Open the packs, given by name and size; OSError or `Damaged` where one of them is not as it was."""
        self._folder = folder
        self._lock = threading.Lock()
        self._names = [name for name, _ in packs]
        self._files: list[BinaryIO] = []
        self._added: dict[Place, bytes] = {}
        self._next = 0
        weakref.finalize(self, _close, self._files)  # whoever holds content out of it holds it open
        for name, size in packs:
            if folder is None or os.sep in name:
                raise Damaged(name)
            file = (folder / name).open("rb")
            self._files.append(file)
            if os.fstat(file.fileno()).st_size != size:
                raise Damaged(name)

    def read(self, place: Place) -> bytes:
        """The value at a place; `Damaged` where it is not there as it was put."""
        try:
            return zlib.decompress(self._sound(place))
        except (OSError, IndexError, ValueError, zlib.error) as error:
            raise Damaged from error

    def add(self, value: bytes) -> Place:
        """Put a value by; it stands in memory until it is written."""
        packed = zlib.compress(value, 1)
        place = Place(-1, self._next, len(packed), zlib.crc32(packed))
        self._next += len(packed)
        self._added[place] = packed
        return place

    @property
    def names(self) -> list[tuple[str, int]]:
        """The packs that are open, by name and size."""
        return list(zip(self._names, (os.fstat(file.fileno()).st_size for file in self._files), strict=True))

    def written(self, wanted: Sequence[Place]) -> tuple[Packs, Mapping[Place, Place]]:
        """Write what was added and is wanted to a new pack; the packs there are then, and where what is wanted stands.

        Values that nobody wants any more are left behind once they take more room than the others. What was opened
        stays as it is: whoever holds it can go on reading. Raises OSError, or `Damaged` where what has to be moved is.
        """
        assert self._folder is not None
        packs = self.names
        places = list(dict.fromkeys(wanted))
        old = [place for place in places if place.pack >= 0]
        if len(packs) > _MOST or sum(place.length for place in old) * 2 < sum(size for _, size in packs):
            packs, fresh = [], places
        else:
            fresh = [place for place in places if place.pack < 0]
        moved = {place: place for place in old} if packs else {}
        if fresh:
            import secrets  # noqa: PLC0415 - lazy: who reads needs no new names

            name = secrets.token_hex(8) + PACK
            start = 0
            being_written = self._folder / (name + FRESH)
            try:
                with being_written.open("xb") as file:
                    for place in fresh:
                        data = self._sound(place)
                        file.write(data)
                        moved[place] = Place(len(packs), start, len(data), place.check)
                        start += len(data)
                being_written.replace(self._folder / name)
            except BaseException:
                being_written.unlink(missing_ok=True)
                raise
            packs = [*packs, (name, start)]
        return Packs(self._folder, packs), moved

    def _sound(self, place: Place) -> bytes:
        """The bytes at a place as they were put there; OSError or `Damaged`."""
        data = self._raw(place)
        if zlib.crc32(data) != place.check:
            raise Damaged
        return data

    def _raw(self, place: Place) -> bytes:
        """The bytes at a place as they stand there."""
        added = self._added.get(place)
        if added is not None:
            return added
        with self._lock:
            file = self._files[place.pack]
            file.seek(place.start)
            return file.read(place.length)


def _close(files: list[BinaryIO]) -> None:
    for file in files:
        file.close()


def tidy(folder: Path, packs: Sequence[tuple[str, int]]) -> None:
    """Remove the packs that no index names any more, and what others have left half-written; raises OSError."""
    kept = {name for name, _ in packs}
    for path in folder.glob("*" + PACK):
        if path.name not in kept:
            path.unlink(missing_ok=True)
    remove_abandoned(folder)


def remove_abandoned(folder: Path) -> None:
    """Remove files that somebody began to write and never finished; what is being written now stays. Raises OSError."""
    oldest = time.time() - _ABANDONED
    for path in folder.glob("*" + FRESH):
        with suppress(FileNotFoundError):  # another process tidies up as well
            if _UNFINISHED.fullmatch(path.name) and path.stat().st_mtime < oldest:
                path.unlink()
