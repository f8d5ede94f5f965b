"""Asking a server instead of a catalogue: `vedlys assess --server`. Needs nothing but Python's own HTTP."""

from __future__ import annotations

import os
import re
import time
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from http.client import HTTPException, HTTPResponse
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import BaseHandler, HTTPErrorProcessor, ProxyHandler, Request, build_opener

import msgspec

from vedlys.cli.inputs import input_error
from vedlys.errors import FactsError, RequestError
from vedlys.messages.shown import visible

KEY_VARIABLE = "VEDLYS_KEY"
TIMEOUT = 30.0
_ANSWER_LIMIT = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_KEY = re.compile(r"[!-~]{1,4096}", re.ASCII)
_USAGE = frozenset({400, 401, 403, 404, 405, 406, 413, 414, 415, 422, 431})


class ServerError(Exception):
    """The server gives no answer. `faults` are the sentences, `is_call` whether it is the call that it refuses."""

    def __init__(
        self, error: RequestError, *, is_call: bool = False, faults: Sequence[tuple[bool, str, str]] = ()
    ) -> None:
        super().__init__(error)
        self.error = error
        self.is_call = is_call
        self.faults = faults  # each whether it is of the facts that were sent, a pointer into them, and a sentence
        self.retry_after = ""


class Locale(msgspec.Struct):
    """The language of an assessment."""

    used: str


class Asking(msgspec.Struct):
    """A question of an assessment: the fact that answers it, or the field of a record, and how to find out."""

    fact: str
    question: str
    field: str | None = None
    how: str = ""


class Answered(msgspec.Struct):
    """What is needed of an assessment to show it; whatever else is in it is passed over."""

    article: str
    status: Literal["not_applicable", "action_needed", "attention", "undetermined", "clear"]
    locale: Locale
    markdown: str
    ask_next: list[Asking] = []
    ignored: list[str] = []


class _Answer(msgspec.Struct):
    assessments: list[Answered]


class _Fault(msgspec.Struct):
    pointer: str = ""
    detail: str = ""


class _Problem(msgspec.Struct):
    title: str
    detail: str = ""
    request_id: str = ""
    faults: list[_Fault] = []


def ask_server(
    server: str, facts: bytes, members: Mapping[str, Any], key: str | None, *, seconds: float = TIMEOUT
) -> tuple[bytes, list[Answered]]:
    """The answer to these facts, as it came and as it was read; `members` go with them, save those that are None.

    Raises `FactsError` for facts that are no JSON, `RequestError` for an address that is none, and `ServerError`.
    """
    url = _address(server)
    facts = facts.removeprefix(BOM_UTF8)  # as a catalogue here reads them
    check_json(facts)
    rest = {name: value for name, value in members.items() if value is not None}
    body = b'{"facts":' + facts + b"," + msgspec.json.encode(rest)[1:] if rest else b'{"facts":' + facts + b"}"
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "vedlys"}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    if isinstance(rest.get("locale"), str):
        headers["Accept-Language"] = rest["locale"]
    status, content, answered = _send(Request(url, body, headers, method="POST"), server, seconds)  # noqa: S310 - http(s)
    if status != 200:
        raise _refusal(server, status, content, answered)
    try:
        return content, msgspec.json.decode(content, type=_Answer).assessments
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ServerError(_rubbish(server, visible(str(error), 200))) from None


def read_key(file: Path | None) -> str | None:
    """The key in the file, else in `VEDLYS_KEY`; None where there is none.

    Raises `InputError` for a file that cannot be read, and `RequestError` for what can be no key.
    """
    if file is None:
        place, text = KEY_VARIABLE, os.environ.get(KEY_VARIABLE)
        if text is None:
            return None
    else:
        place = visible(str(file), 300)
        try:
            with file.open("rb") as stream:
                text = stream.read(_CHUNK).decode("utf-8", "replace")
        except OSError as error:
            raise input_error(str(file), error) from error
    key = text.strip()
    if not _KEY.fullmatch(key):  # a line end in it would be a header of its own
        raise RequestError("key-not-usable", place=place)
    return key


def check_json(facts: bytes) -> None:
    """Raises `FactsError` where the facts are no JSON: they could say more than facts in the request that is sent."""
    from vedlys.intake.faults import EnoughError, Faults  # noqa: PLC0415 - lazy: one of many commands

    try:
        msgspec.json.decode(facts)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        from vedlys.intake.scan import scan  # noqa: PLC0415 - lazy: only where something is wrong

        faults = Faults()
        complete = True
        try:
            scan(facts, "", faults)
        except EnoughError:
            complete = False
        if not faults:
            faults.add("malformed-json", "")
        raise FactsError(faults.sorted(complete=complete)) from None


class _AnyStatus(HTTPErrorProcessor):
    """Every answer is an answer, a redirect too: a key goes to no other address than the one that was named."""

    def http_response(self, request: Request, response: HTTPResponse) -> HTTPResponse:  # noqa: ARG002 - as urllib has it
        """The answer as it came."""
        return response

    https_response = http_response


def _address(server: str) -> str:
    try:
        parts = urlsplit(server)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment or parts.username or not server.isprintable() or " " in server:
        raise RequestError("server-address", url=visible(server))
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/v1/assessments"


def _send(request: Request, server: str, seconds: float) -> tuple[int, bytes, Mapping[str, str]]:
    """Status, content and headers of the answer; `ServerError` where there is none."""
    end = time.monotonic() + seconds
    shown = visible(server)
    late = ServerError(RequestError("server-too-slow", url=shown, seconds=f"{seconds:g}"))
    handlers: list[BaseHandler] = [_AnyStatus()]
    if _is_near(request.host):
        handlers.append(ProxyHandler({}))  # no proxy stands between a machine and itself
    try:
        with build_opener(*handlers).open(request, timeout=seconds) as answer:
            content = bytearray()
            while part := answer.read1(_CHUNK):
                content += part
                if time.monotonic() > end:
                    raise late
                if len(content) > _ANSWER_LIMIT:
                    raise ServerError(_rubbish(server, f"> {_ANSWER_LIMIT} B"))
            return answer.status, bytes(content), dict(answer.headers.items())
    except TimeoutError:
        raise late from None
    except URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise late from None
        reason = getattr(error.reason, "strerror", None) or str(error.reason)
        raise ServerError(RequestError("server-unreachable", url=shown, reason=visible(reason, 200))) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
        if isinstance(error, OSError):
            raise ServerError(RequestError("server-unreachable", url=shown, reason=visible(reason, 200))) from None
        raise ServerError(_rubbish(server, visible(reason, 200))) from None


def _is_near(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _refusal(server: str, status: int, content: bytes, headers: Mapping[str, str]) -> ServerError:
    """What an answer that is none of assessments says."""
    shown = visible(server)
    by_name = {name.lower(): value for name, value in headers.items()}
    if 300 <= status < 400:
        place = visible(by_name.get("location", "?"), 200)
        return ServerError(RequestError("server-redirects", url=shown, place=place))
    kind = by_name.get("content-type", "").partition(";")[0].strip().lower()
    problem = _problem(content) if kind == "application/problem+json" else None
    if problem is None:  # a gateway in between speaks for itself when it cannot reach the service
        return ServerError(_rubbish(server, f"HTTP {status}"))
    said = _safe(_sentence(problem.title) + (f" {problem.detail}" if problem.detail else ""))
    error = RequestError("server-says", url=shown, status=str(status), said=said)
    faults = [(*_place(one.pointer), _safe(one.detail)) for one in problem.faults[:1000]]
    refusal = ServerError(error, is_call=status in _USAGE, faults=faults)
    after = by_name.get("retry-after", "")
    refusal.retry_after = after if after.isascii() and after.isdigit() else ""
    return refusal


def _sentence(title: str) -> str:
    """A title as the first of several sentences."""
    return title if title.endswith((".", "!", "?", "…")) else f"{title}."


def _problem(content: bytes) -> _Problem | None:
    try:
        return msgspec.json.decode(content, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _safe(sentence: str) -> str:
    """A sentence of the server's with nothing in it that a terminal obeys; names in it stay between backticks."""
    return "`".join(visible(part, 1000) for part in sentence[:10_000].split("`"))


def _place(pointer: str) -> tuple[bool, str]:
    """Whether a pointer into the request is one into the facts that were sent, and that pointer."""
    inner = pointer.removeprefix("/facts")
    in_facts = inner != pointer and inner[:1] in {"", "/"}
    return in_facts or not pointer, visible(inner if in_facts else pointer, 200)


def _rubbish(server: str, reason: str) -> RequestError:
    return RequestError("server-answer", url=visible(server), reason=reason)
