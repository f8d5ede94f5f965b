"""Tokens of an issuer (JWT) as requests send them."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import msgspec

from vedlys.messages.shown import visible
from vedlys.web.guarding.grants import DEFAULT_SCOPES, SCOPES, Grant
from vedlys.web.guarding.issuer_keys import Fetch, IssuerKeys
from vedlys.web.parts import Caller
from vedlys.web.settings import Jwt

LEEWAY = 30  # seconds that clocks may differ
_MOST_BYTES = 8 * 1024
_REMEMBERED = 4096
_REMEMBER = 300.0  # seconds: so long a verified token is not verified again, though its key may have been withdrawn


class _Seen(msgspec.Struct, frozen=True):
    grant: Grant
    until: float  # seconds since 1970


class Tokens:
    """Verifies tokens of one issuer: signature, issuer, audience and times, by the algorithms of the settings alone."""

    def __init__(
        self,
        settings: Jwt,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        fetch: Fetch | None = None,
        tell: Callable[[str, str], object] = lambda _event, _what: None,
    ) -> None:
        """`clock` is seconds since 1970, `monotonic` measures; `fetch` reads the issuer's keys from their place."""
        self._settings = settings
        self._algorithms = frozenset[str](settings.algorithms)
        self._clock = clock
        self._keys = IssuerKeys(settings.jwks, clock=monotonic, fetch=fetch, tell=tell)
        self._seen: dict[bytes, _Seen] = {}

    def known(self, credential: bytes) -> Grant | None:
        """The grant of a token that was verified lately, or can be with the keys at hand."""
        digest = hashlib.sha256(credential).digest()
        seen = self._seen.get(digest)
        if seen is not None:
            if self._clock() < seen.until:
                return seen.grant
            del self._seen[digest]
        if self._keys.is_stale:
            return None
        return self._verified(credential, digest)

    async def ask(self, credential: bytes) -> Grant | None:
        """The grant of a token after another look for its key, where its key is what was missing."""
        header = _header(credential)
        if header is None or header.get("alg") not in self._algorithms:
            return None
        if self._keys.known(_kid(header)) is not None and not self._keys.is_stale:
            return None  # it was tried with its key
        await self._keys.refresh()
        return self._verified(credential, hashlib.sha256(credential).digest())

    def _verified(self, credential: bytes, digest: bytes) -> Grant | None:
        header = _header(credential)
        if header is None or header.get("alg") not in self._algorithms:
            return None
        algorithm = str(header["alg"])  # one of the settings' own, and one that the key is for
        key = (self._keys.known(_kid(header)) or {}).get(algorithm)
        if key is None:
            return None
        try:
            claims = jwt.decode(
                credential,
                key.key,
                algorithms=[algorithm],
                audience=self._settings.audience,
                issuer=self._settings.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            return None
        grant = _grant(claims)
        if grant is not None:
            self._remember(digest, grant, float(claims["exp"]) + LEEWAY)
        return grant

    def _remember(self, digest: bytes, grant: Grant, expires: float) -> None:
        if len(self._seen) >= _REMEMBERED:
            del self._seen[next(iter(self._seen))]  # the oldest
        self._seen[digest] = _Seen(grant, min(expires, self._clock() + _REMEMBER))


def _header(credential: bytes) -> Mapping[str, Any] | None:
    if len(credential) > _MOST_BYTES:
        return None
    try:
        return jwt.get_unverified_header(credential)
    except (jwt.PyJWTError, ValueError):
        return None


def _kid(header: Mapping[str, Any]) -> str | None:
    kid = header.get("kid")
    return kid if isinstance(kid, str) else None


def _grant(claims: Mapping[str, Any]) -> Grant | None:
    """Whom the claims of a verified token name; the usual scopes only where the claims do not speak of scopes."""
    subject = claims["sub"]
    expires = claims["exp"]
    if (
        not isinstance(subject, str)
        or not subject
        or not isinstance(expires, int | float)
        or not math.isfinite(expires)
    ):
        return None
    scopes = DEFAULT_SCOPES
    if "scope" in claims or "scp" in claims:
        said = claims.get("scope", claims.get("scp"))
        words = said.split() if isinstance(said, str) else said if isinstance(said, list) else []
        scopes = frozenset(scope for scope in SCOPES if scope in words)
    caller = Caller(name=visible(subject, 120), limit_key=f"token:{subject[:512]}")
    return Grant(caller=caller, scopes=scopes)
