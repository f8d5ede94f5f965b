"""The service as an ASGI application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Litestar, Request, Response
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.handlers import ASGIRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from vedlys.web.answers import Answer
from vedlys.web.call import Call
from vedlys.web.endpoints import Handler, endpoint
from vedlys.web.operations import operations
from vedlys.web.pages import Pages
from vedlys.web.problems import ProblemError
from vedlys.web.refusing import refusal
from vedlys.web.service import Service

Gate = Callable[[ASGIApp], ASGIApp]

PATHS = ("/", *(operation.path for operation in operations(Pages())))  # all that an application declares


def create_app(service: Service, gate: Gate | None = None) -> ASGIApp:
    """The application of one worker; `gate` stands around it and sees each request first."""
    by_path: dict[str, dict[str, Handler]] = {}
    by_path["/"] = {"GET": _lead_to_documentation}
    for operation in operations(Pages()):
        by_path.setdefault(operation.path, {})[operation.method] = operation.handler
    handlers = [endpoint(service, path, by_method) for path, by_method in by_path.items()]

    def refuse(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        return _response(refusal(service, request.scope, error), bodiless=request.method == "HEAD")

    framework = Litestar(
        handlers,
        debug=False,
        openapi_config=None,
        logging_config=None,
        exception_handlers={ProblemError: refuse, HTTPException: refuse, Exception: refuse},
    )
    plain = {path: one.fn for path, one in zip(by_path, handlers, strict=True) if isinstance(one, ASGIRouteHandler)}
    app = _directly(framework, plain)
    return app if gate is None else gate(app)


def _directly(framework: Litestar, plain: Mapping[str, ASGIApp]) -> ASGIApp:
    """The application. What an address stands for the framework finds, unless it is just as it was declared.

    Its way to a handler takes as long as reading a request.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer = plain.get(scope["path"]) if scope["type"] == ScopeType.HTTP else None
        await (answer or framework)(scope, receive, send)

    return app


async def _lead_to_documentation(_call: Call) -> Answer:
    """What a browser is shown that was given the address of the service alone."""
    return Answer(307, ((b"location", b"/docs"), (b"cache-control", b"no-cache")), b"")


def _response(answer: Answer, *, bodiless: bool) -> Response[bytes]:
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    headers["content-length"] = str(len(answer.body))
    content_type = headers.pop("content-type")
    return Response(
        b"" if bodiless else answer.body, status_code=answer.status, headers=headers, media_type=content_type
    )
