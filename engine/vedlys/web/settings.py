"""The settings of the service: one value, made at the start by `configuring` and never changed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit, urlunsplit

import msgspec
from msgspec import Meta

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LogFormat = Literal["json", "readable"]
LogLevel = Literal["debug", "info", "warning", "error"]
DecisionLogKind = Literal["none", "ndjson", "sqlite"]
DecisionFacts = Literal["masked", "whole"]

MEBIBYTE = 1024 * 1024


class Jwt(msgspec.Struct, frozen=True, kw_only=True):
    """Whose tokens are accepted. Asymmetric algorithms only: whoever can check a token must not be able to make one."""

    issuer: Annotated[str, Meta(description="what `iss` of a token must be")]
    audience: Annotated[str, Meta(description="what `aud` of a token must be or hold")]
    jwks: Annotated[
        str, Meta(description="the issuer's keys (JWKS): a file, or an address with https", extra={"place": True})
    ]
    algorithms: Annotated[tuple[Algorithm, ...], Meta(description="the algorithms that are accepted")] = ("RS256",)


class Auth(msgspec.Struct, frozen=True, kw_only=True):
    """Who may ask."""

    keys_file: Annotated[Path | None, Meta(description="the file of API keys that `vedlys keys` writes")] = None
    no_auth: Annotated[bool, Meta(description="ask nobody who they are; only with a host of this machine alone")] = (
        False
    )
    open_metrics: Annotated[bool, Meta(description="answer `/metrics` without a key")] = False
    jwt: Jwt | None = None


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one request, and one caller, may use. Sizes and depth end where facts are refused whatever is set."""

    body_bytes: Annotated[int, Meta(ge=1024, le=MEBIBYTE, description="bytes of a body, a batch apart")] = 256 * 1024
    depth: Annotated[int, Meta(ge=4, le=50, description="levels that a document may be nested")] = 32
    keys: Annotated[int, Meta(ge=1, le=1_000_000, description="names and values in a document")] = 5000
    batch_lines: Annotated[int, Meta(ge=1, description="lines of a batch")] = 100_000
    line_bytes: Annotated[int, Meta(ge=1024, le=MEBIBYTE, description="bytes of one line of a batch")] = 256 * 1024
    header_bytes: Annotated[int, Meta(ge=1024, le=MEBIBYTE, description="bytes of all headers and of the address")] = (
        16 * 1024
    )
    request_seconds: Annotated[float, Meta(gt=0, le=3600, description="seconds that a request may take")] = 10.0
    body_seconds: Annotated[float, Meta(gt=0, le=3600, description="seconds that sending a body may take")] = 10.0
    idle_seconds: Annotated[
        float, Meta(gt=0, le=3600, description="seconds that a batch may stand still, either way")
    ] = 30.0
    requests_per_minute: Annotated[
        int, Meta(ge=0, le=10_000_000, description="requests a minute of one caller, over all workers; 0: any number")
    ] = 6000
    burst: Annotated[
        int, Meta(ge=1, le=10_000_000, description="requests of one caller that may come at once, over all workers")
    ] = 200
    concurrency: Annotated[int, Meta(ge=1, le=100_000, description="requests under way at once in a worker")] = 64
    queue: Annotated[int, Meta(ge=0, le=100_000, description="requests of a worker that may wait for their turn")] = 256
    queue_seconds: Annotated[float, Meta(ge=0, le=60, description="seconds that a request may wait for its turn")] = 1.0


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """What is written to stderr."""

    format: Annotated[LogFormat, Meta(description="a line of JSON an event, or one for people")] = "json"
    level: Annotated[LogLevel, Meta(description="the least that is written")] = "info"
    facts: Annotated[bool, Meta(description="write each request's facts too, sensitive ones masked")] = False


class DecisionLog(msgspec.Struct, frozen=True, kw_only=True):
    """Where each assessment is kept."""

    kind: Annotated[DecisionLogKind, Meta(description="how assessments are kept")] = "none"
    path: Annotated[Path | None, Meta(description="the folder of NDJSON files, or the SQLite file")] = None
    max_bytes: Annotated[int, Meta(ge=64 * 1024, description="bytes of one file before the next is begun")] = (
        64 * MEBIBYTE
    )
    facts: Annotated[
        DecisionFacts,
        Meta(description="keep sensitive facts masked, or whole: then the log holds personal data"),
    ] = "masked"
    files: Annotated[int, Meta(ge=1, le=10_000, description="files that are kept, the oldest deleted first")] = 16
    queue: Annotated[int, Meta(ge=1, le=1_000_000, description="assessments that may wait to be written")] = 10_000


class Reload(msgspec.Struct, frozen=True, kw_only=True):
    """Whether changed content is taken up without a restart."""

    watch: Annotated[bool, Meta(description="take up changed content")] = False
    interval: Annotated[float, Meta(ge=0.1, le=3600, description="seconds between two looks at the content")] = 1.0


class Cors(msgspec.Struct, frozen=True, kw_only=True):
    """Which web pages of other origins may ask."""

    origins: Annotated[tuple[str, ...], Meta(description="origins such as `https://desk.example.lt`")] = ()


class Otel(msgspec.Struct, frozen=True, kw_only=True):
    """Where spans are sent."""

    endpoint: Annotated[
        str | None, Meta(description="a collector's address for traces, such as `http://127.0.0.1:4318/v1/traces`")
    ] = None


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be chosen about a running service."""

    content: Annotated[
        Path | None, Meta(description="the folder that holds `rules/` and `kb/`; left out: what ships with vedlys")
    ] = None
    host: Annotated[str, Meta(min_length=1, max_length=253, description="the name or address to listen on")] = (
        "127.0.0.1"
    )
    port: Annotated[int, Meta(ge=1, le=65535, description="the port to listen on")] = 8080
    workers: Annotated[int, Meta(ge=1, le=256, description="processes that answer")] = 1
    locale: Annotated[
        str, Meta(min_length=2, max_length=35, description="the language where a request asks for none")
    ] = "lt"
    drain_seconds: Annotated[
        float, Meta(ge=0, le=3600, description="seconds of still taking requests while `/readyz` says that it stops")
    ] = 0.0
    stop_seconds: Annotated[
        float, Meta(ge=0, le=3600, description="seconds that requests under way are given when the service stops")
    ] = 30.0
    auth: Auth = Auth()
    limits: Limits = Limits()
    log: Log = Log()
    decisions: DecisionLog = DecisionLog()
    reload: Reload = Reload()
    cors: Cors = Cors()
    otel: Otel = Otel()

    def describe(self) -> dict[str, object]:
        """Every setting by its dotted name, as JSON values in a fixed order; what an address holds back is left out."""
        return dict(_flat(self, ""))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on that host."""
    name = host.strip().removeprefix("[").removesuffix("]").lower().removesuffix(".")
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _flat(part: msgspec.Struct, prefix: str) -> Iterator[tuple[str, object]]:
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if isinstance(value, msgspec.Struct):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _shown(value)


def _shown(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return without_secrets(value) if isinstance(value, str) and "://" in value else value


def without_secrets(url: str) -> str:
    """An address without the user, password, query and fragment in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "***"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
