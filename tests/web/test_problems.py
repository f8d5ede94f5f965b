"""What the service answers instead of what was asked for: every problem, and nothing internal in any."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from vedlys import Catalogue
from vedlys.errors import Fault
from vedlys.messages import MESSAGES, describe
from vedlys.web.app import create_app
from vedlys.web.describing.examples import problem_example
from vedlys.web.describing.schemas import problem_schema
from vedlys.web.parts import RequestInfo
from vedlys.web.problems import MEDIA_TYPE, STATUSES, ProblemError
from vedlys.web.service import Service
from vedlys.web.settings import Limits, Settings
from web.serving import Client, client_of, scope_of, service_of, speak

SCHEMA = Draft202012Validator({**problem_schema(), "additionalProperties": False})


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="module")
def client(catalogue: Catalogue) -> Client:
    return client_of(service_of(catalogue))


def faults(answer: Any, status: int = 422, code: str = "invalid-request") -> dict[str, str]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE), answer.text
    SCHEMA.validate(answer.json())
    assert (answer.json()["type"], answer.json()["status"]) == (f"/problems/{code}", status)
    assert answer.headers["cache-control"] == "no-store"
    return {fault["pointer"]: fault["code"] for fault in answer.json()["faults"]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty-body"),
        (b" \r\n", "empty-body"),
        (b'{"facts": {', "truncated-json"),
        (b"facts", "malformed-json"),
        (b'{"facts": {}} {}', "malformed-json"),
        ('{"facts": {}}'.encode("utf-16"), "document-not-utf8"),
        (b'{"facts": {"a": "\xff"}}', "document-not-utf8"),
    ],
)
def test_what_is_not_json(client: Client, body: bytes, code: str) -> None:
    assert faults(client.post(body), 400, "malformed-request") == {"": code}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([], {"": "wrong-type"}),
        ("facts", {"": "wrong-type"}),
        (None, {"": "wrong-type"}),
        ({}, {"": "missing-member"}),
        ({"fact": {}}, {"": "missing-member", "/fact": "unknown-member"}),
        ({"facts": None}, {"/facts": "facts-not-object"}),
        ({"facts": '{"sspr.scope": "none"}'}, {"/facts": "facts-not-object"}),
        ({"facts": {}, "articles": "a"}, {"/articles": "wrong-type"}),
        ({"facts": {}, "articles": []}, {"/articles": "empty-list"}),
        ({"facts": {}, "articles": ["a/b", 1]}, {"/articles/0": "article-not-found", "/articles/1": "wrong-type"}),
        ({"facts": {}, "locale": 1}, {"/locale": "wrong-type"}),
        ({"facts": {}, "locale": "no locale"}, {"/locale": "malformed-locale"}),
        ({"facts": {}, "locale": ""}, {"/locale": "malformed-locale"}),
        ({"facts": {}, "locale": "lt, en;q=0.5"}, {"/locale": "malformed-locale"}),
        ({"facts": {}, "unknown_facts": "perhaps"}, {"/unknown_facts": "unknown-choice"}),
        ({"facts": {}, "unknown_facts": {}}, {"/unknown_facts": "unknown-choice"}),
        ({"facts": {}, "skip": {}}, {"/skip": "wrong-type"}),
        ({"facts": {}, "skip": "sspr.scope"}, {"/skip": "wrong-type"}),
        ({"facts": {}, "skip": ["x.y", 1]}, {"/skip/0": "unknown-fact", "/skip/1": "name-not-text"}),
        ({"facts": {}, "as_of": "yesterday"}, {"/as_of": "malformed-datetime"}),
        ({"facts": {}, "as_of": "2026-11-22T10:00:00"}, {"/as_of": "malformed-datetime"}),
        ({"facts": {}, "as_of": 5}, {"/as_of": "wrong-type"}),
        ({"facts": {"connect": {"version": 2}}}, {"/facts/connect/version": "wrong-type"}),
        ({"facts": {"a/b~c": 2}}, {"/facts/a~1b~0c": "unknown-fact"}),
        ({"facts": {}, "a/b": 2}, {"/a~1b": "unknown-member"}),
        (b'{"facts": {}, "facts": {}}', {"/facts": "repeated-key"}),
        (b'{"locale": "lt", "facts": {}, "locale": "en"}', {"/locale": "repeated-key"}),
        (b'{"facts": {}, "locale": "en", "locale": null}', {"/locale": "repeated-key"}),
        (b'{"facts": {}, "as_of": "\\u003a", "as_of": "2026-11-22T10:00:00Z"}', {"/as_of": "repeated-key"}),
        (b'{"facts": {"sspr.scope": "none", "sspr.scope": "none"}}', {"/facts/sspr.scope": "repeated-key"}),
        (b'{"facts": {"net.idle_timeout_seconds": NaN}}', {"/facts/net.idle_timeout_seconds": "not-a-finite-number"}),
    ],
)
def test_what_is_not_valid(client: Client, body: object, expected: dict[str, str]) -> None:
    assert faults(client.post(body)) == expected


@pytest.mark.parametrize("body", [b'{"facts":' * 100_000, b'{"facts":' + b"[" * 400_000, b"[" * 33 + b"]" * 33])
def test_what_is_nested_too_deep(client: Client, body: bytes) -> None:
    assert faults(client.post(body)) == {"": "document-too-deep"}


def test_limits_of_a_document_are_exact(catalogue: Catalogue) -> None:
    client = client_of(service_of(catalogue, Settings(limits=Limits(depth=4, keys=13))))
    fits: dict[str, Any] = {"facts": {"ad": {"domains": [1, 2, 3, 4, 5]}}, "x": "[[[[[[::,,,,,,,,,,"}
    assert set(faults(client.post(fits)).values()) == {"wrong-type", "unknown-member"}
    too_many = {**fits, "y": 1}
    assert faults(client.post(too_many)) == {"": "too-many-values"}
    too_deep = {"facts": {"ad": {"domains": [[1]]}}}
    assert faults(client.post(too_deep)) == {"": "document-too-deep"}


def test_facts_with_nothing_wrong_but_their_depth(catalogue: Catalogue) -> None:
    client = client_of(service_of(catalogue, Settings(limits=Limits(depth=4))))
    domains = [{"name": "example.lt"}]
    for _ in range(10):  # until a reader is made for the article
        assert client.post({"facts": {"ad.domains": domains}}).status_code == 200
        assert faults(client.post({"facts": {"ad": {"domains": domains}}})) == {"": "document-too-deep"}


def test_what_is_ignored_is_no_deeper_either(client: Client) -> None:
    def post(levels: int) -> Any:
        unknown = json.loads("[" * levels + "]" * levels)
        return client.post({"facts": {"no.such": unknown}, "unknown_facts": "ignore"})

    assert post(30).status_code == 200
    assert faults(post(31)) == {"": "document-too-deep"}


def test_every_fault_is_told_at_once(client: Client) -> None:
    body = {
        "facts": {"conect.version": "2.1", "net.idle_timeout_seconds": "119", "ad.domains": [{}]},
        "articles": ["password-writebak"],
        "locale": "en",
        "as_of": "now",
        "skip": ["sspr.scop"],
        "unknown": 1,
    }
    answer = client.post(body, accept_language="lt")
    assert faults(answer) == {
        "/articles/0": "article-not-found",
        "/as_of": "malformed-datetime",
        "/facts/ad.domains/0": "missing-key-field",
        "/facts/conect.version": "unknown-fact",
        "/facts/net.idle_timeout_seconds": "wrong-type",
        "/skip/0": "unknown-fact",
        "/unknown": "unknown-member",
    }
    assert answer.headers["content-language"] == "en", "the body's language comes first, in problems too"
    details = {fault["pointer"]: fault["detail"] for fault in answer.json()["faults"]}
    assert "Did you mean `password-writeback`?" in details["/articles/0"]
    assert "Did you mean `connect.version`?" in details["/facts/conect.version"]


def test_faults_have_a_bound(client: Client) -> None:
    answer = client.post({"facts": {f"no.fact_{n}": 1 for n in range(1500)}, "articles": ["x"] * 1500})
    listed = answer.json()["faults"]
    assert len(listed) == 1001
    assert listed[-1]["code"] == "more-faults"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"facts": {"x" * 900_000: 1}}, "/facts"),
        ({"facts": {"net": {"x" * 900_000: 1}}}, "/facts/net"),
        ({"facts": {}, "x" * 900_000: 1}, ""),
        ({"facts": {}, "skip": ["x" * 900_000]}, "/skip/0"),
    ],
)
def test_long_names_are_not_sent_back(client: Client, body: dict[str, Any], pointer: str) -> None:
    answer = client.post(body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["faults"]] == [pointer]
    assert len(answer.content) < 2_000


def test_facts_over_the_limit_of_the_engine(client: Client) -> None:
    answer = client.post(b'{"facts": {"report.text": "' + b"x" * 1_100_000 + b'"}}')
    assert answer.status_code in {413, 422}
    SCHEMA.validate(answer.json())


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/none", 404, "not-found"),
        ("GET", "/v1", 404, "not-found"),
        ("POST", "/v2/assessments", 404, "not-found"),
        ("GET", "/v1/articles/a/b", 404, "not-found"),
        ("GET", "/v1/articles/none", 404, "article-not-found"),
        ("GET", "/problems/none", 404, "not-found"),
        ("GET", "/v1/facts?locale=***", 400, "invalid-parameter"),
        ("GET", "/v1/assessments", 405, "method-not-allowed"),
        ("DELETE", "/v1/articles/password-writeback", 405, "method-not-allowed"),
        ("PATCH", "/v1/articles", 405, "method-not-allowed"),
        ("PROPFIND", "/docs", 405, "method-not-allowed"),
        ("PROPFIND", "/problems/not-found", 405, "method-not-allowed"),
    ],
)
def test_addresses_and_methods(client: Client, method: str, path: str, status: int, code: str) -> None:
    answer = client.ask(method, path)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{code}")
    SCHEMA.validate(answer.json())
    if status == 405:
        assert "OPTIONS" in answer.headers["allow"].split(", ")
        assert answer.headers["allow"] in answer.json()["detail"]


def test_an_address_that_was_asked_in_a_language_is_refused_in_it(client: Client) -> None:
    answer = client.ask("GET", "/v1/articles/none?locale=en", headers={"accept-language": "lt"})
    assert answer.json()["title"] == "There is no such article"
    assert answer.headers["content-language"] == "en"


@pytest.mark.parametrize("path", ["/nowhere", "/v1/articles/none", "/v1/assessments"])
def test_head_is_refused_without_a_body(client: Client, path: str) -> None:
    answer = client.ask("HEAD", path)
    assert answer.status_code in {404, 405}
    assert (answer.content, answer.headers["content-type"]) == (b"", MEDIA_TYPE)


def test_hostile_paths_are_shown_harmlessly(client: Client) -> None:
    answer = client.ask("GET", "/%1b%5B2J%E2%80%AE`x")
    assert answer.status_code == 404
    assert not {"\x1b", "\u202e"} & set(answer.json()["detail"])


def test_invalid_host(catalogue: Catalogue) -> None:
    scope = scope_of("GET", "/healthz")
    scope["headers"] = [(b"host", b"a b")]
    start, body = asyncio.run(speak(create_app(service_of(catalogue)), scope, []))
    assert (start["status"], json.loads(body["body"])["type"]) == (400, "/problems/invalid-header")


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/v1/articles", {}),
        ("HEAD", "/v1/facts", {}),
        ("OPTIONS", "/v1/assessments", {}),
        ("PUT", "/v1/assessments", {"accept-language": "en"}),
        ("POST", "/v1/assessments", {"content-type": "application/json"}),
        ("POST", "/v1/assessments", {"content-type": "text/plain"}),
        ("POST", "/v1/assessments/batch", {"content-type": "text/plain"}),
        ("GET", "/problems", {"accept": "image/png"}),
        ("GET", "/healthz", {"host": "a b"}),
    ],
)
def test_an_address_as_declared_is_answered_as_the_framework_would(
    catalogue: Catalogue, method: str, path: str, headers: dict[str, str]
) -> None:
    def told(address: str) -> list[Any]:
        scope = scope_of(method, address)
        scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope["state"]["vedlys"] = RequestInfo(id="r1", started=0.0)
        sent = asyncio.run(speak(create_app(service_of(catalogue)), scope, [b"{"]))
        problem: str = scope["state"]["vedlys"].problem
        return [problem, *({**message, "headers": sorted(message.get("headers", ()))} for message in sent)]

    assert told(path) == told(path + "/")


def test_a_bug_behind_the_first_answers_of_a_batch_is_not_answered_again(catalogue: Catalogue) -> None:
    scope = scope_of("POST", "/v1/assessments/batch", {"content-type": "application/x-ndjson"})
    heard: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        heard.append(message["type"])
        if message.get("body"):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        asyncio.run(speak(create_app(service_of(catalogue)), scope, [b'{"facts": {}}\n'], hear))
    assert heard == ["http.response.start", "http.response.body"]


class Breaking:
    """Catalogues of which nothing is left."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.current = _Broken(catalogue)


class _Broken:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def __getattr__(self, name: str) -> Any:
        if name in {"content", "locale_text", "messages"}:
            return getattr(self._catalogue, name)
        raise RuntimeError("secret of the inside")


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/assessments"), ("GET", "/v1/articles"), ("GET", "/v1/facts")]
)
def test_a_bug_tells_nothing(catalogue: Catalogue, method: str, path: str) -> None:
    service = service_of(catalogue)
    service.catalogues = Breaking(catalogue)  # type: ignore[assignment]  # broken is what it is for
    scope = scope_of(method, path, {"content-type": "application/json"})
    start, body = asyncio.run(speak(create_app(service), scope, [b'{"facts": {}}']))
    told = json.loads(body["body"])
    assert (start["status"], told["type"]) == (500, "/problems/internal-error")
    assert b"secret" not in body["body"]
    info = scope["state"]["vedlys"]
    assert told["request_id"] == info.id
    assert info.problem == "internal-error"
    assert isinstance(info.error, RuntimeError)


def test_a_problem_met_while_reading_is_answered(catalogue: Catalogue) -> None:
    async def receive() -> Any:
        raise ProblemError("request-timeout", values={"seconds": "10"}, headers=((b"connection", b"close"),))

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = scope_of("POST", "/v1/assessments", {"content-type": "application/json"})
    asyncio.run(create_app(service_of(catalogue))(scope, receive, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in list(sent[0]["headers"])


def test_nobody_is_answered_who_went_away(catalogue: Catalogue) -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    for path, kind in (("/v1/assessments", "application/json"), ("/v1/assessments/batch", "application/x-ndjson")):
        sent.clear()
        asyncio.run(create_app(service_of(catalogue))(scope_of("POST", path, {"content-type": kind}), receive, send))  # type: ignore[arg-type]
        assert all(not message.get("body") for message in sent)


@pytest.mark.parametrize("code", STATUSES)
def test_each_problem_has_a_title_that_never_changes_and_a_way_out(code: str, catalogue: Catalogue) -> None:
    message = MESSAGES[f"problem-{code}"]
    assert "{{" not in message.text, "a title is the same from time to time"
    assert not message.text.endswith(".")
    assert message.hints
    for locale in ("lt", "en"):
        said, hints = catalogue.messages(locale).get(f"problem-{code}", (message.text, message.hints))
        assert "{{" not in said
        assert len(hints) == len(message.hints)
    SCHEMA.validate(problem_example(code))
    assert "{{" not in problem_example(code)["detail"]


def test_no_problem_is_said_that_is_not_in_the_table() -> None:
    codes = {code.removeprefix("problem-") for code in MESSAGES if code.startswith("problem-")}
    assert codes == set(STATUSES)


@pytest.mark.parametrize("code", STATUSES)
@pytest.mark.parametrize("locale", ["lt", "en"])
def test_type_leads_to_an_explanation(client: Client, catalogue: Catalogue, code: str, locale: str) -> None:
    page = client.get(problem_example(code)["type"], accept="text/markdown", accept_language=locale)
    title = catalogue.messages(locale).get(f"problem-{code}", (MESSAGES[f"problem-{code}"].text, ()))[0]
    assert page.text.startswith(f"# {title}\n\n`{STATUSES[code]}`")
    assert page.headers["content-language"] == locale


def test_problem_for_the_gate(catalogue: Catalogue) -> None:
    service: Service = service_of(catalogue)
    headers: Mapping[bytes, bytes]
    answer = service.problem(
        "rate-limited",
        request_id="r1",
        accept_language="en",
        values={"seconds": "3"},
        headers=((b"retry-after", b"3"),),
    )
    headers = dict(answer.headers)
    assert (answer.status, headers[b"retry-after"], headers[b"content-type"]) == (429, b"3", MEDIA_TYPE.encode())
    assert json.loads(answer.body) == {
        "type": "/problems/rate-limited",
        "title": "There are too many requests",
        "status": 429,
        "detail": "Wait 3 s before the next one.",
        "request_id": "r1",
    }


def test_lithuanian_faults_are_lithuanian(client: Client, catalogue: Catalogue) -> None:
    body = {"facts": {}, "fcts": 1}
    (fault,) = client.post(body).json()["faults"]
    values = {
        "name": "fcts",
        "suggestion": "facts",
        "known": "`facts`, `articles`, `locale`, `unknown_facts`, `skip`, `as_of`",
    }
    expected = Fault(code="unknown-member", pointer="/fcts", values=values)
    assert fault["detail"] == describe(expected, catalogue.messages("lt")) != describe(expected)
