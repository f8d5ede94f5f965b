"""Reading the facts that a command is given: a file, or `-` for stdin."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

from vedlys.messages.shown import visible

STDIN = "-"


class InputError(Exception):
    """A file cannot be read: the name of the phrase that says why, and what it names."""

    def __init__(self, phrase: str, **values: str) -> None:
        super().__init__(phrase, values)
        self.phrase = phrase
        self.values = values


def read_input(name: str) -> bytes:
    """The bytes of a file or of stdin, no more than just over what would be accepted; `InputError` where it fails."""
    if name == STDIN:
        return _typed()
    try:
        with Path(name).open("rb") as file:
            return _some(file)
    except OSError as error:
        raise input_error(name, error) from error


def input_error(name: str, error: OSError) -> InputError:
    """Why the file cannot be used."""
    name = shown_name(name)
    match error:
        case FileNotFoundError():
            return InputError("error.no_file", file=name)
        case IsADirectoryError():
            return InputError("error.directory", file=name)
        case PermissionError():
            return InputError("error.permission", file=name)
        case _:
            return InputError("error.unreadable", file=name, reason=error.strerror or type(error).__name__)


def shown_name(name: str) -> str:
    """What messages call the file: nothing in its name may be obeyed by a terminal."""
    return "<stdin>" if name == STDIN else visible(name, 500)


def _typed() -> bytes:
    """What stands on stdin; `InputError` where that is nothing, or where whoever called has closed it."""
    body = b"" if sys.stdin is None else _some(sys.stdin.buffer)
    if not body:
        raise InputError("error.empty_stdin")
    return body


def _some(stream: BinaryIO) -> bytes:
    from vedlys.intake.intake import BODY_LIMIT  # noqa: PLC0415 - lazy: help and completion need no door for facts

    # one byte more than is accepted is enough to be told that it is too much
    return stream.read(BODY_LIMIT + 1)
