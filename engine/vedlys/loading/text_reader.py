"""From bytes to text: UTF-8 without a mark, of bounded size, without characters that nobody can see."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from vedlys.loading.report import Report
from vedlys.source import Source, Span

SIZE_LIMIT = 4 * 1024 * 1024

# C0 and C1 controls but tab and newline, what YAML counts as a line end and an editor does not, a byte order
# mark in the middle, non-characters, and the marks that make a line read otherwise than it is.
_REFUSED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]",
)


def read_file(path: Path) -> bytes:
    """The bytes of a file of content, of one that is too large no more than it takes to tell.

    OSError where it cannot be read, or is no file: nobody waits for what somebody may write into a pipe one day.
    """
    with open(path, "rb", opener=_opened) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "Not a regular file", str(path))
        return file.read(SIZE_LIMIT + 1)


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def read_text(file: str, data: bytes, report: Report) -> Source | None:
    """Decode one file with its line ends made `\\n`; None where it is no text that can be worked on."""
    if len(data) > SIZE_LIMIT:
        report.add("file-too-large", Span.whole_line(file, 1), limit=f"{SIZE_LIMIT // 1024 // 1024} MiB")
        return None
    if data.startswith(b"\xef\xbb\xbf"):
        report.add("byte-order-mark", Span(file, 1, 1, 1, 2))
        data = data[3:]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").replace("\r\n", "\n")
        report.add("not-utf-8", _span(file, before, len(before)), byte=f"0x{data[error.start]:02X}")
        return None
    text = text.replace("\r\n", "\n")
    refused = _REFUSED.search(text)
    if refused:
        report.add("control-character", _span(file, text, refused.start()), character=f"U+{ord(refused[0]):04X}")
        return None
    return Source(file, text)


def _span(file: str, text: str, index: int) -> Span:
    line = text.count("\n", 0, index) + 1
    column = index - (text.rfind("\n", 0, index) + 1) + 1
    return Span(file, line, column, line, column + 1)
