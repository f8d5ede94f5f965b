"""`schemas/assessment.schema.json` says what is answered: all of it, and nothing that is not."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from vedlys.assessment import Catalogue
from vedlys.model import result
from vedlys.output.json_v1 import assessments_json

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "schemas" / "assessment.schema.json").read_text("utf-8"))
SAMPLE = ROOT / "tests" / "samples" / "firewall-blocked.json"
DEFINITIONS = {
    "assessment": result.Assessment,
    "finding": result.Finding,
    "evidence": result.Evidence,
    "undecided": result.Undecided,
    "missing": result.Missing,
    "question": result.Question,
    "source": result.SourceReference,
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("locale", ["lt", "en"])
def test_every_case_is_answered_as_the_schema_says(catalogue: Catalogue, locale: str) -> None:
    validator = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    documents = [SAMPLE.read_text("utf-8"), "{}", '{"fax.number": 1, "sspr.scope": "none"}']
    for facts in documents:
        answer = catalogue.assess(facts, "password-writeback", locale=locale, unknown_facts="ignore")
        explained = [catalogue.explain(facts, "password-writeback", "endpoint-blocked", unknown_facts="ignore")]
        document = json.loads(assessments_json([answer], explained))
        assert [error.message for error in validator.iter_errors(document)] == []
        undescribed = list(_undescribed(document["assessments"][0], SCHEMA["$defs"]["assessment"], "assessment"))
        assert undescribed == []


@pytest.mark.parametrize("name", DEFINITIONS)
def test_the_schema_has_the_keys_of_the_result(name: str) -> None:
    fields = msgspec.structs.fields(DEFINITIONS[name])
    definition = SCHEMA["$defs"][name]
    assert list(definition["properties"]) == [field.name for field in fields]
    needed = [field.name for field in fields if field.default is not msgspec.UNSET]
    assert definition["required"] == needed


def test_every_key_is_described() -> None:
    def lacking(schema: dict[str, Any], path: str) -> list[str]:
        found = []
        for key, part in schema.get("properties", {}).items():
            if not part.get("description"):
                found.append(f"{path}/{key}")
            found += lacking(part, f"{path}/{key}")
        return found + (lacking(schema["items"], f"{path}[]") if "items" in schema else [])

    assert lacking(SCHEMA, "") == []
    for name, definition in SCHEMA["$defs"].items():
        assert definition["description"]
        assert lacking(definition, name) == []


def _undescribed(value: Any, schema: dict[str, Any], path: str) -> list[str]:
    """The keys of an answer that the schema does not name."""
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        schema = schema["anyOf"][0]
        return _undescribed(value, schema, path) if value is not None else []
    if isinstance(value, dict) and "properties" in schema:
        found = []
        for key, part in value.items():
            if key not in schema["properties"]:
                found.append(f"{path}/{key}")
            else:
                found += _undescribed(part, schema["properties"][key], f"{path}/{key}")
        return found
    if isinstance(value, list) and "items" in schema:
        return [key for item in value for key in _undescribed(item, schema["items"], f"{path}[]")]
    return []
