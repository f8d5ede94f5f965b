"""The bars: ratios within one run, printed as kept or passed. Nothing is asserted: a busy machine is no fault.

What is divided are medians (see `timing.py`) over the same inputs, both sides taking turns in one process. How far the
slowest lie from the median is asked twice: from environment to environment, each by its least time, and from call to
call, by the processor's time: on a shared machine the clock would tell how busy the others are.

Answers are remembered. So besides environments that were asked about before, as systems do, there are those that never
were.
"""

from __future__ import annotations

import gc
import json
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from benchmarks.peers.ours import catalogue_of
from benchmarks.population import bodies
from benchmarks.results import UNIT, Bar
from benchmarks.timing import Figure, figure, interleaved, processor_times, timer
from benchmarks.workload import RULES_PER_ARTICLE, Environment, Workload, article, workload
from vedlys import Catalogue

ARTICLE = "password-writeback"
SAMPLE = Path(__file__).parents[1] / "samples" / "firewall-blocked.json"
LARGE = 10_000
FIRST_ROUNDS = 3
OTHERS = 1_000  # environments that were assessed before


def measured(environments: int, rounds: int) -> list[Bar]:
    """All bars."""
    catalogue = Catalogue.load()
    sample = json.dumps(json.loads(SAMPLE.read_bytes()), ensure_ascii=False).encode()
    drawn = bodies(catalogue.content.vocabulary, environments)
    return [
        *_requests(catalogue, [sample] * 50, "the sample", rounds),
        *_requests(catalogue, drawn, f"{environments} environments", rounds),
        *_first_requests(
            drawn,
            f"{environments} environments, one member more than before",
            min(rounds, FIRST_ROUNDS),
            before=[_without_last(body) for body in drawn],
        ),
        *_first_requests(drawn, f"{environments} environments, never seen before", min(rounds, FIRST_ROUNDS)),
        *_many_articles(environments, rounds),
        *_ten_articles(rounds),
    ]


def _requests(catalogue: Catalogue, posted: list[bytes], what: str, rounds: int) -> list[Bar]:
    """The shipped article in Lithuanian, beside orjson's parse of the same requests."""
    read = [orjson.loads(body) for body in posted]
    calls: dict[str, tuple[Any, list[Any]]] = {
        UNIT: (orjson.loads, posted),
        "verdicts(bytes)": (partial(catalogue.verdicts, article=ARTICLE), posted),
        "assess(facts).to_dict()": (lambda facts: catalogue.assess(facts, ARTICLE, "lt").to_dict(), read),
        "assess(bytes).to_dict()": (lambda body: catalogue.assess(body, ARTICLE, "lt").to_dict(), posted),
        "assess_json(bytes)": (partial(catalogue.assess_json, article=ARTICLE, locale="lt"), posted),
    }
    found = interleaved({name: timer(call, given) for name, (call, given) in calls.items()}, len(posted), rounds)
    bars = []
    for name, limit, aim in (
        ("verdicts(bytes)", 4, None),
        ("assess(facts).to_dict()", 20, 10),
        ("assess(bytes).to_dict()", 20, 10),
        ("assess_json(bytes)", 20, 10),
    ):
        bars.append(_bar(f"{name} ÷ {UNIT}, {what}", found[name], found[UNIT], limit, aim))
    for name in ("verdicts(bytes)", "assess_json(bytes)"):
        one, own = found[name], processor_times(*calls[name], rounds)
        spread = (
            (f"{name}: p99 ÷ median, {what}", one.p99 / one.median, one),
            (f"{name}: p99 ÷ median of every sample's processor time, {what}", own.raw_p99 / own.raw_median, own),
        )
        bars += [Bar(name=title, ratio=ratio, limit=3, figure=of, beside=of) for title, ratio, of in spread]
    return bars


def _first_requests(posted: list[bytes], what: str, rounds: int, before: list[bytes] | None = None) -> list[Bar]:
    """The same for environments that were never assessed before, when others were: each round a new catalogue.

    `before` is what was asked just before each: an environment as it was before the last question was answered.
    """
    others = bodies(Catalogue.load().content.vocabulary, OTHERS, seed=OTHERS)
    unit: list[list[int]] = []
    found: list[list[int]] = []
    for _ in range(rounds):
        catalogue = Catalogue.load()
        assess = partial(catalogue.assess_json, article=ARTICLE, locale="lt")
        for body in others:
            assess(body)
        gc.collect()
        gc.freeze()
        parse, answer = timer(orjson.loads, posted), timer(assess, posted)
        pairs = []
        for number in range(len(posted)):
            if before is not None:
                assess(before[number])
            pairs.append((parse(number), answer(number)))
        gc.unfreeze()
        unit.append([one for one, _ in pairs])
        found.append([one for _, one in pairs])
    mine, beside = figure(found), figure(unit)
    return [
        _bar(f"assess_json(bytes) ÷ {UNIT}, {what}", mine, beside, 20, 10),
        Bar(
            name=f"assess_json(bytes): p99 ÷ median, {what}",
            ratio=mine.p99 / mine.median,
            limit=3,
            figure=mine,
            beside=mine,
        ),
    ]


def _without_last(body: bytes) -> bytes:
    """The document without its last member: a fact, or a topic with all that is known of it."""
    document = json.loads(body)
    if document:
        document.popitem()
    return json.dumps(document, ensure_ascii=False).encode()


def _many_articles(environments: int, rounds: int) -> list[Bar]:
    """One article's facts, posted to a catalogue of that article alone and to one of 400."""
    alone = Workload((article(0, RULES_PER_ARTICLE),), workload(LARGE).seed)
    large = workload(LARGE)
    posted = alone.environments(environments)
    small_one, large_one = catalogue_of(alone), catalogue_of(large)
    name = alone.articles[0].id
    inputs = [environment.body for environment in posted]
    calls: dict[str, Any] = {
        "verdicts, 1": partial(small_one.verdicts, article=name),
        "verdicts, 400": partial(large_one.verdicts, article=name),
        "assess_all, 1": partial(small_one.assess_all, locale="lt"),
        "assess_all, 400": partial(large_one.assess_all, locale="lt"),
    }
    found = interleaved({one: timer(call, inputs) for one, call in calls.items()}, len(inputs), rounds)
    what = f"{LARGE:,} rules in {len(large.articles)} articles ÷ one article, one's facts given"
    return [
        _bar(f"verdicts: {what}", found["verdicts, 400"], found["verdicts, 1"], 1.5),
        _bar(f"assess_all: {what}", found["assess_all, 400"], found["assess_all, 1"], 1.5),
    ]


def _ten_articles(rounds: int) -> list[Bar]:
    """Ten articles touched by one request, beside the same ten by a request each (the mean of the ten)."""
    large = workload(LARGE)
    catalogue = catalogue_of(large)
    assess = partial(catalogue.assess_all, locale="lt")
    tens = [_touching(large, start) for start in range(0, len(large.articles), 10)]
    ones = [body for ten, _ in tens for body in ten]
    single = timer(assess, ones)
    timers = {
        "one": lambda number: sum(single(number * 10 + each) for each in range(10)) // 10,
        "ten": timer(assess, [whole for _, whole in tens]),
    }
    found = interleaved(timers, len(tens), rounds)
    return [_bar("assess_all: ten articles touched ÷ one", found["ten"], found["one"], 11)]


def _touching(large: Workload, start: int) -> tuple[list[bytes], bytes]:
    """The facts of ten articles, apart and together."""
    facts = []
    for one in large.articles[start : start + 10]:
        environment: Environment = Workload((one,), large.seed).environments(1)[0]
        facts.append(environment.values)
    together = {name: value for values in facts for name, value in values.items()}
    return [_body(values) for values in facts], _body(together)


def _body(values: dict[str, Any]) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode()


def _bar(name: str, figure: Figure, beside: Figure, limit: float, aim: float | None = None) -> Bar:
    return Bar(name=name, ratio=figure.median / beside.median, limit=limit, aim=aim, figure=figure, beside=beside)
