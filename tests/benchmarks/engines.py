"""All engines on one workload: each held to the oracle first, then timed, taking turns."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

from benchmarks.oracle import Oracle
from benchmarks.peers import Entry
from benchmarks.peers.apart import Apart, GoneError
from benchmarks.peers.table import entries
from benchmarks.results import Line, Size
from benchmarks.timing import Figure, Timer, interleaved, timer
from benchmarks.workload import Environment, Workload, workload

MISSING = 0.6  # the share of an article's facts that are known, where some are missing
CHECKING = 3.0  # seconds that an engine may be held to the oracle for
Answer = Callable[[int], list[str]]


def posted(count: int, work: Workload) -> list[Environment]:
    """So many environments that know all facts of an article, then as many that miss some."""
    return work.environments(count) + work.environments(count, known=MISSING)


def measured(rules: int, count: int, rounds: int) -> Size:
    """One size."""
    work = workload(rules)
    environments = posted(count, work)
    oracle = Oracle(work)
    expected = [oracle.applying(environment.values) for environment in environments]
    lines: dict[int, Line] = {}
    timers: dict[int, Timer] = {}
    apart: list[Apart] = []
    for number, entry in enumerate(entries()):
        line, one, child = _prepared(entry, work, rules, environments, expected)
        lines[number] = line
        if one is not None:
            timers[number] = one
        if child is not None:
            apart.append(child)
        print(f"  {entry.name:28}{entry.index:10}{line.trouble or f'{line.prepared:.2f} s'}", file=sys.stderr)
    known = _timed(timers, 0, count, rounds)
    missing = _timed(timers, count, count, rounds)
    for child in apart:
        child.close()
    return Size(
        rules=rules,
        articles=len(work.articles),
        applying=sum(map(len, expected)) / len(expected),
        lines=[_with(lines[number], known.get(number), missing.get(number)) for number in lines],
    )


def _prepared(
    entry: Entry, work: Workload, rules: int, environments: list[Environment], expected: list[set[str]]
) -> tuple[Line, Timer | None, Apart | None]:
    """An engine that has taken the workload in and answers rightly, or what went wrong."""
    line = partial(Line, engine=entry.name, package=entry.package, index=entry.index, unknown=entry.unknown)
    if entry.missing:
        return line(trouble=entry.missing), None, None
    if rules > entry.most_rules:
        return line(trouble="not tried: too slow at this size"), None, None
    try:
        if entry.apart:
            child = Apart(entry, rules, partial(posted, len(environments) // 2))
            checked, wrong = _held(child.answer, expected)
            found: tuple[float, Timer, Apart | None] = child.prepared, child.timer, child
        else:
            start = time.perf_counter()
            peer = entry.make(work)
            took = time.perf_counter() - start
            checked, wrong = (
                _held(lambda number: peer.answer(environments[number]), expected) if entry.answers else (0, 0)
            )
            found = took, timer(peer.answer, environments), None
    except GoneError as error:
        return line(trouble=str(error)), None, None
    except Exception as error:  # noqa: BLE001 - whatever an engine raises is its result
        return line(trouble=f"fails: {type(error).__name__}: {str(error).splitlines()[0][:80]}"), None, None
    if wrong:
        return line(trouble=f"wrong on {wrong} of {checked}", checked=checked), None, found[2]
    return line(prepared=found[0], checked=checked), found[1], found[2]


def _held(answer: Answer, expected: list[set[str]]) -> tuple[int, int]:
    """On how many environments the answers were held to the oracle's, from both halves alike, and how many differ."""
    wrong = checked = 0
    until = time.perf_counter() + CHECKING
    half = len(expected) // 2
    for number in (one for pair in zip(range(half), range(half, 2 * half), strict=True) for one in pair):
        found = answer(number)
        wrong += len(found) != len(expected[number]) or set(found) != expected[number]
        checked += 1
        if time.perf_counter() > until and checked >= 10:
            break
    return checked, wrong


def _timed(timers: dict[int, Timer], first: int, count: int, rounds: int) -> dict[int, Figure]:
    moved = {str(number): _moved(one, first) for number, one in timers.items()}
    return {int(name): found for name, found in interleaved(moved, count, rounds).items()}


def _moved(one: Timer, first: int) -> Timer:
    return lambda number: one(first + number)


def _with(line: Line, known: Figure | None, missing: Figure | None) -> Line:
    return Line(
        engine=line.engine,
        package=line.package,
        index=line.index,
        unknown=line.unknown,
        checked=line.checked,
        prepared=line.prepared,
        known=known,
        missing=missing,
        trouble=line.trouble,
    )
