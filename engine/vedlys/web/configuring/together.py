"""What is wrong between settings that are each right for themselves."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from vedlys.messages.shown import visible
from vedlys.web.configuring.draft import Draft
from vedlys.web.settings import Auth, DecisionLog, Settings, is_loopback

_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.ASCII)
_JWT = "auth.jwt"
_OF_JWT = (f"{_JWT}.issuer", f"{_JWT}.audience", f"{_JWT}.jwks")


def check_together(draft: Draft) -> None:
    """Note every fault between the values; what was refused for itself is not missed besides."""
    _check_auth(draft)
    _check_jwt(draft)
    content = draft.path("content")
    if content is not None and not content.is_dir():
        draft.fail_at("content", "setting-no-folder", path=visible(str(content), 300))
    kind = draft.values.get("decisions.kind", DecisionLog().kind)
    if kind != "none" and not draft.given("decisions.path"):
        draft.fail_at("decisions.kind", "decision-log-without-path", kind=str(kind))
    for origin in _texts(draft, "cors.origins"):
        if not _ORIGIN.fullmatch(origin):
            draft.fail_at("cors.origins", "malformed-origin", value=visible(origin, 120))
    endpoint = draft.values.get("otel.endpoint")
    if isinstance(endpoint, str) and _host_of(endpoint) is None:
        draft.fail_at("otel.endpoint", "malformed-address", value=visible(endpoint, 120))


def _check_auth(draft: Draft) -> None:
    name = "auth.no_auth"
    host = draft.values.get("host", Settings().host)
    if draft.values.get(name, Auth().no_auth):
        if isinstance(host, str) and not is_loopback(host):
            draft.fail_at(name, "open-to-others", host=visible(host))
        if draft.given("auth.keys_file", _JWT):
            draft.fail_at(name, "auth-both-ways")
    elif not draft.given("auth.keys_file", _JWT):
        draft.fail("auth", "nobody-may-ask")
    keys_file = draft.path("auth.keys_file")
    if keys_file is not None and not keys_file.is_file():
        draft.fail_at("auth.keys_file", "setting-no-keys-file", path=visible(str(keys_file), 300))


def _check_jwt(draft: Draft) -> None:
    if not draft.given(_JWT):
        return
    origin = next(origin for name, origin in draft.origins.items() if name.startswith(_JWT))
    for name in _OF_JWT:
        if not draft.given(name):
            draft.fail(origin, "jwt-incomplete", name=name)
    jwks = draft.values.get(f"{_JWT}.jwks")
    if not isinstance(jwks, str):
        return
    if "://" in jwks:
        host = _host_of(jwks)
        if host is None or not (jwks.lower().startswith("https:") or is_loopback(host)):
            draft.fail_at(f"{_JWT}.jwks", "jwks-not-safe", value=visible(jwks, 120))
    elif not Path(jwks).is_file():
        draft.fail_at(f"{_JWT}.jwks", "setting-no-file", path=visible(jwks, 300))


def _texts(draft: Draft, name: str) -> tuple[str, ...]:
    value = draft.values.get(name, ())
    return tuple(str(member) for member in value) if isinstance(value, tuple) else ()


def _host_of(address: str) -> str | None:
    """The host of an address with http or https; None where it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port  # ValueError where it is no number
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} and port != 0 else None
