"""The second opinion: what it counts, what it records, and that it never gets in the way."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

import building as b
from engines import EVERY_ENGINE, started
from vedlys.assessment import Catalogue
from vedlys.compiling.encoding import Outcome
from vedlys.compiling.program import Program, compile_program
from vedlys.errors import RequestError
from vedlys.evaluation.engine import CompiledEngine, JudgeEngine
from vedlys.evaluation.second_opinion import Difference, SecondOpinion
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Verdict
from vedlys.model.types import SetType
from vedlys.model.values import Version

HOSTS = SetType(member=b.scalar("hostname"))
VERSION = b.scalar("version")


@pytest.fixture
def program() -> Program:
    old = b.literal("connect.version", "less_than", Version.read("1.1.443"), VERSION)
    listed = b.literal("net.hosts", "has", "a.b", HOSTS)
    return compile_program(b.content(b.book(b.rule("old", old), b.rule("listed", listed, severity="info"))))


@pytest.fixture
def environment() -> Environment:
    values = {"connect.version": Version.read("1.1.442"), "net.hosts": frozenset({"x.y", "a.b"})}
    return b.environment(values, references=["connect.version"])


class Odd:
    """Says what it was told to, after the gate is opened; raises where it was told to raise."""

    name: ClassVar[str] = "odd"

    def __init__(self, says: dict[str, Verdict] | Exception) -> None:
        self._says = says
        self.gate = threading.Event()
        self.gate.set()

    def verdicts(self, article: str, environment: Environment) -> dict[str, Verdict]:
        assert self.gate.wait(10)
        if isinstance(self._says, Exception):
            raise self._says
        return self._says

    def outcome(self, article: str, environment: Environment) -> Outcome:
        raise AssertionError("verdicts are all that is compared")


@pytest.mark.parametrize("name", EVERY_ENGINE)
def test_engines_agree(name: str, program: Program, environment: Environment) -> None:
    opinion = SecondOpinion(started(name, program), share=1)
    first = CompiledEngine(program).verdicts("sample", environment)
    assert all(opinion.offer("sample", environment, first) for _ in range(20))
    assert opinion.close()
    stats = opinion.stats
    assert (stats.offered, stats.sampled, stats.agreed, stats.differed, stats.failed) == (20, 20, 20, 0, 0)


def test_a_difference_is_counted_and_handed_over(program: Program, environment: Environment) -> None:
    found: list[Difference] = []
    first = CompiledEngine(program).verdicts("sample", environment)
    opinion = SecondOpinion(
        Odd({"old": "clear", "listed": "applies"}), share=1, catalogue="sha256:12", record=found.append
    )
    opinion.offer("sample", environment, first)
    assert opinion.close()
    assert opinion.stats.differed == 1
    assert found == [
        Difference(
            catalogue="sha256:12",
            article="sample",
            as_of=b.AS_OF,
            facts={"connect.version": "1.1.442", "net.hosts": ["a.b", "x.y"]},
            references=("connect.version",),
            engine="odd",
            verdicts={"old": ("applies", "clear")},
        )
    ]


def test_differences_become_lines_of_json(tmp_path: Path, environment: Environment) -> None:
    lines = tmp_path / "differences.ndjson"
    opinion = SecondOpinion(Odd({"old": "clear"}), share=1, record=lines)
    opinion.offer("sample", environment, {"old": "applies"})
    opinion.offer("sample", environment, {"new": "unknown", "old": "clear"})
    assert opinion.close()
    found = [msgspec.json.decode(line, type=Difference) for line in lines.read_bytes().splitlines()]
    assert [difference.verdicts for difference in found] == [
        {"old": ("applies", "clear")},
        {"new": ("unknown", None)},
    ]


def test_what_cannot_be_recorded_is_counted(tmp_path: Path, environment: Environment) -> None:
    opinion = SecondOpinion(Odd({"old": "clear"}), share=1, record=tmp_path)  # a folder takes no lines
    opinion.offer("sample", environment, {"old": "applies"})
    opinion.offer("sample", environment, {"old": "clear"})
    assert opinion.close()
    assert (opinion.stats.differed, opinion.stats.unrecorded, opinion.stats.agreed) == (1, 1, 1)


@pytest.mark.parametrize("fault", [RequestError("engine-failed", engine="durable"), ZeroDivisionError()])
def test_an_engine_that_fails_is_counted(fault: Exception, environment: Environment) -> None:
    opinion = SecondOpinion(Odd(fault), share=1)
    for _ in range(3):
        opinion.offer("sample", environment, {})
    assert opinion.close()
    assert opinion.stats.failed == 3


def test_offers_never_wait(environment: Environment) -> None:
    engine = Odd({})
    engine.gate.clear()
    opinion = SecondOpinion(engine, share=1, capacity=2)
    taken = [opinion.offer("sample", environment, {}) for _ in range(50)]
    assert sum(taken) in {2, 3}  # one may have been taken from the queue already
    assert opinion.stats.dropped == 50 - sum(taken)
    engine.gate.set()
    assert opinion.close()
    assert opinion.stats.agreed == sum(taken)
    assert not opinion.offer("sample", environment, {})
    assert opinion.close()


def test_only_the_share_is_asked_for(environment: Environment) -> None:
    none = SecondOpinion(Odd({}), share=0)
    assert not any(none.offer("sample", environment, {}) for _ in range(100))
    assert none.close()
    some = SecondOpinion(Odd({}), share=0.1, capacity=5_000)
    taken = sum(some.offer("sample", environment, {}) for _ in range(5_000))
    assert some.close()
    assert 300 < taken < 700  # ten standard deviations
    for share in (-0.1, 1.1):
        with pytest.raises(ValueError, match=str(share)):
            SecondOpinion(Odd({}), share=share)


def test_several_threads_may_offer(program: Program, environment: Environment) -> None:
    first = CompiledEngine(program).verdicts("sample", environment)
    opinion = SecondOpinion(CompiledEngine(program), share=1, capacity=10_000)
    threads = [
        threading.Thread(target=lambda: [opinion.offer("sample", environment, first) for _ in range(200)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opinion.close()
    assert opinion.stats.offered == opinion.stats.agreed == 1_600


def test_a_watched_engine_offers_all_that_it_decides(program: Program, environment: Environment) -> None:
    opinion = SecondOpinion(JudgeEngine(program), share=1)
    first = CompiledEngine(program)
    watched = opinion.watch(first, program)
    assert watched.outcome("sample", environment) == first.outcome("sample", environment)
    assert watched.verdicts("sample", environment) == first.verdicts("sample", environment)
    assert opinion.close()
    assert (opinion.stats.offered, opinion.stats.agreed) == (2, 2)


def test_a_catalogue_can_be_watched(tmp_path: Path) -> None:
    catalogue = Catalogue.load()
    lines = tmp_path / "differences.ndjson"
    opinion = catalogue.watch("judge", share=1, record=lines)
    for facts in ({}, {"connect.installed": True}, {"sspr.scope": "none"}):
        catalogue.assess(facts, article="password-writeback")
        catalogue.verdicts(facts, article="password-writeback")
    assert opinion.close()
    assert (opinion.stats.offered, opinion.stats.agreed) == (6, 6)
    assert not lines.exists()
