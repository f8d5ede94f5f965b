"""Long requests are read, assessed and answered beside the loop: nobody waits for them but their own caller."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import msgspec
import pytest

from vedlys import Catalogue
from vedlys.web.app import create_app
from vedlys.web.gate import Gate
from vedlys.web.settings import Auth, Limits, Settings
from web.serving import Client, client_of, scope_of, service_of, speak

ROOT = Path(__file__).parents[2]
FACTS = json.loads((ROOT / "tests/samples/firewall-blocked.json").read_text("utf-8"))
LOOP = "MainThread"


class Told:
    """On which thread the parts of an answer are made, and decisions told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.threads: list[tuple[str, bool]] = []  # what, and whether on the loop's thread
        self.service = service_of(Catalogue.load())
        for place in ("read_request", "assessments_pieces"):
            self._watch(monkeypatch, f"vedlys.web.routes.assessments.{place}", place)
        self._watch(monkeypatch, "vedlys.output.html.page", "page")
        self._watch(monkeypatch, "vedlys.assessment.Catalogue.answers", "assess")
        self._watch(monkeypatch, "vedlys.web.service.Service.decided", "decided")

    def _watch(self, monkeypatch: pytest.MonkeyPatch, place: str, name: str) -> None:
        work: Callable[..., Any] = resolve_name(place)

        def watched(*given: Any, **more: Any) -> Any:
            self.threads.append((name, threading.current_thread().name == LOOP))
            return work(*given, **more)

        monkeypatch.setattr(place, watched)

    def of(self, ask: Callable[[Client], object]) -> list[tuple[str, bool]]:
        self.threads.clear()
        ask(client_of(self.service))
        return self.threads


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(monkeypatch)


def body(room: int = 0) -> bytes:
    return json.dumps({"facts": FACTS}).encode() + b" " * room


ON_LOOP = [("read_request", True), ("assess", True), ("assessments_pieces", True), ("decided", True)]
BESIDE = [("read_request", False), ("assess", False), ("assessments_pieces", False), ("decided", True)]


def test_long_bodies_are_answered_beside_the_loop(told: Told) -> None:
    assert told.of(lambda client: client.post(body())) == ON_LOOP
    assert told.of(lambda client: client.post(body(32 * 1024))) == BESIDE


def test_long_lines_are_answered_beside_the_loop(told: Told) -> None:
    lines = body() + b"\n" + body(32 * 1024) + b"\n" + body()
    assert told.of(lambda client: client.batch(lines)) == [*ON_LOOP, *BESIDE, *ON_LOOP]


def test_long_html_is_written_beside_the_loop(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def threads() -> list[tuple[str, bool]]:
        return told.of(lambda client: client.post(body(), accept="text/html"))

    monkeypatch.setattr("vedlys.web.routes.assessments.LONG", 1_000_000)
    assert ("page", True) in threads()
    monkeypatch.setattr("vedlys.web.routes.assessments.LONG", len(body()))  # which the Markdown is longer than
    assert threads() == [("read_request", True), ("assess", True), ("page", False), ("decided", True)]


def test_html_of_a_whole_article_is_made_once_and_beside_the_loop(told: Told) -> None:
    client = client_of(told.service)
    first = client.get("/v1/articles/password-writeback", accept="text/html")
    assert told.threads == [("page", False)]
    again = client.get("/v1/articles/password-writeback", accept="text/html")
    assert (again.content, len(told.threads)) == (first.content, 1)


def test_faults_of_a_long_body_are_answered(told: Told) -> None:
    client = client_of(told.service)
    long = client.post(b'{"facts": {"no.fact": 1}}' + b" " * 40_000)
    short = client.post(b'{"facts": {"no.fact": 1}}')
    assert long.status_code == short.status_code == 422
    assert long.json()["faults"] == short.json()["faults"]


@pytest.fixture
def gate_open() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_others_are_answered_and_the_slot_is_kept_while_it_works(
    told: Told, monkeypatch: pytest.MonkeyPatch, gate_open: threading.Event
) -> None:
    work = told.service.catalogues.current.answers

    def slow(_catalogue: Catalogue, *given: Any) -> Any:
        if threading.current_thread().name != LOOP:
            assert gate_open.wait(60)
        return work(*given)

    monkeypatch.setattr("vedlys.assessment.Catalogue.answers", slow)
    settings = Settings(auth=Auth(no_auth=True), limits=Limits(request_seconds=0.2))
    service = service_of(told.service.catalogues.current, settings)
    monkeypatch.setattr(type(service.observer), "answered", lambda *_: None)
    gates: list[Gate] = []

    def gated(inner: Any) -> Any:
        gates.append(Gate(inner, service, None))
        return gates[0]

    app = create_app(service, gated)

    async def ask(content: bytes) -> tuple[int, Any]:
        scope = scope_of("POST", "/v1/assessments", {"content-type": "application/json"})
        scope["headers"][0] = (b"host", b"localhost")
        head, answer = await speak(app, scope, [content])
        return head["status"], msgspec.json.decode(answer["body"])

    async def story() -> None:
        long = asyncio.create_task(ask(body(32 * 1024)))
        await asyncio.sleep(0)
        assert (await ask(body()))[0] == 200
        status, problem = await long
        assert (status, problem["type"]) == (503, "/problems/overloaded")
        assert gates[0].under_way == 1  # its thread goes on, and so takes memory and time
        assert (await ask(body()))[0] == 200
        gate_open.set()
        end = asyncio.get_running_loop().time() + 30
        while gates[0].under_way:
            assert asyncio.get_running_loop().time() < end
            await asyncio.sleep(0.01)

    asyncio.run(story())
    assert len(service.decisions.recorded) == 2  # type: ignore[attr-defined]  # what nobody was sent is not told
