"""Where the time of a request goes, by function: what a profiler says over hundreds of environments.

    PYTHONPATH=tests python -m benchmarks.hotspots [--of assess_json] [--top 15]

A profiler makes calls dearer than they are, so shares are a hint: what counts are the medians of `make bench`.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.bars import ARTICLE
from benchmarks.population import bodies
from vedlys import Catalogue

REPEATS = 3
ENGINE = Path(__file__).parents[2] / "engine"


def main() -> None:
    """Profile, and print own time and time within."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.hotspots", description=__doc__)
    options.add_argument("--of", choices=("verdicts", "assess", "to_dict", "assess_json"), default="assess")
    options.add_argument("--top", type=int, default=15)
    chosen = options.parse_args()
    catalogue = Catalogue.load()
    calls: dict[str, Callable[[bytes], object]] = {
        "verdicts": lambda body: catalogue.verdicts(body, ARTICLE),
        "assess": lambda body: catalogue.assess(body, ARTICLE, "lt"),
        "to_dict": lambda body: catalogue.assess(body, ARTICLE, "lt").to_dict(),
        "assess_json": lambda body: catalogue.assess_json(body, ARTICLE, locale="lt"),
    }
    call = calls[chosen.of]
    posted = bodies(catalogue.content.vocabulary, 200)
    for body in posted:
        call(body)
    profiler = cProfile.Profile()
    profiler.enable()
    for body in posted * REPEATS:
        call(body)
    profiler.disable()
    found: Any = pstats.Stats(profiler)  # its public attributes are not in its types
    total = found.total_tt
    requests = len(posted) * REPEATS
    print(f"{chosen.of}: {total / requests * 1e6:.0f} µs a request under the profiler, {requests} requests")
    rows: list[tuple[Any, ...]] = [
        (own / total, within / total, count / requests, _name(place))
        for place, (_, count, own, within, _) in found.stats.items()
    ]
    for title, column in (("own time", 0), ("time within", 1)):
        print(f"\n{title:>12}  {'own':>6}{'within':>8}{'calls':>8}  function")
        for row in sorted(rows, key=lambda row: -row[column])[: chosen.top]:
            print(f"{'':12}  {row[0]:6.1%}{row[1]:8.1%}{row[2]:8.1f}  {row[3]}")


def _name(place: tuple[str, int, str]) -> str:
    file, line, function = place
    path = Path(file)
    return f"{path.relative_to(ENGINE)}:{line} {function}" if path.is_relative_to(ENGINE) else f"{path.name} {function}"


if __name__ == "__main__":
    main()
