"""Which files there are, and whether they are the ones that were read before."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

# As coarse as a file system's clock may be: a file that was changed this shortly before it was read may be changed
# once more without its times saying so.
_DOUBT = 2_000_000_000


class State(msgspec.Struct, frozen=True, array_like=True):
    """What tells a file apart without reading it. All zero where that could not be trusted."""

    size: int
    modified: int  # nanoseconds
    changed: int
    inode: int


UNSURE = State(0, 0, 0, 0)


def states(root: Path, folders: Iterable[str], *, but: str = "") -> dict[str, State]:
    """The state of every file below these folders of a root, by path with forward slashes.

    What begins with a full stop is passed over, as are folders called `but`, and links to folders are not followed.
    """
    found: dict[str, State] = {}
    waiting = [(os.path.join(root, folder), folder) for folder in folders]  # noqa: PTH118 - thousands of them
    while waiting:
        folder, path = waiting.pop()
        try:
            entries = os.scandir(folder)
        except OSError:
            continue
        with entries:
            for entry in entries:
                name = entry.name
                if name[0] == "." or name == but:
                    continue
                here = f"{path}/{name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, here))
                else:
                    found[here] = _state(entry)
    return found


def state_of(path: Path | str) -> State:
    """The state of one file."""
    try:
        return _read(os.stat(path))  # noqa: PTH116 - thousands of them, and not all are paths
    except OSError:
        return UNSURE


def trusted(state: State, now: int) -> State:
    """The state if a later change of the file is sure to show in it; `now` in nanoseconds."""
    return UNSURE if max(state.modified, state.changed) > now - _DOUBT else state


def _state(entry: os.DirEntry[str]) -> State:
    try:
        return _read(entry.stat())
    except OSError:
        return UNSURE


def _read(found: os.stat_result) -> State:
    return State(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
