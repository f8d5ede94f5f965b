"""The gate: every status that it answers with itself, what it adds to answers, and what it tells the observer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from vedlys.web.gate import GONE
from vedlys.web.guarding.slots import Slots
from vedlys.web.settings import Auth, Cors, Limits, Settings
from web.gated import ASSESS, BATCH, Friends, Gated, Reply, echo, grant
from web.virtual import run


def ask(gated: Gated, *args: Any, **options: Any) -> Reply:
    return run(gated.ask(*args, **options))


# ---- who asks


def test_a_known_caller_passes() -> None:
    gated = Gated(authority=Friends(desk=grant("desk")))
    reply = ask(gated, key="desk")
    assert (reply.status, reply.body) == (200, b"2")
    info, method, status, sent = gated.last
    assert info.caller is not None
    assert (info.caller.name, method, status, sent) == ("desk", "POST", 200, 1)


@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        ({}, 'Bearer realm="vedlys"'),
        ({"authorization": "Bearer stranger"}, 'Bearer realm="vedlys", error="invalid_token"'),
        ({"authorization": "Bearer "}, 'Bearer realm="vedlys", error="invalid_token"'),
        ({"authorization": "Basic ZGVzazo="}, 'Bearer realm="vedlys", error="invalid_token"'),
        ({"authorization": "desk"}, 'Bearer realm="vedlys", error="invalid_token"'),
    ],
)
def test_401_strangers(headers: dict[str, str], challenge: str) -> None:
    gated = Gated(authority=Friends(desk=grant("desk")))
    reply = ask(gated, headers=headers)
    assert (reply.status, reply.problem) == (401, "unauthenticated")
    assert reply.header("www-authenticate") == challenge
    assert gated.last[0].problem == "unauthenticated"


def test_401_two_credentials() -> None:
    gated = Gated(authority=Friends(desk=grant("desk")))
    reply = ask(gated, headers={"authorization": "Bearer desk"}, key="desk")
    assert reply.status == 401


def test_the_scheme_is_read_in_any_case() -> None:
    gated = Gated(authority=Friends(desk=grant("desk")))
    assert ask(gated, headers={"authorization": "bearer  desk"}).status == 200


def test_an_authority_may_look_further() -> None:
    friends = Friends(slowly=grant("slowly"))
    assert ask(Gated(authority=friends), key="slowly").status == 200
    assert friends.asked == 1


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        (ASSESS, "assess"),
        (BATCH, "assess"),
        ("//v1///assessments/", "assess"),
        ("/v1/articles", "read"),
        ("/v1/assessmentsx", "read"),
        ("/elsewhere", "read"),
        ("/metrics", "metrics"),
        ("/metrics/", "metrics"),
    ],
)
def test_403_without_the_scope(path: str, scope: str) -> None:
    others = frozenset({"assess", "read", "metrics"}) - {scope}
    gated = Gated(authority=Friends(few=grant("few", scopes=others), right=grant("right", scopes=frozenset({scope}))))
    reply = ask(gated, path, key="few")
    assert (reply.status, reply.problem) == (403, "forbidden")
    assert reply.header("www-authenticate") == f'Bearer realm="vedlys", error="insufficient_scope", scope="{scope}"'
    assert ask(gated, path, key="right").status == 200


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/openapi.json", "/docs", "/docs/", "/problems/forbidden", "/"]
)
def test_open_addresses_ask_nobody(path: str) -> None:
    assert ask(Gated(authority=Friends()), path, "GET", ()).status == 200


@pytest.mark.parametrize(
    "path", ["/healthzz", "/v1", "/docsx", "/healthz/../v1/assessments/x/../../metrics2", "/favicon.ico"]
)
def test_everything_else_asks(path: str) -> None:
    reply = ask(Gated(authority=Friends()), path.replace("/healthz/..", ""), "GET", ())
    assert reply.status == 401


def test_metrics_can_be_opened() -> None:
    settings = Settings(auth=Auth(open_metrics=True))
    assert ask(Gated(authority=Friends(), settings=settings), "/metrics", "GET", ()).status == 200


def test_without_an_authority_nobody_is_asked() -> None:
    gated = Gated()
    assert ask(gated).status == 200
    assert gated.last[0].caller is None


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8080", 200),
        ("127.0.0.1", 200),
        ("[::1]:8080", 200),
        ("evil.example", 403),
        ("localhost.evil.example:8080", 403),
        ("", 403),
    ],
)
def test_403_for_a_page_that_calls_this_machine_by_its_own_name(host: str, status: int) -> None:
    gated = Gated(settings=Settings(auth=Auth(no_auth=True)))
    assert ask(gated, headers={"host": host}).status == status


# ---- how often


def test_429_over_the_rate() -> None:
    async def story() -> None:
        gated = Gated(authority=Friends(desk=grant("desk")), requests_per_minute=60, burst=2)
        first, second, third = [await gated.ask(key="desk") for _ in range(3)]
        assert [first.status, second.status, third.status] == [200, 200, 429]
        assert [first.header("ratelimit"), second.header("ratelimit")] == ['"caller";r=1;t=1', '"caller";r=0;t=2']
        assert third.problem == "rate-limited"
        assert third.header("retry-after") == "1"
        assert third.header("ratelimit") == '"caller";r=0;t=2'
        await asyncio.sleep(0.99)
        assert (await gated.ask(key="desk")).status == 429
        await asyncio.sleep(0.02)
        assert (await gated.ask(key="desk")).status == 200

    run(story())


def test_two_callers_at_their_rates() -> None:
    async def story() -> None:
        gated = Gated(
            authority=Friends(desk=grant("desk"), many=grant("many", requests_per_minute=120)),
            requests_per_minute=60,
            burst=1,
        )
        passed = {"desk": 0, "many": 0}
        for _ in range(600):  # a minute, ten times a second
            for key in passed:
                passed[key] += (await gated.ask(key=key)).status == 200
            await asyncio.sleep(0.1)
        assert passed == {"desk": 60, "many": 120}

    run(story())


def test_a_key_may_ask_any_number_of_times() -> None:
    gated = Gated(authority=Friends(bulk=grant("bulk", requests_per_minute=0)), requests_per_minute=1, burst=1)
    replies = [ask(gated, key="bulk") for _ in range(5)]
    assert {reply.status for reply in replies} == {200}
    assert replies[0].header("ratelimit") is None


def test_the_rate_is_shared_among_workers() -> None:
    settings = Settings(workers=4, limits=Limits(requests_per_minute=240, burst=8))
    gated = Gated(authority=Friends(desk=grant("desk")), settings=settings)

    async def story() -> int:
        return sum([(await gated.ask(key="desk")).status == 200 for _ in range(10)])

    assert run(story()) == 2


# ---- how much at once


def test_503_when_the_queue_is_full() -> None:
    release = asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await release.wait()
        await echo(scope, receive, send)

    async def story() -> None:
        gated = Gated(slow, concurrency=2, queue=1, queue_seconds=5.0)
        under_way = [asyncio.create_task(gated.ask()) for _ in range(3)]
        await asyncio.sleep(0.1)
        assert gated.gate.under_way == 2
        shed = await gated.ask()
        assert (shed.status, shed.problem, shed.header("retry-after")) == (503, "overloaded", "1")
        health = asyncio.create_task(gated.ask("/healthz", "GET", ()))
        release.set()
        assert (await health).status == 200
        assert [(await task).status for task in under_way] == [200, 200, 200]
        assert gated.gate.under_way == 0

    run(story())


def test_503_after_waiting_too_long() -> None:
    async def story() -> None:
        async def stuck(scope: Any, receive: Any, send: Any) -> None:
            await asyncio.sleep(8)
            await echo(scope, receive, send)

        gated = Gated(stuck, concurrency=1, queue=5, queue_seconds=2.0)
        first = asyncio.create_task(gated.ask())
        await asyncio.sleep(0)
        began = asyncio.get_running_loop().time()
        assert (await gated.ask()).status == 503
        assert asyncio.get_running_loop().time() - began == pytest.approx(2.0)
        assert (await first).status == 200
        assert (await gated.ask()).status == 200

    run(story())


def test_a_cancelled_wait_gives_its_turn_on() -> None:
    async def story() -> None:
        async def slow(scope: Any, receive: Any, send: Any) -> None:
            await asyncio.sleep(1)
            await echo(scope, receive, send)

        gated = Gated(slow, concurrency=1, queue=5, queue_seconds=9.0)
        first, second, third = [asyncio.create_task(gated.ask()) for _ in range(3)]
        await asyncio.sleep(0.5)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        assert ((await first).status, (await third).status) == (200, 200)
        assert gated.gate.under_way == 0
        assert len(gated.service.observer.answers) == 3

    run(story())


# ---- how much body, how slowly


def test_413_by_what_is_announced_without_reading_it() -> None:
    reached: list[str] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["path"])

    reply = ask(Gated(inner, body_bytes=1024), body=(b"x" * 1025,))
    assert (reply.status, reply.problem, reached) == (413, "body-too-large", [])
    assert reply.header("connection") == "close"  # the body is still to come, and nobody will read it
    gated = Gated(inner, body_bytes=1024)
    gated.service.draining.draining = True
    assert ask(gated, body=(b"x" * 1025,)).header("connection") == "close"
    later = ask(Gated(inner, body_bytes=1024), body=(b"x" * 1025,), scope={"http_version": "2"})
    assert (later.status, later.header("connection")) == (413, None)


@pytest.mark.parametrize("announced", [True, False])
def test_413_while_it_comes_in(announced: bool) -> None:
    body = (b"x" * 600, b"x" * 600)
    options: dict[str, Any] = {"headers": {"content-length": "5"}} if announced else {"chunked": True}
    reply = ask(Gated(body_bytes=1024), body=body, **options)
    assert (reply.status, reply.problem, reply.header("connection")) == (413, "body-too-large", "close")


def test_413_whatever_the_application_makes_of_it() -> None:
    async def stubborn(scope: Any, receive: Any, send: Any) -> None:
        try:
            await echo(scope, receive, send)
        except asyncio.CancelledError:
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"its own"})

    reply = ask(Gated(stubborn, body_bytes=1024), body=(b"x" * 1025,), chunked=True)
    assert (reply.status, reply.problem) == (413, "body-too-large")


def test_a_body_of_just_the_limit_passes() -> None:
    assert ask(Gated(body_bytes=1024), body=(b"x" * 1024,)).body == b"1024"


def test_a_batch_has_no_limit_of_its_whole() -> None:
    reply = ask(Gated(body_bytes=1024), BATCH, body=(b"x" * 1000,) * 5, chunked=True)
    assert (reply.status, reply.body) == (200, b"5000")


def test_408_for_a_caller_who_sends_slowly() -> None:
    async def story() -> None:
        gated = Gated(body_seconds=10.0)
        began = asyncio.get_running_loop().time()
        reply = await gated.ask(body=(b"{", *(4.0, b" ") * 20, b"}"))
        assert (reply.status, reply.problem) == (408, "request-timeout")
        assert asyncio.get_running_loop().time() - began == pytest.approx(10.0)
        assert gated.gate.under_way == 0
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0

    run(story())


def test_a_slow_body_within_its_time_passes_and_then_has_the_whole_time() -> None:
    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await receive()
        await asyncio.sleep(8)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert ask(Gated(slow, body_seconds=10.0, request_seconds=9.0), body=(b"{", 9.0, b"}")).status == 200


def test_503_for_an_answer_that_takes_too_long() -> None:
    async def stuck(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await asyncio.sleep(1000)

    async def story() -> None:
        gated = Gated(stuck, request_seconds=5.0)
        began = asyncio.get_running_loop().time()
        reply = await gated.ask()
        assert (reply.status, reply.problem, reply.header("retry-after")) == (503, "overloaded", "1")
        assert asyncio.get_running_loop().time() - began == pytest.approx(5.0)
        assert (await gated.ask("/v1/articles", "GET", ())).status == 503

    run(story())


def test_a_batch_may_last_but_not_stand_still() -> None:
    async def story() -> None:
        gated = Gated(idle_seconds=30.0, request_seconds=5.0, body_seconds=5.0)
        lively = await gated.ask(BATCH, body=(*(b"{}\n", 25.0) * 20, b"{}\n"), chunked=True)
        assert (lively.status, lively.body) == (200, b"63")
        idle = await gated.ask(BATCH, body=(b"{}\n", 31.0, b"{}\n"), chunked=True)
        assert (idle.status, idle.problem) == (408, "request-timeout")
        assert gated.last[0].problem == "request-timeout"

    run(story())


def test_a_batch_that_nobody_reads_is_ended() -> None:
    async def pouring(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(10):
            await send({"type": "http.response.body", "body": b"{}\n", "more_body": True})

    async def story() -> None:
        gated = Gated(pouring, idle_seconds=30.0)
        reply = await gated.ask(BATCH, taking=31.0)
        assert not reply.complete
        assert gated.last[0].problem == "request-timeout"
        assert gated.gate.under_way == 0

    run(story())


def test_a_body_in_chunks_ends_where_they_end() -> None:
    reply = ask(Gated(), body=(b"{", b"}", b" "), headers={"content-length": "2"}, chunked=True)
    assert (reply.status, reply.body) == (200, b"3")


@pytest.mark.parametrize("path", [ASSESS, BATCH])
def test_a_body_is_whole_once_it_is_as_long_as_announced(path: str) -> None:
    """Its last part may not say that it is the last: to ask for another one costs a turn of the loop for nothing."""

    async def story() -> None:
        parts = iter([b"{", b"}"])

        async def receive() -> Any:
            return {"type": "http.request", "body": next(parts), "more_body": True}

        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        gated = Gated()
        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "path": path, "query_string": b"",
            "headers": [(b"content-length", b"2")],
        }  # fmt: skip
        await gated.gate(scope, receive, send)
        assert [message.get("body") for message in sent] == [None, b"2"]

    run(story())


def test_a_caller_that_goes_away() -> None:
    async def talks_on(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] == "http.request":
            pass
        await send({"type": "http.response.start", "status": 500, "headers": []})

    async def waits(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] == "http.request":
            pass

    for inner in (waits, talks_on):
        gated = Gated(inner)
        reply = ask(gated, body=(b"{}", None))
        assert reply.status == 0
        assert gated.last[2] == GONE
        assert gated.gate.under_way == 0


# ---- headers


def test_431_and_414() -> None:
    gated = Gated(header_bytes=1024)
    reply = ask(gated, headers={"x-long": "x" * 1025})
    assert (reply.status, reply.problem) == (431, "headers-too-large")
    reply = ask(gated, "/v1/" + "x" * 1025)
    assert (reply.status, reply.problem) == (414, "uri-too-long")
    reply = ask(gated, scope={"query_string": b"x" * 1025})
    assert reply.status == 414


@pytest.mark.parametrize("sent", ["abc-1", "A.b_c", "x" * 64])
def test_a_well_formed_request_id_is_kept(sent: str) -> None:
    assert ask(Gated(), headers={"x-request-id": sent}).header("x-request-id") == sent


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", "a\nb", "ąč", "a;b"])
def test_any_other_is_made_anew(sent: str) -> None:
    gated = Gated()
    made = {ask(gated, headers={"x-request-id": sent}).header("x-request-id") for _ in range(3)}
    assert len(made) == 3
    assert sent not in made


def test_answers_keep_browsers_safe() -> None:
    reply = ask(Gated())
    assert reply.header("x-content-type-options") == "nosniff"
    assert reply.header("referrer-policy") == "no-referrer"
    assert reply.header("content-security-policy") == "default-src 'none'; frame-ancestors 'none'"
    assert reply.header("strict-transport-security") is None
    assert reply.header("access-control-allow-origin") is None


def test_pages_have_a_policy_of_their_own() -> None:
    async def page(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        if scope["path"] == "/docs":
            headers.append((b"content-security-policy", b"its own"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body"})

    policy = ask(Gated(page), "/", "GET", ()).header("content-security-policy") or ""
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy
    assert ask(Gated(page), "/docs", "GET", ()).header("content-security-policy") == "its own"


def test_a_page_that_has_not_changed_keeps_the_policy_that_it_came_with() -> None:
    async def page(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", b'"1"')]})
        await send({"type": "http.response.body"})

    reply = ask(Gated(page), "/docs", "GET", ())
    assert (reply.status, reply.header("content-security-policy")) == (304, None)
    assert reply.header("x-content-type-options") == "nosniff"


@pytest.mark.parametrize("hosts", [("evil.example", "localhost"), ("localhost", "evil.example"), ("localhost",) * 2])
def test_400_two_hosts(hosts: tuple[str, str]) -> None:
    gated = Gated(settings=Settings(auth=Auth(no_auth=True)))
    lines = [(b"host", host.encode()) for host in hosts]
    reply = ask(gated, "/v1/facts", "GET", (), scope={"headers": lines})
    assert (reply.status, reply.problem) == (400, "invalid-header")


@pytest.mark.parametrize("chunked", [True, False])
def test_400_a_body_that_ends_early(chunked: bool) -> None:
    gated = Gated()
    options: dict[str, Any] = {"chunked": True} if chunked else {"headers": {"content-length": "500"}}
    reply = ask(gated, body=(b"{", None, b"}"), **options)
    assert (reply.status, reply.problem) == (400, "incomplete-body")
    assert reply.header("connection") == "close"
    assert gated.last[0].problem == "incomplete-body"


def test_400_a_batch_that_ends_early_before_its_first_answer() -> None:
    async def batch(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await receive())["type"] == "http.request":
            pass

    reply = ask(Gated(batch), BATCH, body=(b"{", None, b"}"), chunked=True)
    assert (reply.status, reply.problem) == (400, "incomplete-body")


@pytest.mark.parametrize(
    ("path", "route"),
    [
        (ASSESS, ASSESS),
        ("//v1/assessments/", ASSESS),
        ("/v1/articles/any", "/v1/articles/{article}"),
        ("/v1/articles/any/more", ""),
        ("/v2", ""),
    ],
)
def test_what_the_gate_refuses_is_told_by_its_declared_path(path: str, route: str) -> None:
    gated = Gated(authority=Friends())
    assert ask(gated, path).status == 401
    assert gated.last[0].route == route


def test_403_names_what_is_lacking() -> None:
    gated = Gated(authority=Friends(desk=grant("desk", scopes=frozenset({"read"}))))
    assert b"lacks the scope `assess`" in ask(gated, key="desk").body
    preflight = ask(gated, method="OPTIONS", body=(), headers=PREFLIGHT)
    assert ORIGIN.encode() in preflight.body
    alone = Gated(settings=Settings(auth=Auth(no_auth=True)))
    assert b"not `evil.example`" in ask(alone, headers={"host": "evil.example"}).body


ORIGIN = "https://desk.example.lt"
PREFLIGHT = {"origin": ORIGIN, "access-control-request-method": "POST"}


def test_pages_of_other_origins_are_refused_by_default() -> None:
    gated = Gated(authority=Friends(desk=grant("desk")))
    reply = ask(gated, method="OPTIONS", body=(), headers=PREFLIGHT)
    assert (reply.status, reply.problem) == (403, "forbidden")
    reply = ask(gated, headers={"origin": ORIGIN}, key="desk")
    assert reply.status == 200
    assert reply.header("access-control-allow-origin") is None


def test_pages_of_named_origins_may_read_answers() -> None:
    gated = Gated(authority=Friends(desk=grant("desk")), settings=Settings(cors=Cors(origins=(ORIGIN,))))
    reply = ask(gated, method="OPTIONS", body=(), headers=PREFLIGHT)
    assert (reply.status, reply.body) == (204, b"")
    assert reply.header("access-control-allow-origin") == ORIGIN
    assert reply.header("access-control-allow-methods") == "GET, HEAD, POST"
    assert "authorization" in (reply.header("access-control-allow-headers") or "")
    answer = ask(gated, headers={"origin": ORIGIN}, key="desk")
    assert answer.header("access-control-allow-origin") == ORIGIN
    assert "Origin" in (answer.header("vary") or "")
    problem = ask(gated, headers={"origin": ORIGIN})
    assert (problem.status, problem.header("access-control-allow-origin")) == (401, ORIGIN)
    other = {**PREFLIGHT, "origin": "https://evil.example"}
    assert ask(gated, method="OPTIONS", body=(), headers=other).status == 403
    foreign = ask(gated, headers={"origin": "https://evil.example"}, key="desk")
    assert foreign.header("access-control-allow-origin") is None
    assert "Origin" in (foreign.header("vary") or "")


# ---- what goes wrong


def test_500_says_nothing_internal() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("the fact is secret.example.lt")

    gated = Gated(broken)
    reply = ask(gated)
    assert (reply.status, reply.problem) == (500, "internal-error")
    assert b"secret" not in reply.body
    assert isinstance(gated.last[0].error, RuntimeError)
    assert gated.gate.under_way == 0


def test_500_where_nothing_was_answered() -> None:
    async def silent(scope: Any, receive: Any, send: Any) -> None:
        pass

    assert ask(Gated(silent)).status == 500


def test_an_answer_that_has_begun_is_cut_off() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == BATCH:
            await send({"type": "http.response.body", "body": b"{}", "more_body": True})
        raise RuntimeError

    gated = Gated(broken)
    assert ask(gated).problem == "internal-error"  # nothing of it was sent yet
    reply = ask(gated, BATCH)
    assert (reply.status, reply.complete) == (200, False)
    assert gated.last[0].problem == "internal-error"


def test_head_has_no_body() -> None:
    reply = ask(Gated(authority=Friends()), "/v1/articles", "HEAD", ())
    assert (reply.status, reply.body) == (401, b"")


def test_a_stopping_worker_sends_callers_elsewhere() -> None:
    gated = Gated()
    assert ask(gated).header("connection") is None
    gated.service.draining.draining = True
    assert ask(gated).header("connection") == "close"
    assert ask(gated, scope={"http_version": "2"}).header("connection") is None


def test_the_server_may_end_a_request() -> None:
    async def stuck(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(1000)

    async def story() -> None:
        gated = Gated(stuck)
        task = asyncio.create_task(gated.ask())
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert gated.last[2] == GONE
        assert gated.gate.under_way == 0

    run(story())


def test_a_slot_is_kept_for_what_still_works_after_its_request() -> None:
    async def story() -> None:
        working: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def beside(scope: Any, receive: Any, send: Any) -> None:
            await echo(scope, receive, lambda _: asyncio.sleep(0))
            scope["state"]["vedlys"].working = working
            await asyncio.shield(working)

        gated = Gated(beside, request_seconds=1.0)
        reply = await gated.ask()
        assert (reply.status, reply.problem, gated.gate.under_way) == (503, "overloaded", 1)
        working.set_result(None)
        await asyncio.sleep(0)
        assert gated.gate.under_way == 0

    run(story())


def test_a_waiter_that_is_cancelled_as_a_slot_comes_back_is_just_cancelled() -> None:
    async def story() -> None:
        slots = Slots(1, 2, 10.0)
        assert slots.take()
        gone, next_one = asyncio.create_task(slots.wait()), asyncio.create_task(slots.wait())
        await asyncio.sleep(0)
        gone.cancel()
        slots.give_back()  # in the same turn of the loop: whoever was cancelled still stands in the queue
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert await next_one
        assert (slots.taken, slots.waiting) == (1, 0)
        last = asyncio.create_task(slots.wait())
        await asyncio.sleep(0)
        slots.give_back()
        last.cancel()  # now the other way round: it was given the slot already
        with pytest.raises(asyncio.CancelledError):
            await last
        assert (slots.taken, slots.waiting) == (0, 0)

    run(story())


def test_lifespan_passes_and_web_sockets_do_not() -> None:
    seen: list[str] = []
    sent: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    async def send(message: Any) -> None:
        sent.append(message)

    gate = Gated(inner).gate
    for kind in ("lifespan", "websocket"):
        run(gate({"type": kind, "headers": []}, None, send))  # type: ignore[arg-type]
    assert seen == ["lifespan"]
    assert [message["type"] for message in sent] == ["websocket.close"]
