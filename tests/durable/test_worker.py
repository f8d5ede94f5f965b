"""The worker: killed, stopped, interrupted, replaced, shared and orphaned; the next request always answers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import building as b
from engines import needs_durable
from vedlys.compiling.encoding import Outcome
from vedlys.compiling.program import Program, compile_program
from vedlys.errors import RequestError
from vedlys.evaluation.durable import limits, process
from vedlys.evaluation.durable.engine import DurableEngine
from vedlys.evaluation.durable.process import WorkerProcess
from vedlys.evaluation.durable.protocol import Concluded, Done, Evaluate, Install, Remove
from vedlys.evaluation.durable.rails import lay_rails
from vedlys.evaluation.durable.rulesets import Ruleset, fit
from vedlys.evaluation.engine import JudgeEngine
from vedlys.model.environment import Environment

pytestmark = needs_durable

FAILED = RequestError("engine-failed", engine="durable")
KNOWN = b.environment({"f.a": True, "f.b": False})
ANSWER = Outcome.of(("applies", "clear"), (False, False))
SECONDS = 30.0  # no test comes near it


def program(article: str = "sample", fact: str = "f.a") -> Program:
    rules = b.rule("one", b.all_of(b.yes(fact), b.no("f.b"))), b.rule("two", b.yes("d.both"))
    derived = {"d.both": b.all_of(b.yes("f.a"), b.yes("f.b"))}
    return compile_program(b.content(b.book(*rules, derived=derived, article=article)))


def installing(slot: int = 0, seconds: float = SECONDS) -> Install:
    strata = lay_rails(program().articles["sample"].book).strata
    return Install(slot, tuple(fit(stratum.clauses) for stratum in strata), seconds)


@pytest.fixture
def engine() -> Iterator[DurableEngine]:
    started = DurableEngine(program(), evaluate_seconds=SECONDS, compile_seconds=SECONDS)
    assert started.worker is None  # nothing was asked yet
    assert started.outcome("sample", KNOWN) == ANSWER
    yield started
    started.close()


def running(engine: DurableEngine) -> int:
    assert engine.worker is not None
    return engine.worker


def state(pid: int) -> str | None:
    """The kernel's letter for what a process does; None where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def eventually(holds: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


# --- failures ---


def test_killed_while_it_decides(engine: DurableEngine) -> None:
    worker = running(engine)
    os.kill(worker, signal.SIGSTOP)
    assert eventually(lambda: state(worker) == "T")
    faults: list[RequestError] = []

    def ask() -> None:
        try:
            engine.outcome("sample", KNOWN)
        except RequestError as fault:
            faults.append(fault)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.1)  # the question is on its way
    os.kill(worker, signal.SIGKILL)
    asking.join(10)
    assert faults == [FAILED]
    assert state(worker) is None  # not a zombie
    assert engine.outcome("sample", KNOWN) == ANSWER
    assert engine.statistics.workers == 2


def test_killed_between_requests(engine: DurableEngine) -> None:
    worker = running(engine)
    os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: state(worker) in {"Z", None})
    assert engine.outcome("sample", KNOWN) == ANSWER
    assert running(engine) != worker


def test_stopped_until_the_time_limit() -> None:
    engine = DurableEngine(program(), evaluate_seconds=0.3)
    engine.outcome("sample", KNOWN)
    worker = running(engine)
    os.kill(worker, signal.SIGSTOP)
    with pytest.raises(RequestError) as found:
        engine.outcome("sample", KNOWN)
    assert found.value == RequestError("engine-timeout", engine="durable", seconds="0.3")
    assert state(worker) is None
    assert engine.outcome("sample", KNOWN) == ANSWER
    engine.close()


def test_stopped_while_an_article_is_installed(engine: DurableEngine) -> None:
    engine._executor._keeper._compile_seconds = 0.3
    worker = running(engine)
    os.kill(worker, signal.SIGSTOP)
    engine.replace(program(fact="f.other"))
    with pytest.raises(RequestError) as found:
        engine.outcome("sample", KNOWN)
    assert found.value == RequestError("engine-timeout", engine="durable", seconds="0.3")
    assert state(worker) is None
    engine._executor._keeper._compile_seconds = SECONDS
    assert engine.outcome("sample", KNOWN).verdicts == ("unknown", "clear")


def test_a_pipe_that_is_full_does_not_hold_up() -> None:
    worker = WorkerProcess()
    os.kill(worker.pid, signal.SIGSTOP)
    with pytest.raises(RequestError) as found:
        worker.ask(Evaluate(0, 0, list(range(1_000_000)), SECONDS), 0.3)
    assert found.value.code == "engine-timeout"
    assert not worker.usable


def test_the_workers_own_alarm_ends_it() -> None:
    worker = WorkerProcess()
    with pytest.raises(RequestError) as found:
        worker.ask(installing(seconds=1e-6), SECONDS)
    assert found.value == FAILED
    assert state(worker.pid) is None


@pytest.mark.parametrize(
    "definition",
    [
        '{"r0":{"all":[{"m":{"$lte":1}}]}}',  # refused by the library
        '{"r0":{"all":[{"m":{"c0":1}}]}}',  # without the rule that warms it
        '{"z":{"all":[{"m":{"z":1}}]},"r0":{"all":[{"m":{"z":1}}]}}',  # more than that one fires
        '{"q":{"all":[{"m":{"z":1}}]}}',  # a rule of another name
    ],
)
def test_what_the_library_should_not_say_ends_the_worker(definition: str) -> None:
    worker = WorkerProcess()
    wrong = Ruleset(definition=definition, columns={1: "c0"}, heads=((2,),), joined={})
    with pytest.raises(RequestError) as found:
        worker.ask(Install(0, ((wrong,),), SECONDS), SECONDS)
    assert found.value == FAILED
    assert state(worker.pid) is None


def test_asked_for_what_it_does_not_hold() -> None:
    worker = WorkerProcess()
    with pytest.raises(RequestError) as found:
        worker.ask(Evaluate(7, 0, [1], SECONDS), SECONDS)
    assert found.value == FAILED


def test_conclusions_that_contradict_each_other_are_a_failure(
    engine: DurableEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WorkerProcess, "ask", lambda *_: Concluded(tuple(range(100)), 0))
    with pytest.raises(RequestError) as found:
        engine.outcome("sample", KNOWN)
    assert found.value == FAILED


def test_an_answer_to_an_interrupted_question_is_never_taken_for_another(
    engine: DurableEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(WorkerProcess, "_answer", interrupted)
        with pytest.raises(KeyboardInterrupt):
            engine.outcome("sample", KNOWN)
    assert engine.worker is None
    opposite = b.environment({"f.a": False, "f.b": True})
    assert engine.outcome("sample", opposite).verdicts == ("clear", "clear")


# --- replacing ---


def test_recycled_after_so_many_evaluations() -> None:
    engine = DurableEngine(program(), recycle=10)
    for _ in range(35):
        assert engine.outcome("sample", KNOWN) == ANSWER
    assert engine.statistics.workers == 4
    engine.close()


def test_another_program_takes_the_place_of_the_first(engine: DurableEngine) -> None:
    worker = running(engine)
    for turn in range(40):
        fact = f"f.turn{turn}"
        engine.replace(program(fact=fact))
        assert engine.outcome("sample", KNOWN).verdicts == ("unknown", "clear")
        assert engine.outcome("sample", b.environment({fact: True, "f.b": False})).verdicts == ("applies", "clear")
    assert running(engine) == worker


def test_installed_again_and_removed() -> None:
    worker = WorkerProcess()
    for _ in range(3):
        assert worker.ask(installing(), SECONDS) == Done()
    assert isinstance(worker.ask(Evaluate(0, 0, [1], SECONDS), SECONDS), Concluded)
    assert worker.ask(Remove(0, SECONDS), SECONDS) == Done()
    assert worker.ask(Remove(0, SECONDS), SECONDS) == Done()
    worker.end()
    worker.end()


def test_articles_longest_not_asked_for_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    books = [program(article=f"article-{number}").articles[f"article-{number}"].book for number in range(6)]
    many = compile_program(b.content(*books))
    clauses = sum(len(stratum.clauses) for stratum in lay_rails(books[0]).strata)
    monkeypatch.setattr(limits, "CLAUSES_HELD", 2 * clauses)
    engine = DurableEngine(many)
    for number in (0, 1, 2, 0, 3, 3, 4, 5, 1, 0):
        assert engine.outcome(f"article-{number}", KNOWN) == ANSWER
        assert len(engine._executor._keeper._installed) <= 2
    assert engine.statistics.workers == 1
    engine.close()


# --- company ---


def test_several_threads(engine: DurableEngine) -> None:
    judge = JudgeEngine(program())
    environments = [b.environment({"f.a": a, "f.b": c}) for a in (True, False) for c in (True, False)]
    wanted = [judge.outcome("sample", known) for known in environments]
    wrong: list[Outcome] = []

    def work(start: int) -> None:
        for turn in range(100):
            place = (start + turn) % len(environments)
            found = engine.outcome("sample", environments[place])
            if found != wanted[place]:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert engine.statistics.evaluations == 801


def test_no_file_and_no_process_is_left(engine: DurableEngine) -> None:
    engine.close()
    before = sorted(Path("/proc/self/fd").iterdir())
    workers = []
    for _ in range(5):
        assert engine.outcome("sample", KNOWN) == ANSWER
        workers.append(running(engine))
        os.kill(running(engine), signal.SIGKILL)
        assert eventually(lambda: engine.worker is None)
    engine.close()
    assert sorted(Path("/proc/self/fd").iterdir()) == before
    assert all(state(worker) is None for worker in workers)


def test_an_engine_that_is_dropped_takes_its_worker_along() -> None:
    engine = DurableEngine(program())
    engine.outcome("sample", KNOWN)
    worker = running(engine)
    del engine
    assert eventually(lambda: state(worker) is None)


SCRIPT = """
import os, signal, sys
import building as b
from vedlys.compiling.program import compile_program
from vedlys.evaluation.durable.engine import DurableEngine
engine = DurableEngine(compile_program(b.content(b.book(b.rule("one", b.yes("f.a"))))))
known = b.environment({"f.a": True})
assert engine.verdicts("sample", known) == {"one": "applies"}
print(engine.worker, flush=True)
"""


def script(rest: str) -> subprocess.CompletedProcess[str]:
    here = Path(__file__).parents[1]
    paths = os.pathsep.join([str(here), *(path for path in sys.path if path)])
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT + rest],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), signal.SIGKILL)", "os._exit(3)", "raise SystemExit(1)"])
def test_the_worker_ends_when_its_parent_does(end: str) -> None:
    found = script(end)
    worker = int(found.stdout)
    assert eventually(lambda: state(worker) in {None, "Z"})
    assert found.stderr == ""


def test_the_worker_ends_though_a_fork_of_its_parent_lives() -> None:
    found = script(
        """
child = os.fork()
if not child:
    os.close(1), os.close(2)
    import time
    time.sleep(60)
    os._exit(0)
print(child, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    )
    worker, child = map(int, found.stdout.split())
    try:
        assert state(child) not in {None, "Z"}
        assert eventually(lambda: state(worker) in {None, "Z"})
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_fork_starts_a_worker_of_its_own() -> None:
    found = script(
        """
parents = engine.worker
child = os.fork()
if not child:
    fine = engine.verdicts("sample", known) == {"one": "applies"} and engine.worker != parents
    engine.close()
    os._exit(0 if fine else 1)
assert os.waitpid(child, 0)[1] == 0
assert engine.verdicts("sample", known) == {"one": "applies"}
assert engine.worker == parents
"""
    )
    assert (found.returncode, found.stderr) == (0, "")


# --- not there ---


def test_a_library_that_cannot_be_imported_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "durable_rules_engine.py").write_text('raise ImportError("undefined symbol: PyEval_CallObject")\n')
    monkeypatch.setattr(process, "_paths", lambda: [str(tmp_path), *sys.path])
    engine = DurableEngine(program())
    with pytest.raises(RequestError) as found:
        engine.outcome("sample", KNOWN)
    assert found.value == RequestError("engine-unavailable", engine="durable")
    assert engine.worker is None


def test_nothing_is_sent_but_numbers_and_generated_names(
    engine: DurableEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []
    write = os.write

    def watched(descriptor: int, data: bytes | memoryview) -> int:
        sent.append(bytes(data))
        return write(descriptor, data)

    text = b.literal("f.text", "is", "author's word", b.scalar("text"))
    engine.replace(compile_program(b.content(b.book(b.rule("rule-name", text)))))
    monkeypatch.setattr(os, "write", watched)
    known = Environment(values={"f.text": "caller's word"}, as_of=b.AS_OF)
    assert engine.outcome("sample", known).verdicts == ("clear",)
    everything = b"".join(sent)
    assert len(sent) >= 2
    assert not any(word in everything for word in (b"word", b"rule-name", b"sample", b"f.text"))
