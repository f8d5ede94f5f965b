"""Which files there are, and whether they are the ones that were read before."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

# What tells a file apart without reading it: its size, when it and its entry were changed (both in nanoseconds), and
# its inode. Nothing but a tuple, for there are thousands, and none of them is looked at while they are all the same.
State = tuple[int, int, int, int]
UNSURE: State = (0, 0, 0, 0)  # of a file whose state could not be trusted
# The states of files by folder, relative to a root and with forward slashes, and by name.
States = Mapping[str, Mapping[str, State]]

# As coarse as a file system's clock may be: a file that was changed this shortly before it was read may be changed
# once more without its times saying so.
_DOUBT = 2_000_000_000
_BY_DESCRIPTOR = os.scandir in os.supports_fd  # then a file's whole path need not be followed for each of them


def states(root: Path, folders: Iterable[str], *, but: str = "") -> dict[str, dict[str, State]]:
    """The state of every file below these folders of a root, by folder and by name.

    What begins with a full stop is passed over, as are folders called `but`, and links to folders are not followed.
    """
    found: dict[str, dict[str, State]] = {}
    waiting = [*folders]
    for folder in waiting:  # it grows
        with suppress(OSError):
            found[folder], inner = _listed(f"{root}/{folder}")
            waiting += [f"{folder}/{name}" for name in inner if name != but]
    return found


def state_in(found: States, path: str) -> State | None:
    """The state of the file at a path with forward slashes; None where there is no such file."""
    folder, _, name = path.rpartition("/")
    return found.get(folder, {}).get(name)


def state_of(path: Path | str) -> State:
    """The state of one file."""
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands of them, and not all are paths
    except OSError:
        return UNSURE
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def trusted(state: State, now: int) -> State:
    """The state if a later change of the file is sure to show in it; `now` in nanoseconds."""
    _, modified, changed, _ = state
    return UNSURE if max(modified, changed) > now - _DOUBT else state


def is_sure(found: States) -> bool:
    """Whether every one of these states can be trusted."""
    return not any(UNSURE in files.values() for files in found.values())


def _listed(folder: str) -> tuple[dict[str, State], list[str]]:
    """The states of the files of one folder, and the names of the folders in it; OSError where it cannot be read."""
    files: dict[str, State] = {}
    inner: list[str] = []
    opened = os.open(folder, os.O_RDONLY) if _BY_DESCRIPTOR else None
    try:
        with os.scandir(folder if opened is None else opened) as entries:
            for entry in entries:
                name = entry.name
                if name[0] == ".":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    inner.append(name)
                    continue
                try:
                    found = entry.stat()
                except OSError:
                    files[name] = UNSURE
                else:
                    files[name] = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    finally:
        if opened is not None:
            os.close(opened)
    return files, inner
