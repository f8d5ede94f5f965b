"""The lines of a body as it comes in, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator


class Lines:
    """Cuts chunks into lines. Of a line over the limit nothing is kept but that it was there."""

    def __init__(self, limit: int) -> None:
        """`limit` is in bytes, the end of the line not counted."""
        self._limit = limit
        self._begun = bytearray()  # a line whose end has not come yet
        self._is_skipping = False  # that line is already over the limit

    def feed(self, chunk: bytes) -> Iterator[bytes | None]:
        """The lines that end in this chunk, without their ends; None for one that is over the limit."""
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            yield self._line(chunk[start:end])
            start = end + 1
        rest = memoryview(chunk)[start:]
        if self._is_skipping:
            return
        if len(self._begun) + len(rest) > self._limit + 1:  # one more, for the `\r` that may end it
            self._is_skipping = True
            self._begun.clear()
        else:
            self._begun += rest

    def finish(self) -> Iterator[bytes | None]:
        """The last line, where it had no end."""
        if self._is_skipping or self._begun:
            yield self._line(b"")

    def _line(self, rest: bytes) -> bytes | None:
        if self._is_skipping:
            self._is_skipping = False
            return None
        if self._begun:
            self._begun += rest
            line = bytes(self._begun)
            self._begun.clear()
        else:
            line = rest
        if line.endswith(b"\r"):
            line = line[:-1]
        return line if len(line) <= self._limit else None
