"""Times of several candidates over many inputs, taken so that what else happens on the machine hits all alike.

Candidates take turns within one process, a burst of inputs each, in an order that changes from burst to burst. A burst
begins with a few calls that do not count, as the caches are full of what ran before. Each input is timed once a round.
What a scheduler, a neighbour or a collection of garbage adds falls on single samples, so:

- `median` and `p99` are over the inputs, of the least time that an input took in any round: how the work itself
  differs from input to input;
- `raw_median` and `raw_p99` are over all samples: how it differs from moment to moment as well, noise and all;
- `rounds` holds the median of each round: how far apart they are is how far the figure can be trusted.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

BURST = 100
LEAD_IN = 5
Timer = Callable[[int], int]  # nanoseconds that the input of that number took


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one candidate; times in microseconds."""

    median: float
    p99: float
    raw_median: float
    raw_p99: float
    rounds: list[float]  # the median of each round
    inputs: int

    @property
    def spread(self) -> float:
        """How far apart the middle half of the rounds lies, as a share of the median round."""
        low, middle, high = self.quartiles
        return (high - low) / middle

    @property
    def quartiles(self) -> list[float]:
        """The quartiles of the rounds."""
        return statistics.quantiles(self.rounds, n=4, method="inclusive") if len(self.rounds) > 1 else self.rounds * 3


def timer(call: Callable[[Any], object], inputs: Sequence[Any]) -> Timer:
    """Times one call in this process."""
    now = time.perf_counter_ns

    def one(number: int) -> int:
        given = inputs[number]
        start = now()
        call(given)
        return now() - start

    return one


def processor_times(call: Callable[[Any], object], inputs: Sequence[Any], rounds: int) -> Figure:
    """The figure of one call in time of the processor: what of the scattering is the work's own.

    Where others want the processor too, a call in a hundred waits for milliseconds; that time is not counted here.
    """
    now = time.thread_time_ns

    def one(given: Any) -> int:
        start = now()
        call(given)
        return now() - start

    for given in inputs:
        call(given)
    return figure([[one(given) for given in inputs] for _ in range(rounds)])


def interleaved(candidates: dict[str, Timer], inputs: int, rounds: int, seconds: float = 3.0) -> dict[str, Figure]:
    """Time each candidate on every input, so many rounds; one that would take longer than `seconds` on fewer inputs."""
    chosen = {name: _affordable(one, inputs, rounds, seconds) for name, one in candidates.items()}
    samples: dict[str, list[list[int]]] = {name: [] for name in candidates}
    names = list(candidates)
    chance = random.Random(rounds)
    gc.collect()
    gc.freeze()  # what was loaded is not looked through again and again in the middle of somebody's turn
    try:
        for _ in range(rounds):
            taken: dict[str, dict[int, int]] = {name: {} for name in names}
            for start in range(0, inputs, BURST):
                chance.shuffle(names)
                for name in names:
                    one = candidates[name]
                    burst = [number for number in range(start, min(start + BURST, inputs)) if number in chosen[name]]
                    for number in burst[-LEAD_IN:]:
                        one(number)
                    taken[name] |= {number: one(number) for number in burst}
            for name in names:
                samples[name].append([taken[name][number] for number in sorted(taken[name])])
    finally:
        gc.unfreeze()
    return {name: figure(found) for name, found in samples.items()}


def figure(samples: Sequence[Sequence[int]]) -> Figure:
    """The figure of rounds of samples in nanoseconds; the n-th of each round is of the same input."""
    least = sorted(map(min, zip(*samples, strict=True)))
    raw = sorted(sample for one in samples for sample in one)
    return Figure(
        median=statistics.median(least) / 1_000,
        p99=_percentile(least) / 1_000,
        raw_median=statistics.median(raw) / 1_000,
        raw_p99=_percentile(raw) / 1_000,
        rounds=[statistics.median(one) / 1_000 for one in samples],
        inputs=len(least),
    )


def _percentile(ordered: Sequence[int], share: float = 0.99) -> int:
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def _affordable(one: Timer, inputs: int, rounds: int, seconds: float) -> frozenset[int]:
    """Warm a candidate, and choose its inputs, spread over all of them."""
    took = statistics.median(one(number) for number in range(min(3, inputs)))
    count = max(10, min(inputs, int(seconds * 1e9 / rounds / max(took, 1))))
    if count >= inputs:
        for number in range(inputs):
            one(number)
        return frozenset(range(inputs))
    return frozenset(number * inputs // count for number in range(count))
