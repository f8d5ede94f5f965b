"""Decisions as rows of one SQLite file, which all workers share and any tool can query."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from vedlys.web.decisions.record import Record

MAGIC = b"SQLite format 3\0"
_BUSY_SECONDS = 10.0
_TABLE = """
CREATE TABLE IF NOT EXISTS decisions (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, time TEXT NOT NULL, caller TEXT, catalogue TEXT NOT NULL,
  article TEXT NOT NULL, status TEXT NOT NULL, record TEXT NOT NULL
)
"""
_ADD = "INSERT INTO decisions (id, time, caller, catalogue, article, status, record) VALUES (?, ?, ?, ?, ?, ?, ?)"
_OLDEST = "DELETE FROM decisions WHERE number IN (SELECT number FROM decisions ORDER BY number LIMIT ?)"


class SqliteFile:
    """One file in WAL mode. Of more than `max_bytes` of records, the oldest tenth makes room."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        """Nothing is opened before something is written."""
        self._path = path
        self._max_bytes = max_bytes
        self._encoder = msgspec.json.Encoder()
        self._base: sqlite3.Connection | None = None

    def write(self, records: Sequence[Record]) -> None:
        """Add records, all or none of them; raises OSError where that fails."""
        rows = [
            (
                one.id,
                one.time.isoformat(),
                one.caller,
                one.catalogue,
                one.article,
                one.status,
                self._encoder.encode(one).decode(),
            )
            for one in records
        ]
        try:
            base = self._open()
            with base:
                base.executemany(_ADD, rows)
                self._bound(base)
        except sqlite3.Error as error:
            self.close()  # the next write opens it anew: another file may stand there by then
            raise OSError(f"{self._path}: {error}") from error

    def close(self) -> None:
        """Close the file; the next write opens it again."""
        base, self._base = self._base, None
        if base is not None:
            try:
                base.close()
            except sqlite3.Error:
                return

    def _open(self) -> sqlite3.Connection:
        if self._base is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            # readable by its owner alone, as are then the files that SQLite puts beside it
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600))
            # written by one thread and closed by another, never at once
            base = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, check_same_thread=False)
            self._base = base
            base.execute("PRAGMA journal_mode=WAL")
            base.execute("PRAGMA synchronous=NORMAL")
            base.execute("PRAGMA journal_size_limit=16777216")
            base.execute(_TABLE)
        return self._base

    def _bound(self, base: sqlite3.Connection) -> None:
        """Make room, within the transaction that adds: what cannot be bounded is not added either."""
        [pages], [free], [size] = (
            base.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "freelist_count", "page_size")
        )
        if (pages - free) * size > self._max_bytes:
            [count] = base.execute("SELECT count(*) FROM decisions").fetchone()
            base.execute(_OLDEST, (count // 10 + 1,))


def read_rows(path: Path) -> Iterator[tuple[int, bytes]]:
    """The number and the record of each row, in the order they were written; raises OSError where it cannot be read."""
    try:
        base = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            for number, record in base.execute("SELECT number, record FROM decisions ORDER BY number"):
                yield number, str(record).encode()
        finally:
            base.close()
    except sqlite3.Error as error:
        raise OSError(f"{path}: {error}") from error
