"""The few headers of a request that the gate reads, and those that it adds to an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from vedlys.web.answers import Headers
from vedlys.web.settings import is_loopback

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}", re.ASCII)
_HTML_POLICY = (
    b"default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_OTHER_POLICY = b"default-src 'none'; frame-ancestors 'none'"
_SAFE: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_SAFE_HTML: Headers = (*_SAFE, (b"content-security-policy", _HTML_POLICY))
_SAFE_OTHER: Headers = (*_SAFE, (b"content-security-policy", _OTHER_POLICY))

_ALLOWED_METHODS = b"GET, HEAD, POST"
_ALLOWED_HEADERS = (
    b"accept, accept-language, authorization, content-type, if-none-match, traceparent, tracestate, x-request-id"
)
_EXPOSED_HEADERS = b"content-language, etag, ratelimit, retry-after, x-request-id"
_PREFLIGHT_SECONDS = b"600"


class Asked(msgspec.Struct):
    """What the headers of one request say."""

    size: int = 0  # bytes of names and values
    request_id: str | None = None  # where it is well-formed
    authorization: bytes | None = None
    length: int | None = None  # of the body, as announced
    chunked: bool = False
    host: bytes | None = None
    hosts: int = 0  # `Host` headers
    origin: bytes | None = None
    preflight: bytes | None = None  # the method that a page of another origin wants to use
    language: bytes = b""
    traceparent: bytes | None = None
    tracestate: bytes | None = None
    confused: bool = False  # said twice what can be said once


def read_headers(headers: Iterable[tuple[bytes, bytes]]) -> Asked:
    """Read the headers of a request, whose names are in lower case."""
    asked = Asked()
    size = 0
    for name, value in headers:
        size += len(name) + len(value)
        take = _TAKE.get(name)
        if take is not None:
            take(asked, value)
    asked.size = size
    return asked


def _authorization(asked: Asked, value: bytes) -> None:
    asked.confused = asked.confused or asked.authorization is not None
    asked.authorization = value


def _request_id(asked: Asked, value: bytes) -> None:
    asked.request_id = value.decode() if _REQUEST_ID.fullmatch(value) else None


def _length(asked: Asked, value: bytes) -> None:
    if value.isdigit() and len(value) < 20:  # the server has refused anything else, and two that differ
        asked.length = int(value)


def _chunked(asked: Asked, _value: bytes) -> None:
    asked.chunked = True


def _host(asked: Asked, value: bytes) -> None:
    asked.host = value
    asked.hosts += 1


def _origin(asked: Asked, value: bytes) -> None:
    asked.origin = value


def _preflight(asked: Asked, value: bytes) -> None:
    asked.preflight = value


def _language(asked: Asked, value: bytes) -> None:
    asked.language = asked.language + b", " + value if asked.language else value


def _traceparent(asked: Asked, value: bytes) -> None:
    asked.traceparent = value


def _tracestate(asked: Asked, value: bytes) -> None:
    asked.tracestate = value


_TAKE = {
    b"authorization": _authorization,
    b"x-request-id": _request_id,
    b"content-length": _length,
    b"transfer-encoding": _chunked,
    b"host": _host,
    b"origin": _origin,
    b"access-control-request-method": _preflight,
    b"accept-language": _language,
    b"traceparent": _traceparent,
    b"tracestate": _tracestate,
}


def bearer(authorization: bytes) -> bytes | None:
    """What stands behind `Bearer`; None where it is another scheme."""
    scheme, _, credential = authorization.partition(b" ")
    credential = credential.strip()
    return credential if scheme.lower() == b"bearer" and credential else None


@lru_cache(maxsize=256)
def is_for_this_machine(host: bytes) -> bool:
    """Whether a `Host` header names this machine as only this machine can."""
    name = host.decode("latin-1")
    end = name.find("]") + 1 if name.startswith("[") else name.find(":")
    return is_loopback(name[:end] if end > 0 else name)


def safe_headers(status: int, headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """What an answer with these headers is to have besides, so that a browser makes nothing of it that it is not.

    304 has no policy: a browser would put it in the place of the one that the page it holds came with.
    """
    html = own = False
    for name, value in headers:
        if name == b"content-type":
            html = value.startswith(b"text/html")
        elif name == b"content-security-policy":
            own = True
    if own or status == 304:
        return _SAFE
    return _SAFE_HTML if html else _SAFE_OTHER


class Origins:
    """Which pages of other origins may read answers: those of the settings, none by default."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origin.encode() for origin in origins)

    def headers(self, origin: bytes | None) -> Headers:
        """What an answer to a page of that origin has besides."""
        if not self._origins:
            return ()
        if origin not in self._origins or origin is None:
            return ((b"vary", b"Origin"),)
        return (
            (b"vary", b"Origin"),
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _EXPOSED_HEADERS),
        )

    def preflight(self, origin: bytes | None) -> Headers | None:
        """What the answer has besides to a browser that asks before such a page does; None where it may not."""
        if origin is None or origin not in self._origins:
            return None
        return (
            (b"access-control-allow-methods", _ALLOWED_METHODS),
            (b"access-control-allow-headers", _ALLOWED_HEADERS),
            (b"access-control-max-age", _PREFLIGHT_SECONDS),
        )
