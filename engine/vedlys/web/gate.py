"""The gate: what every request passes on its way to the application, and every answer on its way back.

It knows the caller, keeps limits, ends what takes too long, adds headers that keep browsers safe, and tells the
observer of every request how it ended. What it refuses never reaches the application.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

from vedlys.messages.shown import visible
from vedlys.web.answers import Answer, Headers
from vedlys.web.guarding.grants import Authority, Grant
from vedlys.web.guarding.headers import Asked, Origins, bearer, is_for_this_machine, read_headers, safe_headers
from vedlys.web.guarding.needs import BATCH, Need, need_of, plain_path
from vedlys.web.guarding.places import Places
from vedlys.web.guarding.rates import Rate, Rates, Turn, rate_of
from vedlys.web.guarding.slots import Slots
from vedlys.web.guarding.watch import Watch
from vedlys.web.parts import RequestInfo
from vedlys.web.problems import ProblemError
from vedlys.web.service import Service

Message = Any  # ASGI's own, as its frameworks each type it differently
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

GONE = 499  # the status of a request whose caller went away before the answer: nobody was sent it
_RETRY_SECONDS = "1"
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
_CHALLENGE: Headers = ((b"www-authenticate", b'Bearer realm="vedlys"'),)
_CHALLENGE_INVALID: Headers = ((b"www-authenticate", b'Bearer realm="vedlys", error="invalid_token"'),)
_CLOSE: Headers = ((b"connection", b"close"),)


class Span(Protocol):
    """A traced request."""

    def end(self, info: RequestInfo, status: int) -> None:
        """The request has ended."""


class Tracing(Protocol):
    """Begins a span for each request."""

    def begin(self, method: str, traceparent: bytes | None, tracestate: bytes | None) -> Span:
        """The span of a request that goes on from the caller's, where it names one."""


class Gate:
    """One worker's gate, around its application."""

    def __init__(
        self,
        inner: Application,
        service: Service,
        authority: Authority | None,
        *,
        routes: Iterable[str] = (),
        tracing: Tracing | None = None,
        begun: Callable[[], object] = lambda: None,
    ) -> None:
        """`authority` knows the callers; without one nobody is asked who they are.

        `routes` are the paths that the application declares: what is refused before it gets there is told by them.
        `begun` is called at the beginning of each request whose end the service's observer is told.
        """
        settings = service.settings
        limits = settings.limits
        self._inner = inner
        self._service = service
        self._authority = authority
        self._places = Places(routes)
        self._tracing = tracing
        self._begun = begun
        self._limits = limits
        self._this_machine_alone = settings.auth.no_auth
        self._open_metrics = settings.auth.open_metrics
        self._origins = Origins(settings.cors.origins)
        self._workers = settings.workers
        self._rates = Rates()
        self._rate = rate_of(limits.requests_per_minute, limits.burst, settings.workers)
        self._slots = Slots(limits.concurrency, limits.queue, limits.queue_seconds)
        self._prefix = secrets.token_hex(8)
        self._numbers = itertools.count(1)

    @property
    def under_way(self) -> int:
        """How many requests hold a slot."""
        return self._slots.taken

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let one request pass, or answer it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._inner(scope, receive, send)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        asked = read_headers(scope["headers"])
        info = RequestInfo(
            id=asked.request_id or f"{self._prefix}-{next(self._numbers):x}", started=time.perf_counter()
        )
        scope.setdefault("state", {})["vedlys"] = info
        exchange = _Exchange(self, scope, receive, send, info=info, asked=asked)
        self._begun()
        span = None
        if self._tracing is not None:
            span = self._tracing.begin(scope["method"], asked.traceparent, asked.tracestate)
        try:
            await self._pass(exchange)
        except ProblemError as error:
            await exchange.refuse(error.code, error.headers, **error.values)
        except Exception as error:  # noqa: BLE001 - whatever went wrong: it is told to the log, and to nobody else
            info.error = error
            await exchange.refuse("internal-error")
        finally:
            status = exchange.ended()
            info.route = info.route or self._places.of(scope["path"])
            self._service.observer.answered(info, scope["method"], status, exchange.sent)
            if span is not None:
                span.end(info, status)

    async def _pass(self, exchange: _Exchange) -> None:
        scope, asked = exchange.scope, exchange.asked
        limit = self._limits.header_bytes
        if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > limit:
            return await exchange.refuse("uri-too-long", limit=str(limit))
        if asked.size > limit:
            return await exchange.refuse("headers-too-large", limit=str(limit))
        if asked.preflight is not None and scope["method"] == "OPTIONS":
            headers = self._origins.preflight(asked.origin)
            if headers is None:
                origin = visible((asked.origin or b"null").decode("latin-1"), 200)
                return await exchange.refuse("forbidden", origin=origin)
            return await exchange.answer(Answer(204, headers, b""))
        if not await self._is_well_addressed(exchange):
            return None
        need = need_of(scope["path"])
        if need == "metrics" and self._open_metrics:
            need = "nothing"
        if need == "nothing":
            return await self._run(exchange)
        if self._authority is not None and not await self._admit(exchange, need, self._authority):
            return None
        if not self._slots.take() and not await self._slots.wait():
            retry = ((b"retry-after", _RETRY_SECONDS.encode()),)
            return await exchange.refuse("overloaded", retry, seconds=_RETRY_SECONDS)
        try:
            await self._run(exchange)
        finally:
            self._let_go(exchange.info)
        return None

    async def _is_well_addressed(self, exchange: _Exchange) -> bool:
        """Whether the request names one host, and one that it may; answered if not."""
        asked = exchange.asked
        if asked.hosts > 1:
            await exchange.refuse("invalid-header", header="Host")
            return False
        if self._this_machine_alone and asked.host is not None and not is_for_this_machine(asked.host):
            # a page of any site can have its own name lead to this machine, and then is of the service's origin
            await exchange.refuse("forbidden", host=visible(asked.host.decode("latin-1"), 200))
            return False
        return True

    def _let_go(self, info: RequestInfo) -> None:
        """Give the request's slot back, once nothing works for it any more: a thread cannot be cancelled with it."""
        working = info.working
        if working is None or working.done():
            self._slots.give_back()
        else:
            working.add_done_callback(lambda _: self._slots.give_back())

    async def _admit(self, exchange: _Exchange, need: Need, authority: Authority) -> bool:
        """Whether the caller is known, may do what it asks for, and does not ask too often; answered if not."""
        asked = exchange.asked
        grant: Grant | None = None
        if asked.authorization is not None and not asked.confused:
            credential = bearer(asked.authorization)
            if credential is not None:
                grant = authority.known(credential) or await authority.ask(credential)
        if grant is None:
            tried = asked.authorization is not None
            await exchange.refuse("unauthenticated", _CHALLENGE_INVALID if tried else _CHALLENGE)
            return False
        exchange.info.caller = grant.caller
        rate = self._rate_of(grant)
        if rate is not None:
            turn = self._rates.take(grant.caller.limit_key, rate, asyncio.get_running_loop().time())
            exchange.extra = _rate_headers(turn)
            if not turn.allowed:
                seconds = str(max(1, math.ceil(turn.wait)))
                await exchange.refuse("rate-limited", ((b"retry-after", seconds.encode()),), seconds=seconds)
                return False
        if need not in grant.scopes:
            challenge = f'Bearer realm="vedlys", error="insufficient_scope", scope="{need}"'
            await exchange.refuse("forbidden", ((b"www-authenticate", challenge.encode()),), scope=need)
            return False
        return True

    def _rate_of(self, grant: Grant) -> Rate | None:
        if grant.requests_per_minute is None:
            return self._rate
        return rate_of(grant.requests_per_minute, self._limits.burst, self._workers)

    async def _run(self, exchange: _Exchange) -> None:
        """Let the application answer, as long as the request keeps to its limits."""
        path = exchange.scope["path"]
        batch = path == BATCH or ("batch" in path and plain_path(path) == BATCH)
        limits = self._limits
        if not batch:
            exchange.most = limits.body_bytes
            if exchange.asked.length is not None and exchange.asked.length > limits.body_bytes:
                exchange.closing = True
                return await exchange.refuse("body-too-large", limit=str(limits.body_bytes))
        watch = exchange.begin(batch=batch)
        try:
            await self._inner(exchange.scope, exchange.receive, exchange.send)
        except asyncio.CancelledError:
            if watch.expired:
                watch.recover()
            elif not exchange.broken:
                raise  # the server ends it
        finally:
            watch.stop()
        if watch.expired:
            await exchange.expire()
        elif exchange.broken:
            exchange.closing = True
            await exchange.refuse(exchange.broken, limit=str(limits.body_bytes))
        elif exchange.gone and not exchange.complete and (not exchange.status or exchange.held is not None):
            # whoever has gone away hears nothing of it; whoever only said too little, or nonsense, is still there
            exchange.gone, exchange.closing = False, True
            await exchange.refuse("incomplete-body")
        elif not exchange.status and not exchange.gone:
            raise RuntimeError("the application has answered nothing")
        return None

    def answer_of(self, exchange: _Exchange, code: str, values: dict[str, str], headers: Headers) -> Answer:
        """A problem, in the language of the request."""
        return self._service.problem(
            code,
            request_id=exchange.info.id,
            accept_language=exchange.asked.language.decode("latin-1"),
            values=values,
            headers=headers,
        )

    def headers_of(self, exchange: _Exchange, status: int, headers: Headers) -> list[tuple[bytes, bytes]]:
        """All headers of an answer."""
        whole = [
            *headers,
            *safe_headers(status, headers),
            *self._origins.headers(exchange.asked.origin),
            *exchange.extra,
        ]
        whole.append((b"x-request-id", exchange.info.id.encode()))
        # whoever asks again finds another worker; what is left of a refused body is not to pass for a request
        closing = exchange.closing or self._service.draining.draining
        if closing and exchange.scope.get("http_version", "1.1").startswith("1"):
            whole += _CLOSE
        return whole

    def seconds(self, exchange: _Exchange) -> float:
        """How long the request may stand still, or take, from now on."""
        if exchange.batch:
            return self._limits.idle_seconds
        return self._limits.request_seconds if exchange.complete else self._limits.body_seconds


class _Exchange:
    """One request and its answer, on their way through the gate."""

    __slots__ = (
        "_gate",
        "_receive",
        "_send",
        "asked",
        "batch",
        "broken",
        "closing",
        "complete",
        "extra",
        "finished",
        "gone",
        "held",
        "info",
        "most",
        "received",
        "scope",
        "sent",
        "status",
        "watch",
    )

    def __init__(
        self, gate: Gate, scope: Message, receive: Receive, send: Send, *, info: RequestInfo, asked: Asked
    ) -> None:
        self._gate = gate
        self._receive = receive
        self._send = send
        self.scope = scope
        self.info = info
        self.asked = asked
        self.batch = False
        self.broken = ""  # the code of the problem that the request is to end with
        self.closing = False  # the connection ends with the answer
        self.complete = False  # the body is there
        self.extra: Headers = ()
        self.finished = False  # the answer is sent
        self.gone = False  # the caller is
        self.held: Message | None = None  # the head of an answer, which goes with the first part of its body
        self.most: int | None = None  # bytes of body
        self.received = 0
        self.sent = 0
        self.status = 0  # of the answer, once it has begun
        self.watch: Watch | None = None

    def begin(self, *, batch: bool) -> Watch:
        """The application's turn."""
        self.batch = batch
        asked = self.asked
        without = asked.length is None and not asked.chunked and self.scope.get("http_version", "1.1").startswith("1")
        self.complete = not batch and (asked.length == 0 or without or self.scope["method"] in _BODILESS)
        self.watch = watch = Watch(self._gate.seconds(self))
        return watch

    async def receive(self) -> Message:
        """A part of the request, for the application."""
        watch = self.watch
        assert watch is not None
        try:
            message = await self._receive()
        except asyncio.CancelledError:
            if not (self.batch and watch.expired):
                raise
            watch.recover()
            watch.begin(self._gate.seconds(self))  # for saying so behind the answers
            self.info.problem = "request-timeout"
            raise ProblemError("request-timeout", values={"seconds": f"{self._gate.seconds(self):g}"}) from None
        if message["type"] != "http.request":
            self.gone = True
            return message
        self.received += len(message.get("body", b""))
        if self.most is not None and self.received > self.most:
            self.broken = "body-too-large"
            raise asyncio.CancelledError  # what the application would make of it is not sent
        if self.received == self.asked.length and not self.asked.chunked:
            message["more_body"] = False  # the server would say so with another, empty part
        if self.batch:
            watch.touch()
        elif not self.complete and not message.get("more_body", False):
            self.complete = True
            watch.begin(self._gate.seconds(self))
        return message

    async def send(self, message: Message) -> None:
        """A part of the answer, from the application."""
        if self.broken or self.gone or self.finished:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.held = {
                **message,
                "headers": self._gate.headers_of(self, self.status, tuple(message.get("headers", ()))),
            }
        elif message["type"] == "http.response.body":
            self.sent += len(message.get("body", b""))
            self.finished = not message.get("more_body", False)
            if self.held is not None:
                held, self.held = self.held, None
                await self._send(held)
            await self._send(message)
        if self.batch and self.watch is not None:
            self.watch.touch()

    async def answer(self, answer: Answer) -> None:
        """Send a whole answer of the gate's own, unless another has begun."""
        if self.status or self.gone:
            return
        headers = answer.headers
        if answer.status != 204:
            headers = (*headers, (b"content-length", b"%d" % len(answer.body)))
        body = b"" if self.scope["method"] == "HEAD" else answer.body
        await self.send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body, "more_body": False})

    async def refuse(self, code: str, headers: Headers = (), **values: str) -> None:
        """Answer with a problem, unless an answer has begun: then it stays cut off."""
        self.broken = ""
        self.info.problem = code
        if self.held is not None:  # nothing of it is sent
            self.held, self.status = None, 0
        if not self.status:
            await self.answer(self._gate.answer_of(self, code, values, headers))

    async def expire(self) -> None:
        """Answer that it took too long: the caller to send the request, or the service to answer it."""
        if self.complete:
            retry = ((b"retry-after", _RETRY_SECONDS.encode()),)
            await self.refuse("overloaded", retry, seconds=_RETRY_SECONDS)
        else:
            await self.refuse("request-timeout", seconds=f"{self._gate.seconds(self):g}")

    def ended(self) -> int:
        """The status that the request ends with."""
        if self.gone and not self.finished:
            return GONE
        return self.status or GONE


def _rate_headers(turn: Turn) -> Headers:
    """What the caller has left, as `RateLimit` fields say it."""
    return ((b"ratelimit", b'"caller";r=%d;t=%d' % (turn.remaining, max(1, math.ceil(turn.whole)))),)
