"""Which files have changed since they were last looked at: what is found is what two whole lists differ in."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedlys.storing import files
from vedlys.storing.files import UNSURE, Listing, differences, states

FOLDERS = ("rules", "kb")
OF_A_FILE = "rules/articles/b.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return made(tmp_path)


def made(root: Path) -> Path:
    for path in ("rules/articles/a.yaml", OF_A_FILE, "rules/facts/a.yaml", "kb/en/articles/a.md", "kb/.hidden"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("one")
    return root


@pytest.fixture
def old(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root on a disk of which nothing is too young to be trusted."""
    trust(monkeypatch)
    later(root)
    return root


def trust(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(files, "_DOUBT", -(10**15))
    patch.setattr(os, "major", lambda device: 1, raising=False)


def later(root: Path) -> None:
    """Wait until the clock of the file system, as coarse as it is, has moved."""
    clock = root / "clock"
    clock.write_text("")
    before = clock.stat().st_mtime_ns
    while clock.stat().st_mtime_ns == before:
        clock.write_text("")


def test_where_nothing_has_changed_nothing_is_found(root: Path) -> None:
    found = differences(root, FOLDERS, states(root, FOLDERS))
    assert (found.states, found.moved) == ({}, False)


def rewritten(root: Path) -> None:
    """Another text of the same length, within the same second."""
    file = root / OF_A_FILE
    before = file.stat()
    file.write_text("two")
    second = before.st_mtime_ns // 10**9 * 10**9
    os.utime(file, ns=(before.st_atime_ns, second + (before.st_mtime_ns - second + 1) % 10**9))


def backdated(root: Path) -> None:
    """Another text of the same length, whose time is set back to what it was."""
    file = root / OF_A_FILE
    before = file.stat()
    file.write_text("two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    while file.stat().st_ctime_ns == before.st_ctime_ns:  # as coarse as the kernel's clock is
        file.chmod(0o600)
        file.chmod(0o644)


def replaced(root: Path) -> None:
    (root / "new").write_text("two")
    (root / "new").replace(root / OF_A_FILE)


@pytest.mark.parametrize("edit", [rewritten, backdated, replaced])
def test_a_file_that_was_written_is_found(root: Path, edit: Callable[[Path], None]) -> None:
    known = states(root, FOLDERS)
    edit(root)
    found = differences(root, FOLDERS, known)
    assert (found.states, found.moved) == ({OF_A_FILE: states(root, FOLDERS)["rules/articles"]["b.yaml"]}, False)


def test_a_file_that_was_not_sure_is_found_each_time(root: Path) -> None:
    known = states(root, FOLDERS)
    sure = known["rules/articles"]["b.yaml"]
    known["rules/articles"]["b.yaml"] = UNSURE
    assert differences(root, FOLDERS, known).states == {OF_A_FILE: sure}
    (root / OF_A_FILE).unlink()
    (root / OF_A_FILE).symlink_to("nowhere")
    assert differences(root, FOLDERS, known).states == {OF_A_FILE: UNSURE}


def added(root: Path) -> None:
    (root / "rules/articles/c.yaml").write_text("one")


def removed(root: Path) -> None:
    (root / OF_A_FILE).unlink()


def renamed(root: Path) -> None:
    (root / OF_A_FILE).rename(root / "rules/articles/c.yaml")


def exchanged_for_a_folder(root: Path) -> None:
    (root / OF_A_FILE).unlink()
    (root / OF_A_FILE).mkdir()


def moved_elsewhere(root: Path) -> None:
    (root / OF_A_FILE).rename(root / "rules/facts/b.yaml")


def new_folder(root: Path) -> None:
    (root / "kb/lt").mkdir()


def folder_gone(root: Path) -> None:
    (root / "kb/en/articles/a.md").unlink()
    (root / "kb/en/articles").rmdir()


MOVES = [added, removed, renamed, exchanged_for_a_folder, moved_elsewhere, new_folder, folder_gone]


@pytest.mark.parametrize("move", MOVES)
def test_what_has_come_or_gone_is_noticed(root: Path, move: Callable[[Path], None]) -> None:
    known = states(root, FOLDERS)
    move(root)
    now = states(root, FOLDERS)
    found = differences(root, FOLDERS, known)
    assert found.moved
    assert found.states == {
        f"{folder}/{name}": state
        for folder, files in now.items()
        for name, state in files.items()
        if state != known.get(folder, {}).get(name)
    }


@pytest.mark.parametrize("change", [rewritten, backdated, replaced, *MOVES])
def test_what_was_listed_before_hides_nothing(old: Path, change: Callable[[Path], None]) -> None:
    known, listings = states(old, FOLDERS), dict[str, Listing]()
    differences(old, FOLDERS, known, listings)
    change(old)
    assert differences(old, FOLDERS, known, listings) == differences(old, FOLDERS, known)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere folders are always listed")
def test_a_folder_that_stands_is_not_listed_again(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known, listings = states(old, FOLDERS), dict[str, Listing]()
    differences(old, FOLDERS, known, listings)
    assert listings.keys() == known.keys()
    rewritten(old)
    wanted = differences(old, FOLDERS, known)
    monkeypatch.delattr(os, "scandir")
    assert differences(old, FOLDERS, known, listings) == wanted


def test_what_is_known_but_was_not_listed_is_noticed(old: Path) -> None:
    known, listings = states(old, FOLDERS), dict[str, Listing]()
    differences(old, FOLDERS, known, listings)
    folder = next(folder for folder, files in known.items() if files)
    known[folder].popitem()
    assert differences(old, FOLDERS, known, listings).moved


def test_of_a_folder_that_is_gone_nothing_is_kept(old: Path) -> None:
    known, listings = states(old, FOLDERS), dict[str, Listing]()
    differences(old, FOLDERS, known, listings)
    held = set(listings)
    folder_gone(old)
    differences(old, FOLDERS, known, listings)
    assert listings.keys() < held
    assert all((old / folder).is_dir() for folder in listings)


def test_a_young_folder_is_listed_again(root: Path) -> None:
    listings: dict[str, Listing] = {}
    differences(root, FOLDERS, states(root, FOLDERS), listings)
    assert not listings


def test_a_folder_of_a_network_is_listed_again(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "major", lambda device: 0, raising=False)
    listings: dict[str, Listing] = {}
    differences(old, FOLDERS, states(old, FOLDERS), listings)
    assert not listings


def write(path: Path, other: Path) -> None:
    path.write_text(f"{path.exists() and path.read_text()}!")


def remove(path: Path, other: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def move(path: Path, other: Path) -> None:
    path.rename(other)


def link(path: Path, other: Path) -> None:
    path.symlink_to(other)


def make(path: Path, other: Path) -> None:
    path.mkdir()


def mark(path: Path, other: Path) -> None:
    path.chmod(path.stat().st_mode ^ 0o001)


PATHS = ("rules/articles", "rules/articles/a.yaml", OF_A_FILE, "rules/facts", "rules/facts/a.yaml", "kb/en", "kb/.new")
STEPS = st.tuples(
    st.lists(st.sampled_from([write, move, link, make, mark, remove, remove]), min_size=1, max_size=3),
    st.sampled_from(PATHS),
    st.sampled_from(PATHS),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=8))
def test_whatever_is_done_is_found(steps: list[tuple[list[Callable[[Path, Path], None]], str, str]]) -> None:
    """A whole list of what there is, taken before and after, says what has to be found."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        trust(patch)
        root, listings = made(Path(folder)), dict[str, Listing]()
        known = states(root, FOLDERS)
        for what, path, other in steps:
            later(root)
            for do in what:
                with suppress(OSError):  # not everything can be done to everything
                    do(root / path, root / other)
            now = states(root, FOLDERS)
            found = differences(root, FOLDERS, known, listings)
            assert found == differences(root, FOLDERS, known)
            assert found.moved == ({n: {*of} for n, of in known.items()} != {n: {*of} for n, of in now.items()})
            known = now
