"""Batches: a request a line in, an answer or a problem a line out, in order, in constant memory."""

from __future__ import annotations

import asyncio
import json
import random
import tracemalloc
from collections.abc import Iterator
from pkgutil import resolve_name
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedlys import Catalogue
from vedlys.web.app import create_app
from vedlys.web.lines import Lines
from vedlys.web.problems import ProblemError
from vedlys.web.requests import read_request
from vedlys.web.routes.assessments import decide_together
from vedlys.web.settings import Limits, Settings
from web.serving import Client, client_of, scope_of, service_of, speak

PATH = "/v1/assessments/batch"
NDJSON = {"content-type": "application/x-ndjson"}
GOOD = b'{"facts": {"sspr.scope": "none"}, "locale": "en", "as_of": "2026-11-22T10:00:00Z"}'
NONE = b'{"facts": {}}'


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="module")
def client(catalogue: Catalogue) -> Client:
    return client_of(service_of(catalogue))


def limited(**limits: int) -> Settings:
    return Settings(limits=Limits(**limits))


def told(answers: list[dict[str, Any]]) -> list[str | int]:
    """Of each answer how many articles it has; of each problem what it is, and its line."""
    return [
        len(one["assessments"])
        if "assessments" in one
        else f"{one['type'].removeprefix('/problems/')}@{one.get('line')}"
        for one in answers
    ]


def test_each_line_is_answered_in_its_place(client: Client) -> None:
    body = b"\n".join([GOOD, b"[]", NONE, b'{"facts": {"no.fact": 1}}', b"{", GOOD, b"\xff"])
    expected = [1, "invalid-request@2", 0, "invalid-request@4", "malformed-request@5", 1, "malformed-request@7"]
    assert told(client.batch(body)) == expected


def test_an_answer_is_that_of_a_single_request(client: Client) -> None:
    assert client.batch(GOOD) == [client.post(GOOD).json()]
    (problem,) = client.batch(b'{"facts": 1}', accept_language="en")
    single = client.post(b'{"facts": 1}', accept_language="en").json()
    assert problem.pop("line") == 1
    assert {**problem, "request_id": ""} == {**single, "request_id": ""}


def test_ends_of_lines_and_blank_lines(client: Client) -> None:
    body = b"\r\n" + NONE + b"\r\n\n  \n\t\r\n[]\r\n" + NONE
    assert told(client.batch(body)) == [0, "invalid-request@6", 0]
    assert client.batch(b"") == []
    assert client.batch(b"\n\n") == []
    assert told(client.batch(NONE + b"\n")) == [0]


def test_languages_of_lines(client: Client) -> None:
    lines = b'{"facts": {}, "locale": "en", "x": 1}\n{"facts": {}, "x": 1}'
    english, other = client.batch(lines, accept_language="lt")
    assert english["title"] == "The request is not valid"
    assert other["title"] == "Užklausa netinkama"


def test_a_line_that_is_too_long_is_passed_over(catalogue: Catalogue) -> None:
    client = client_of(service_of(catalogue, limited(line_bytes=1024)))
    exactly = NONE + b" " * (1024 - len(NONE))
    body = b"\n".join([exactly, exactly + b" ", NONE, b"x" * 100_000, NONE, b"y" * 5000])
    expected = [0, "line-too-large@2", 0, "line-too-large@4", 0, "line-too-large@6"]
    assert told(client.batch(body)) == expected
    assert told(client.batch(exactly + b"\r\n" + NONE)) == [0, 0]


def test_too_many_lines(catalogue: Catalogue) -> None:
    service = service_of(catalogue, limited(batch_lines=3))
    client = client_of(service)
    assert told(client.batch(b"\n".join([NONE] * 3))) == [0, 0, 0]
    assert told(client.batch(b"\n".join([NONE] * 10))) == [0, 0, 0, "too-many-lines@4"]
    assert told(client.batch(b"\n" * 10)) == ["too-many-lines@4"], "blank lines count: nobody sends them without end"


def test_decisions_have_their_lines(catalogue: Catalogue) -> None:
    service = service_of(catalogue)
    client_of(service).batch(b"\n".join([GOOD, b"", b"[]", NONE]))
    assert [decision.line for decision in service.decisions.recorded] == [1, 4]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_type": "application/json"}, 415),
        ({"content_type": "application/x-ndjson; charset=utf-16"}, 415),
        ({"content_type": "application/x-ndjson", "accept": "application/json"}, 406),
    ],
)
def test_forms(client: Client, headers: dict[str, str], status: int) -> None:
    assert client.post(NONE, PATH, **headers).status_code == status


@given(
    lines=st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line and not line.endswith(b"\r"))),
    ends=st.sampled_from([b"\n", b"\r\n"]),
    cuts=st.lists(st.integers(1, 30), min_size=1),
    limit=st.integers(1, 50),
)
def test_lines_are_the_same_wherever_chunks_are_cut(
    lines: list[bytes], ends: bytes, cuts: list[int], limit: int
) -> None:
    body = b"".join(line + ends for line in lines)
    cutter = Lines(limit)
    found: list[bytes | None] = []
    at = turn = 0
    while at < len(body):
        size = cuts[turn % len(cuts)]
        found += cutter.feed(body[at : at + size])
        at, turn = at + size, turn + 1
    found += cutter.finish()
    assert found == [line if len(line) <= limit else None for line in lines]


def test_answers_come_while_the_body_is_being_sent(catalogue: Catalogue) -> None:
    """The first line is answered before the second is sent, and no line is read while answers wait to be taken."""
    events: list[str] = []

    def body() -> Iterator[bytes]:
        for number in range(4):
            events.append(f"send {number}")
            yield GOOD + b"\n"

    async def taking() -> None:
        await asyncio.sleep(0)
        events.append("taken")

    def hear(message: dict[str, Any]) -> Any:
        if message.get("body"):
            events.append("answer")
            return taking()
        return None

    asyncio.run(speak(create_app(service_of(catalogue)), scope_of("POST", PATH, NDJSON), body(), hear))
    assert events.count("answer") == 4
    # one chunk is read ahead by the test itself
    assert events[:6] == ["send 0", "send 1", "answer", "taken", "send 2", "answer"]


def test_others_have_their_turn_during_a_batch(catalogue: Catalogue) -> None:
    app = create_app(service_of(catalogue))
    finished: list[str] = []

    async def ask(path: str, chunks: list[bytes], headers: dict[str, str]) -> None:
        await speak(app, scope_of("POST", path, headers), chunks)
        finished.append(path)

    async def run() -> None:
        batch = asyncio.create_task(ask(PATH, [b"\n".join([GOOD] * 400)], NDJSON))
        await asyncio.sleep(0)
        single = asyncio.create_task(ask("/v1/assessments", [GOOD], {"content-type": "application/json"}))
        await asyncio.gather(batch, single)

    asyncio.run(run())
    assert finished == ["/v1/assessments", PATH]


def test_memory_does_not_grow_with_the_batch(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    # on a slow machine answers would be sent in smaller parts at one time than at another
    for module in ("batch", "assessments"):
        monkeypatch.setattr(f"vedlys.web.routes.{module}.time", SimpleNamespace(perf_counter=lambda: 0.0))

    class Silent:
        def decided(self, decision: object) -> None: ...

        def record(self, decision: object) -> None: ...

    service = service_of(catalogue)
    service.observer = service.decisions = Silent()  # type: ignore[assignment]  # what keeps would grow
    app = create_app(service)
    chunk = (GOOD + b"\n") * 50

    def peak(chunks: int) -> int:
        received = 0

        async def receive() -> dict[str, Any]:
            nonlocal received
            received += 1
            return {"type": "http.request", "body": chunk, "more_body": received < chunks}

        async def send(message: dict[str, Any]) -> None:
            pass

        tracemalloc.start()
        asyncio.run(app(scope_of("POST", PATH, NDJSON), receive, send))  # type: ignore[arg-type]
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(2)
    assert peak(20) < peak(2) * 1.5 + 100_000


def test_an_endless_line_is_not_kept(catalogue: Catalogue) -> None:
    app = create_app(service_of(catalogue, limited(line_bytes=1024)))
    chunks = (b"x" * 65_536 for _ in range(200))
    tracemalloc.start()
    sent = asyncio.run(speak(app, scope_of("POST", PATH, NDJSON), chunks))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    answers = [msgspec.json.decode(line) for message in sent for line in message.get("body", b"").splitlines()]
    assert told(answers) == ["line-too-large@1"]
    assert most < 2_000_000


def test_a_problem_met_while_reading_is_the_last_line(catalogue: Catalogue) -> None:
    chunks = iter([GOOD + b"\n" + GOOD[:20]])

    async def receive() -> dict[str, Any]:
        for chunk in chunks:
            return {"type": "http.request", "body": chunk, "more_body": True}
        raise ProblemError("request-timeout", values={"seconds": "30"})

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(create_app(service_of(catalogue))(scope_of("POST", PATH, NDJSON), receive, send))  # type: ignore[arg-type]
    answers = [json.loads(line) for message in sent for line in message.get("body", b"").splitlines()]
    assert told(answers) == [1, "request-timeout@None"]
    assert (sent[0]["status"], sent[-1]["more_body"]) == (200, False)


STEPS = [
    "vedlys.web.routes.assessments.read_request",
    "vedlys.assessment.Catalogue.answers",
    "vedlys.web.routes.assessments.assessments_pieces",
    "vedlys.web.service.Service.decided",
]


@pytest.mark.parametrize("place", STEPS)
def test_a_bug_takes_one_line_alone(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    service = service_of(catalogue)
    work = resolve_name(place)
    turns = iter(range(7))

    def breaking(*arguments: Any, **options: Any) -> Any:
        if next(turns) == 4:
            raise RuntimeError("secret of the inside")
        return work(*arguments, **options)

    monkeypatch.setattr(place, breaking)
    scope = scope_of("POST", PATH, NDJSON)
    sent = asyncio.run(speak(create_app(service), scope, [b"\n".join([GOOD] * 7)]))
    body = b"".join(message.get("body", b"") for message in sent)
    answers = [json.loads(line) for line in body.splitlines()]
    assert told(answers) == [1, 1, 1, 1, "internal-error@5", 1, 1]
    assert b"secret" not in body
    assert isinstance(scope["state"]["vedlys"].error, RuntimeError)
    assert [decision.line for decision in service.decisions.recorded] == [1, 2, 3, 4, 6, 7]  # type: ignore[attr-defined]


def test_lines_of_all_kinds_are_answered_in_their_order(catalogue: Catalogue) -> None:
    service = service_of(catalogue, limited(line_bytes=40_000))
    kinds = {
        GOOD: 1,
        NONE: 0,
        GOOD + b" " * 35_000: 1,  # answered by itself
        b" ": None,
        b"[]": "invalid-request",
        b"x" * 50_000: "line-too-large",
        GOOD[:-1]: "malformed-request",
    }
    lines = random.Random(3).choices([*kinds], [30, 5, 1, 3, 2, 1, 2], k=300)
    expected = [
        kind if isinstance(kind, int) else f"{kind}@{number}"
        for number, line in enumerate(lines, 1)
        if (kind := kinds[line]) is not None
    ]
    scope = scope_of("POST", PATH, NDJSON)
    body = b"\n".join(lines)
    chunks = [body[at : at + 30_000] for at in range(0, len(body), 30_000)]
    sent = asyncio.run(speak(create_app(service), scope, chunks))
    answers = b"".join(message.get("body", b"") for message in sent).splitlines()
    assert told([json.loads(line) for line in answers]) == expected
    info = scope["state"]["vedlys"]
    assert info.lines == len(lines)
    assert set(info.stages) == {"read", "assess", "write"}
    assert min(info.stages.values()) > 0.0


def test_each_line_is_read_once_though_others_have_a_turn_after_each(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    read: list[bytes] = []
    ended: list[int] = []

    def reading(body: bytes, *given: Any) -> Any:
        nonlocal now
        now += 0.01  # longer than others are to wait
        read.append(body)
        return read_request(body, *given)

    def deciding(*given: Any) -> int:
        ended.append(decide_together(*given))
        return ended[-1]

    monkeypatch.setattr("vedlys.web.routes.assessments.read_request", reading)
    monkeypatch.setattr("vedlys.web.routes.batch.decide_together", deciding)
    for module in ("batch", "assessments"):
        monkeypatch.setattr(f"vedlys.web.routes.{module}.time", SimpleNamespace(perf_counter=lambda: now))
    lines = [GOOD, GOOD[:-1]] * 8
    answers = client_of(service_of(catalogue)).batch(b"\n".join(lines))
    assert told(answers) == [1 if number % 2 else f"malformed-request@{number}" for number in range(1, 17)]
    assert read == lines
    assert ended == [1] * 16


@pytest.mark.parametrize(
    ("seconds", "together"),
    [
        (0.000_04, [16, 16, 8]),
        (0.000_4, [13, 3, 10, 6, 7, 1]),  # others have their turn each 5 ms
        (0.002, [3, 3, 3, 3, 3, 1, 2, 2]),
        (0.1, [1] * 20),
    ],
)
def test_no_more_lines_are_answered_together_than_others_can_wait_for(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, seconds: float, together: list[int]
) -> None:
    now = 0.0
    found: list[int] = []
    assess = Catalogue.answers

    def assessing(self: Catalogue, *arguments: Any, **options: Any) -> Any:
        nonlocal now
        now += seconds
        found[-1] += 1
        return assess(self, *arguments, **options)

    def deciding(*given: Any) -> Any:
        found.append(0)
        return decide_together(*given)

    monkeypatch.setattr(Catalogue, "answers", assessing)
    monkeypatch.setattr("vedlys.web.routes.batch.decide_together", deciding)
    for module in ("batch", "assessments"):
        monkeypatch.setattr(f"vedlys.web.routes.{module}.time", SimpleNamespace(perf_counter=lambda: now))
    client_of(service_of(catalogue)).batch((GOOD + b"\n") * sum(together))
    assert found == together
