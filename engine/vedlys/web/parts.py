"""What the parts of the service know of each other."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any, Literal, Protocol

import msgspec

from vedlys.answering.answer import Answer
from vedlys.assessment import Catalogue
from vedlys.intake import Reading


class Caller(msgspec.Struct, frozen=True):
    """Who asks: the name of an API key, or the subject of a token. `limit_key` is what its rate is counted by."""

    name: str
    limit_key: str


class RequestInfo(msgspec.Struct, kw_only=True):
    """What is known of one request, from its first byte to its log line; `scope["state"]["vedlys"]` holds it."""

    id: str
    started: float  # time.perf_counter()
    caller: Caller | None = None
    route: str = ""  # the path as it was declared: `/v1/articles/{article}`
    articles: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()  # of the assessments, one an article
    lines: int = 0  # of a batch
    problem: str = ""  # the code of the problem that was answered
    error: BaseException | None = None  # the bug behind an `internal-error`: for the log alone
    stages: dict[str, float] = {}  # seconds by stage: read, assess, write
    working: asyncio.Future[Any] | None = None  # the last work that was done beside the loop: done where it has ended


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One request's facts, or one batch line's, and what was said of them."""

    request_id: str
    at: dt.datetime
    caller: str | None
    line: int | None  # of a batch, from 1
    locale: str
    reading: Reading
    answers: tuple[Answer, ...]
    catalogue: Catalogue
    size: int = 0  # bytes that the facts came in


ReloadState = Literal["current", "refused"]


class CatalogueState(msgspec.Struct, frozen=True, kw_only=True):
    """How the content root stands to the catalogue in use."""

    state: ReloadState  # refused: the root has changed, and what is there now cannot be used
    digest: str
    loaded_at: dt.datetime
    faults: tuple[str, ...] = ()  # of the refused content, as `file:line:column: sentence`


class Catalogues(Protocol):
    """The catalogue in use. A request takes it once, so that its answer is entirely from one catalogue."""

    @property
    def current(self) -> Catalogue:
        """The catalogue that new requests are answered from."""
        ...

    @property
    def state(self) -> CatalogueState:
        """How it stands to the content root."""
        ...


class Decisions(Protocol):
    """Keeps decisions without slowing requests: `record` never blocks, waits or raises."""

    def record(self, decision: Decision) -> None:
        """Take a decision to be kept."""
        ...


class Observer(Protocol):
    """Counts and tells; never raises."""

    def decided(self, decision: Decision) -> None:
        """A request, or a line of a batch, has been assessed."""
        ...

    def answered(self, info: RequestInfo, method: str, status: int, sent: int) -> None:
        """A request has ended, with that status and so many bytes of body sent."""
        ...

    def metrics(self) -> bytes:
        """The metrics of all workers, as Prometheus reads them."""
        ...


class Draining(Protocol):
    """Whether the worker has been told to stop: it finishes what is under way, and says that it is not ready."""

    @property
    def draining(self) -> bool:
        """Whether it has been told to stop."""
        ...
