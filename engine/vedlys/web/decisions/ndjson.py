"""Decisions as lines of JSON, in files of bounded size and number; each worker writes files of its own."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from vedlys.web.decisions.record import Record

if sys.platform != "win32":
    import fcntl

PATTERN = "decisions-*.ndjson"


class NdjsonFiles:
    """A folder of files. A file of `max_bytes` is followed by the next; of all in the folder the newest are kept.

    A file that is still being written, by this worker or another, holds a lock and is never deleted.
    """

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
        while self._file < 0:
            self._number += 1
            moment = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S")
            self._path = self._folder / f"decisions-{moment}-{os.getpid()}-{self._number:04}.ndjson"
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
            self._file = os.open(self._path, flags, 0o600)
            if not _hold(self._file) or not self._in_place():  # deleted before it was held
                self.close()
        self._size = os.fstat(self._file).st_size
        self._prune()

    def _in_place(self) -> bool:
        """Whether the file still stands where it was opened: others may delete or move it."""
        try:
            return self._path.stat().st_ino == os.fstat(self._file).st_ino
        except OSError:
            return False

    def _prune(self) -> None:
        """Delete the oldest files of the folder, as far as there are too many and nobody writes them."""
        aged = []
        for path in self._folder.glob(PATTERN):
            if path == self._path:
                continue
            try:
                aged.append((path.stat().st_mtime_ns, path))
            except FileNotFoundError:  # another worker was quicker
                continue
        for _, path in sorted(aged)[: max(0, len(aged) + 1 - self._files)]:
            try:
                _delete_unheld(path)
            except OSError:  # what cannot be deleted stays, and writing goes on
                continue


def _delete_unheld(path: Path) -> None:
    """Delete a file unless somebody writes it; it stays locked until it is gone, so that nobody begins meanwhile."""
    if sys.platform == "win32":
        path.unlink(missing_ok=True)  # refused while it is open
        return
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError where it is written
        path.unlink(missing_ok=True)
    finally:
        os.close(file)


def _hold(file: int) -> bool:
    """Lock a file until it is closed, or its process ends; False where somebody is about to delete it."""
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks: there nothing can be locked to be deleted either
            return True
    return True
