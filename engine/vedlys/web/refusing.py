"""The answer to a request that ended with an exception."""

from __future__ import annotations

from litestar.exceptions import HTTPException
from litestar.types import Scope

from vedlys.messages.shown import visible
from vedlys.web.answers import Answer
from vedlys.web.call import headers_of, info_of, parameter_of
from vedlys.web.problems import ProblemError
from vedlys.web.service import Service


def refusal(service: Service, scope: Scope, error: Exception) -> Answer:
    """The problem that an exception stands for, in the language of the request."""
    info = info_of(scope)
    refused = _problem_of(error, scope["method"], scope["path"])  # type: ignore[typeddict-item]  # requests alone come
    if refused.code == "internal-error":
        info.error = error
    info.problem = refused.code
    return service.problem(
        refused.code,
        request_id=info.id,
        accept_language=headers_of(scope).get(b"accept-language", b"").decode("latin-1"),
        locale=refused.locale or parameter_of(scope, "locale"),
        values=refused.values,
        faults=refused.faults,
        headers=refused.headers,
    )


def not_allowed(method: str, allowed: str) -> ProblemError:
    """The problem of a method that an address does not know."""
    values = {"method": visible(method), "allowed": allowed}
    return ProblemError("method-not-allowed", values=values, headers=((b"allow", allowed.encode()),))


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
