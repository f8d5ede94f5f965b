"""The schemas: valid, complete for an editor, and of one mind with the engine."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry

from diagnostics.broken_roots import BASE
from vedlys.loading import schema_check
from vedlys.model import rulebook, types
from vedlys.model.operators import OPERATORS
from vedlys.shipped import content_root

ROOT = content_root()
SCHEMAS = {path.name.split(".")[0]: json.loads(path.read_text()) for path in (ROOT / "schemas").glob("*.schema.json")}
LOADED = ("facts", "rulebook", "cases", "interface", "messages")
FILES = [
    path
    for root in (BASE, ROOT)
    for pattern in ("rules/facts/*.yaml", "rules/articles/*.yaml", "kb/*/interface/*.yaml")
    for path in sorted(root.glob(pattern))
]


class OlderYaml(yaml.SafeLoader):
    """YAML 1.1, dates aside: `no` is false."""


class NewerYaml(yaml.SafeLoader):
    """YAML 1.2 as editors read it: only true and false are booleans."""


for loader in (OlderYaml, NewerYaml):
    loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
for first, resolvers in NewerYaml.yaml_implicit_resolvers.items():
    kept = [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    NewerYaml.yaml_implicit_resolvers[first] = kept
NewerYaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])


def parts(schema):
    """Every schema inside a schema, with its path."""
    waiting = [((), schema)]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, dict):
            yield path, part
            waiting.extend(((*path, key), inner) for key, inner in part.items())
        elif isinstance(part, list):
            waiting.extend(((*path, str(number)), inner) for number, inner in enumerate(part))


def names_as_text(value):
    """What an editor makes of keys: they are texts always."""
    if isinstance(value, dict):
        return {
            str(key).lower() if isinstance(key, bool) else str(key): names_as_text(inner)
            for key, inner in value.items()
        }
    return [names_as_text(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", LOADED)
def test_schema_is_valid(name):
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"https://vedlys.invalid/schemas/{name}.schema.json"


@pytest.mark.parametrize("name", LOADED)
def test_every_key_is_described(name):
    for path, part in parts(SCHEMAS[name]):
        if path and path[-1] == "properties" and not {"if", "dependentSchemas", "allOf"} & set(path):
            for key, described in part.items():
                assert described.get("description"), (*path, key)


@pytest.mark.parametrize("name", LOADED)
def test_no_reference_leaves_the_file(name):
    assert all(part["$ref"].startswith("#/$defs/") for _, part in parts(SCHEMAS[name]) if "$ref" in part)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.parametrize("loader", [OlderYaml, NewerYaml])
def test_a_plain_loader_agrees(path: Path, loader):
    text = path.read_text(encoding="utf-8")
    modeline = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert modeline, "the first line names the schema"
    schema = (path.parent / modeline[1]).resolve()
    assert schema.parent == ROOT / "schemas"
    name = schema.name.split(".")[0]
    folder = {"facts": "facts", "interface": "interface"}.get(path.parent.name)
    wanted = {"messages": "messages"}.get(path.stem, folder) or ("cases" if ".cases." in path.name else "rulebook")
    assert name == wanted
    content = names_as_text(yaml.load(text, Loader=loader))  # a safe loader
    errors = Draft202012Validator(SCHEMAS[name], registry=Registry()).iter_errors(content)
    assert [(list(error.absolute_path), error.message) for error in errors] == []


def test_what_fails_is_explained():
    """Every keyword that can fail when a file is loaded has its sentence."""
    explained = set(schema_check._EXPLAIN)
    silent = {"$schema", "$id", "$defs", "$ref", "title", "description", "x-code", "properties", "items"}
    silent |= {"propertyNames", "allOf", "dependentSchemas", "if", "then", "const"}  # const: inside `if` alone
    for name in LOADED:
        for path, part in parts(schema_check._without_decoded(SCHEMAS[name])):
            if path and path[-1] in {"properties", "dependentSchemas", "$defs"}:
                continue
            assert set(part) <= explained | silent, (name, path)
            assert "const" not in part or "if" in path
            assert "pattern" not in part or "x-code" in part
            assert not (part.get("additionalProperties") is False and "propertyNames" in part)


def defined(name, *path):
    part = SCHEMAS[name]["$defs"]
    for step in path:
        part = part[step]
    return part


def test_the_schemas_say_what_the_engine_knows():
    assert list(defined("rulebook", "test", "then", "properties")) == list(OPERATORS)
    assert defined("facts", "fact", "properties", "type", "enum") == [*types.KINDS, "set", "records"]
    assert defined("facts", "field", "properties", "type", "enum") == [*types.KINDS, "set"]
    assert defined("facts", "fact", "properties", "of", "enum") == list(types.KINDS)
    assert defined("facts", "fact", "properties", "cost", "enum") == list(rulebook.COSTS)
    assert defined("rulebook", "rule", "properties", "severity", "enum") == list(rulebook.SEVERITIES)
    assert list(defined("rulebook", "rule", "properties", "examples", "properties")) == list(rulebook.VERDICTS)
    assert SCHEMAS["rulebook"]["properties"]["unbound"]["additionalProperties"]["enum"] == list(
        rulebook.UNBOUND_REASONS
    )
    assert defined("cases", "case", "properties", "status", "enum") == list(rulebook.Status.__args__)


@pytest.mark.parametrize(
    "condition",
    [
        "always",
        {"net.speed": 3},
        {"all": [{"net.speed": {"at_least": 1, "less_than": {"fact": "net.other"}}}], "net.up": False},
        {"not": {"none": [{"net.up": "no"}]}},
        {"resolved": ["basics"]},
        {"ad.domains": {"some": {"reachable": False, "dcs": {"lacks": {"field": "pdc"}}}}},
        {"net.checked": {"older_than": {"days": 30}}},
        {"net.hosts": {"covers": ["a.example.lt", "*"]}, "net.ip": {"within": "10.0.0.0/8"}},
        {"net.speed": {"between": [1, 2], "known": True}},
    ],
)
def test_an_editor_takes_conditions(condition):
    assert [error.message for error in condition_validator().iter_errors(condition)] == []


@pytest.mark.parametrize(
    "condition",
    [
        "never",
        {},
        [],
        {"all": []},
        {"net.speed": {}},
        {"net.speed": {"atleast": 3}},
        {"net.speed": [1]},
        {"Net.speed": 1},
        {"net.speed": {"between": [1]}},
        {"net.checked": {"older_than": {"days": 1, "hours": 1}}},
        {"net.checked": {"older_than": 30}},
        {"net.speed": {"is": {"fact": "a.b", "field": "c"}}},
        {"resolved": []},
    ],
)
def test_an_editor_refuses_conditions(condition):
    assert list(condition_validator().iter_errors(condition))


def condition_validator():
    schema = {**SCHEMAS["rulebook"], "$ref": "#/$defs/condition"}
    for key in ("type", "properties", "required", "additionalProperties"):
        del schema[key]
    return Draft202012Validator(schema, registry=Registry())
