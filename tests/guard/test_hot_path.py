"""The hot path does no more work than is recorded, and no less: what was won is kept.

Work is counted in operations (see `counting.py`), so a slow or busy machine changes nothing. A change that costs or
saves more than a tenth on purpose records its figures:

    VEDLYS_RECORD=1 python -m pytest tests/guard                         # for this Python
    python tests/guard/record.py PYTHON…                                  # for several, each with vedlys' packages

Bytecode differs between minor versions of Python, so each has figures of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RECORDED = HERE / "recorded.json"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
RECORDING = "VEDLYS_RECORD" in os.environ
TOLERANCE = 0.1
HOW_TO_RECORD = "VEDLYS_RECORD=1 python -m pytest tests/guard"

Counts = dict[str, dict[str, int]]

# The same operations, each with one more loop in its path, as somebody could add it unawares.
SPOILT = """
import counting

fast = counting.operations

def slowed(operation):
    def slower(body):
        for _ in range(200):
            len(())
        return operation(body)
    return slower

counting.operations = lambda catalogue: {name: slowed(each) for name, each in fast(catalogue).items()}
counting.main()
"""


def count(interpreter: str = sys.executable, spoilt: str = "") -> tuple[str, Counts]:
    """The version of a Python, and the counts of a process of its own.

    Its own, so that nothing that is hooked into the interpreter here, such as coverage, is counted.
    """
    what = ["-c", spoilt] if spoilt else [str(HERE / "counting.py")]
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST", "PYTHON", "VEDLYS"))
    }
    kept |= {"PYTHONHASHSEED": "0", "PYTHONPATH": str(HERE), "VEDLYS_CACHE": "off"}
    done = subprocess.run([interpreter, *what], env=kept, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    return found["python"], found["counts"]


@cache
def measured() -> Counts:
    return count()[1]


def recorded() -> dict[str, Counts]:
    """The figures by minor version of Python."""
    return json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}


def record(version: str, found: Counts) -> None:
    """Write the figures of a version down, beside those of the others."""
    RECORDED.write_text(json.dumps(recorded() | {version: found}, indent=1, sort_keys=True) + "\n", "utf-8")


def departures(found: Counts, expected: Counts) -> list[str]:
    """What differs from the recorded figures by more than a tenth, a sentence each."""
    sentences = [f"{name} is counted, but not recorded" for name in sorted(found.keys() - expected.keys())]
    sentences += [f"{name} is recorded, but not counted" for name in sorted(expected.keys() - found.keys())]
    for name in sorted(found.keys() & expected.keys()):
        for unit, before in expected[name].items():
            now = found[name][unit]
            if now > before * (1 + TOLERANCE):
                sentences.append(f"{name}: {unit} grew by {now / before - 1:.0%}, from {before:,} to {now:,}")
            elif now < before * (1 - TOLERANCE):
                shrunk = 1 - now / before
                sentences.append(f"{name}: {unit} shrank by {shrunk:.0%}, to {now:,}: record it, so that it stays won")
    return sentences


def figures() -> Counts:
    """The figures recorded for this Python; skips where there are none."""
    found = recorded().get(VERSION)
    if found is None:
        pytest.skip(f"no figures are recorded for Python {VERSION}: bytecode differs; {HOW_TO_RECORD} records them")
    return found


def test_the_hot_path_does_the_work_that_is_recorded():
    if RECORDING:
        record(VERSION, measured())
    found = departures(measured(), figures())
    assert not found, "\n".join([*found, f"Where it is meant to be so: {HOW_TO_RECORD}"])


def test_one_more_loop_is_noticed():
    found = departures(count(spoilt=SPOILT)[1], measured())
    assert any(sentence.startswith("verdicts, sample: instructions grew by") for sentence in found), found
    assert any(sentence.startswith("verdicts, sample: calls grew by") for sentence in found), found


@pytest.mark.parametrize(("factor", "word"), [(1.2, "grew by 20%"), (0.8, "shrank by 20%"), (1.09, None), (0.91, None)])
def test_a_tenth_either_way_is_said(factor, word):
    before = {"verdicts": {"instructions": 10_000, "calls": 500}}
    now = {"verdicts": {"instructions": round(10_000 * factor), "calls": 500}}
    found = departures(now, before)
    assert [word in sentence for sentence in found] == ([] if word is None else [True])


def test_what_is_counted_and_what_is_recorded_are_the_same():
    assert departures({"a": {}}, {"b": {}}) == ["a is counted, but not recorded", "b is recorded, but not counted"]


def test_counting_twice_gives_the_same():
    version, found = count()
    assert version == VERSION
    for name, expected in measured().items():
        # where an object falls in memory may cost or save a few bytes
        near = {"bytes": pytest.approx(expected["bytes"], rel=0.01, abs=200)} if "bytes" in expected else {}
        assert found[name] == {**expected, **near}
