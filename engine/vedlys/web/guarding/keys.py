"""API keys as requests send them, held against the file, which is read again when it has changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from vedlys.errors import RequestError
from vedlys.web.guarding.grants import Grant
from vedlys.web.guarding.key_file import PREFIX, ApiKey, decode_keys, read_keys
from vedlys.web.parts import Caller

_PREFIX = PREFIX.encode()
_NOBODY = bytes(32)  # what the secret of an id that nobody has is compared with: that takes as long
_LOOK_EVERY = 1.0  # seconds
# The stamp of a file says nothing of a second change within its own granularity: so young a file is read once more.
_YOUNG = 2.0


class _Held(msgspec.Struct, frozen=True):
    digest: bytes
    grant: Grant
    expires: float  # seconds since 1970; infinity for never


class Keys:
    """The keys of one file. Looks at the file once a second at most; a broken file keeps the keys that were read."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        tell: Callable[[str, str], object] = lambda _event, _what: None,
    ) -> None:
        """`clock` is seconds since 1970; `tell` is called with an event and what happened.

        Raises `RequestError` and OSError where the file cannot be used from the start.
        """
        self._path = path
        self._clock = clock
        self._tell = tell
        self._stamp = _stamp(path)
        self._looked = clock()
        self._held = _held(read_keys(path))
        self._refused: bytes | None = None

    def known(self, credential: bytes) -> Grant | None:
        """The grant of `vedlys_<id>_<secret>`; None where the key is not known, or has expired."""
        now = self._clock()
        if not 0 <= now - self._looked < _LOOK_EVERY:
            self._look(now)
        key_id, _, secret = credential.removeprefix(_PREFIX).partition(b"_")
        held = self._held.get(key_id)
        digest = hashlib.sha256(secret).digest()
        same = hmac.compare_digest(digest, _NOBODY if held is None else held.digest)
        return held.grant if same and held is not None and now < held.expires else None

    def _look(self, now: float) -> None:
        self._looked = now
        try:
            stamp = _stamp(self._path)
            if stamp == self._stamp and now - stamp[0] / 1e9 > _YOUNG:
                return
            content = self._path.read_bytes()
            if content == self._refused:
                return
            held = _held(decode_keys(content))
        except (OSError, RequestError) as error:
            if isinstance(error, OSError):
                if self._stamp != (0, 0, 0):
                    self._stamp = (0, 0, 0)
                    self._tell("keys_file_unreadable", error.strerror or type(error).__name__)
            else:
                self._refused = content
                self._stamp = stamp
                self._tell("keys_file_refused", str(error))
            return
        if held != self._held or self._refused is not None:
            self._tell("keys_file_read", f"keys: {len(held)}")
        self._stamp, self._held, self._refused = stamp, held, None


def _stamp(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino


def _held(keys: tuple[ApiKey, ...]) -> dict[bytes, _Held]:
    return {key.id.encode(): _Held(bytes.fromhex(key.sha256), _grant(key), _seconds(key.expires)) for key in keys}


def _grant(key: ApiKey) -> Grant:
    return Grant(
        caller=Caller(name=key.name, limit_key=f"key:{key.id}"),
        scopes=frozenset(key.scopes),
        requests_per_minute=key.requests_per_minute,
    )


def _seconds(moment: dt.datetime | None) -> float:
    return float("inf") if moment is None else moment.timestamp()
