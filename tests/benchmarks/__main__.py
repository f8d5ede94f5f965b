"""Measure all of it, print it, and write it down.

make bench                                          # everything, some minutes
PYTHONPATH=tests python -m benchmarks --only bars   # a part; --quick for fewer rounds
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec
from rich.console import Console

from benchmarks import bars, engines, growth
from benchmarks.machine import this_machine
from benchmarks.peers.table import PACKAGES
from benchmarks.report import markdown, show, summary
from benchmarks.results import Result, read, write
from benchmarks.workload import SEED, SIZES

PARTS = ("engines", "bars", "growth", "memory")


def main() -> None:
    """Run the parts that are asked for."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--only", choices=PARTS, action="append", help="a part to measure; all of them by default")
    options.add_argument("--quick", action="store_true", help="few rounds on few environments: a first impression")
    options.add_argument("--out", type=Path, default=Path("bench"), help="the folder for JSON, Markdown and SVG")
    options.add_argument("--from", dest="written", type=Path, help="show a run that was written down; measure nothing")
    chosen = options.parse_args()
    result = read(chosen.written) if chosen.written else _measured(chosen.only or list(PARTS), quick=chosen.quick)
    show(result, Console(width=None if sys.stdout.isatty() else 150))
    chosen.out.mkdir(parents=True, exist_ok=True)
    write(result, chosen.out / "results.json")
    (chosen.out / "results.md").write_text(markdown(result), "utf-8")
    (chosen.out / "summary.md").write_text(summary(result), "utf-8")
    if result.engines:
        from benchmarks.plot import draw  # noqa: PLC0415 - lazy: only `make bench` has matplotlib

        draw(result, chosen.out / "engines.svg")
    print(f"written to {chosen.out}/", file=sys.stderr)


def _measured(parts: list[str], *, quick: bool) -> Result:
    environments, rounds = (40, 5) if quick else (200, 9)
    result = Result(
        machine=this_machine(PACKAGES),
        seed=SEED,
        environments=environments,
        rounds=rounds,
    )
    changed = msgspec.structs.replace
    # memory first: it is measured in processes of their own, but those are best started from a small one
    if "memory" in parts:
        _say("memory")
        result = changed(result, memory=growth.memory(2_000 if quick else growth.REQUESTS))
    if "bars" in parts:
        _say("bars")
        result = changed(result, bars=bars.measured(environments, rounds))
    if "growth" in parts:
        _say("growth")
        result = changed(result, growth=growth.measured(environments, rounds))
    if "engines" in parts:
        found = []
        for rules in SIZES:
            _say(f"engines, {rules:,} rules")
            found.append(engines.measured(rules, environments, rounds))
        result = changed(result, engines=found)
    return result


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
