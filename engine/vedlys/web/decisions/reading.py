"""Reading decisions back from what the log has written, one at a time: files may be of any size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from vedlys.messages.shown import visible
from vedlys.web.decisions.ndjson import PATTERN
from vedlys.web.decisions.record import Record
from vedlys.web.decisions.sqlite import MAGIC, read_rows
from vedlys.web.misfit import misfit

_LINE_LIMIT = 16 * 1024 * 1024  # bytes; a record holds the facts of one request, which are fewer


class BadLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that is no decision. `place` is its file and line, or the number of its row; `values` say why not."""

    place: str
    values: dict[str, str]


def read_decisions(paths: Iterable[Path]) -> Iterator[Record | BadLine]:
    """The decisions of NDJSON files, SQLite files and folders of NDJSON files, in the order that they were written.

    Raises OSError for a file that cannot be read.
    """
    decoder = msgspec.json.Decoder(Record)
    for path in paths:
        for file in _files(path):
            for number, line in _lines(file):
                place = f"{visible(str(file), 500)}:{number}"
                if line is None:
                    yield BadLine(place=place, values={"limit": str(_LINE_LIMIT)})
                    continue
                try:
                    yield decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    yield BadLine(place=place, values=misfit(error))


def _files(path: Path) -> list[Path]:
    return sorted(path.glob(PATTERN)) if path.is_dir() else [path]


def _lines(file: Path) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a file by number, empty ones left out; None for one that is too long to be a record."""
    with file.open("rb") as stream:
        if stream.read(len(MAGIC)) == MAGIC:
            yield from read_rows(file)
            return
        stream.seek(0) if stream.seekable() else None
        number = 0
        while line := stream.readline(_LINE_LIMIT + 1):
            number += 1
            if len(line) > _LINE_LIMIT:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(_LINE_LIMIT)
                yield number, None
            elif not line.isspace():
                yield number, line
