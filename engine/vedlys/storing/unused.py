"""Roots that nobody uses any more: what was remembered of them is removed, a little at a time."""

from __future__ import annotations

import os
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

from vedlys.storing.indexes import CATALOGUE, CHECKED, FRESH
from vedlys.storing.packs import PACK, remove_abandoned
from vedlys.storing.place import OWNER, name_of

_UNUSED = 30 * 86_400  # seconds
_MOST = 64  # folders that are looked at in one go; which of many they are is left to chance
_NAME = re.compile(r"[0-9a-f]{32}")


def remove_unused(folder: Path) -> None:
    """Look at some of the other roots' folders beside this one, and remove those that are of no use any more.

    A process that comes back to such a root just then finds nothing, or less than it needs, and reads the files anew;
    one that has its packs open goes on reading them. What cannot be removed stays.
    """
    with suppress(OSError):
        remove_abandoned(folder.parent)
        others = [name for name in os.listdir(folder.parent) if _NAME.fullmatch(name) and name != folder.name]  # noqa: PTH208 - names are all that is asked
        if len(others) > _MOST:
            others = secrets.SystemRandom().sample(others, _MOST)
        for name in others:
            if _is_unused(folder.parent / name):
                _remove(folder.parent / name)


def _is_unused(folder: Path) -> bool:
    """Whether it was not used for long, or the root is gone; without an owner, whether it was not written for long."""
    if folder.is_symlink():
        return False
    try:
        used = (folder / OWNER).stat().st_mtime
        real = os.fsdecode((folder / OWNER).read_bytes())
    except OSError:
        used, real = 0.0, ""
    if name_of(real) == folder.name:
        return _is_gone(real) or used < time.time() - _UNUSED
    try:
        return (folder / CHECKED).stat().st_mtime < time.time() - _UNUSED
    except OSError:
        return False


def _is_gone(real: str) -> bool:
    try:
        os.stat(real)  # noqa: PTH116 - only what is surely not there is gone
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def _remove(folder: Path) -> None:
    """Remove the files of a folder, its owner last, and the folder where nobody has written to it meanwhile."""
    with suppress(OSError):
        for path in sorted(folder.iterdir(), key=lambda path: path.name == OWNER):
            if path.name in {CATALOGUE, CHECKED, OWNER} or path.suffix in {PACK, FRESH}:
                path.unlink(missing_ok=True)
        folder.rmdir()
