"""Which files there are, and whether they are the ones that were read before."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from pathlib import Path

import msgspec

# What tells a file apart without reading it: its size, when it and its entry were changed (both in nanoseconds), and
# its inode. Nothing but a tuple, for there are thousands, and none of them is looked at while they are all the same.
State = tuple[int, int, int, int]
UNSURE: State = (0, 0, 0, 0)  # of a file whose state could not be trusted
# The states of files by folder, relative to a root and with forward slashes, and by name.
States = Mapping[str, Mapping[str, State]]

# As coarse as a file system's clock may be: a file that was changed this shortly before it was read may be changed
# once more without its times saying so.
_DOUBT = 2_000_000_000
_state: Callable[[os.stat_result], State] = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")
_BY_DESCRIPTOR = os.scandir in os.supports_fd  # then a file's whole path need not be followed for each of them


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A folder as it was when it was listed, how many files were in it, and the folders in it."""

    state: State
    count: int
    inner: list[str]

    def stands(self, state: State, known: Mapping[str, State]) -> bool:
        """Whether the folder, which is in that state now, holds just the files that are known.

        It was listed when it did: since then none has come or gone, and of what is known none may have been forgotten.
        """
        return (self.state, self.count) == (state, len(known))


class Differences(msgspec.Struct, frozen=True, kw_only=True):
    """How the files below some folders differ from what was known of them.

    `states` are those of the files that have come, that have changed, or that were not sure to be as they were, by
    path; `moved` is whether a file or a folder has come or gone.
    """

    states: dict[str, State]
    moved: bool


def states(root: Path, folders: Iterable[str], *, but: str = "") -> dict[str, dict[str, State]]:
    """The state of every file below these folders of a root, by folder and by name.

    What begins with a full stop is passed over, as are folders called `but`, and links to folders are not followed.
    """
    return {folder: files for folder, files, _ in _walked(root, folders, {}, {}, but)}


def differences(
    root: Path, folders: Iterable[str], known: States, listings: dict[str, Listing] | None = None
) -> Differences:
    """What is otherwise now than `known`, which came of `states`. Every file is looked at, none is read.

    Who looks again and again hands on the `listings` that are noted here: a folder that is still as it was when it was
    listed holds the same names, and only its files are looked at.
    """
    found: dict[str, State] = {}
    count, moved = 0, False
    for folder, files, has_moved in _walked(root, folders, known, {} if listings is None else listings):
        count += 1
        moved = moved or has_moved or folder not in known
        found.update((f"{folder}/{name}", state) for name, state in files.items())
    return Differences(states=found, moved=moved or count != len(known))


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
    return _state(found)


def trusted(state: State, now: int) -> State:
    """The state if a later change of the file is sure to show in it; `now` in nanoseconds."""
    _, modified, changed, _ = state
    return UNSURE if max(modified, changed) > now - _DOUBT else state


def _walked(
    root: Path, folders: Iterable[str], known: States, listings: dict[str, Listing], but: str = ""
) -> Iterator[tuple[str, dict[str, State], bool]]:
    """Each folder with the states of its files that are not as they are known, and whether files have come or gone.

    Folders that cannot be read are passed over. Those that hold what is known of them are noted in `listings`.
    """
    now = time.time_ns()
    before_now = {**listings}
    listings.clear()  # of folders that are gone nothing stays
    waiting = [*folders]
    for folder in waiting:  # it grows
        path, before, listing = f"{root}/{folder}", known.get(folder, {}), before_now.get(folder)
        try:
            opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY) if _BY_DESCRIPTOR else None
            try:
                # taken before the folder is listed: what comes meanwhile shows in it
                state = UNSURE if opened is None else _own_state(opened)
                if opened is not None and listing is not None and listing.stands(state, before):
                    files, moved, inner = _looked_at(opened, before), False, listing.inner
                else:
                    files, moved, inner = _listed(path if opened is None else opened, before)
            finally:
                if opened is not None:
                    os.close(opened)
        except OSError:
            continue
        if not moved and trusted(state, now) != UNSURE:
            listings[folder] = Listing(state=state, count=len(before), inner=inner)
        waiting += [f"{folder}/{name}" for name in inner if name != but]
        yield folder, files, moved


def _own_state(folder: int) -> State:
    """The state of a folder, in which it shows that something in it has come or gone; `UNSURE` where it may not.

    File systems right on a disk keep the times of folders; what a network or a program makes up for others need not.
    Those that lie over others, as in containers, are not told from these.
    """
    found = os.fstat(folder)
    return _state(found) if sys.platform == "linux" and os.major(found.st_dev) else UNSURE


def _looked_at(folder: int, known: Mapping[str, State]) -> dict[str, State]:
    """The states of the files of a folder that are not as they are known, where their names are."""
    files: dict[str, State] = {}
    for name, before in known.items():
        try:
            state = _state(os.stat(name, dir_fd=folder))
        except OSError:
            files[name] = UNSURE
        else:
            if state != before:
                files[name] = state
    return files


def _listed(folder: int | str, known: Mapping[str, State]) -> tuple[dict[str, State], bool, list[str]]:
    """The states of the files of one folder that are not as they are known, whether files have come or gone, and the
    names of the folders in it.

    There are thousands, nearly all as they were: of those nothing is kept.
    """
    files: dict[str, State] = {}
    inner: list[str] = []
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name[0] == ".":
                continue
            if entry.is_dir(follow_symlinks=False):
                inner.append(name)
                continue
            count += 1
            try:
                state = _state(entry.stat())
            except OSError:
                files[name] = UNSURE
            else:
                if state != known.get(name):
                    files[name] = state
    return files, count != len(known) or not files.keys() <= known.keys(), inner
