"""Decisions as lines of JSON, in files of bounded size and number; each worker writes files of its own."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from vedlys.web.decisions.record import Record

PATTERN = "decisions-*.ndjson"


class NdjsonFiles:
    """A folder of files. A file of `max_bytes` is followed by the next; of all in the folder the newest are kept."""

    def __init__(self, folder: Path, max_bytes: int, files: int) -> None:
        """Nothing is opened before something is written."""
        self._folder = folder
        self._max_bytes = max_bytes
        self._files = files
        self._encoder = msgspec.json.Encoder()
        self._buffer = bytearray()
        self._file = -1
        self._path = folder
        self._size = 0
        self._number = 0

    def write(self, records: Sequence[Record]) -> None:
        """Add records, all or none of them; raises OSError where that fails."""
        self._buffer.clear()
        for record in records:
            self._encoder.encode_into(record, self._buffer, -1)
            self._buffer += b"\n"
        if self._file >= 0 and (self._size + len(self._buffer) > self._max_bytes or not self._in_place()):
            self.close()
        if self._file < 0:
            self._open()
        try:
            self._add()
        except OSError:
            self._take_back()
            raise

    def close(self) -> None:
        """Close the file; what is written next begins another."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _add(self) -> None:
        left = memoryview(bytes(self._buffer))
        while left:
            left = left[os.write(self._file, left) :]
        self._size += len(self._buffer)

    def _take_back(self) -> None:
        """Where a disk is full, a part of a line may have got into the file: no line is kept that is none."""
        try:
            os.ftruncate(self._file, self._size)
        except OSError:
            self.close()

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        self._number += 1
        moment = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S")
        self._path = self._folder / f"decisions-{moment}-{os.getpid()}-{self._number:04}.ndjson"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
        self._file = os.open(self._path, flags, 0o640)
        self._size = os.fstat(self._file).st_size
        self._prune()

    def _in_place(self) -> bool:
        """Whether the file still stands where it was opened: others may delete or move it."""
        try:
            return self._path.stat().st_ino == os.fstat(self._file).st_ino
        except OSError:
            return False

    def _prune(self) -> None:
        """Delete the oldest files of the folder, as far as there are too many."""
        aged = []
        for path in self._folder.glob(PATTERN):
            try:
                aged.append((path.stat().st_mtime_ns, path))
            except FileNotFoundError:  # another worker was quicker
                continue
        for _, path in sorted(aged)[: -self._files]:
            if path != self._path:
                path.unlink(missing_ok=True)
