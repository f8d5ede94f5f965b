"""The gate around the whole application, with keys, metrics and a log as in a running worker."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from vedlys.assessment import Catalogue
from vedlys.web.app import create_app
from vedlys.web.gate import Gate
from vedlys.web.guarding.credentials import Credentials
from vedlys.web.guarding.key_file import add_key
from vedlys.web.guarding.keys import Keys
from vedlys.web.service import Service
from vedlys.web.settings import Limits, Settings
from web.serving import Client, service_of
from web.test_observing import Watched, samples
from web.virtual import run

SECRET = "secret-dc.example.lt"
FACTS = {"facts": {"sspr.scope": "selected", "ad.domain_controllers": [{"host": SECRET, "patched": False}]}}


class Worker:
    def __init__(self, catalogue: Catalogue, folder: Path, **limits: Any) -> None:
        settings = Settings(limits=Limits(**limits))
        idle = service_of(catalogue, settings)
        self.watched = Watched(level="debug")
        service = Service(
            settings=settings,
            catalogues=idle.catalogues,
            observer=self.watched.observing,
            decisions=idle.decisions,
            draining=idle.draining,
        )
        path = folder / "keys.toml"
        self.key = add_key(path, "desk", scopes={"assess", "read", "metrics"}).text
        authority = Credentials(Keys(path), None)
        self.app = create_app(
            service, lambda inner: Gate(inner, service, authority, begun=self.watched.observing.begun)
        )
        self.client = Client(self.app)

    def headers(self, **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}", **more}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture
def worker(catalogue: Catalogue, tmp_path: Path) -> Worker:
    return Worker(catalogue, tmp_path, body_bytes=4096)


def test_a_request_is_answered_counted_and_told_without_its_facts(worker: Worker) -> None:
    answer = worker.client.post(FACTS, **worker.headers(x_request_id="r-1"))
    assert answer.status_code == 200
    assert answer.headers["x-request-id"] == "r-1"
    (assessment,) = answer.json()["assessments"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    (event,) = worker.watched.events
    assert event["request"] == "r-1"
    assert event["key"] == "desk"
    assert event["route"] == "/v1/assessments"
    assert event["assessments"] == {assessment["article"]: assessment["status"]}
    assert event["bytes"] == len(answer.content)
    assert {"read_ms", "assess_ms", "ms"} <= event.keys()
    assert SECRET not in worker.watched.text
    got = samples(worker.client.get("/metrics", **worker.headers()).content)
    assert got["vedlys_requests_total", "POST", "/v1/assessments", "200"] == 1
    assert got["vedlys_assessments_total", assessment["article"], assessment["status"]] == 1
    assert got["vedlys_requests_under_way",] == 1  # the one for the metrics


def test_problems_of_the_gate_look_like_those_of_the_application(worker: Worker) -> None:
    strange = worker.client.post(FACTS, accept_language="lt")
    unknown = worker.client.get("/v1/articles/nothing", **worker.headers(accept_language="lt"))
    assert (strange.status_code, unknown.status_code) == (401, 404)
    for answer in (strange, unknown):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == "lt"
        problem = answer.json()
        assert problem["request_id"] == answer.headers["x-request-id"]
        assert problem["type"].startswith("/problems/")


GUARDED = (
    "/v1/assessments /v1/assessments/batch //v1/assessments /v1//assessments/ /v1/articles /v1/facts /v1/catalogue "
    "/metrics /metrics/ //metrics"
)


@pytest.mark.parametrize("path", GUARDED.split())
def test_no_spelling_of_an_address_gets_past_the_gate(worker: Worker, path: str) -> None:
    for method in ("GET", "POST", "HEAD", "PUT"):
        assert worker.client.ask(method, f"http://vedlys.test{path}").status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/docs", "/openapi.json"])
def test_open_addresses(worker: Worker, path: str) -> None:
    assert worker.client.get(path).status_code in {200, 503}


def test_413_through_the_application(worker: Worker) -> None:
    async def pieces() -> Any:
        for _ in range(10):
            yield b" " * 1000

    announced = worker.client.post(b" " * 5000, **worker.headers())
    streamed = worker.client.ask(
        "POST", "/v1/assessments", content=pieces(), headers=worker.headers(**{"content-type": "application/json"})
    )
    for answer in (announced, streamed):
        assert answer.status_code == 413
        assert answer.json()["type"] == "/problems/body-too-large"


def test_a_batch_that_stands_still_ends_with_a_problem_in_its_last_line(catalogue: Catalogue, tmp_path: Path) -> None:
    worker = Worker(catalogue, tmp_path, idle_seconds=30.0)
    sent: list[Any] = []
    parts = [json.dumps(FACTS).encode() + b"\n"]

    async def receive() -> Any:
        if parts:
            return {"type": "http.request", "body": parts.pop(), "more_body": True}
        return await asyncio.sleep(1000)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/v1/assessments/batch", "query_string": b"",
        "raw_path": b"/v1/assessments/batch", "root_path": "", "scheme": "http", "state": {},
        "server": ("vedlys.test", 80), "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"vedlys.test"), (b"content-type", b"application/x-ndjson"),
                    (b"transfer-encoding", b"chunked"), (b"authorization", f"Bearer {worker.key}".encode())],
    }  # fmt: skip
    run(worker.app(scope, receive, send))
    assert sent[0]["status"] == 200
    assert sent[-1]["more_body"] is False
    lines = [json.loads(line) for line in b"".join(message.get("body", b"") for message in sent[1:]).splitlines()]
    assert "assessments" in lines[0]
    assert "/problems/request-timeout" in json.dumps(lines[-1])
    assert worker.watched.events[-1]["problem"] == "request-timeout"
