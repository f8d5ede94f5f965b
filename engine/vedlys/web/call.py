"""One request as an operation sees it."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

from litestar.types import Receive, Scope, Send

from vedlys.assessment import Catalogue
from vedlys.messages.shown import visible
from vedlys.web.negotiation import Language, choose, is_tag, language
from vedlys.web.parts import RequestInfo
from vedlys.web.problems import ProblemError
from vedlys.web.service import Service


class DisconnectedError(Exception):
    """The caller has gone away: there is nobody to answer."""


def info_of(scope: Scope) -> RequestInfo:
    """What is known of the request; begun here where nobody in front of the application has begun it."""
    state: dict[str, Any] = scope.setdefault("state", {})
    info: RequestInfo | None = state.get("vedlys")
    if info is None:
        info = state["vedlys"] = RequestInfo(id=uuid.uuid4().hex, started=time.perf_counter())
    return info


class Call:
    """One request: what it asks for, and the catalogue that all of its answer comes from."""

    __slots__ = ("_headers", "_spoken", "begun", "catalogue", "info", "receive", "scope", "send", "service")

    def __init__(self, service: Service, scope: Scope, receive: Receive, send: Send) -> None:
        self.service = service
        self.catalogue: Catalogue = service.catalogues.current
        self.scope = scope
        self.receive = receive
        self.send = send
        self.info = info_of(scope)
        self.begun = False  # some of the answer is sent
        self._headers = headers_of(scope)
        self._spoken: Language | None = None  # where a body asks for none

    def header(self, name: bytes) -> str:
        """A header's value, its lines joined by commas; empty where there is none."""
        return self._headers.get(name, b"").decode("latin-1")

    def parameter(self, name: str) -> str | None:
        """The last value of a parameter of the address, or None."""
        return parameter_of(self.scope, name)

    def path_parameter(self, name: str) -> str:
        """What stands for `{name}` in the path."""
        return str(self.scope["path_params"][name])

    def accepted(self, offered: tuple[str, ...]) -> str:
        """The media type to answer in; a problem where none of those offered is wanted."""
        chosen = choose(self.header(b"accept"), offered)
        if chosen is None:
            raise ProblemError("not-acceptable", values={"offered": ", ".join(f"`{one}`" for one in offered)})
        return chosen

    def spoken(self, wanted: str | None = None) -> Language:
        """The language of an answer: `wanted` by the body, or else by the header, or else by the settings."""
        if wanted:
            return self._language(wanted)
        if self._spoken is None:
            self._spoken = self._language("")
        return self._spoken

    def language(self) -> Language:
        """The language that the address or else the header asks for; a problem where the address asks for nonsense."""
        asked = self.parameter("locale")
        if asked is None:
            return self.spoken()
        if not is_tag(asked):
            raise ProblemError("invalid-parameter", values={"parameter": "locale", "value": visible(asked)})
        return Language(asked, self.catalogue.locale_text(asked).locale)

    def _language(self, wanted: str) -> Language:
        return language(self.catalogue, (wanted, self.header(b"accept-language"), self.service.settings.locale))

    def content_of(self, media_type: str) -> None:
        """A problem where the body is not said to be of that type, in UTF-8 and not encoded."""
        if self._headers.get(b"content-type") == media_type.encode() and b"content-encoding" not in self._headers:
            return
        said, _, parameters = self.header(b"content-type").partition(";")
        is_type = said.strip().lower() == media_type
        encoding = self.header(b"content-encoding").strip().lower()
        if not is_type or not _is_utf8(parameters) or encoding not in {"", "identity"}:
            raise ProblemError("unsupported-media-type", values={"wanted": media_type})

    async def body(self) -> bytes:
        """The whole body."""
        message: Any = await self.receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            return bytes(message.get("body", b""))
        parts = []
        while message["type"] == "http.request":
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(parts)
            message = await self.receive()
        raise DisconnectedError

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes in."""
        while True:
            message: Any = await self.receive()
            if message["type"] != "http.request":
                raise DisconnectedError
            yield message.get("body", b"")
            if not message.get("more_body", False):
                return


def parameter_of(scope: Scope, name: str) -> str | None:
    """The last value of a parameter of the address, or None."""
    query = scope["query_string"]
    if not query:
        return None
    values = parse_qs(query.decode("latin-1"), keep_blank_values=True).get(name)
    return None if values is None else values[-1]


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers by name, lines of one name joined by commas."""
    lines = scope["headers"]
    headers = dict(lines)
    if len(headers) == len(lines if isinstance(lines, list) else list(lines)):
        return headers
    headers = {}
    for name, value in lines:
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def _is_utf8(parameters: str) -> bool:
    """Whether the parameters of a content type say nothing but that it is UTF-8."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in {"utf-8", "utf8"}:
            return False
    return True
