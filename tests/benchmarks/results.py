"""What one run measured, as it is written down and compared."""

from __future__ import annotations

from pathlib import Path

import msgspec

from benchmarks.machine import Machine
from benchmarks.timing import Figure

UNIT = "orjson.loads"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An engine at one size: its times with all facts known and with some missing, or what went wrong."""

    engine: str
    package: str
    index: str
    unknown: bool
    checked: int = 0  # environments that its answers were held to the oracle's on
    prepared: float | None = None  # seconds to take the rules in
    known: Figure | None = None
    missing: Figure | None = None
    trouble: str = ""

    @property
    def title(self) -> str:
        """The engine, and what finds its rules."""
        return f"{self.engine}, {self.index}" if self.index in {"ours", "none"} and self.checked else self.engine


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """All engines at one size."""

    rules: int
    articles: int
    applying: float  # rules that apply, in the mean
    lines: list[Line]


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A ratio that must not be passed."""

    name: str
    ratio: float
    limit: float
    figure: Figure
    beside: Figure  # what it is a ratio to
    aim: float | None = None

    @property
    def holds(self) -> bool:
        """Whether it is kept."""
        return self.ratio <= self.limit


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a growth table."""

    at: str
    figures: dict[str, Figure]


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """How times grow as one thing grows."""

    of: str
    steps: list[Step]


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """MiB of a process of its own."""

    rules: int
    articles: int
    imported: float
    loaded: float
    peak: float
    answered: float  # after the first answer of each article
    later: float  # after many more requests
    requests: int


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A run."""

    version: int = 1
    machine: Machine
    seed: int
    environments: int
    rounds: int
    engines: list[Size] = []
    bars: list[Bar] = []
    growth: list[Growth] = []
    memory: list[Memory] = []


def write(result: Result, path: Path) -> None:
    """Write a run down as JSON."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")


def read(path: Path) -> Result:
    """Read a run that was written down."""
    return msgspec.json.decode(path.read_bytes(), type=Result)
