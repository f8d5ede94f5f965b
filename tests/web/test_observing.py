"""Logs, metrics and traces: what they say, what they never say, and that they harm no request."""

from __future__ import annotations

import datetime as dt
import io
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from prometheus_client.parser import text_string_to_metric_families

from vedlys.assessment import Catalogue
from vedlys.web.gate import Gate
from vedlys.web.observing.lines import Lines
from vedlys.web.observing.observing import Observing
from vedlys.web.observing.tally import Tally
from vedlys.web.observing.tracing import Tracer
from vedlys.web.parts import Caller, CatalogueState, Decision, RequestInfo
from vedlys.web.settings import Log
from web.gated import Friends, Gated, grant
from web.virtual import run

SECRET = "secret-dc.example.lt"


class Kept:
    """Where lines end up."""

    def __init__(self) -> None:
        self.content = b""

    def __call__(self, content: bytes) -> int:
        self.content += content
        return len(content)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(line) for line in self.content.splitlines()]


class Watched:
    def __init__(self, folder: Path | None = None, **log: Any) -> None:
        self.kept = Kept()
        self.lines = Lines(self.kept)
        self.observing = Observing(Log(**log), folder, self.lines)

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self.observing.close()

    @property
    def events(self) -> list[dict[str, Any]]:
        self.lines.close()
        return self.kept.events

    @property
    def text(self) -> str:
        self.lines.close()
        return self.kept.content.decode()

    def samples(self) -> dict[tuple[str, ...], float]:
        return samples(self.observing.metrics())


def samples(metrics: bytes) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels, key="le".__eq__))): sample.value
        for family in text_string_to_metric_families(metrics.decode())
        for sample in family.samples
    }


def info(**more: Any) -> RequestInfo:
    return RequestInfo(**{"id": "r1", "started": time.perf_counter(), "route": "/v1/assessments", **more})


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="module")
def decision(catalogue: Catalogue) -> Decision:
    facts = {"sspr.scope": "selected", "ad.domain_controllers": [{"host": SECRET, "patched": False}]}
    reading = catalogue.read(msgspec.json.encode(facts))
    return Decision(
        request_id="r1", at=dt.datetime.now(dt.UTC), caller="desk", line=None, locale="lt", reading=reading,
        answers=catalogue.answers(reading, None, "lt"), catalogue=catalogue,
    )  # fmt: skip


# ---- the log


def test_one_line_a_request() -> None:
    watched = Watched()
    watched.observing.answered(
        info(
            caller=Caller("desk", "key:1"),
            articles=("password-writeback",),
            statuses=("attention",),
            stages={"read": 0.0012, "assess": 0.002},
        ),
        "POST", 200, 1234,
    )  # fmt: skip
    (event,) = watched.events
    assert event.pop("ms") >= 0
    assert dt.datetime.fromisoformat(event.pop("timestamp")).tzinfo is not None
    assert event == {
        "level": "info", "event": "request", "request": "r1", "key": "desk", "method": "POST",
        "route": "/v1/assessments", "status": 200, "bytes": 1234, "read_ms": 1.2, "assess_ms": 2.0,
        "assessments": {"password-writeback": "attention"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "route", "level"),
    [(200, "/v1/facts", "info"), (404, "", "info"), (429, "", "warning"), (503, "", "warning"), (500, "", "error"),
     (200, "/healthz", "debug"), (500, "/healthz", "error")],
)  # fmt: skip
def test_levels(status: int, route: str, level: str) -> None:
    watched = Watched(level="debug")
    watched.observing.answered(info(route=route), "GET", status, 0)
    assert [event["level"] for event in watched.events] == [level]


def test_a_request_that_reached_no_route_is_told_as_metrics_tell_it() -> None:
    watched = Watched()
    watched.observing.answered(info(route=""), "GET", 404, 0)
    assert [event["route"] for event in watched.events] == ["(none)"]
    assert any("(none)" in labels for labels in watched.samples())


def test_what_is_below_the_level_is_not_written() -> None:
    watched = Watched(level="warning")
    watched.observing.answered(info(), "GET", 200, 0)
    watched.observing.answered(info(), "GET", 503, 0)
    assert [event["status"] for event in watched.events] == [503]


def test_facts_are_not_written_unless_asked_for_and_then_masked(decision: Decision) -> None:
    silent, telling = Watched(level="debug"), Watched(facts=True)
    for watched in (silent, telling):
        watched.observing.decided(decision)
        watched.observing.answered(info(), "POST", 200, 1)
    assert "selected" not in silent.text
    assert [event["event"] for event in silent.events] == ["request"]
    first = telling.events[0]
    assert (first["event"], first["request"]) == ("facts", "r1")
    assert first["facts"] == {"sspr.scope": "selected", "ad.domain_controllers": [{"host": "***", "patched": False}]}
    assert SECRET not in telling.text


def test_a_bug_is_described_without_its_message() -> None:
    watched = Watched()
    try:
        int(SECRET)
    except ValueError as error:
        watched.observing.answered(info(error=error, problem="internal-error"), "POST", 500, 1)
    (event,) = watched.events
    assert event["error"] == "builtins.ValueError"
    assert event["problem"] == "internal-error"
    assert "test_observing.py" in event["trace"][-1]
    assert SECRET not in watched.text


HOSTILE = 'x\n{"event":"forged"}\r\x1b[31m\u202e\u2028"\\ key=value'


@pytest.mark.parametrize("form", ["json", "readable"])
def test_no_line_can_be_forged(form: str) -> None:
    watched = Watched(format=form)
    watched.observing.answered(info(caller=Caller(HOSTILE, "x"), problem=HOSTILE), HOSTILE, 200, 0)
    watched.observing.tell("issuer_keys_refused", HOSTILE)
    lines = watched.text.split("\n")
    assert len(lines) == 3
    assert lines[-1] == ""
    if form == "json":
        assert watched.events[0]["event"] == "request"
        assert watched.events[0]["key"] == HOSTILE
    assert "\x1b" not in watched.text
    assert all(line.isprintable() for line in lines) or form == "json"


def test_a_readable_line() -> None:
    watched = Watched(format="readable")
    watched.observing.answered(info(caller=Caller("the desk", "x"), stages={}), "POST", 200, 5)
    assert watched.text[24:].startswith(
        ' info    request request=r1 key="the desk" method=POST route=/v1/assessments status=200'
    )


@pytest.mark.parametrize("error", [BrokenPipeError, OSError, ValueError])
def test_a_closed_stderr_stops_nothing(error: type[Exception]) -> None:
    def gone(_content: bytes) -> int:
        raise error

    lost: list[int] = []
    lines = Lines(gone, dropped=lambda: lost.append(1))
    for _ in range(10):
        lines.add(b"x")
    lines.close()
    assert len(lost) == 10


def test_a_full_pipe_stops_nothing_and_loses_the_newest() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    lost: list[int] = []
    lines = Lines(lambda content: os.write(writing, content), room=100, dropped=lambda: lost.append(1))
    for number in range(5000):
        lines.add(b"%d " % number + b"x" * 4000)
    assert lost
    kept = b""
    while kept.count(b"\n") < 5000 - len(lost):  # a line that never comes would block here
        kept += os.read(reading, 1 << 20)
    lines.close()
    os.close(writing)
    os.close(reading)
    assert [int(line.split()[0]) for line in kept.splitlines()] == list(range(5000 - len(lost)))


def test_partial_writes_are_continued() -> None:
    out = io.BytesIO()
    lines = Lines(lambda content: out.write(content[:3]))
    for word in (b"first", b"second"):
        lines.add(word)
    lines.close()
    assert out.getvalue() == b"first\nsecond\n"


def test_what_cannot_be_counted_is_still_answered(decision: Decision, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched()
    for name in ("answered", "decided"):
        monkeypatch.setattr(watched.observing.counting, name, lambda *_: 1 / 0)
    watched.observing.answered(info(), "POST", 200, 1)
    watched.observing.decided(decision)
    assert [(event["event"], event["error"]) for event in watched.events] == [
        ("observing_failed", "builtins.ZeroDivisionError")
    ] * 2


# ---- metrics


def test_requests_are_counted_by_route_and_status() -> None:
    watched = Watched()
    watched.observing.begun()
    watched.observing.begun()
    watched.observing.answered(info(stages={"read": 0.00003, "assess": 99.0}), "POST", 200, 10)
    for _ in range(3):
        watched.observing.answered(info(route="", problem="not-found"), "BREW", 404, 7)
    got = watched.samples()
    assert got["vedlys_requests_total", "POST", "/v1/assessments", "200"] == 1
    assert got["vedlys_requests_total", "other", "(none)", "404"] == 3
    assert got["vedlys_problems_total", "not-found"] == 3
    assert got["vedlys_answer_bytes_total", "(none)"] == 21
    assert got["vedlys_requests_under_way",] == 0
    assert got["vedlys_request_seconds_count", "(none)"] == 3
    assert got["vedlys_stage_seconds_bucket", "read", "5e-05"] == 1
    assert got["vedlys_stage_seconds_bucket", "assess", "10"] == 0
    assert got["vedlys_stage_seconds_bucket", "assess", "+Inf"] == 1
    assert got["vedlys_stage_seconds_sum", "assess"] == pytest.approx(99)
    assert got["vedlys_workers",] == 1


def test_made_up_methods_are_one_name() -> None:
    watched = Watched()
    before = len(watched.observing.counting.tally.counts())
    for number in range(1000):
        watched.observing.answered(info(), f"M{number}", 405, 0)
    assert len(watched.observing.counting._requests) == 1
    assert len(watched.observing.counting.tally.counts()) - before < 40


def test_verdicts_are_counted_by_rule_and_missing_facts_by_name(decision: Decision, catalogue: Catalogue) -> None:
    watched = Watched()
    for _ in range(3):
        watched.observing.decided(decision)
    got = watched.samples()
    assessment = decision.answers[0].assessment
    article = assessment.article
    assert got["vedlys_assessments_total", article, assessment.status] == 3
    verdicts = {key[2]: (key[3], value) for key, value in got.items() if key[0] == "vedlys_verdicts_total"}
    expected = {
        **{finding.rule: "applies" for finding in assessment.findings},
        **{one.rule: "unknown" for one in assessment.undecided},
        **dict.fromkeys(assessment.clear, "clear"),
        **dict.fromkeys(assessment.not_applicable, "not_applicable"),
    }
    assert len(expected) == len(catalogue.content.rulebooks[article].rules)
    assert verdicts == {rule: (verdict, 3) for rule, verdict in expected.items()}
    missing = {key[2]: value for key, value in got.items() if key[0] == "vedlys_missing_facts_total"}
    wanted = {
        one.fact if one.field is msgspec.UNSET else f"{one.fact}.{one.field}"
        for undecided in assessment.undecided
        for one in undecided.missing
    }
    assert missing == dict.fromkeys(wanted, 3)
    assert SECRET.encode() not in watched.observing.metrics()


def test_the_catalogue_in_use() -> None:
    watched = Watched()
    state = CatalogueState(state="current", digest="sha256:1", loaded_at=dt.datetime.now(dt.UTC))
    watched.observing.catalogue(state, "0.1", 3)
    watched.observing.catalogue(msgspec.structs.replace(state, digest="sha256:2"), "0.1", 4)
    got = watched.samples()
    assert {key: value for key, value in got.items() if key[0] == "vedlys_catalogue_info"} == {
        ("vedlys_catalogue_info", "sha256:2", "0.1"): 1
    }
    assert (got["vedlys_catalogue_articles",], got["vedlys_content_refused",]) == (4, 0)
    refused = msgspec.structs.replace(state, digest="sha256:2", state="refused", faults=("a:1:1: x",))
    watched.observing.catalogue(refused, "0.1", 4)
    assert watched.samples()["vedlys_content_refused",] == 1
    assert watched.events[-1]["faults"] == ["a:1:1: x"]


def test_decisions_that_were_dropped() -> None:
    watched = Watched()
    watched.observing.decision_log(10, 0)
    watched.observing.decision_log(15, 4, "disk full")
    got = watched.samples()
    assert (got["vedlys_decisions_written_total",], got["vedlys_decisions_dropped_total",]) == (15, 4)
    assert [event["event"] for event in watched.events] == ["decisions_dropped"]


# ---- counts of several workers


def test_workers_are_summed(tmp_path: Path) -> None:
    with Watched(tmp_path) as one, Watched(tmp_path) as two:
        for watched in (one, two, two):
            watched.observing.begun()
            watched.observing.answered(info(), "POST", 200, 1)
        one.observing.begun()
        assert one.samples() == two.samples()
        got = one.samples()
    assert got["vedlys_requests_total", "POST", "/v1/assessments", "200"] == 3
    assert got["vedlys_requests_under_way",] == 1
    assert got["vedlys_workers",] == 2


def _count_and_die(folder: str) -> None:
    watched = Watched(Path(folder))
    for _ in range(5):
        watched.observing.begun()
    watched.observing.answered(info(), "POST", 200, 1)
    os.kill(os.getpid(), 9)


def test_a_killed_worker_loses_no_count_and_its_successor_goes_on(tmp_path: Path) -> None:
    request = ("vedlys_requests_total", "POST", "/v1/assessments", "200")
    context = multiprocessing.get_context("spawn")
    with Watched(tmp_path) as living:
        for number in (1, 2):
            process = context.Process(target=_count_and_die, args=(str(tmp_path),))
            process.start()
            process.join(60)
            assert process.exitcode == -9
            got = living.samples()
            assert got[request] == number
            assert got["vedlys_requests_under_way",] == 0  # what was under way there is under way no more
            assert got["vedlys_workers",] == 1
        assert len(list(tmp_path.glob("*.names"))) == 2
        with Watched(tmp_path) as successor:
            successor.observing.answered(info(), "POST", 200, 1)
            assert living.samples()[request] == 3


def test_a_name_that_was_cut_off_is_forgotten(tmp_path: Path) -> None:
    tally = Tally(tmp_path)
    tally.cells[tally.slot("a", "b")] = 5
    tally.close()
    names = tmp_path / "0.names"
    names.write_bytes(names.read_bytes() + b'["a","c')
    again = Tally(tmp_path)
    again.cells[again.slot("a", "d")] += 1
    assert again.counts() == {("overflow",): 0, ("a", "b"): 5, ("a", "d"): 1}
    assert b'["a","c' not in names.read_bytes()
    again.close()


def test_what_is_counted_together_takes_one_addition(tmp_path: Path) -> None:
    tally = Tally(tmp_path)
    a, b, c = (tally.slot(name) for name in "abc")
    both, other = tally.together((a, b)), tally.together((b, c))
    assert (len(both), len(other)) == (1, 1)
    assert tally.together((a, b)) == both
    for slot in (*both, *both, *other, b):
        tally.cells[slot] += 1
    expected = {("overflow",): 0, ("a",): 2, ("b",): 4, ("c",): 1}
    assert tally.counts() == expected
    tally.close()
    with Watched(tmp_path) as successor:  # it goes on with what stands for others too
        again = successor.observing.counting.tally
        again.cells[again.together((a, b))[0]] += 1
        assert {name: again.counts()[name] for name in expected} == {**expected, ("a",): 3, ("b",): 5}
        another = Tally(tmp_path)
        assert another.counts()["b",] == 5
        another.close()


def test_what_is_counted_together_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vedlys.web.observing.tally._MOST_TOGETHER", 3)
    tally = Tally()
    slots = [tally.slot(str(number)) for number in range(10)]
    for slot in slots:
        for place in tally.together((slots[0], slot)):
            tally.cells[place] += 1
    assert len(tally.counts()) == 11
    assert (tally.counts()["0",], tally.counts()["9",]) == (11, 1)
    full = Tally(most=2)
    assert full.together((full.slot("a"),)) == (1,)


def test_answers_that_come_again_are_held_within_bounds(
    decision: Decision, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vedlys.web.observing.counting._MOST_SEEN", 1)
    watched = Watched()
    reading = catalogue.read(b'{"sspr.scope": "none"}')
    other = msgspec.structs.replace(decision, answers=catalogue.answers(reading, None, "lt"))
    for one in (decision, other, decision, decision):
        watched.observing.decided(one)
    assert len(watched.observing.counting._seen) == 1
    counted = sum(value for key, value in watched.samples().items() if key[0] == "vedlys_assessments_total")
    assert counted == 4


def test_names_are_bounded() -> None:
    tally = Tally(most=10)
    for number in range(100):
        tally.cells[tally.slot("a", str(number))] += 1
    counts = tally.counts()
    assert len(counts) == 10
    assert counts["overflow",] == 91


def test_a_full_disk_leaves_counts_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    tally = Tally(tmp_path / "counts")
    tally.cells[tally.slot("a")] += 2
    assert tally.counts()["a",] == 2


# ---- traces


class Exporter(SpanExporter):
    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.spans.extend(spans)
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        pass


@pytest.fixture
def traced() -> Callable[..., Sequence[ReadableSpan]]:
    def ask(headers: dict[str, str]) -> Sequence[ReadableSpan]:
        exporter = Exporter()
        tracer = Tracer("http://127.0.0.1:9/v1/traces", exporter)

        async def inner(scope: Any, receive: Any, send: Any) -> None:
            known: RequestInfo = scope["state"]["vedlys"]
            known.route, known.articles, known.statuses = "/v1/assessments", ("a",), ("clear",)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body"})

        gated = Gated()
        gated.gate = Gate(inner, gated.service, Friends(desk=grant("desk")), tracing=tracer)  # type: ignore[arg-type]
        run(gated.ask(headers=headers, key="desk"))
        tracer.close()
        return exporter.spans

    return ask


def test_a_span_a_request(traced: Callable[..., Sequence[ReadableSpan]]) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    (span,) = traced({"traceparent": f"00-{trace}-b7ad6b7169203331-01", "x-request-id": "r1"})
    assert span.name == "POST /v1/assessments"
    assert span.parent is not None
    assert (f"{span.parent.trace_id:032x}", f"{span.parent.span_id:016x}") == (trace, "b7ad6b7169203331")
    assert span.attributes is not None
    assert dict(span.attributes) == {
        "http.route": "/v1/assessments", "http.request.method": "POST", "http.response.status_code": 200,
        "vedlys.request_id": "r1", "enduser.id": "desk", "vedlys.articles": ("a",), "vedlys.statuses": ("clear",),
    }  # fmt: skip


@pytest.mark.parametrize("header", ["", "00-x-y-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "\xff"])
def test_a_bad_parent_is_none(traced: Callable[..., Sequence[ReadableSpan]], header: str) -> None:
    (span,) = traced({"traceparent": header})
    assert span.parent is None


def test_a_caller_that_does_not_sample_is_not_sampled(traced: Callable[..., Sequence[ReadableSpan]]) -> None:
    assert traced({"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}) == []
