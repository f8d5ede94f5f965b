"""A copy of a content root that stands still: what was checked is what is used, whoever saves a file meanwhile."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

_FOLDERS = ("rules", "kb")
_TRIES = 20
_PAUSE = 0.25


def signature(root: Path) -> str:
    """A hash over names, sizes and times of all files of the content: it changes when they do. Missing files count."""
    total = hashlib.blake2b(digest_size=16)
    for path in _files(root):
        try:
            told = path.stat()
        except OSError as error:
            total.update(f"{path}\0{error.errno}\n".encode("utf-8", "surrogateescape"))
        else:
            seen = f"{path}\0{told.st_mtime_ns}\0{told.st_ctime_ns}\0{told.st_size}\0{told.st_ino}\n"
            total.update(seen.encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def copy_content(root: Path, to: Path) -> str:
    """Copy the content of a root to a new folder; the signature of what was copied.

    A root that changes meanwhile is copied anew, for some seconds; OSError where a file cannot be copied.
    """
    for _ in range(_TRIES):
        before = signature(root)
        shutil.rmtree(to, ignore_errors=True)
        try:
            _copy(root, to)
        except FileNotFoundError:  # a file that somebody is putting another in the place of
            time.sleep(_PAUSE)
            continue
        if signature(root) == before:
            return before
        time.sleep(_PAUSE)
    _copy(root, to)
    return before


def _copy(root: Path, to: Path) -> None:
    to.mkdir(parents=True, exist_ok=True)
    for path in _files(root):
        copy = to / path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() and path.is_dir():
            copy.symlink_to(path.readlink())  # not followed when content is read: a fault there, and here as well
        else:
            shutil.copyfile(path, copy)


def _files(root: Path) -> Iterator[Path]:
    """Every file of the content, sorted by its place, and links to folders; what is hidden is none of it."""
    for top in _FOLDERS:
        for folder, inner, names in os.walk(root / top):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            links = [name for name in inner if (Path(folder) / name).is_symlink()]
            for name in sorted([*names, *links]):
                if not name.startswith("."):
                    yield Path(folder) / name
