"""How the time of a request grows with rules, articles, facts and records, and what memory a catalogue takes."""

from __future__ import annotations

import json
import multiprocessing
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.bars import ARTICLE, SAMPLE
from benchmarks.machine import resident
from benchmarks.peers.ours import catalogue_of
from benchmarks.results import Growth, Memory, Step
from benchmarks.timing import interleaved, timer
from benchmarks.workload import RULES_PER_ARTICLE, SIZES, Workload, article, workload
from vedlys import Catalogue

RULES = (10, 25, 100, 400)
ARTICLES = (1, 10, 100, 400)
TOUCHED = (1, 2, 5, 10)
FACTS = (0.1, 0.25, 0.5, 0.75, 1.0)
RECORDS = (0, 1, 10, 100, 1_000)
REQUESTS = 20_000
Calls = dict[str, tuple[Any, list[bytes]]]


def measured(environments: int, rounds: int) -> list[Growth]:
    """The tables."""
    large = workload(ARTICLES[-1] * RULES_PER_ARTICLE)
    catalogue = catalogue_of(large)
    return [
        _growth("rules of an article", {f"{count}": _rules(count, environments) for count in RULES}, rounds),
        _growth("articles of a catalogue", {f"{count}": _articles(count, environments) for count in ARTICLES}, rounds),
        _growth(
            "articles touched",
            {f"{count}": _all(catalogue, large, environments, touched=count) for count in TOUCHED},
            rounds,
        ),
        _growth(
            "share of 20 facts known",
            {f"{share:.0%}": _all(catalogue, large, environments, known=share) for share in FACTS},
            rounds,
        ),
        _growth("records of a fact", _records(), rounds),
    ]


def _growth(of: str, steps: dict[str, Calls], rounds: int) -> Growth:
    found: dict[str, Step] = {}
    candidates = {f"{at}\0{name}": timer(*calls[name]) for at, calls in steps.items() for name in calls}
    inputs = min(len(posted) for calls in steps.values() for _, posted in calls.values())
    for name, figure in interleaved(candidates, inputs, rounds).items():
        at, _, what = name.partition("\0")
        found.setdefault(at, Step(at=at, figures={})).figures[what] = figure
    return Growth(of=of, steps=list(found.values()))


def _rules(count: int, environments: int) -> Calls:
    work = Workload((article(0, count),), workload(1).seed)
    return _calls(catalogue_of(work), work.articles[0].id, [one.body for one in work.environments(environments)])


def _articles(count: int, environments: int) -> Calls:
    work = workload(count * RULES_PER_ARTICLE)
    first = Workload(work.articles[:1], work.seed)
    return _calls(catalogue_of(work), first.articles[0].id, [one.body for one in first.environments(environments)])


def _all(catalogue: Catalogue, work: Workload, environments: int, **options: Any) -> Calls:
    posted = [one.body for one in work.environments(environments, **options)]
    return {"assess_all": (partial(catalogue.assess_all, locale="lt"), posted)}


def _calls(catalogue: Catalogue, name: str, posted: list[bytes]) -> Calls:
    return {
        "verdicts": (partial(catalogue.verdicts, article=name), posted),
        "assess_all": (partial(catalogue.assess_all, locale="lt"), posted),
    }


def _records() -> dict[str, Calls]:
    """The sample with so many domains, one in ten of which is out of reach."""
    catalogue = Catalogue.load()
    sample = json.loads(SAMPLE.read_bytes())
    steps = {}
    for count in RECORDS:
        domains = [
            {"name": f"d{n}.example.lt", "pdc_emulator": f"dc1.d{n}.example.lt", "pdc_reachable": n % 10 != 0}
            for n in range(count)
        ]
        posted = [json.dumps(sample | {"ad.domains": domains}).encode()] * 20
        steps[f"{count:,}"] = {
            "verdicts": (partial(catalogue.verdicts, article=ARTICLE), posted),
            "assess_json": (partial(catalogue.assess_json, article=ARTICLE, locale="lt"), posted),
        }
    return steps


def memory(requests: int = REQUESTS) -> list[Memory]:
    """A process of its own for each size, so that one does not count for the next."""
    return [_memory(rules, requests) for rules in SIZES]


def _memory(rules: int, requests: int) -> Memory:
    # a fresh interpreter: a forked one would hold what this one holds
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_in_child, args=(there, rules, requests))
    process.start()
    there.close()
    found: Memory = here.recv()
    process.join()
    return found


def _in_child(pipe: Connection, rules: int, requests: int) -> None:
    work = workload(rules)
    posted = [one.body for one in work.environments(500, known=0.6)]
    touching = [Workload((one,), work.seed).environments(1)[0].body for one in work.articles]
    imported = resident()
    catalogue = catalogue_of(work)
    loaded, peak = resident(), resident(what="VmHWM")
    for body in touching:
        catalogue.assess_all(body, locale="lt")
    for number in range(requests // 10):
        catalogue.assess_all(posted[number % len(posted)], locale="lt")
    answered = resident()
    for number in range(requests):
        catalogue.assess_all(posted[number % len(posted)], locale="lt")
    pipe.send(
        Memory(
            rules=rules,
            articles=len(work.articles),
            imported=imported,
            loaded=loaded,
            peak=peak,
            answered=answered,
            later=resident(),
            requests=requests,
        )
    )
