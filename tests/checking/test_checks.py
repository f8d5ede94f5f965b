"""Each check, with the smallest catalogue that it has something to say of.

The lists beside this file are in the form of those in `tests/diagnostics`; `expect` is all that is found, each with
its place. `loads: no` marks what loading finds already.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from diagnostics.broken_roots import changed, expected
from vedlys.checking import CHECKS, check
from vedlys.diagnostics import Diagnostics
from vedlys.loading import load
from vedlys.messages import checks, sentence

HERE = Path(__file__).parent
ITEMS = [
    pytest.param(item, id=f"{path.stem}: {item['name']}")
    for path in sorted(HERE.glob("*.yaml"))
    for item in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def build(item: dict[str, Any], folder: Path) -> Path:
    root = folder / "root"
    shutil.copytree(HERE / "base", root)
    for path in item.get("delete", ()):
        (root / path).unlink()
    for path, text in item.get("files", {}).items():
        (root / path).write_text(text, encoding="utf-8")
    if "in" in item:
        file = root / item["in"]
        data = file.read_bytes()
        for change in (item, item.get("also")):
            if change is not None:
                data = changed(data, change)
        file.write_bytes(data)
    return root


def found(diagnostics: Diagnostics) -> list[str]:
    return sorted(f"{one.code} {one.span}" for one in diagnostics)


def test_nothing_is_wrong_with_the_base() -> None:
    content, diagnostics = load(HERE / "base")
    assert found(diagnostics) == []
    assert content is not None
    assert found(check(content)) == []


@pytest.mark.parametrize("item", ITEMS)
def test_what_is_found(item: dict[str, Any], tmp_path: Path) -> None:
    content, diagnostics = load(build(item, tmp_path))
    if item.get("loads", True):
        assert found(diagnostics) == []
        assert content is not None
        diagnostics = check(content)
    assert found(diagnostics) == sorted(expected(item))


def test_every_check_stands_in_the_tuple_once() -> None:
    assert len(set(CHECKS)) == len(CHECKS)


ELSEWHERE = {"missing-phrase", "untranslated-phrase", "untranslated-message"}  # tests/checking/test_interface.py


def test_every_code_is_found_somewhere() -> None:
    wanted = {line.split()[0] for param in ITEMS for line in param.values[0]["expect"]}
    assert {message.code for message in checks.MESSAGES} - ELSEWHERE <= wanted


def test_every_name_is_given_by_some_fault(tmp_path: Path) -> None:
    """A hint whose value is never given would never be shown."""
    given: dict[str, set[str]] = {}
    for number, param in enumerate(ITEMS):
        content, diagnostics = load(build(param.values[0], tmp_path / str(number)))
        for fault in diagnostics if content is None else check(content):
            given.setdefault(fault.code, set()).update(fault.values)
            text, hints = sentence(fault.code, fault.values)
            assert "{{" not in text
            assert all("None" not in part for part in (text, *hints))
    unused = {
        (message.code, name)
        for message in checks.MESSAGES
        if message.code not in ELSEWHERE
        for name in message.names - given[message.code]
    }
    assert unused == set()
