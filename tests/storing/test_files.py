"""Which files have changed since they were last looked at: what is found is what two whole lists differ in."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from vedlys.storing.files import UNSURE, differences, states

FOLDERS = ("rules", "kb")
OF_A_FILE = "rules/articles/b.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path in ("rules/articles/a.yaml", OF_A_FILE, "rules/facts/a.yaml", "kb/en/articles/a.md", "kb/.hidden"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("one")
    return tmp_path


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
