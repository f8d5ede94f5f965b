"""The lines of a body as it comes in, in constant memory."""

from __future__ import annotations


class Lines:
    """Cuts chunks into lines. Of a line over the limit nothing is kept but that it was there."""

    def __init__(self, limit: int) -> None:
        """`limit` is in bytes, the end of the line not counted."""
        self._limit = limit
        self._begun = bytearray()  # a line whose end has not come yet
        self._is_skipping = False  # that line is already over the limit

    def feed(self, chunk: bytes) -> list[bytes | None]:
        """The lines that end in this chunk, without their ends; None for one that is over the limit."""
        *ended, rest = chunk.split(b"\n")
        lines: list[bytes | None] = []
        if ended:
            if self._begun:
                self._begun += ended[0]
                ended[0] = bytes(self._begun)
                self._begun.clear()
            limit = self._limit
            lines += [line if len(line := each.removesuffix(b"\r")) <= limit else None for each in ended]
            if self._is_skipping:
                self._is_skipping = False
                lines[0] = None
        if not self._is_skipping:
            if len(self._begun) + len(rest) > self._limit + 1:  # one more, for the `\r` that may end it
                self._is_skipping = True
                self._begun.clear()
            else:
                self._begun += rest
        return lines

    def finish(self) -> list[bytes | None]:
        """The last line, where it had no end."""
        return self.feed(b"\n") if self._is_skipping or self._begun else []
