"""Problems: everything that a request can be answered with instead of what it asked for (RFC 9457).

Every problem of the service is made here, whoever met it: each code has one status, one `type` and one title, and the
sentences stand with all others in `messages`. Nothing internal is ever in one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from vedlys.errors import Fault
from vedlys.messages import Translations, describe, sentence
from vedlys.web.answers import Answer, Headers

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "/problems/"

# Every problem with its status. The codes are stable: they end the `type` by which a program knows a problem.
STATUSES: dict[str, int] = {
    "malformed-request": 400,
    "incomplete-body": 400,
    "invalid-parameter": 400,
    "invalid-header": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not-found": 404,
    "article-not-found": 404,
    "method-not-allowed": 405,
    "not-acceptable": 406,
    "request-timeout": 408,
    "body-too-large": 413,
    "line-too-large": 413,
    "too-many-lines": 413,
    "uri-too-long": 414,
    "unsupported-media-type": 415,
    "invalid-request": 422,
    "rate-limited": 429,
    "headers-too-large": 431,
    "internal-error": 500,
    "overloaded": 503,
}


class ProblemError(Exception):
    """The request ends with this problem: raised wherever it is met, made an answer in one place."""

    def __init__(
        self,
        code: str,
        *,
        values: Mapping[str, str] | None = None,
        faults: Sequence[Fault] = (),
        headers: Headers = (),
        locale: str | None = None,
    ) -> None:
        """`values` are what the sentence names; `locale` is the language that the body asked for, if it did."""
        super().__init__(code)
        self.code = code
        self.values = {} if values is None else values
        self.faults = faults
        self.headers = headers
        self.locale = locale


def problem(
    code: str,
    *,
    request_id: str,
    translations: Translations | None = None,
    values: Mapping[str, str] | None = None,
    faults: Sequence[Fault] = (),
) -> dict[str, Any]:
    """The members of a problem: `type`, `title`, `status`, `detail`, `request_id`, and `faults` where there are any."""
    title, details = sentence(f"problem-{code}", values or {}, translations)
    members: dict[str, Any] = {"type": TYPE_PREFIX + code, "title": title, "status": STATUSES[code]}
    if details:
        members["detail"] = " ".join(details)
    members["request_id"] = request_id
    if faults:
        members["faults"] = [
            {"pointer": fault.pointer, "code": fault.code, "detail": describe(fault, translations)} for fault in faults
        ]
    return members


def problem_answer(
    code: str,
    *,
    request_id: str,
    translations: Translations | None = None,
    locale: str = "en",
    values: Mapping[str, str] | None = None,
    faults: Sequence[Fault] = (),
    headers: Headers = (),
) -> Answer:
    """The whole answer of a problem, said with the translations of `locale`.

    `headers` are what the problem's status wants besides: `Allow`, `Retry-After`, `WWW-Authenticate`.
    """
    members = problem(code, request_id=request_id, translations=translations, values=values, faults=faults)
    return Answer(
        status=STATUSES[code],
        headers=(
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-language", locale.encode()),
            (b"vary", b"Accept, Accept-Language"),
            (b"cache-control", b"no-store"),
            *headers,
        ),
        body=msgspec.json.encode(members),
    )
