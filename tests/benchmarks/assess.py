"""Where the time of one assessment goes, beside orjson's parse of the same facts in the same run.

    make bench

Every figure is the median of many rounds, the candidates taking turns, so that a machine that slows down slows all.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from vedlys import Catalogue

SAMPLES = Path(__file__).parents[1] / "samples"
ARTICLE = "password-writeback"
ROUNDS = 300


def medians(candidates: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Median seconds of each candidate, interleaved; each is warmed first."""
    for candidate in candidates.values():
        for _ in range(20):
            candidate()
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, candidate in candidates.items():
            start = time.perf_counter()
            candidate()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> None:
    """Measure, and print a table."""
    body = json.dumps(json.loads((SAMPLES / "firewall-blocked.json").read_text("utf-8"))).encode()
    started = time.perf_counter()
    catalogue = Catalogue.load()
    loaded = time.perf_counter() - started
    first = time.perf_counter()
    catalogue.assess(body, ARTICLE)
    ready = time.perf_counter() - first

    reading = catalogue.read(body)
    program = catalogue.program.articles[ARTICLE]
    questions = catalogue.questions(ARTICLE)
    outcome = program.outcome(reading.environment)
    rules = [rule for rule, is_open in zip(program.rules, outcome.open, strict=True) if is_open]
    found = medians(
        {
            "orjson.loads": lambda: orjson.loads(body),
            "decode": lambda: catalogue.read(body),
            "evaluate": lambda: program.outcome(reading.environment),
            "ask": lambda: questions.about(reading.environment).ask(rules),
            "verdicts, whole": lambda: catalogue.verdicts(body, ARTICLE),
            "assess, whole": lambda: catalogue.assess(body, ARTICLE),
            "assess to dict": lambda: catalogue.assess(body, ARTICLE).to_dict(),
            "assess to JSON": lambda: catalogue.assess_json(body, ARTICLE),
        }
    )
    unit = found["orjson.loads"]
    print(f"facts: {len(body)} bytes; loaded in {loaded * 1000:.0f} ms, first assessment {ready * 1000:.0f} ms")
    print(f"{'stage':<18}{'µs':>10}{'× orjson':>10}")
    for name, seconds in found.items():
        print(f"{name:<18}{seconds * 1e6:>10.1f}{seconds / unit:>10.1f}")
    evidence = found["assess, whole"] - found["decode"] - found["evaluate"] - found["ask"]
    print(f"{'evidence+compose':<18}{evidence * 1e6:>10.1f}{evidence / unit:>10.1f}  (the whole less the parts above)")


if __name__ == "__main__":
    main()
