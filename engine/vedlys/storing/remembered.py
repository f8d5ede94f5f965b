"""What the engine has to look up for itself, whatever the content: looked up once, then remembered."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TypeVar

import msgspec

from vedlys.storing.engine_state import fingerprint
from vedlys.storing.indexes import read_index, write_index
from vedlys.storing.place import engine_folder

Value = TypeVar("Value", bound=msgspec.Struct)

_NAME = re.compile(r"[a-z]+(?:-[A-Za-z0-9]{1,20}){0,6}")


class _Kept(msgspec.Struct, array_like=True):
    fingerprint: str
    data: bytes


def remembered(name: str, kind: type[Value], look_up: Callable[[], Value]) -> Value:
    """The value of that name: what `look_up` gave the last time this engine was here, or gives now."""
    folder = engine_folder() if _NAME.fullmatch(name) else None
    if folder is None:
        return look_up()
    kept = read_index(folder / name, _Kept)
    if kept is not None and kept.fingerprint == fingerprint():
        try:
            return msgspec.msgpack.decode(kept.data, type=kind)
        except msgspec.DecodeError:
            pass
    value = look_up()
    with suppress(OSError):
        write_index(folder / name, _Kept(fingerprint(), msgspec.msgpack.encode(value)))
    return value


class _Text(msgspec.Struct):
    text: str


@cache
def engine_version() -> str:
    """The version of vedlys, see `shipped.package_version`."""

    def look_up() -> _Text:
        from vedlys.shipped import package_version  # noqa: PLC0415 - lazy: looking it up takes a while

        return _Text(package_version())

    return remembered("version", _Text, look_up).text
