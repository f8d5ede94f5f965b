"""Answers that change only with the catalogue: made once, and not sent again to those who have them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable

from vedlys.web.answers import CONTENT_TYPES, Answer
from vedlys.web.call import Call

_KEPT_BYTES = 16 * 1024 * 1024
_CACHE_CONTROL = b"no-cache"  # keep it, and ask each time whether it still holds


class Pages:
    """Bodies by entity tag, those used last kept within a bound of memory."""

    def __init__(self, room: int = _KEPT_BYTES) -> None:
        self._room = room
        self._bodies: OrderedDict[bytes, bytes] = OrderedDict()

    def answer(self, call: Call, media_type: str, locale: str, make: Callable[[], bytes], *extra: str) -> Answer:
        """The answer to `call`, whose body `make` makes where it is not at hand.

        The body must follow from the address, the media type, the locale, the catalogue, the version of vedlys and
        `extra` alone: the tag is theirs.
        """
        scope = call.scope
        catalogue = call.catalogue
        tag = tag_of(catalogue.digest, catalogue.version, scope["path"], media_type, locale, *extra)
        headers = (
            (b"etag", tag),
            (b"cache-control", _CACHE_CONTROL),
            (b"vary", b"Accept, Accept-Language"),
            *(((b"content-language", locale.encode()),) if locale else ()),
        )
        if is_held(call.header(b"if-none-match"), tag):
            return Answer(304, headers, b"")
        return Answer(200, ((b"content-type", CONTENT_TYPES[media_type]), *headers), self._body(tag, make))

    def _body(self, tag: bytes, make: Callable[[], bytes]) -> bytes:
        body = self._bodies.pop(tag, None)
        if body is None:
            body = make()
            self._room -= len(body)
        self._bodies[tag] = body
        while self._room < 0:
            _, oldest = self._bodies.popitem(last=False)
            self._room += len(oldest)
        return body


def tag_of(*parts: str) -> bytes:
    """A strong entity tag of what these parts determine."""
    return b'"' + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32].encode() + b'"'


def is_held(if_none_match: str, tag: bytes) -> bool:
    """Whether an `If-None-Match` header names the tag, weakly compared (RFC 9110)."""
    if not if_none_match:
        return False
    wanted = tag.decode()
    held = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return wanted in held or held == ["*"]
