"""Counts that all workers share and each keeps for itself: one machine word a count, in a file that is memory.

A count costs one addition. What a worker has counted survives it, however it ended, and the worker that comes in its
place counts on from there: seen together, counts never go back.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

Name = tuple[str, ...]  # of a count: what is counted, and its labels

MOST = 1 << 17  # counts of one worker
_BYTES = MOST * 8
_MOST_WORKERS = 4096
_OVERFLOW: Name = ("overflow",)
_TOGETHER = "together"  # the name of a count that stands for others begins so; then their places follow
_MOST_TOGETHER = 1024  # of them: each costs whoever reads counts as much as the counts it stands for


class Tally:
    """The counts of one worker, and those of all workers that keep theirs in the same folder.

    Names are bounded: beyond `most` of them everything new is counted as `overflow`.
    """

    def __init__(self, folder: Path | None = None, gauges: Collection[str] = (), *, most: int = MOST) -> None:
        """Without a folder, or where the disk is full, counts are this worker's alone.

        `gauges` name what is of the living worker: it begins anew, and that of a dead one does not count.
        """
        self._most = most
        self._gauges = frozenset(gauges)
        self._folder = folder
        self._lock = threading.Lock()
        self._slots: dict[Name, int] = {}
        self._names: BinaryIO | None = None
        self._place: Path | None = None
        memory = None if folder is None else self._claim(folder)
        self._memory = mmap.mmap(-1, _BYTES) if memory is None else memory
        self.cells = memoryview(self._memory).cast("Q")
        self._together = sum(name[0] == _TOGETHER for name in self._slots)
        self.slot(*_OVERFLOW)
        for name, slot in self._slots.items():
            if name[0] in self._gauges:
                self.cells[slot] = 0

    def slot(self, *name: str) -> int:
        """The place of a count in `cells`, where it may be added to."""
        slot = self._slots.get(name)
        return self._new_slot(name) if slot is None else slot

    def _new_slot(self, name: Name) -> int:
        with self._lock:  # the threads that write logs count too
            if name in self._slots:
                return self._slots[name]
            slot = len(self._slots)
            if slot >= self._most:
                return 0
            if self._names is not None:
                try:
                    self._names.write(msgspec.json.encode(name) + b"\n")
                    self._names.flush()
                except OSError:
                    return 0
            self._slots[name] = slot
            return slot

    def together(self, slots: tuple[int, ...]) -> tuple[int, ...]:
        """Where to add one, so that one is added at each of these places: at one for all, if there is room."""
        name = (_TOGETHER, *map(str, slots))
        slot = self._slots.get(name)
        if slot is None and self._together < _MOST_TOGETHER:
            self._together += 1
            slot = self._new_slot(name)
        return (slot,) if slot else slots

    def counts(self) -> dict[Name, int]:
        """The sums of all workers, by name."""
        own = [(name, self.cells[slot]) for name, slot in list(self._slots.items())]
        sums = {name: 0 for name, _ in own if name[0] != _TOGETHER}
        for name, count in _apart(own):
            sums[name] += count
        for place in [] if self._folder is None else sorted(self._folder.glob("*.names")):
            if place == self._place:
                continue
            with contextlib.suppress(OSError):  # one that is gone has nothing to add
                for name, count in _read(place, self._gauges):
                    sums[name] = sums.get(name, 0) + count
        return sums

    def close(self) -> None:
        """Leave the counts to whoever comes next."""
        if self._names is not None:
            self._names.close()
            self._names = None

    def _claim(self, folder: Path) -> mmap.mmap | None:
        """Take the first place that no living worker has."""
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(_MOST_WORKERS):
                place = folder / f"{number}.names"
                with contextlib.ExitStack() as held:
                    names = held.enter_context(place.open("a+b", buffering=0))
                    if not _lock(names, shared=False):
                        continue
                    memory = _mapped(place.with_suffix(".counts"))
                    self._slots = {name: slot for slot, name in enumerate(_names(names))}
                    self._names, self._place = names, place
                    held.pop_all()
                    return memory
        return None


def _mapped(path: Path) -> mmap.mmap:
    """The file as memory, all of it there: a page that the disk had no room for would end the process when touched."""
    with path.open("a+b") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, _BYTES)
        else:
            file.truncate(_BYTES)
        return mmap.mmap(file.fileno(), _BYTES)


def _names(file: BinaryIO) -> list[Name]:
    """The names of a file, in the order of their places; one that was cut off by a kill is taken away."""
    file.seek(0)
    content = file.read()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) != len(content):
        file.truncate(len(whole))
    return [msgspec.json.decode(line, type=Name) for line in whole.splitlines()]


def _read(place: Path, gauges: frozenset[str]) -> Iterator[tuple[Name, int]]:
    """The counts of another worker, without its gauges where it is dead."""
    with place.open("rb") as file:
        dead = _lock(file, shared=True)
        content = file.read()
    lines = content[: content.rfind(b"\n") + 1].splitlines()
    with place.with_suffix(".counts").open("rb") as counts:
        cells = memoryview(counts.read(8 * len(lines))).cast("Q")
    named = [(msgspec.json.decode(line, type=Name), count) for line, count in zip(lines, cells, strict=False)]
    for name, count in _apart(named):
        if count and not (dead and name[0] in gauges):
            yield name, count


def _apart(counts: Sequence[tuple[Name, int]]) -> Iterator[tuple[Name, int]]:
    """The counts of one worker, in the order of their places, with none that stands for others."""
    for name, count in counts:
        if name[0] != _TOGETHER:
            yield name, count
        elif count:
            for place in name[1:]:
                yield counts[int(place)][0], count


def _lock(file: BinaryIO, *, shared: bool) -> bool:
    """Whether nobody alive holds the file; it is then held until it is closed."""
    try:
        import fcntl  # noqa: PLC0415 - lazy: Windows has none
    except ImportError:  # there a place is whoever's made it first, by its content
        return False if shared else os.fstat(file.fileno()).st_size == 0
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
