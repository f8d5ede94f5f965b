"""Indexes: one file each, replaced as a whole, and believed only where its check sum is right."""

from __future__ import annotations

import zlib
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

CATALOGUE, CHECKED = "catalogue", "checked"  # what the indexes of a root are called
FRESH = ".new"  # what is being written ends with this, until it is whole
_HEAD = b"vedlys cache\n"

Index = TypeVar("Index", bound=msgspec.Struct)


def read_index(path: Path, kind: type[Index]) -> Index | None:
    """What stands in the file; None where there is none, or it is cut off, damaged or something else."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    start = len(_HEAD) + 4
    if not data.startswith(_HEAD) or zlib.crc32(data[start:]).to_bytes(4, "big") != data[len(_HEAD) : start]:
        return None
    try:
        return msgspec.msgpack.decode(memoryview(data)[start:], type=kind)
    except (msgspec.DecodeError, ValueError):
        return None


def write_index(path: Path, index: msgspec.Struct) -> None:
    """Put it by, so that whoever reads finds the old one or this one; OSError where that fails."""
    import secrets  # noqa: PLC0415 - lazy: who reads needs no new names

    body = msgspec.msgpack.encode(index)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}{FRESH}")
    try:
        with fresh.open("xb") as file:
            file.write(_HEAD + zlib.crc32(body).to_bytes(4, "big") + body)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def forget(folder: Path) -> None:
    """Have the next process start anew with the root of that folder: what was remembered of it is damaged."""
    for name in (CATALOGUE, CHECKED):
        with suppress(OSError):
            (folder / name).unlink()
