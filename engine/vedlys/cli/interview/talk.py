"""Talking to whoever answers: on a terminal, or a script that pipes its answers in."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from vedlys.cli.inputs import InputError
from vedlys.cli.streams import look, print_lines

if TYPE_CHECKING:
    from vedlys.output.text import Text

PROMPT = "› "


class Talk:
    """A conversation: what is told goes to stderr, so that stdout holds the answer alone."""

    def __init__(self) -> None:
        """`InputError` where stdin is closed, so that nobody can answer."""
        if sys.stdin is None:
            raise InputError("error.empty_stdin")
        self.look = look(sys.stderr)
        self._typed = sys.stdin.isatty()

    def tell(self, lines: Iterable[Text]) -> None:
        """Show lines."""
        print_lines(lines, sys.stderr)

    def listen(self) -> str:
        """One line, without white space around it; EOFError where there is none any more."""
        if self._typed and sys.stdout.isatty():
            import readline  # noqa: F401, PLC0415 - makes `input` edit lines and remember them

            return input(PROMPT).strip()
        sys.stderr.write(PROMPT)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            sys.stderr.write("\n")
            raise EOFError
        if not self._typed:
            sys.stderr.write(line.rstrip("\n") + "\n")  # so that the conversation reads like one
        return line.strip()
