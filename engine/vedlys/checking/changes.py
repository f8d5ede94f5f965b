"""The files of a root: what each is for, and which of them have changed since they were last looked at."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterable
from itertools import chain
from pathlib import Path

from vedlys.checking.known import Hashes, Index, Unfit, packed
from vedlys.diagnostics import Diagnostics
from vedlys.loading.content import Loader
from vedlys.loading.layout import ContentFile, find_files
from vedlys.loading.report import Report
from vedlys.loading.text_reader import read_file
from vedlys.storing.catalogue import FOLDERS
from vedlys.storing.files import UNSURE, Listing, State, differences, state_in, state_of, states, trusted

_OF_ARTICLE = frozenset({"rulebook", "cases", "article"})


class Files:
    """The files of one root. Files, states and hashes stand in the index, which is kept up to date.

    `altered` are the paths of those that have changed, have come or have gone since the last `settle`.
    """

    def __init__(self, root: Path, index: Index) -> None:
        self.root = root
        self._index = index
        self.altered: set[str] = set()
        self.moved = True  # whether files have come or gone since the last `settle`
        self.changed = False  # whether the index is another than it was
        self.articles: dict[str, list[ContentFile]] = {}
        self.documents: dict[str, ContentFile] = {}  # the source documents by name
        self.locales: list[str] = []  # that there are files of, sorted
        self._kinds: dict[str, list[ContentFile]] = {}
        self._by_path: dict[str, ContentFile] = {}
        self._listings: dict[str, Listing] = {}

    def look(self, named: Collection[str] | None) -> None:
        """Bring everything up to date; where paths are `named`, no other file has changed. Raises `Unfit`."""
        hashes = self._index.hashes
        if named is not None and self._by_path and all(path in hashes for path in named):
            self._look_at(named, {path: state_of(self.root / path) for path in named})
            return
        self._look_at_all()

    def settle(self) -> None:
        """What has changed so far is dealt with."""
        self.altered, self.moved = set(), False

    def of(self, kind: str) -> list[ContentFile]:
        """The files of a kind, by path."""
        return self._kinds.get(kind, [])

    def altered_of(self, *kinds: str) -> list[ContentFile]:
        """The files of these kinds that are there and have changed."""
        files = (self._by_path.get(path) for path in self.altered)
        return [file for file in files if file is not None and file.kind in kinds]

    def made(self, files: Iterable[ContentFile]) -> tuple[tuple[str, bytes], ...]:
        """The paths of files, each with the hash of what is in it."""
        hashes = self._index.hashes
        return tuple([(file.path, hashes[file.path].raw) for file in files])

    def loader(self, files: Iterable[ContentFile], report: Report) -> Loader:
        """What reads these files."""
        return Loader(self.root, files, report)

    def see(self, loader: Loader) -> None:
        """What was read is what was hashed: whoever writes while we read has to be waited for. Raises `Unfit`."""
        hashes = self._index.hashes
        if any(hashes[path].text != hashed for path, hashed in loader.hashes.items()):
            raise Unfit

    def _look_at_all(self) -> None:
        index = self._index
        found = differences(self.root, FOLDERS, index.states, self._listings)
        doubtful = found.states
        if found.moved or not index.files:
            self._find()
        if not self._by_path:
            self._sort()
        self._look_at([path for path in doubtful if path in self._by_path], doubtful)
        if len(index.hashes) < len(self._by_path):  # they came while we looked
            self._look_at([path for path in self._by_path if path not in index.hashes], {})
        for path in doubtful.keys() - index.hashes.keys():  # notes for whoever opens a folder are not read
            self._note(path, doubtful[path])

    def _find(self) -> None:
        """Find out anew which files there are. Raises `Unfit` where the name of one is no text: it cannot be put by."""
        index = self._index
        found = states(self.root, FOLDERS)
        try:
            "".join([*found, *chain.from_iterable(found.values())]).encode()
        except UnicodeEncodeError as error:
            raise Unfit from error
        report = Report(Diagnostics())
        index.files = find_files(self.root, report)
        index.odd = packed(report.diagnostics)
        paths = {file.path for file in index.files}
        self.altered |= index.hashes.keys() - paths
        index.hashes = {path: one for path, one in index.hashes.items() if path in paths}
        known = index.states
        index.states = {
            folder: {name: known.get(folder, {}).get(name, UNSURE) for name in files} for folder, files in found.items()
        }
        self.changed = self.moved = True
        self._sort()

    def _look_at(self, paths: Iterable[str], found: dict[str, State]) -> None:
        """Read files to see whether they have changed."""
        hashes, now = self._index.hashes, time.time_ns()
        for path in paths:
            hashed = self._hashed(path)
            if hashed != hashes.get(path):
                hashes[path] = hashed
                self.altered.add(path)
                self.changed = True
            self._note(path, trusted(found.get(path, UNSURE), now))

    def _note(self, path: str, state: State) -> None:
        states = self._index.states
        if state != state_in(states, path):
            folder, _, name = path.rpartition("/")
            states.setdefault(folder, {})[name] = state
            self.changed = True

    def _hashed(self, path: str) -> Hashes:
        try:
            data = read_file(self.root / path)
        except OSError as error:
            raise Unfit from error
        raw = hashlib.sha256(data).digest()
        if b"\r\n" not in data:
            return Hashes(raw, raw)
        return Hashes(raw, hashlib.sha256(data.replace(b"\r\n", b"\n")).digest())

    def _sort(self) -> None:
        """Find out anew which file is for what. Raises `Unfit` where one is called otherwise than it should be."""
        if any(file.misnamed for file in self._index.files):
            raise Unfit
        self.articles, self._kinds = {}, {}
        for file in self._index.files:
            if file.kind in _OF_ARTICLE:
                self.articles.setdefault(file.name, []).append(file)
            else:
                self._kinds.setdefault(file.kind, []).append(file)
        self._by_path = {file.path: file for file in self._index.files}
        self.documents = {file.name: file for file in self.of("source")}
        self.locales = sorted({file.locale for file in self._index.files if file.locale})
