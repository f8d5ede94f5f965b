"""What got slower and what got faster between two runs, and what is noise.

    PYTHONPATH=tests python -m benchmarks.compare OLD.json NEW.json

A figure has a median for each round of its run. It got slower, or faster, where both of these hold, and is noise
otherwise:

1. the rounds lie apart: the middle half of those of one run does not touch the middle half of those of the other;
2. the difference is more than a twentieth, whatever the rounds say: the same code placed differently in memory differs
   by as much.

Where the two runs are of different machines, or of one machine at different speeds, every figure would differ. So both
must hold twice: of the times as they were measured, and of the new times divided by how much longer that took which
nothing in this project can change: the other engines and orjson's parse, those whose versions are the same in both
runs, in the median of their ratios. That is said first, as the speed of the machine. What is shown is the lesser of
the two changes. A gain on a machine that is slower by as much is thereby missed: compare runs of one machine.

Exit code 1 where anything got slower, so that a script can tell.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import number_of
from benchmarks.results import UNIT, Result, read
from benchmarks.timing import Figure

AT_LEAST = 0.05


def named(result: Result) -> Iterator[tuple[str, Figure]]:
    """Each figure of a run by a name that the same figure of another run has too."""
    for size in result.engines:
        for line in size.lines:
            for what, found in (("known", line.known), ("missing", line.missing)):
                if found is not None:
                    yield f"{size.rules:,} rules, {what}: {line.engine} ({line.index})", found
    for bar in result.bars:
        if " p99 " not in bar.name:
            yield bar.name, bar.figure
    for growth in result.growth:
        for step in growth.steps:
            for name, found in step.figures.items():
                yield f"{growth.of}, {step.at}: {name}", found


def machine_speed(old: Result, new: Result) -> float:
    """How many times as long the new run's machine took for what is the same in both runs."""
    before, now = _strange(old), _strange(new)
    ratios = [now[name] / before[name] for name in before.keys() & now.keys()]
    return statistics.median(ratios) if ratios else 1.0


def _strange(result: Result) -> dict[tuple[str, ...], float]:
    """The figures that nothing in this project can change, each by a name with the version that was measured."""
    found = {
        (line.engine, line.index, result.machine.versions[line.package], what, str(size.rules)): figure.median
        for size in result.engines
        for line in size.lines
        for what, figure in (("known", line.known), ("missing", line.missing))
        if figure is not None and line.package != "vedlys"
    }
    parse = result.machine.versions[UNIT.partition(".")[0]]
    return found | {(bar.name, parse): bar.beside.median for bar in result.bars if f"÷ {UNIT}" in bar.name}


def change(old: Figure, new: Figure, speed: float = 1.0) -> float | None:
    """By what share a figure grew (below 0: shrank), or None for noise; `speed` is how many times as long all took."""
    measured, corrected = _grown(old, new, 1.0), _grown(old, new, speed)
    if measured is None or corrected is None or measured * corrected < 0:
        return None
    return min(measured, corrected, key=abs)


def _grown(old: Figure, new: Figure, speed: float) -> float | None:
    (low, _, high), (new_low, _, new_high) = old.quartiles, new.quartiles
    grown = new.median / speed / old.median - 1
    apart = new_low / speed > high or new_high / speed < low
    return grown if apart and abs(grown) > AT_LEAST else None


def main() -> int:
    """Compare, and print."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    old, new = (read(Path(name)) for name in sys.argv[1:])
    speed = machine_speed(old, new)
    print(f"old: {old.machine.line}\nnew: {new.machine.line}\nthe machine: takes {speed:.2f} times as long")
    for package in sorted(old.machine.versions.keys() & new.machine.versions.keys()):
        versions = old.machine.versions[package], new.machine.versions[package]
        if versions[0] != versions[1]:
            print(f"{package}: {versions[0]}, now {versions[1]}")
    before, now = dict(named(old)), dict(named(new))
    changes = {name: change(before[name], now[name], speed) for name in before if name in now}
    slower = {name: grown for name, grown in changes.items() if grown is not None and grown > 0}
    faster = {name: grown for name, grown in changes.items() if grown is not None and grown < 0}
    for title, found in (("slower", slower), ("faster", faster)):
        print(f"\n{title}: {len(found)}")
        for name, grown in sorted(found.items(), key=lambda item: -abs(item[1])):
            print(f"  {grown:+7.0%}  {number_of(before[name].median):>9} → {number_of(now[name].median):>9} µs  {name}")
    print(f"\nnoise: {len(changes) - len(slower) - len(faster)}")
    for name in sorted(before.keys() ^ now.keys()):
        print(f"only in the {'old' if name in before else 'new'} run: {name}")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
