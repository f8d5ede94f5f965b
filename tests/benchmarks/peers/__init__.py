"""The engines that are compared, each behind the same three words: prepare, answer, and what it cannot do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from benchmarks.workload import Environment, Workload

Index = Literal["its own", "ours", "none", "named"]


class Peer(Protocol):
    """An engine that has taken a workload in."""

    def answer(self, environment: Environment) -> list[str]:
        """From the bytes that were posted to the ids of the rules that apply, in any order, once each."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table.

    `index` is how the engine finds the rules that an environment can reach: by an index of its own, by ours from facts
    to articles put before it, by none (it tries every rule), or because the caller names the article.
    """

    name: str
    package: str
    index: Index
    make: Callable[[Workload], Peer]
    unknown: bool = False  # it says which rules nobody can decide
    missing: str = ""  # why it cannot be tried here
    most_rules: int = 10_000  # beyond that many it is not tried: it would take minutes a run
    apart: bool = False  # it may hang or crash, so it runs in a process of its own
    answers: bool = True  # False for a unit of measure, which answers nothing
