"""The quick test of a file's shape says yes exactly where jsonschema has nothing to say."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from diagnostics import broken_roots
from vedlys.diagnostics import Diagnostics
from vedlys.loading import schema_check
from vedlys.loading.report import Report
from vedlys.loading.schema_check import SchemaName, check_shape
from vedlys.loading.text_reader import read_text
from vedlys.loading.yaml_reader import read_yaml

BASE = Path(__file__).parents[1] / "diagnostics" / "base"


def kind_of(path: str) -> SchemaName | None:
    if path.endswith("messages.yaml"):
        return "messages"
    if path.endswith(".cases.yaml"):
        return "cases"
    parts = {"rules/facts/": "facts", "rules/articles/": "rulebook", "/interface/": "interface"}
    return next((kind for part, kind in parts.items() if part in path and path.endswith(".yaml")), None)  # type: ignore[return-value]  # as written above


def texts() -> list[Any]:
    found = []
    for path in sorted(BASE.rglob("*.yaml")):
        kind = kind_of(path.relative_to(BASE).as_posix())
        found.append(pytest.param(kind, path.read_bytes(), id=path.name))
    for name, item in broken_roots.items():
        for path, text in item.get("files", {}).items():
            if kind_of(path):
                found.append(pytest.param(kind_of(path), text.encode(), id=f"{name} {path}"))
        if "in" in item and kind_of(item["in"]) and (BASE / item["in"]).exists():
            data = broken_roots.changed((BASE / item["in"]).read_bytes(), item)
            found.append(pytest.param(kind_of(item["in"]), data, id=name))
    return found


@pytest.mark.parametrize(("kind", "data"), texts())
def test_yes_where_nothing_is_wrong(kind: SchemaName, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report(Diagnostics())
    source = read_text("f.yaml", data, report)
    tree = None if source is None else read_yaml(source, report)
    if tree is None:
        return
    test = schema_check._shape_test(kind)
    assert test is not None
    fits = test(tree)
    monkeypatch.setattr(schema_check, "_shape_test", lambda name: None)
    before = len(report.diagnostics)
    named = check_shape(tree, kind, report)
    if fits:
        assert (len(report.diagnostics), named) == (before, True)
    elif before == 0:  # what was refused while reading is left to jsonschema in any case
        assert len(report.diagnostics) > before


@pytest.mark.parametrize("kind", get_args(SchemaName))
def test_every_schema_has_such_a_test(kind: SchemaName) -> None:
    assert schema_check._shape_test(kind) is not None
