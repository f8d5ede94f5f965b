"""Operations as handlers of Litestar.

Litestar finds the handler, where an address is not just as it was declared; the handler answers by itself, in plain
ASGI: building a request, a signature and a response object for each request would cost four times of what everything
here does.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Request
from litestar.enums import HttpMethod
from litestar.handlers import ASGIRouteHandler, HTTPRouteHandler, asgi, route
from litestar.types import ASGIApp, Receive, Scope, Send

from vedlys.web.answers import Answer
from vedlys.web.call import Call, DisconnectedError
from vedlys.web.problems import ProblemError
from vedlys.web.refusing import not_allowed, refusal
from vedlys.web.service import Service

# What answers one method of one path; it returns None where it has sent its answer by itself.
Handler = Callable[[Call], Awaitable[Answer | None]]

_HOST = re.compile(r"[0-9A-Za-z!$&'()*+,;=\-._~:\[\]@%]*")  # as far as Litestar looks at it too


def endpoint(service: Service, path: str, handlers: Mapping[str, Handler]) -> ASGIRouteHandler | HTTPRouteHandler:
    """The handler of one path. HEAD is answered where GET is, OPTIONS everywhere."""
    by_method = {**handlers, **({"HEAD": handlers["GET"]} if "GET" in handlers else {})}
    if "{" in path:
        return _with_parameters(service, path, by_method)
    allowed = ", ".join(sorted([*by_method, "OPTIONS"]))

    @asgi(path, copy_scope=False)
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(service, scope, receive, send)
        call.info.route = path
        method = str(scope["method"])  # type: ignore[typeddict-item]  # requests alone come here
        try:
            answer = await _answered(call, method, by_method, allowed)
        except DisconnectedError:
            return
        except Exception as error:
            if call.begun:
                raise
            answer = refusal(service, scope, error)
        if answer is not None:
            await send_answer(send, answer, bodiless=method == "HEAD")

    return answer


def _answered(call: Call, method: str, by_method: Mapping[str, Handler], allowed: str) -> Awaitable[Answer | None]:
    handler = by_method.get(method)
    if _HOST.fullmatch(call.header(b"host")) is None:
        raise ProblemError("invalid-header", values={"header": "Host"})
    if handler is not None:
        return handler(call)
    if method != "OPTIONS":
        raise not_allowed(method, allowed)
    return _options(allowed)


async def _options(allowed: str) -> Answer:
    return Answer(204, ((b"allow", allowed.encode()),), b"")


def _with_parameters(service: Service, path: str, by_method: Mapping[str, Handler]) -> HTTPRouteHandler:
    """The same as an ordinary handler: Litestar finds no plain ASGI handler whose path has parameters."""

    @route(path.replace("}", ":str}"), http_method=[HttpMethod(method) for method in by_method])
    async def answer(request: Request[Any, Any, Any]) -> ASGIApp:
        call = Call(service, request.scope, request.receive, request.send)
        call.info.route = path
        said = await by_method[request.method](call)
        assert said is not None  # only batches send their answers by themselves

        async def sent(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - what ASGI calls
            await send_answer(send, said, bodiless=request.method == "HEAD")

        return sent

    return answer


async def send_answer(send: Send, answer: Answer, *, bodiless: bool = False) -> None:
    """Send a whole answer; `bodiless` says only what it would be."""
    headers = answer.headers
    if answer.status not in {204, 304}:
        headers = (*headers, (b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if bodiless else answer.body, "more_body": False})
