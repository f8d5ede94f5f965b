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
    from rich.text import Text as Drawn

    from vedlys.output.terminal import Look
    from vedlys.output.text import Text

_PIPED_WIDTH = 80
_TAB = 8
# with these rich shows colour, or another width, even where there is no terminal
_TELLING = ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE")


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
    file = sys.stdout if stream is None else stream
    if _is_plain(file):
        file.write("".join([line.plain.expandtabs(_TAB) + "\n" for line in lines]))
    else:
        shown = console(file)
        for line in lines:
            shown.print(drawn(line), soft_wrap=True)
    file.flush()


def drawn(line: Text) -> Drawn:
    """The text as rich draws it."""
    from rich.text import Text as Drawn  # noqa: PLC0415 - lazy: where there is no terminal, text is but text

    text = Drawn(line.plain)
    for span in line.spans:
        text.stylize(span.style, span.start, span.end)
    return text


def print_documents(documents: Iterable[tuple[str, str]]) -> None:
    """Print Markdown to stdout as a terminal shows it, one document below the other, each with its status."""
    from vedlys.output.terminal import markdown_lines  # noqa: PLC0415 - lazy: brings Markdown
    from vedlys.output.text import Text  # noqa: PLC0415 - lazy, as above

    shape = look()
    lines: list[Text] = []
    for number, (text, status) in enumerate(documents):
        lines += [Text(), Text()] if number else []
        lines += markdown_lines(text, shape, status)
    print_lines(lines)


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
    from vedlys.output.terminal import Look  # noqa: PLC0415 - lazy: brings Markdown

    file = sys.stdout if stream is None else stream
    if _is_plain(file):
        return Look(width=_PIPED_WIDTH, colour=False)
    shown = console(file)
    return Look(width=shown.width, colour=shown.color_system is not None and not shown.no_color)


def _is_plain(stream: TextIO) -> bool:
    """Whether there is surely no terminal behind a stream, and nobody asks for the looks of one."""
    return not stream.isatty() and not any(name in os.environ for name in _TELLING)


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
