"""Every line of the table of engines. One that cannot be imported on this Python stays in it, and says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.machine import version_of
from benchmarks.peers import Entry, Index, Peer
from benchmarks.workload import Workload

# name, package, index, module, class, the function that compiles expressions, and what else there is to say of it
_Row = tuple[str, str, Index, str, str, str, dict[str, Any]]
_ROWS: tuple[_Row, ...] = (
    ("orjson.loads alone", "orjson", "none", "ours", "Parse", "", {"answers": False}),
    ("generated Python (floor)", "orjson", "ours", "ours", "Generated", "", {}),
    ("vedlys, article named", "vedlys", "named", "ours", "Named", "", {"unknown": True}),
    ("vedlys", "vedlys", "its own", "ours", "Found", "", {"unknown": True}),
    ("datalogic-py", "datalogic-py", "ours", "logic", "Indexed", "", {}),
    ("datalogic-py", "datalogic-py", "none", "logic", "Whole", "", {}),
    ("zen expression", "zen-engine", "ours", "expressions", "Indexed", "zen", {}),
    ("zen expression", "zen-engine", "none", "expressions", "Whole", "zen", {}),
    ("zen decision", "zen-engine", "ours", "expressions", "Indexed", "zen_decision", {}),
    ("zen decision", "zen-engine", "none", "expressions", "Whole", "zen_decision", {}),
    ("CLIPS", "clipspy", "its own", "clips_agenda", "Clips", "", {}),
    ("CEL (Rust)", "common-expression-language", "ours", "expressions", "Indexed", "cel", {}),
    ("CEL (Rust)", "common-expression-language", "none", "expressions", "Whole", "cel", {}),
    ("CEL (Python)", "cel-python", "ours", "expressions", "Indexed", "cel_python", {"most_rules": 3_008}),
    ("rule-engine", "rule-engine", "ours", "expressions", "Indexed", "rule_engine", {}),
    ("rule-engine", "rule-engine", "none", "expressions", "Whole", "rule_engine", {"most_rules": 304}),
    ("durable_rules", "durable-rules", "its own", "durable_message", "Durable", "", {"apart": True}),
)
PACKAGES = sorted({package for _, package, *_ in _ROWS})


def entries() -> list[Entry]:
    """The lines, in the table's order."""
    return [_entry(row) for row in _ROWS]


def _entry(row: _Row) -> Entry:
    name, package, index, module, kind, compiler, rest = row
    missing = "" if version_of(package) else "not installed: it has no build for this Python"
    return Entry(name, package, index, partial(_make, module, kind, compiler), missing=missing, **rest)


def _make(module: str, kind: str, compiler: str, workload: Workload) -> Peer:
    found = import_module(f"benchmarks.peers.{module}")
    make: Callable[..., Peer] = getattr(found, kind)
    return make(workload, getattr(found, compiler)) if compiler else make(workload)
