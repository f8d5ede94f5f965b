"""JSON Pointers (RFC 6901)."""

from __future__ import annotations


def below(pointer: str, token: str) -> str:
    """The pointer to a member. Half a surrogate pair, which only a Python caller can send, becomes `?`."""
    if not token.isascii():
        token = clean(token)
    if "~" in token or "/" in token:
        token = token.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{token}"


def clean(text: str) -> str:
    """The text with every half of a surrogate pair as `?`, so that it can be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
