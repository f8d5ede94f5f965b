"""What the service answers, in which form and language, and what may be kept of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from vedlys import Catalogue
from vedlys.messages import sentence
from vedlys.web.parts import CatalogueState
from vedlys.web.problems import STATUSES
from vedlys.web.settings import Settings
from web.serving import LOADED, Client, client_of, service_of

ROOT = Path(__file__).parents[2]
FACTS: dict[str, Any] = json.loads((ROOT / "tests/samples/firewall-blocked.json").read_text("utf-8"))
AS_OF = "2026-11-22T10:00:00Z"
SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas/assessment.schema.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="module")
def client(catalogue: Catalogue) -> Client:
    return client_of(service_of(catalogue))


def test_answer_is_what_the_library_says(client: Client, catalogue: Catalogue) -> None:
    answer = client.post({"facts": FACTS, "as_of": AS_OF, "locale": "en"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-language"] == "en"
    assert answer.headers["vary"] == "Accept, Accept-Language"
    assert answer.headers["cache-control"] == "no-store"
    expected = catalogue.assess_all(FACTS, locale="en", as_of=AS_OF)
    assert answer.json() == {"assessments": [one.to_dict() for one in expected]}
    SCHEMA.validate(answer.json())


def test_markdown_and_html(client: Client, catalogue: Catalogue) -> None:
    body = {"facts": FACTS, "as_of": AS_OF}
    (expected,) = catalogue.assess_all(FACTS, locale="lt", as_of=AS_OF)
    markdown = client.post(body, accept="text/markdown")
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert markdown.text == expected.markdown
    html = client.post(body, accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="lt">' in html.text
    assert '<article class="action_needed">' in html.text


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/markdown; charset=utf-8"),
        ("text/html;q=0.5, text/markdown", "text/markdown; charset=utf-8"),
        ("application/json;q=0.1, text/html;q=0.2", "text/html; charset=utf-8"),
        ("application/json;q=0, */*;q=0.1", "text/markdown; charset=utf-8"),
        ("no media type", "application/json"),
        ("x" * 5000, "application/json"),
    ],
)
def test_form_is_the_one_liked_best(client: Client, accept: str, chosen: str) -> None:
    assert client.post({"facts": {}}, accept=accept).headers["content-type"] == chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("application/json; charset=utf-8", "application/json"),
        ("text/html;charset=utf-8;q=0.5, text/markdown;variant=GFM", "text/markdown; charset=utf-8"),
        ("text/html; charset=UTF-8", "text/html; charset=utf-8"),
        ('text/markdown;variant="a,b;q=0"', "text/markdown; charset=utf-8"),
    ],
)
def test_parameters_of_a_type_make_no_difference(client: Client, accept: str, chosen: str) -> None:
    assert client.post({"facts": {}}, accept=accept).headers["content-type"] == chosen


@pytest.mark.parametrize("configured", ["lt", "en"])
@pytest.mark.parametrize("wish", ["*", "xx,*;q=0.1", "de, *"])
def test_any_language_is_that_of_the_service(catalogue: Catalogue, configured: str, wish: str) -> None:
    client = client_of(service_of(catalogue, Settings(locale=configured)))
    answer = client.post({"facts": FACTS}, accept_language=wish)
    assert answer.headers["content-language"] == configured
    assert {one["locale"]["used"] for one in answer.json()["assessments"]} == {configured}
    assert client.get("/v1/none", accept_language=wish).headers["content-language"] == configured
    named = client.post({"facts": FACTS}, accept_language="lt;q=0.1, *;q=0.5")
    assert named.headers["content-language"] == "lt"


@pytest.mark.parametrize(("method", "path"), [("GET", "/none"), ("GET", "/v1/articles/none"), ("PUT", "/v1/facts")])
def test_head_says_what_get_would_send(client: Client, method: str, path: str) -> None:
    if method == "GET":
        whole, head = client.get(path), client.ask("HEAD", path)
        assert (head.status_code, head.content) == (404, b"")
        assert head.headers["content-length"] == whole.headers["content-length"] == str(len(whole.content))
    refused = client.ask("HEAD", "/v1/assessments")
    assert (refused.status_code, refused.content) == (405, b"")
    assert int(refused.headers["content-length"]) > 0


def test_the_root_leads_to_the_documentation(client: Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")
    assert client.ask("POST", "/").status_code == 405


@pytest.mark.parametrize("locale", ["en", "lt"])
def test_problems_are_listed(client: Client, catalogue: Catalogue, locale: str) -> None:
    text = client.get(f"/problems?locale={locale}", accept="text/markdown").text
    for code, status in STATUSES.items():
        title = sentence(f"problem-{code}", {}, catalogue.messages(locale))[0]
        assert f"- [{title}](/problems/{code}): `{status}` · `{code}`" in text.splitlines()
    assert 'href="/problems/not-found"' in client.get("/problems", accept="text/html").text


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "text/plain, image/*;q=0.3"])
def test_no_form_is_acceptable(client: Client, accept: str) -> None:
    answer = client.post({"facts": {}}, accept=accept)
    assert (answer.status_code, answer.json()["type"]) == (406, "/problems/not-acceptable")


@pytest.mark.parametrize(
    ("locale", "header", "used"),
    [
        (None, "", "lt"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "lt-LT;q=0.8, en;q=0.5", "lt"),
        (None, "@@@", "lt"),
        ("en", "lt", "en"),
        ("lt_LT", "en", "lt"),
    ],
)
def test_language_is_the_bodys_then_the_headers(client: Client, locale: str | None, header: str, used: str) -> None:
    body = {"facts": {"sspr.scope": "none"}, "locale": locale}
    answer = client.post(body, accept_language=header)
    assert answer.headers["content-language"] == used
    assert answer.json()["assessments"][0]["locale"]["used"] == used


def test_default_language_is_a_setting(catalogue: Catalogue) -> None:
    client = client_of(service_of(catalogue, Settings(locale="en")))
    assert client.post({"facts": {}}).headers["content-language"] == "en"
    assert client.get("/nowhere").headers["content-language"] == "en"


def test_articles_can_be_named(client: Client) -> None:
    named = client.post({"facts": {}, "articles": ["password-writeback", "password-writeback"]})
    assert [one["article"] for one in named.json()["assessments"]] == ["password-writeback"]
    assert client.post({"facts": {}}).json() == {"assessments": []}


def test_no_article_is_said_in_words(client: Client) -> None:
    text = client.post({"facts": {}}, accept="text/markdown", accept_language="en").text
    assert text == "No article is about these facts. Articles: `password-writeback`.\n"
    assert "password-writeback" in client.post({"facts": {}}, accept="text/html").text


def test_options_of_a_request(client: Client) -> None:
    body = {"facts": {"nobody.knows": 1}, "unknown_facts": "ignore", "articles": ["password-writeback"]}
    assert client.post(body).json()["assessments"][0]["ignored"] == ["nobody.knows"]
    asked = client.post({"facts": {}, "articles": ["password-writeback"]}).json()["assessments"][0]["ask_next"]
    first = asked[0]["fact"]
    skipped = client.post({"facts": {}, "articles": ["password-writeback"], "skip": [first]})
    assert first not in {one["fact"] for one in skipped.json()["assessments"][0]["ask_next"]}
    assert client.post({"facts": {"sspr.scope": "none"}, "as_of": AS_OF}).json()["assessments"][0]["as_of"] == AS_OF


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"', "application/json;x=y"],
)
def test_json_is_read(client: Client, content_type: str) -> None:
    assert client.post({"facts": {}}, content_type=content_type).status_code == 200


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/json; charset=latin-1", "application/jsonx"])
def test_other_types_are_not_read(client: Client, content_type: str) -> None:
    answer = client.post({"facts": {}}, content_type=content_type)
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


def test_encoded_bodies_are_not_read(client: Client) -> None:
    assert client.post({"facts": {}}, content_encoding="gzip").status_code == 415
    assert client.post({"facts": {}}, content_encoding="identity").status_code == 200


def test_decisions_are_told(catalogue: Catalogue) -> None:
    service = service_of(catalogue)
    client = client_of(service)
    client.post({"facts": FACTS, "locale": "en"})
    client.post({"facts": {"no.fact": 1}})
    (decision,) = service.decisions.recorded  # type: ignore[attr-defined]  # the parts of this service keep
    assert service.observer.decisions == [decision]  # type: ignore[attr-defined]
    assert (decision.locale, decision.line, decision.caller) == ("en", None, None)
    assert decision.answers[0].status == "action_needed"
    assert decision.catalogue is catalogue


GETS = [
    ("/v1/articles", "application/json"),
    ("/v1/articles/password-writeback", "application/json"),
    ("/v1/facts", "application/json"),
    ("/v1/facts/schema", "application/json"),
    ("/v1/catalogue", "application/json"),
    ("/openapi.json", "application/json"),
    ("/docs", "text/html; charset=utf-8"),
    ("/problems/not-found", "text/html; charset=utf-8"),
]


@pytest.mark.parametrize(("path", "content_type"), GETS)
def test_what_follows_from_the_catalogue_can_be_kept(client: Client, path: str, content_type: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    tag = answer.headers["etag"]
    assert tag.startswith('"')
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["vary"] == "Accept, Accept-Language"
    for held in (tag, f'"other", W/{tag}', "*"):
        again = client.get(path, if_none_match=held)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "content-length" not in again.headers
    assert client.get(path, if_none_match='"other"').status_code == 200
    head = client.ask("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.content))
    assert head.headers["etag"] == tag


def test_tags_differ_by_language_and_form(client: Client) -> None:
    path = "/v1/articles/password-writeback"
    tags = {
        client.get(path, accept=form, accept_language=language).headers["etag"]
        for form in ("application/json", "text/markdown", "text/html")
        for language in ("lt", "en")
    }
    assert len(tags) == 6


def test_whole_article(client: Client, catalogue: Catalogue) -> None:
    path = "/v1/articles/password-writeback"
    markdown = catalogue.article_markdown("password-writeback", "en")
    assert client.get(path + "?locale=en").json() == {
        "version": 1,
        "article": "password-writeback",
        "locale": "en",
        "title": "Password writeback isn't working",
        "markdown": markdown,
    }
    text = client.get(path + "?locale=en", accept="text/markdown", accept_language="lt")
    assert (text.text, text.headers["content-language"]) == (markdown, "en")
    assert '<html lang="lt">' in client.get(path, accept="text/html").text


def test_articles_facts_schema_and_catalogue(client: Client, catalogue: Catalogue) -> None:
    (article,) = client.get("/v1/articles").json()["articles"]
    assert article["titles"].keys() == {"en", "lt"}
    assert (article["rules"], article["locales"]) == (25, ["en", "lt"])
    facts = client.get("/v1/facts?locale=en").json()["facts"]
    assert [fact["fact"] for fact in facts] == list(catalogue.content.vocabulary)
    assert all(fact["question"] and fact["label"] for fact in facts)
    scope = next(fact for fact in facts if fact["fact"] == "sspr.scope")
    assert scope["labels"].keys() == set(scope["values"])
    assert client.get("/v1/facts/schema?locale=en").json() == catalogue.facts_schema("en")
    told = client.get("/v1/catalogue").json()
    assert told["digest"] == catalogue.digest
    assert (told["articles"], told["rules"], told["facts"]) == (1, 25, len(facts))
    assert told["reload"] == {"state": "current", "faults": []}


def test_health(catalogue: Catalogue) -> None:
    service = service_of(catalogue)
    client = client_of(service)
    assert client.get("/healthz").json() == {"status": "alive"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["ready"], ready.headers["cache-control"]) == (200, True, "no-store")
    fault = "rules/a.yaml:1:1: wrong"
    state = CatalogueState(state="refused", digest=catalogue.digest, loaded_at=LOADED, faults=(fault,))
    service.catalogues.state = state  # type: ignore[misc]  # the part of this service lets it be set
    refused = client.get("/readyz", accept_language="en")
    assert (refused.status_code, refused.json()["catalogue"]["state"]) == (200, "refused")
    assert "Faults: 1." in refused.json()["notes"]["reload"]
    assert fault not in refused.text, "anybody may ask whether the service is ready"
    assert client.get("/v1/catalogue").json()["reload"] == {"state": "refused", "faults": [fault]}
    service.draining.draining = True  # type: ignore[misc]
    stopping = client.get("/readyz", accept_language="en")
    assert (stopping.status_code, stopping.json()["ready"]) == (503, False)
    assert stopping.json()["reasons"] == {"draining": "The service is stopping: it finishes what is under way."}
    assert "retry-after" in stopping.headers


def test_metrics(client: Client) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "vedlys_requests_total" in answer.text


@pytest.mark.parametrize("path", ["/v1/assessments", "/v1/articles", "/v1/articles/password-writeback"])
def test_options_lists_the_methods(client: Client, path: str) -> None:
    answer = client.ask("OPTIONS", path)
    assert answer.status_code == 204
    allowed = set(answer.headers["allow"].split(", "))
    assert allowed == ({"POST", "OPTIONS"} if "assess" in path else {"GET", "HEAD", "OPTIONS"})
