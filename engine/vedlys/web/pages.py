"""Answers that change only with the catalogue: made once, and not sent again to those who have them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable

from vedlys.web.answers import CONTENT_TYPES, Answer, Headers
from vedlys.web.beside import beside
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
        tag, headers, held = _head(call, media_type, locale, *extra)
        if held:
            return Answer(304, headers, b"")
        body = self._bodies.get(tag)
        return self._whole(tag, headers, media_type, make() if body is None else body)

    async def answer_beside(self, call: Call, media_type: str, locale: str, make: Callable[[], bytes]) -> Answer:
        """The same where making the body takes a while: that is done beside the loop."""
        tag, headers, held = _head(call, media_type, locale)
        if held:
            return Answer(304, headers, b"")
        body = self._bodies.get(tag)
        return self._whole(tag, headers, media_type, await beside(call.info, make) if body is None else body)

    def _whole(self, tag: bytes, headers: Headers, media_type: str, body: bytes) -> Answer:
        """The answer, its body kept."""
        self._room += len(self._bodies.pop(tag, b""))
        self._bodies[tag] = body
        self._room -= len(body)
        while self._room < 0:
            _, oldest = self._bodies.popitem(last=False)
            self._room += len(oldest)
        return Answer(200, ((b"content-type", CONTENT_TYPES[media_type]), *headers), body)


def _head(call: Call, media_type: str, locale: str, *extra: str) -> tuple[bytes, Headers, bool]:
    """The entity tag of an answer, the headers that it has in any case, and whether the caller holds it already."""
    catalogue = call.catalogue
    tag = tag_of(catalogue.digest, catalogue.version, call.scope["path"], media_type, locale, *extra)
    headers = (
        (b"etag", tag),
        (b"cache-control", _CACHE_CONTROL),
        (b"vary", b"Accept, Accept-Language"),
        *(((b"content-language", locale.encode()),) if locale else ()),
    )
    return tag, headers, is_held(call.header(b"if-none-match"), tag)


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
