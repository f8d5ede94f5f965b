"""A gate with small parts around it: requests are ASGI's own messages, and nothing listens anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from vedlys.web.gate import Gate
from vedlys.web.guarding.grants import DEFAULT_SCOPES, Grant
from vedlys.web.parts import Caller, Decision, RequestInfo
from vedlys.web.problems import problem_answer
from vedlys.web.settings import Limits, Settings

Body = Sequence["bytes | float | None"]  # bytes of body, seconds until more of it, None where the caller goes away
ASSESS = "/v1/assessments"
BATCH = "/v1/assessments/batch"
ROUTES = (ASSESS, BATCH, "/v1/articles/{article}")


class Observed:
    """What the observer was told."""

    def __init__(self) -> None:
        self.answers: list[tuple[RequestInfo, str, int, int]] = []

    def decided(self, decision: Decision) -> None:
        raise AssertionError("nothing decides here")

    def answered(self, info: RequestInfo, method: str, status: int, sent: int) -> None:
        self.answers.append((info, method, status, sent))

    def metrics(self) -> bytes:
        return b""


class Draining:
    draining = False


class Service:
    """As much of a service as a gate needs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.observer = Observed()
        self.draining = Draining()

    def problem(
        self, code: str, *, request_id: str, accept_language: str = "", values: Any = None, headers: Any = ()
    ) -> Any:
        return problem_answer(code, request_id=request_id, values=values, headers=headers)


class Friends:
    """Knows callers by a word; `slow` ones only when asked again."""

    def __init__(self, **grants: Grant) -> None:
        self.grants = {name.encode(): grant for name, grant in grants.items()}
        self.asked = 0

    def known(self, credential: bytes) -> Grant | None:
        return None if credential.startswith(b"slow") else self.grants.get(credential)

    async def ask(self, credential: bytes) -> Grant | None:
        self.asked += 1
        return self.grants.get(credential) if credential.startswith(b"slow") else None


def grant(name: str, *, scopes: Any = DEFAULT_SCOPES, requests_per_minute: int | None = None) -> Grant:
    return Grant(caller=Caller(name, f"key:{name}"), scopes=scopes, requests_per_minute=requests_per_minute)


class Reply(msgspec.Struct):
    status: int = 0
    headers: list[tuple[bytes, bytes]] = []
    body: bytes = b""
    complete: bool = False

    def header(self, name: str) -> str | None:
        found = [value.decode() for key, value in self.headers if key == name.encode()]
        assert len(found) < 2 or name == "vary", f"{name} is there {len(found)} times"
        return ", ".join(found) if found else None

    @property
    def problem(self) -> str:
        assert self.header("content-type") == "application/problem+json"
        assert self.header("content-length") == str(len(self.body))
        document = msgspec.json.decode(self.body)
        assert document["status"] == self.status
        assert document["request_id"] == self.header("x-request-id")
        return str(document["type"]).removeprefix("/problems/")


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """An application that reads the body and says how long it was."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        size += len(message["body"])
        more = message["more_body"]
    body = str(size).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Gated:
    """A gate around an application."""

    def __init__(
        self,
        inner: Callable[[Any, Any, Any], Awaitable[None]] = echo,
        *,
        authority: Any = None,
        settings: Settings | None = None,
        **limits: Any,
    ) -> None:
        settings = settings or Settings(limits=Limits(**limits))
        self.service = Service(settings)
        self.gate = Gate(inner, self.service, authority, routes=ROUTES)  # type: ignore[arg-type]

    @property
    def last(self) -> tuple[RequestInfo, str, int, int]:
        return self.service.observer.answers[-1]

    async def ask(
        self,
        path: str = ASSESS,
        method: str = "POST",
        body: Body = (b"{}",),
        headers: dict[str, str] | None = None,
        *,
        key: str | None = None,
        chunked: bool = False,
        taking: float = 0.0,
        scope: dict[str, Any] | None = None,
    ) -> Reply:
        """Ask; `taking` is how many seconds the caller takes for each part of the answer."""
        lines = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        if key is not None:
            lines.append((b"authorization", f"Bearer {key}".encode()))
        announced = sum(len(part) for part in body if isinstance(part, bytes))
        if chunked:
            lines.append((b"transfer-encoding", b"chunked"))
        elif method == "POST" and "content-length" not in (headers or {}):
            lines.append((b"content-length", str(announced).encode()))
        parts = iter(body)
        left = sum(isinstance(part, bytes) for part in body)
        reply = Reply()

        async def receive() -> Any:
            nonlocal left
            for part in parts:
                if part is None:
                    return {"type": "http.disconnect"}
                if isinstance(part, float):
                    await asyncio.sleep(part)
                    continue
                left -= 1
                return {"type": "http.request", "body": part, "more_body": left > 0}
            if left > 0 or announced == 0:
                return {"type": "http.request", "body": b"", "more_body": False}
            return await asyncio.get_running_loop().create_future()

        async def send(message: Any) -> None:
            if taking:
                await asyncio.sleep(taking)
            assert not reply.complete, "sent behind the end"
            if message["type"] == "http.response.start":
                assert not reply.status, "begun twice"
                reply.status = message["status"]
                reply.headers = list(message["headers"])
            else:
                reply.body += message.get("body", b"")
                reply.complete = not message.get("more_body", False)

        request = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": lines,
            **(scope or {}),
        }
        await self.gate(request, receive, send)
        return reply
