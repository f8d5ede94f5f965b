"""A root that is checked again and again: what is found is what a check from scratch finds, whatever came before."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from diagnostics import broken_roots
from vedlys.checking import OF_ANSWERS
from vedlys.checking.root import Checked, Root
from vedlys.opening import load_checked
from vedlys.output.diagnostics import Sources

HERE = Path(__file__).parent
BASES = {"checking": HERE / "base", "diagnostics": HERE.parent / "diagnostics" / "base"}
ITEMS = [
    pytest.param(folder, item, id=f"{folder}/{path.stem}: {item['name']}")
    for folder in BASES
    for path in sorted((HERE.parent / folder).glob("*.yaml"))
    for item in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def spoil(root: Path, item: dict[str, Any]) -> None:
    """Make of a copy of the base what the item describes."""
    for path in item.get("delete", ()):
        (root / path).unlink()
    for path, text in item.get("files", {}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text if isinstance(text, bytes) else text.encode())
    if "in" in item:
        file = root / item["in"]
        data = file.read_bytes()
        for change in (item, item.get("also")):
            if change is not None:
                data = broken_roots.changed(data, change)
        file.write_bytes(data)


def agrees(known: Root, root: Path, changed: list[str] | None = None) -> None:
    """Nothing else is found than from scratch, by all checks and by those of answers."""
    for authoring, checks in ((False, OF_ANSWERS), (True, None)):
        content, diagnostics = load_checked(root, checks) if checks else load_checked(root)
        checked = known.check(authoring=authoring, changed=changed)
        assert [(one, one.span.place) for one in checked.diagnostics] == [
            (one, one.span.place) for one in diagnostics.sorted()
        ]
        assert checked.answers == (content is not None and not load_checked(root, OF_ANSWERS)[1].has_errors)


@pytest.mark.parametrize(("folder", "item"), ITEMS)
def test_what_is_found_is_what_is_found_from_scratch(folder: str, item: dict[str, Any], tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    cache.mkdir()
    shutil.copytree(BASES[folder], root)
    known = Root(root, cache)
    agrees(known, root)
    known.save(answers=True)
    spoil(root, item)
    agrees(known, root)  # in the same process
    agrees(Root(root, cache), root)  # in the next one
    agrees(Root(root), root)  # with nothing to go on from
    known.save(answers=False)
    shutil.rmtree(root)
    shutil.copytree(BASES[folder], root)
    agrees(known, root)  # mended
    agrees(Root(root, cache), root)
    if set(item).isdisjoint({"delete", "files"}):
        spoil(root, item)
        agrees(known, root, changed=[item["in"]])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize(
    "place",
    ["rules", "kb/sources", "kb/lt", "rules/facts/net.yaml", "rules/articles/network.yaml", "kb/lt/facts/net.md"],
)
def test_nobody_waits_for_what_a_pipe_may_hold(place: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(BASES["checking"], root)
    known = Root(root)
    agrees(known, root)
    if (root / place).is_dir():
        shutil.rmtree(root / place)
    else:
        (root / place).unlink()
    os.mkfifo(root / place)
    agrees(known, root)
    found = known.check().diagnostics
    assert found
    lines = Sources(root)  # who shows them does not wait either
    assert {lines.line(one.span) for one in found if one.span.file == place} <= {None, ""}


def test_most_roots_fit_into_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the tests above would say little."""
    whole = []
    monkeypatch.setattr(
        Root, "_plainly", lambda self, authoring: whole.append(self) or Checked(diagnostics=[], answers=False)
    )
    for number, param in enumerate(ITEMS):
        folder, item = param.values
        shutil.copytree(BASES[folder], tmp_path / str(number))
        spoil(tmp_path / str(number), item)
        Root(tmp_path / str(number)).check()
    assert len(whole) < len(ITEMS) / 10
