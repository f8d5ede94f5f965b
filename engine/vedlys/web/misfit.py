"""Where a document does not have the shape it should have, as the library that reads it tells."""

from __future__ import annotations

import re

import msgspec

from vedlys.messages.shown import visible

_PATH = re.compile(r" - at `(?:key in )?\$?\.?([^`]*)`$")
_MISSING = re.compile(r"missing required field `([^`]*)`")
_BYTE = re.compile(r"\(byte (\d+)\)$")


def misfit(error: msgspec.MsgspecError | UnicodeDecodeError, around: str = "") -> dict[str, str]:
    """The values that a message names the fault by.

    `path` is the place of something that cannot stand there, and `missing` that of something which is not there;
    `byte` counts the bytes before what is not JSON. `around` is the place of the document itself.
    """
    said = str(error)
    if isinstance(error, msgspec.ValidationError):
        found = _PATH.search(said)
        within = found[1] if found else ""
        missing = _MISSING.search(said)
        path = ".".join(part for part in (around, within, missing[1] if missing else "") if part)
        return {"missing" if missing else "path": visible(path or "$", 200)}
    if isinstance(error, UnicodeDecodeError):
        return {"byte": str(error.start)}
    place = _BYTE.search(said)
    return {"byte": place[1] if place else "0"}
