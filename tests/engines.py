"""Every engine by name, for tests that hold all of them to the same."""

from __future__ import annotations

from functools import cache

import pytest

from vedlys.compiling.program import Program
from vedlys.evaluation.durable.engine import DurableEngine
from vedlys.evaluation.engine import ENGINE_NAMES, Engine, start_engine, usable_engines

NOT_HERE = "durable-rules is not installed: it has no build for this Python, or there was no C compiler"

needs_durable = pytest.mark.skipif(DurableEngine.name not in usable_engines(), reason=NOT_HERE)
EVERY_ENGINE = [
    pytest.param(name, marks=needs_durable) if name == DurableEngine.name else name for name in ENGINE_NAMES
]


def started(name: str, program: Program) -> Engine:
    """The engine over the program; of the durable engine there is one for the whole test run, and one worker."""
    if name != DurableEngine.name:
        return start_engine(name, program)
    engine = _durable(program)
    engine.replace(program)
    return engine


@cache
def _first() -> list[DurableEngine]:
    return []


def _durable(program: Program) -> DurableEngine:
    if not _first():
        _first().append(DurableEngine(program))
    return _first()[0]
