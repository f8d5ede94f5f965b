"""Broken content roots: the small valid one in `base/`, with one thing changed.

An item of the lists beside this file says what is changed (`in`, `replace`, `by`; `files` to add; `delete`) and
what has to be found (`expect`: a code and where; the file is that of `in` where only line and column are given;
`says`: words out of the sentences).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
BASE = HERE / "base"


def items() -> list[tuple[str, dict[str, Any]]]:
    """Every item of every list, with an id to show."""
    return [
        (f"{path.stem}: {item['name']}", item)
        for path in sorted(HERE.glob("*.yaml"))
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def build(item: dict[str, Any], folder: Path) -> Path:
    """The broken root of an item, in an empty folder."""
    root = folder / "root"
    shutil.copytree(BASE, root)
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


def changed(data: bytes, change: dict[str, Any]) -> bytes:
    """The bytes with one text, which stands there once, replaced."""
    old = change["replace"].encode()
    assert data.count(old) == 1, change["replace"]
    if "bytes" in change:  # in Python's notation, as no text could hold them
        new = change["bytes"].encode().decode("unicode_escape").encode("latin-1")
    else:
        new = change["by"].encode()
    if "deep" in change:  # the value nested in that many lists
        new = b"1, net.note: " + b"[" * change["deep"] + b"]" * change["deep"] + b"}]"
    return data.replace(old, new * change.get("repeat", 1))


def expected(item: dict[str, Any]) -> list[str]:
    """What has to be found, as `code file:line:column`."""
    found = []
    for line in item["expect"]:
        code, place = line.split()
        found.append(f"{code} {place}" if place.count(":") == 2 else f"{code} {item['in']}:{place}")
    return found
