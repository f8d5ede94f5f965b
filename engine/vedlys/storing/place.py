"""Where the cache stands: in the user's own folder for such things, or where `VEDLYS_CACHE` says; `off` is nowhere.

Compiled code is read from it and run, so that the folder must be the user's and closed to everybody else.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path

from vedlys.digests import blake2b

VARIABLE = "VEDLYS_CACHE"
OWNER = "root"  # the file in a root's folder that says whose it is; its time tells when it was last used
_DAY = 86_400  # seconds
_OFF = frozenset({"", "0", "off", "no", "false"})


def cache_folder(root: Path) -> Path | None:
    """The folder for what is remembered of that content root, made if need be; None where there can be none.

    There is none where the cache is switched off, would lie in the content root, or is not safe or not to be had.
    """
    top = _named()
    if top is None:
        return None
    real, there = os.path.realpath(root), os.path.realpath(top)
    if there == real or there.startswith(real + os.sep):
        return None
    folder = _made(top) and _made(top / name_of(real))
    if folder is not None:
        _note_use(folder, real)
    return folder


def engine_folder() -> Path | None:
    """The folder for what is remembered whatever the content; None where there can be none."""
    top = _named()
    return None if top is None else _made(top)


def _made(folder: Path) -> Path | None:
    """The folder, made if need be; None where that is not possible, or it is not safe."""
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _safe(folder) else None
    except (OSError, ValueError):
        return None


def _named() -> Path | None:
    named = os.environ.get(VARIABLE)
    if named is not None:
        return None if named.strip().lower() in _OFF else Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    if base and os.path.isabs(base):  # noqa: PTH117 - a relative one is to be ignored, whatever it would come to
        return Path(base) / "vedlys"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) / "vedlys" / "Cache" if local else None
    return home / "Library" / "Caches" / "vedlys" if sys.platform == "darwin" else home / ".cache" / "vedlys"


def _note_use(folder: Path, real: str) -> None:
    """Note whose the folder is, and once a day that it is used."""
    owner = folder / OWNER
    with suppress(OSError):
        try:
            if owner.stat().st_mtime < time.time() - _DAY:
                os.utime(owner)
        except FileNotFoundError:
            owner.write_bytes(os.fsencode(real))


def name_of(real: str) -> str:
    """What the folder of a root is called, given the root's real path."""
    return blake2b(os.fsencode(real), digest_size=16).hexdigest()


def _safe(folder: Path) -> bool:
    """Whether it is a folder, the user's own, that nobody else can write to or look into."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        return False
    if sys.platform == "win32":  # a profile's folders are closed to others there
        return True
    return found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o077
