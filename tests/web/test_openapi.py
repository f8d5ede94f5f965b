"""The OpenAPI document: valid, complete, and true to what the service does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31

from vedlys import Catalogue
from vedlys.web.describing.operation import Operation
from vedlys.web.operations import operations
from vedlys.web.pages import Pages
from vedlys.web.problems import MEDIA_TYPE, STATUSES
from vedlys.web.settings import Auth, Settings
from web.serving import Client, client_of, service_of

OPERATIONS = operations(Pages())


@pytest.fixture(scope="module")
def client() -> Client:
    return client_of(service_of(Catalogue.load()))


@pytest.fixture(scope="module")
def document(client: Client) -> dict[str, Any]:
    answer: dict[str, Any] = client.get("/openapi.json").json()
    return answer


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    """Validates against a schema that refers to the document's components."""
    return Draft202012Validator({**schema, "components": document["components"]})


def contents(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every place where something that is sent has a schema and examples: where, media type, content."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            for media_type, content in operation.get("requestBody", {"content": {}})["content"].items():
                yield where, media_type, content
            for status, response in operation["responses"].items():
                for media_type, content in response.get("content", {}).items():
                    yield f"{where} {status}", media_type, content
    for name, response in document["components"]["responses"].items():
        for media_type, content in response["content"].items():
            yield name, media_type, content


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def test_document_is_openapi(document: dict[str, Any]) -> None:
    Draft202012Validator(OPENAPI_31).validate(document)
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(references(document)):
        node = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in node, reference
            node = node[step]


def test_every_address_is_described_and_answered(client: Client, document: dict[str, Any]) -> None:
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert described == {(operation.path, operation.method.lower()) for operation in OPERATIONS}
    for path, methods in document["paths"].items():
        filled = path.replace("{article}", "password-writeback").replace("{code}", "not-found")
        allowed = set(client.ask("OPTIONS", filled).headers["allow"].lower().split(", "))
        assert allowed - {"options", "head"} == set(methods)


def test_everything_has_an_example_that_is_valid(document: dict[str, Any]) -> None:
    for where, media_type, content in contents(document):
        assert content.get("examples"), (where, media_type)
        for name, example in content["examples"].items():
            errors = list(validator(document, content["schema"]).iter_errors(example["value"]))
            assert not errors, (where, media_type, name, errors[0].message)


def test_every_problem_has_its_example(document: dict[str, Any]) -> None:
    shown = {
        code: example["value"]["status"]
        for _, media_type, content in contents(document)
        if media_type == MEDIA_TYPE
        for code, example in content["examples"].items()
    }
    # these two are lines of a batch: their shape is that of every other problem
    assert {code: shown.get(code, STATUSES[code]) for code in STATUSES} == STATUSES


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: str(operation.id))
def test_examples_of_requests_are_answered_as_described(
    client: Client, document: dict[str, Any], operation: Operation
) -> None:
    described = document["paths"][operation.path][operation.method.lower()]
    path = operation.path.replace("{article}", "password-writeback").replace("{code}", "not-found")
    content, headers = b"", {}
    if operation.request is not None:
        media_type, _ = operation.request
        (example,) = described["requestBody"]["content"][media_type]["examples"].values()
        value = example["value"]
        content = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        headers["content-type"] = media_type
    for form, schema in operation.answers.items():
        answer = client.ask(operation.method, path, content=content, headers={**headers, "accept": form})
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == form
        assert ("etag" in answer.headers) == operation.cached
        if schema is not None and form == "application/json":
            validator(document, {"$ref": f"#/components/schemas/{schema}"}).validate(answer.json())


def test_batch_lines_are_as_described(client: Client, document: dict[str, Any]) -> None:
    for line in client.batch(b'{"facts": {"sspr.scope": "none"}}\n{"facts": 1}'):
        schema = "Assessments" if "assessments" in line else "ProblemLine"
        validator(document, {"$ref": f"#/components/schemas/{schema}"}).validate(line)


def test_request_schema_holds_what_is_accepted(client: Client, document: dict[str, Any]) -> None:
    checks = validator(document, {"$ref": "#/components/schemas/Request"})
    bodies: list[tuple[Any, bool]] = [
        ({"facts": {}}, True),
        ({"facts": {"connect": {"version": "2.1"}}, "articles": None, "skip": ["sspr.scope"]}, True),
        ({"facts": {"connect.version": 2}}, False),
        ({"facts": {}, "articles": []}, False),
        ({"facts": {}, "more": 1}, False),
        ({}, False),
    ]
    for body, valid in bodies:
        assert checks.is_valid(body) is valid
        assert (client.post(body).status_code == 200) is valid


def test_credentials_are_described_where_they_are_wanted() -> None:
    def described(**auth: Any) -> dict[str, Any]:
        settings = Settings(auth=Auth(**auth))
        answer: dict[str, Any] = client_of(service_of(Catalogue.load(), settings)).get("/openapi.json").json()
        return answer

    asked, open_to_all = described(), described(no_auth=True)
    assert asked["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert asked["paths"]["/v1/assessments"]["post"]["security"] == [{"bearer": []}]
    assert asked["paths"]["/healthz"]["get"]["security"] == []
    assert "401" in asked["paths"]["/v1/assessments"]["post"]["responses"]
    assert "securitySchemes" not in open_to_all["components"]
    assert "security" not in open_to_all["paths"]["/v1/assessments"]["post"]


class _Page(HTMLParser):
    """What a page refers to, and what it could be referred to by."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in {"href", "src"}:
                self.links.add(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_documentation_page_needs_nothing_else(client: Client, document: dict[str, Any]) -> None:
    text = client.get("/docs").text
    page = _Page()
    page.feed(text)
    assert not page.open
    assert not page.tags & {"script", "link", "img", "iframe", "object"}
    assert "url(" not in text
    assert "@import" not in text
    assert len(page.ids) == len(set(page.ids))
    inner = {link.removeprefix("#") for link in page.links if link.startswith("#")}
    assert inner <= set(page.ids)
    assert {link for link in page.links if not link.startswith("#")} == {"openapi.json"}
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["operationId"] in page.ids
    for code in STATUSES:
        assert f"problem-{code}" in page.ids
    assert re.search(r"Within <code>/v1</code>, what works goes on working", text)
    assert 'name="viewport"' in text
    assert "prefers-color-scheme:dark" in text
