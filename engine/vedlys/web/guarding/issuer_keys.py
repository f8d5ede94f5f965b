"""The public keys of an issuer of tokens: a JWKS document, from a file or fetched."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import jwt
import msgspec

Fetch = Callable[[str], Awaitable[bytes]]
IssuerKey = Mapping[str, jwt.PyJWK]  # one key, by each algorithm that it may be used with

# by `kty` and `crv`; shared secrets are not among them
_FITTING: Mapping[tuple[object, object], tuple[str, ...]] = {
    ("RSA", None): ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("EC", "P-521"): ("ES512",),
    ("OKP", "Ed25519"): ("EdDSA",),
}

LIMIT = 256 * 1024  # bytes of a document
_MOST_KEYS = 100
_FETCH_SECONDS = 5.0
_AGAIN = 60.0  # seconds between two fetches, whatever tokens come
_STALE = 3600.0  # seconds after which keys are fetched anew, so that a withdrawn one does not hold for ever


class IssuerKeys:
    """The keys of one issuer by `kid`. A key that is not known is looked for once a minute at most."""

    def __init__(
        self,
        place: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        fetch: Fetch | None = None,
        tell: Callable[[str, str], object] = lambda _event, _what: None,
    ) -> None:
        """`place` is a file or an address. `tell` is called with an event and what happened."""
        self._place = place
        self._clock = clock
        self._tell = tell
        self._fetch = fetch or (_from_address if "://" in place else _from_file)
        self._keys: Mapping[str | None, IssuerKey] = {}
        self._tried = float("-inf")
        self._read = float("-inf")
        self._lock = asyncio.Lock()

    @property
    def is_stale(self) -> bool:
        """Whether the keys are due to be fetched."""
        return self._clock() - self._read > _STALE

    def known(self, kid: str | None) -> IssuerKey | None:
        """The key of that id, as far as it was read; a token without an id fits an issuer with one key."""
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid)

    async def refresh(self) -> None:
        """Read the keys, unless that was tried within the last minute; where that fails, they stay as they are."""
        tried = self._tried
        async with self._lock:  # requests that wait for a fetch share it
            if self._tried != tried or self._clock() - self._tried < _AGAIN:
                return
            self._tried = self._clock()
            try:
                self._keys = read_jwks(await self._fetch(self._place))
            except Exception as error:  # noqa: BLE001 - whatever an address answers with, the keys stay as they are
                self._tell("issuer_keys_refused", f"{type(error).__name__}: {error}")
            else:
                self._read = self._clock()
                self._tell("issuer_keys_read", str(len(self._keys)))


def read_jwks(content: bytes) -> dict[str | None, IssuerKey]:
    """The keys of a JWKS document by `kid`; those for other uses, and shared secrets, are left out.

    Raises ValueError where there is none that could be used.
    """
    if len(content) > LIMIT:
        raise ValueError("too large")
    document = msgspec.json.decode(content)
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list) or len(listed) > _MOST_KEYS:
        raise ValueError("not a set of keys")
    keys: dict[str | None, IssuerKey] = {}
    for entry in listed:
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
            continue
        kid = entry.get("kid")
        fitting = _by_algorithm(entry)
        if fitting and (kid is None or isinstance(kid, str)):
            keys[kid] = {**keys.get(kid, {}), **fitting}
    if not keys:
        raise ValueError("no key that can be used")
    return keys


def _by_algorithm(entry: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    """The key for its own algorithm, or for every one that fits its kind where it does not say."""
    fitting = _FITTING.get((entry.get("kty"), entry.get("crv")), ())
    keys = {}
    for algorithm in fitting:
        if entry.get("alg", algorithm) == algorithm:
            with contextlib.suppress(jwt.PyJWTError, ValueError, TypeError):  # others of the set may do
                keys[algorithm] = jwt.PyJWK(dict(entry), algorithm=algorithm)
    return keys


async def _from_file(place: str) -> bytes:
    def read() -> bytes:
        with Path(place).open("rb") as file:
            return file.read(LIMIT + 1)

    return await asyncio.to_thread(read)


async def _from_address(place: str) -> bytes:
    import httpx  # noqa: PLC0415 - lazy: most services have their keys in files

    async with (
        asyncio.timeout(_FETCH_SECONDS),
        httpx.AsyncClient(timeout=_FETCH_SECONDS) as client,
        client.stream("GET", place, headers={"accept": "application/json"}) as answer,
    ):
        answer.raise_for_status()  # for a redirect too, which could lead away from https
        content = b""
        async for chunk in answer.aiter_bytes():
            content += chunk
            if len(content) > LIMIT:
                raise ValueError("too large")
        return content
