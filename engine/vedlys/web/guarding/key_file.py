"""The file of API keys: what each key may do, and a hash of its secret.

A key reads `vedlys_<id>_<secret>`; the secret is 256 random bits. What is stored is its plain SHA-256: a slow hash
makes guessing dear where people choose secrets, and nobody guesses 256 random bits, so it would slow every request for
nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import secrets
import tempfile
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import msgspec

from vedlys.errors import RequestError
from vedlys.messages.shown import visible
from vedlys.suggest import nearest
from vedlys.web.guarding.grants import DEFAULT_SCOPES, SCOPES, Scope
from vedlys.web.misfit import misfit

PREFIX = "vedlys_"
FILE_LIMIT = 4 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_ID = re.compile(r"[a-z0-9]{4,32}", re.ASCII)
_MALFORMED = "malformed-keys-file"
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key. `sha256` is of its secret, in hexadecimal; `requests_per_minute` outdoes the service's own, 0 is any."""

    id: str
    name: str
    sha256: str
    created: dt.datetime
    expires: dt.datetime | None = None
    scopes: tuple[Scope, ...] = tuple(sorted(DEFAULT_SCOPES))
    requests_per_minute: int | None = None


class NewKey(msgspec.Struct, frozen=True):
    """A key that was just made. `text` is what its caller sends: it is nowhere else, and cannot be had again."""

    key: ApiKey
    text: str


def read_keys(path: Path) -> tuple[ApiKey, ...]:
    """The keys of a TOML file, sorted by name. Raises `RequestError` with what is wrong, and OSError."""
    with path.open("rb") as file:
        content = file.read(FILE_LIMIT + 1)
    return decode_keys(content)


def decode_keys(content: bytes) -> tuple[ApiKey, ...]:
    """The keys of a file's content; see `read_keys`."""
    if len(content) > FILE_LIMIT:
        raise RequestError(_MALFORMED, limit=str(FILE_LIMIT))
    try:
        document = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise RequestError(_MALFORMED, reason=visible(str(error), 200)) from None
    unknown = sorted(document.keys() - {"keys"})
    table = document.get("keys", {})
    if unknown:
        raise RequestError(_MALFORMED, unknown=visible(unknown[0]))
    if not isinstance(table, dict):
        raise RequestError(_MALFORMED, path="keys")
    keys: dict[str, ApiKey] = {}
    for name, entry in sorted(table.items()):
        key = _key(name, entry)
        if key.id in keys:
            raise RequestError(_MALFORMED, taken=visible(name))
        keys[key.id] = key
    return tuple(keys.values())


def add_key(
    path: Path,
    name: str,
    *,
    scopes: Collection[Scope] = DEFAULT_SCOPES,
    expires: dt.datetime | None = None,
    requests_per_minute: int | None = None,
) -> NewKey:
    """Make a key and add it to the file, which is made where it is not there. Raises `RequestError` for a bad name."""
    if not _NAME.fullmatch(name):
        raise RequestError("malformed-key-name", value=visible(name))
    with _changing(path) as keys:
        if name in keys:
            raise RequestError("key-name-taken", name=name)
        taken = {key.id for key in keys.values()}
        key_id = next(one for one in iter(lambda: secrets.token_hex(5), "") if one not in taken)
        secret = secrets.token_urlsafe(32)
        keys[name] = ApiKey(
            id=key_id,
            name=name,
            sha256=hashlib.sha256(secret.encode()).hexdigest(),
            created=dt.datetime.now(dt.UTC).replace(microsecond=0),
            expires=expires,
            scopes=tuple(scope for scope in SCOPES if scope in scopes),
            requests_per_minute=requests_per_minute,
        )
    return NewKey(keys[name], f"{PREFIX}{key_id}_{secret}")


def revoke_key(path: Path, name: str) -> ApiKey:
    """Take a key out of the file: it holds no longer once services have read the file again, within two seconds."""
    with _changing(path) as keys:
        if name not in keys:
            suggestion = nearest(name, keys)
            hint = {} if suggestion is None else {"suggestion": suggestion}
            raise RequestError("unknown-key-name", name=visible(name), **hint)
        return keys.pop(name)


def encode_keys(keys: Collection[ApiKey]) -> str:
    """The file that holds these keys."""
    parts = ["# Written by `vedlys keys`. Of each secret there is only a hash here.\n"]
    for key in sorted(keys, key=lambda key: key.name):
        lines = [f"[keys.{json.dumps(key.name)}]", f'id = "{key.id}"', f'sha256 = "{key.sha256}"']
        lines.append(f"created = {key.created.isoformat()}")
        if key.expires is not None:
            lines.append(f"expires = {key.expires.isoformat()}")
        lines.append(f"scopes = {json.dumps(list(key.scopes))}")
        if key.requests_per_minute is not None:
            lines.append(f"requests_per_minute = {key.requests_per_minute}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


@contextlib.contextmanager
def _changing(path: Path) -> Iterator[dict[str, ApiKey]]:
    """The keys by name, to be changed; written back whole or not at all, for the owner's eyes only.

    Two that change the file at once wait for each other.
    """
    with _alone(path):
        try:
            keys = {key.name: key for key in read_keys(path)}
        except FileNotFoundError:
            keys = {}
        yield keys
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made with mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(encode_keys(keys.values()))
                file.flush()
                os.fsync(file.fileno())
            _like(path, temporary)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _like(path: Path, temporary: str) -> None:
    """Keep owner and group of a file that is there, so that the service can read what an administrator changed."""
    with contextlib.suppress(OSError, AttributeError):  # not everyone may, and Windows has no owners
        status = path.stat()
        os.chown(temporary, status.st_uid, status.st_gid)
        Path(temporary).chmod(status.st_mode & 0o660)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    try:
        import fcntl  # noqa: PLC0415 - lazy: Windows has none
    except ImportError:  # there two changes at once may lose one of them, and never half a file
        yield
        return
    lock = os.open(path.parent / f".{path.name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _key(name: str, entry: object) -> ApiKey:
    place = visible(f"keys.{name}", 120)
    if not _NAME.fullmatch(name) or not isinstance(entry, dict):
        raise RequestError(_MALFORMED, path=place)
    fields: Mapping[str, object] = {**entry, "name": name}
    unknown = sorted(fields.keys() - set(ApiKey.__struct_fields__))
    if unknown or "name" in entry:
        raise RequestError(_MALFORMED, unknown=visible(f"keys.{name}.{unknown[0] if unknown else 'name'}", 200))
    try:
        key = msgspec.convert(fields, ApiKey)
    except msgspec.ValidationError as error:
        raise RequestError(_MALFORMED, **misfit(error, place)) from None
    for member, moment in (("created", key.created), ("expires", key.expires)):
        if moment is not None and moment.tzinfo is None:
            raise RequestError(_MALFORMED, moment=f"{place}.{member}")
    fits = {
        "id": _ID.fullmatch(key.id) is not None,
        "sha256": _SHA256.fullmatch(key.sha256) is not None,
        "requests_per_minute": key.requests_per_minute is None or key.requests_per_minute >= 0,
    }
    for member, fit in fits.items():
        if not fit:
            raise RequestError(_MALFORMED, path=f"{place}.{member}")
    return key
