"""Standard input and output: UTF-8 whatever the environment says, data on stdout, everything else on stderr."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from vedlys.output.terminal import Look

_PIPED_WIDTH = 80


class Closed(io.TextIOBase):
    """A stream that was closed from the start: an answer that is written to it is lost, which has to be told."""

    def write(self, text: str, /) -> int:
        """`OSError`, unless there is nothing to write."""
        if text:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return 0


def use_utf8() -> None:
    """Write UTF-8, and read it: marks and Lithuanian letters must not depend on how a system is set up."""
    if sys.stdout is None:  # closed by whoever started the command
        sys.stdout = Closed()
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def write(data: str | bytes) -> None:
    """Write data to stdout as it is."""
    sys.stdout.write(data.decode() if isinstance(data, bytes) else data)
    sys.stdout.flush()


def print_lines(lines: Iterable[Text], stream: TextIO | None = None) -> None:
    """Print lines that are as wide as they are to be, in colour where the stream is a terminal that has it."""
    shown = console(stream)
    for line in lines:
        shown.print(line, soft_wrap=True)
    shown.file.flush()


def say(text: str) -> None:
    """Print a line of text to stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def console(stream: TextIO | None = None) -> Console:
    """A console on stdout, or on that stream; `NO_COLOR` and `TERM=dumb` leave it without colour."""
    from rich.console import Console  # noqa: PLC0415 - lazy: data formats need no console

    class Plumbed(Console):
        """A console that leaves a broken pipe to whoever runs the command; rich would exit on its own."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    file = sys.stdout if stream is None else stream
    width = None if file.isatty() or "COLUMNS" in os.environ else _PIPED_WIDTH
    return Plumbed(file=file, width=width, highlight=False, markup=False, emoji=False)


def look(stream: TextIO | None = None) -> Look:
    """What the terminal on stdout, or on that stream, is like."""
    from vedlys.output.terminal import Look  # noqa: PLC0415 - lazy: brings Markdown and rich

    shown = console(stream)
    return Look(width=shown.width, colour=shown.color_system is not None and not shown.no_color)


def pacify() -> None:
    """Where output cannot be written: let nothing that is left of it raise when the interpreter ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            try:
                os.dup2(nowhere, stream.fileno())
            except (OSError, ValueError):
                continue
    os.close(nowhere)
