"""The service as an ASGI application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from vedlys.messages.shown import visible
from vedlys.web.answers import Answer
from vedlys.web.call import Call, headers_of, info_of, parameter_of
from vedlys.web.endpoints import Handler, endpoint, not_allowed
from vedlys.web.operations import operations
from vedlys.web.pages import Pages
from vedlys.web.problems import ProblemError
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
    refuse = _Refusal(service)
    app = Litestar(
        handlers,
        debug=False,
        openapi_config=None,
        logging_config=None,
        exception_handlers={ProblemError: refuse, HTTPException: refuse, Exception: refuse},
    )
    return app if gate is None else gate(app)


async def _lead_to_documentation(_call: Call) -> Answer:
    """What a browser is shown that was given the address of the service alone."""
    return Answer(307, ((b"location", b"/docs"), (b"cache-control", b"no-cache")), b"")


class _Refusal:
    """Makes an answer of whatever a request ended with."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def __call__(self, request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        scope = request.scope
        info = info_of(scope)
        refused = _problem_of(error, scope["method"], scope["path"])
        if refused.code == "internal-error":
            info.error = error
        info.problem = refused.code
        answer = self._service.problem(
            refused.code,
            request_id=info.id,
            accept_language=headers_of(scope).get(b"accept-language", b"").decode("latin-1"),
            locale=refused.locale or parameter_of(scope, "locale"),
            values=refused.values,
            faults=refused.faults,
            headers=refused.headers,
        )
        return _response(answer, bodiless=scope["method"] == "HEAD")


def _problem_of(error: Exception, method: str, path: str) -> ProblemError:
    """The problem that an exception stands for: Litestar's own are few, and every other one is a bug."""
    match error:
        case ProblemError():
            return error
        case HTTPException(status_code=404):
            return ProblemError("not-found", values={"path": visible(path, 200)})
        case HTTPException(status_code=405):
            allowed = (error.headers or {}).get("allow", "")
            return not_allowed(method, ", ".join(sorted(allowed.split(", "))))
        case HTTPException(status_code=400):
            return ProblemError("invalid-header", values={"header": "Host"})  # the one that Litestar looks at
        case _:
            return ProblemError("internal-error")


def _response(answer: Answer, *, bodiless: bool) -> Response[bytes]:
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    headers["content-length"] = str(len(answer.body))
    content_type = headers.pop("content-type")
    return Response(
        b"" if bodiless else answer.body, status_code=answer.status, headers=headers, media_type=content_type
    )
