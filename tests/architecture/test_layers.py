"""Layers import downwards only, and each third-party package has its homes."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "engine" / "vedlys"

# A module imports lower layers or its own package. A package is named once; a higher number may see a lower one.
LAYERS = {
    "source": 0,
    "suggest": 0,
    "shipped": 0,
    "digests": 0,
    "bounded": 0,
    "messages": 0,
    "diagnostics": 0,
    "errors": 0,
    "markup": 1,
    "model": 2,
    "loading": 3,
    "storing": 3,
    "intake": 3,
    "compiling": 4,
    "evaluation": 5,
    "guidance": 5,
    "answering": 6,
    "checking": 6,
    "trials": 7,
    "opening": 7,
    "assessment": 8,
    "output": 9,
    "cli": 10,
    "web": 10,
    "operating": 11,
    "__main__": 12,
}
# the public face gathers what it names
FACE = {"__init__"}

HOMES = {
    "yaml": {"loading"},
    "jsonschema": {"loading"},
    "referencing": {"loading"},
    "markdown_it": {"markup"},
    "mdit_py_plugins": {"markup"},
    "liquid": {"markup"},
    "nh3": {"markup"},
    "babel": {"guidance"},
    "webob": {"guidance", "web"},
    "typer": {"cli", "operating"},
    "click": {"cli"},
    "rich": {"cli", "output"},
    "sarif_pydantic": {"output"},
    "durable_rules_engine": {"evaluation/durable"},
    "idna": {"model"},
    "litestar": {"web"},
    "granian": {"web/serving"},
    "httpx": {"web/guarding"},
    "jwt": {"web/guarding"},
    "prometheus_client": {"web/observing"},
    "opentelemetry": {"web/observing"},
    "msgspec": set(LAYERS) | FACE,
}

# Within layer 0, what may see what.
BASE_ORDER = ["source", "suggest", "shipped", "digests", "bounded", "messages", "diagnostics", "errors"]

MODULES = sorted(ROOT.rglob("*.py"))


def package_of(path: Path) -> str:
    """The top-level room of a module."""
    part = path.relative_to(ROOT).parts[0]
    return part.removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """Every absolute name that a module imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "vedlys":
                names |= {f"vedlys.{alias.name}" for alias in node.names}
            else:
                names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_imports_lower_layers_only(path: Path) -> None:
    here = package_of(path)
    if here in FACE:
        return
    assert here in LAYERS, f"{here} has no layer: give it one"
    for name in imports_of(path):
        if not name.startswith("vedlys."):
            continue
        there = name.split(".")[1]
        if there == here:
            continue
        if LAYERS[here] == LAYERS.get(there) == 0:
            assert BASE_ORDER.index(there) < BASE_ORDER.index(here), f"{path} imports {name}"
            continue
        assert there in LAYERS, f"{path} imports {name}, which has no layer"
        assert LAYERS[there] < LAYERS[here], f"{path} (layer {LAYERS[here]}) imports {name} (layer {LAYERS[there]})"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_third_party_packages_stay_at_home(path: Path) -> None:
    for name in imports_of(path):
        top = name.split(".")[0]
        if top in {"vedlys", "__future__"} or top in sys.stdlib_module_names:
            continue
        assert top in HOMES, f"{path} imports {top}, which has no home: give it one"
        here = path.relative_to(ROOT).as_posix()
        at_home = any(here == f"{home}.py" or here.startswith(f"{home}/") for home in HOMES[top])
        assert at_home, f"{path} imports {top}; its homes are {sorted(HOMES[top])}"
