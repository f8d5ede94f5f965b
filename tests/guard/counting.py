"""Count what the hot path does, in operations that no clock and no neighbour on the machine can change.

    python tests/guard/counting.py

prints the counts as JSON. Run as a process of its own: coverage and debuggers use the same hooks of the interpreter.

- `instructions`: bytecode instructions, those of every Python function that is called;
- `calls`: calls of Python functions and of functions written in C;
- `bytes`: the most memory that was held at once beyond what was held before.

What a function written in C does inside is seen in `bytes` alone: the benchmarks see the rest.
"""

from __future__ import annotations

import gc
import json
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "engine"))

from benchmarks.population import bodies
from vedlys import Catalogue

TESTS = Path(__file__).parents[1]
ARTICLE = "password-writeback"
AS_OF = "2026-11-22T10:00:00Z"
COUNTED = 16
WARMING = 120  # enough of others, so that whatever is made once has been made

Counts = dict[str, dict[str, int]]
Operation = Callable[[bytes], object]


def operations(catalogue: Catalogue) -> dict[str, Operation]:
    """What is counted: from the bytes of a request to the answer."""
    return {
        "verdicts": lambda body: catalogue.verdicts(body, ARTICLE, as_of=AS_OF),
        "assess": lambda body: catalogue.assess(body, ARTICLE, locale="lt", as_of=AS_OF),
        "assess_json": lambda body: catalogue.assess_json(body, ARTICLE, locale="lt", as_of=AS_OF),
    }


def counted() -> Counts:
    """The counts of each operation, on the sample and on a population of environments."""
    catalogue = Catalogue.load()
    vocabulary = catalogue.content.vocabulary
    sample = (TESTS / "samples" / "firewall-blocked.json").read_bytes()
    groups = {"sample": [sample], "population": bodies(vocabulary, COUNTED)}
    warming = bodies(vocabulary, WARMING, seed=1)
    found: Counts = {}
    for name, operation in operations(catalogue).items():
        for body in warming:
            operation(body)
        for group, posted in groups.items():
            for body in posted:
                operation(body)
            found[f"{name}, {group}"] = {
                "instructions": sum(instructions(operation, body) for body in posted),
                "calls": sum(calls(operation, body) for body in posted),
                "bytes": max(held(operation, body) for body in posted),
            }
    for name in ("assess", "assess_json"):
        found[f"{name}, new"] = {
            unit: of_new(name, measure, warming) for unit, measure in (("instructions", instructions), ("calls", calls))
        }
    return found


def of_new(name: str, measure: Callable[[Operation, bytes], int], warming: list[bytes]) -> int:
    """The sum over environments that were never assessed before: nothing of them is remembered but what they share."""
    catalogue = Catalogue.load()
    operation = operations(catalogue)[name]
    for body in warming:
        operation(body)
    return sum(measure(operation, body) for body in bodies(catalogue.content.vocabulary, COUNTED, seed=2))


def instructions(operation: Operation, body: bytes) -> int:
    """Bytecode instructions of one call."""
    return _monitored(operation, body) if sys.version_info >= (3, 12) else _traced(operation, body)


def _traced(operation: Operation, body: bytes) -> int:
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if event == "opcode":
            count += 1
        else:
            frame.f_trace_opcodes = True
            frame.f_trace_lines = False
        return trace

    sys.settrace(trace)
    try:
        operation(body)
    finally:
        sys.settrace(None)
    return count


def _monitored(operation: Operation, body: bytes) -> int:
    monitoring: Any = vars(sys)["monitoring"]  # Python 3.12 and later
    count = 0

    def one(*_: object) -> None:
        nonlocal count
        count += 1

    tool, event = monitoring.PROFILER_ID, monitoring.events.INSTRUCTION
    monitoring.use_tool_id(tool, "guard")
    monitoring.register_callback(tool, event, one)
    monitoring.set_events(tool, event)
    try:
        operation(body)
    finally:
        monitoring.set_events(tool, 0)
        monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)
    return count


def calls(operation: Operation, body: bytes) -> int:
    """Calls of functions, in Python and in C, within one call."""
    count = 0

    def profile(_: FrameType, event: str, __: Any) -> None:
        nonlocal count
        if event in {"call", "c_call"}:
            count += 1

    sys.setprofile(profile)
    try:
        operation(body)
    finally:
        sys.setprofile(None)
    return count


def held(operation: Operation, body: bytes) -> int:
    """The most bytes held at once within one call, beyond what was held before."""
    gc.collect()
    tracemalloc.start()
    try:
        operation(body)  # once more, so that what is kept and made anew, such as free lists, is traced as well
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        answer = operation(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    del answer
    return peak - before


def main() -> None:
    """Count, and print."""
    gc.disable()  # a collection would call finalisers, wherever it happens to fall
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    print(json.dumps({"python": version, "counts": counted()}))


if __name__ == "__main__":
    main()
