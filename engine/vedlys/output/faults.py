"""Faults in posted facts, and calls that cannot be served, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from vedlys.errors import FactsError, RequestError
from vedlys.messages import Translations, describe
from vedlys.messages.shown import visible


def fault_lines(error: FactsError, file: str, translations: Translations, *, skip: bool = False) -> Iterator[str]:
    """Every fault: `file: /pointer: sentence`. With `skip`, `--skip` was given, and a fault of it points there."""
    for fault in error.faults:
        pointer = visible(fault.pointer, 200)
        place = "--skip" if skip and pointer.startswith("/skip/") else file
        pointer = "" if place != file else pointer
        yield ": ".join(part for part in (place, pointer, describe(fault, translations)) if part)


def request_line(error: RequestError, translations: Translations) -> str:
    """What is wrong with the call."""
    return describe(error, translations)
