"""A service made of parts that do nothing, and a client that speaks to it in process."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any

import httpx

from vedlys.assessment import Catalogue
from vedlys.web.app import create_app
from vedlys.web.parts import CatalogueState, Decision, RequestInfo
from vedlys.web.service import Service
from vedlys.web.settings import Settings

LOADED = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)


class OneCatalogue:
    """Catalogues that never change by themselves."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.current = catalogue
        self.state = CatalogueState(state="current", digest=catalogue.digest, loaded_at=LOADED)


class Kept:
    """An observer and a decision log that keep what they are told."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.recorded: list[Decision] = []

    def decided(self, decision: Decision) -> None:
        self.decisions.append(decision)

    def answered(self, info: RequestInfo, method: str, status: int, sent: int) -> None:
        raise AssertionError("the gate tells this, not the application")

    def metrics(self) -> bytes:
        return b"# HELP vedlys_requests_total Requests.\n# EOF\n"

    def record(self, decision: Decision) -> None:
        self.recorded.append(decision)


class Running:
    """A worker that may have been told to stop."""

    draining = False


def service_of(catalogue: Catalogue, settings: Settings | None = None) -> Service:
    """A service that keeps decisions in a list, and asks nobody who they are."""
    kept = Kept()
    return Service(
        settings=Settings() if settings is None else settings,
        catalogues=OneCatalogue(catalogue),
        observer=kept,
        decisions=kept,
        draining=Running(),
    )


class Client:
    """Asks an application in process; each call runs a loop of its own."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://vedlys.test") as client:
                return await client.request(method, path, **options)

        return asyncio.run(run())

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, headers=named(headers))

    def post(self, body: object, path: str = "/v1/assessments", **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, content=content, headers={"content-type": "application/json", **named(headers)})

    def batch(self, body: bytes, **headers: str) -> list[dict[str, Any]]:
        headers = {"content-type": "application/x-ndjson", **named(headers)}
        answer = self.ask("POST", "/v1/assessments/batch", content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.content.splitlines()]


def named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def client_of(service: Service) -> Client:
    return Client(create_app(service))


def scope_of(method: str, path: str, headers: Mapping[str, str] | None = None, query: str = "") -> dict[str, Any]:
    """A scope as a server makes it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"vedlys.test")] + [(k.encode(), v.encode()) for k, v in (headers or {}).items()],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8080),
        "state": {},
    }


async def speak(
    app: Any,
    scope: dict[str, Any],
    chunks: Iterable[bytes] | AsyncIterator[bytes],
    heard: Callable[[dict[str, Any]], Any] | None = None,
) -> list[dict[str, Any]]:
    """Send a body chunk by chunk in plain ASGI; what was sent back, each message also told to `heard` as it comes."""
    sent: list[dict[str, Any]] = []
    waiting = iter(chunks) if not isinstance(chunks, AsyncIterator) else None
    ahead = next(waiting, None) if waiting is not None else None

    async def receive() -> dict[str, Any]:
        nonlocal ahead
        assert waiting is not None
        body, ahead = ahead, next(waiting, None)
        if body is None:
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.request", "body": body, "more_body": ahead is not None}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        if heard is not None:
            result = heard(message)
            if result is not None:
                await result

    await app(scope, receive, send)
    return sent
