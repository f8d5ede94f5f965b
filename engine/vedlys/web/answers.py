"""An answer before it is sent: status, headers and body."""

from __future__ import annotations

import msgspec

Headers = tuple[tuple[bytes, bytes], ...]  # names in lower case

JSON = "application/json"
NDJSON = "application/x-ndjson"
MARKDOWN = "text/markdown"
HTML = "text/html"
# as they stand in `Content-Type`: JSON is always UTF-8, text may be anything
CONTENT_TYPES: dict[str, bytes] = {
    JSON: b"application/json",
    NDJSON: b"application/x-ndjson",
    MARKDOWN: b"text/markdown; charset=utf-8",
    HTML: b"text/html; charset=utf-8",
}


class Answer(msgspec.Struct, frozen=True):
    """A whole answer; `Content-Length` is added when it is sent."""

    status: int
    headers: Headers
    body: bytes
