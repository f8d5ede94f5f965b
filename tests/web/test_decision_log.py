"""The decision log keeps each decision, bounded and masked, and whatever happens to it, requests go on."""

import datetime as dt
import errno
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from service_process import BASE, environment, serving, until

from vedlys.answering.worthwhile import PAYS
from vedlys.assessment import Catalogue
from vedlys.web.decisions.log import DecisionLog, LogState, NoDecisions
from vedlys.web.decisions.ndjson import NdjsonFiles
from vedlys.web.decisions.reading import BadLine, read_decisions
from vedlys.web.decisions.record import Record, Waiting
from vedlys.web.decisions.sqlite import SqliteFile
from vedlys.web.parts import Decision
from vedlys.web.requests import read_request
from vedlys.web.serving.assembling import MaskedFacts, decision_log, locale_doubt
from vedlys.web.settings import DecisionLog as Settings
from vedlys.web.settings import Limits

AT = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)
SAMPLE = BASE.parents[1] / "samples" / "firewall-blocked.json"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(BASE)


def decision(catalogue: Catalogue, facts: Any, request: str = "r", **more: Any) -> Decision:
    reading = catalogue.read(facts, as_of=AT, skip=["net.mode"] if "net.mode" in catalogue.content.vocabulary else ())
    return Decision(
        request_id=request,
        at=AT,
        caller="desk",
        line=more.get("line"),
        locale="lt",
        reading=reading,
        answers=catalogue.answers(reading, None, "lt"),
        catalogue=catalogue,
    )


class Sheet:
    """A sink that fails when it is told to, and keeps everything else."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.error: Exception | None = None
        self.closed = False

    def write(self, records: Sequence[Record]) -> None:
        if self.error is not None:
            raise self.error
        self.records += records

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def sheet() -> Sheet:
    return Sheet()


@pytest.fixture
def told() -> list[LogState]:
    return []


@pytest.fixture
def log(sheet: Sheet, told: list[LogState]) -> Iterator[DecisionLog]:
    log = DecisionLog(sheet, capacity=10, masked=None, told=told.append)
    yield log
    log.close()


def test_a_record_holds_all_that_was_decided(catalogue: Catalogue, log: DecisionLog, sheet: Sheet) -> None:
    log.start()
    log.record(decision(catalogue, {"net.speed": 10, "net.since": None, "net.hosts": ["b.lt", "a.lt"]}, line=3))
    assert log.close()
    assert sheet.closed
    [record] = sheet.records
    assert json.loads(json.dumps(record.verdicts)) == {
        "slow": "applies",
        "server-down": "unknown",
        "by-hand": "not_applicable",  # its `given` is that a fact is known, and this one was said not to be
    }
    assert record.facts == {"net.hosts": ["a.lt", "b.lt"], "net.since": None, "net.speed": 10}
    kept = (record.request, record.line, record.caller, record.article, record.locale, record.status, record.time)
    assert kept == ("r", 3, "desk", "network", "lt", "attention", AT)
    assert (record.as_of, record.skip, record.masked) == ("2026-11-22T10:00:00Z", ("net.mode",), ())
    assert (record.catalogue, record.vedlys) == (catalogue.digest, catalogue.version)


@pytest.mark.parametrize("kept", ["masked", "whole"])
def test_names_that_were_passed_over_are_masked(catalogue: Catalogue, kept: str) -> None:
    reading = catalogue.read({"net.speed": 10, "Jonas Jonaitis": 1, "free text": 2}, as_of=AT, unknown_facts="ignore")
    made = catalogue.answers(reading, None, "lt")
    one = msgspec.structs.replace(decision(catalogue, {}), reading=reading, answers=made)
    [record] = Waiting.of(one).records(lambda: "1", MaskedFacts() if kept == "masked" else None)
    assert record.ignored == (("***",) * 2 if kept == "masked" else ("Jonas Jonaitis", "free text"))


def test_ids_are_different(catalogue: Catalogue, log: DecisionLog, sheet: Sheet) -> None:
    log.start()
    for _ in range(5):
        log.record(decision(catalogue, {"net.speed": 10}))
    log.close()
    assert len({record.id for record in sheet.records}) == 5


def test_sensitive_facts_are_masked(sheet: Sheet) -> None:
    shipped = Catalogue.load()
    log = DecisionLog(sheet, capacity=10, masked=MaskedFacts())
    log.start()
    log.record(decision(shipped, SAMPLE.read_bytes()))
    log.close()
    [record] = sheet.records
    assert "ad.domains" in record.masked
    assert "net.firewall.allow_list" in record.masked
    assert record.facts["net.firewall.allow_list"] == "***"
    assert record.facts["connect.version"] == "2.5.76.0"
    posted = json.loads(SAMPLE.read_bytes())
    hidden = {domain["name"] for domain in posted["ad"]["domains"]} if "ad" in posted else {"contoso"}
    assert not any(name in json.dumps(record.facts) for name in hidden)


def test_what_finds_no_room_is_dropped_and_counted(
    catalogue: Catalogue, log: DecisionLog, sheet: Sheet, told: list[LogState]
) -> None:
    for _ in range(25):  # nobody writes yet
        log.record(decision(catalogue, {"net.speed": 10}))
    assert log.state.dropped == 15
    log.start()
    assert log.close()
    assert len(sheet.records) == 10
    assert told[-1] == LogState(written=10, dropped=15)
    log.record(decision(catalogue, {"net.speed": 10}))  # after the end
    assert log.state.dropped == 16


def test_what_waits_is_bounded_in_bytes_too(catalogue: Catalogue, sheet: Sheet) -> None:
    log = DecisionLog(sheet, capacity=1000, capacity_bytes=300_000, masked=None)
    big = msgspec.structs.replace(decision(catalogue, {"net.speed": 10}), size=5_000)  # some 100 kB of memory
    for _ in range(10):  # nobody writes yet
        log.record(big)
    assert log.state.dropped == 8
    log.start()
    until(lambda: log.state.written == 2, "room again")
    until(lambda: log._done_bytes == log._taken_bytes, "room again")
    log.record(big)
    assert log.close()
    assert log.state == LogState(written=3, dropped=8)


def test_the_memory_of_a_decision_is_not_estimated_too_low() -> None:
    shipped = Catalogue.load()
    hosts = [{"host": f"h{number}.example.com"} for number in range(1200)]
    for facts in ({"sspr.scope": "none"}, json.loads(SAMPLE.read_bytes()), {"ad.domain_controllers": hosts}):
        body = json.dumps({"facts": facts}).encode()
        for _ in range(PAYS):  # until all is made that is made once
            read_request(body, shipped, Limits())
        sizes = []
        tracemalloc.start()
        try:
            kept = []
            for _ in range(5):
                asked = read_request(body, shipped, Limits())
                one = decision(shipped, {})
                one = msgspec.structs.replace(one, reading=asked.reading, size=len(body))
                kept.append(Waiting.of(one))
                sizes.append(tracemalloc.get_traced_memory()[0])
        finally:
            tracemalloc.stop()
        assert (sizes[-1] - sizes[0]) / 4 < kept[0].size, facts


def test_a_full_disk_drops_and_recovers(
    catalogue: Catalogue, log: DecisionLog, sheet: Sheet, told: list[LogState]
) -> None:
    sheet.error = OSError(errno.ENOSPC, "No space left on device", "decisions.ndjson")
    log.start()
    log.record(decision(catalogue, {"net.speed": 10}))
    until(lambda: told, "a word about it")
    assert told == [LogState(written=0, dropped=1, failure="decisions.ndjson: No space left on device")]
    sheet.error = None
    log.record(decision(catalogue, {"net.speed": 10}))
    until(lambda: len(told) == 2, "a word that it works again")
    assert told[1] == LogState(written=1, dropped=1)


def test_a_mistake_in_the_sink_ends_nothing(catalogue: Catalogue, log: DecisionLog, sheet: Sheet) -> None:
    sheet.error = RuntimeError("a mistake")
    log.start()
    log.record(decision(catalogue, {"net.speed": 10}))
    until(lambda: log.state.dropped == 1, "a drop")
    assert log.state.failure == "RuntimeError: a mistake"
    sheet.error = None
    log.record(decision(catalogue, {"net.speed": 10}))
    until(lambda: log.state.written == 1, "a record")


def test_recording_never_raises(log: DecisionLog) -> None:
    log.record(None)  # type: ignore[arg-type]  # whatever it is
    assert log.state.dropped == 1


def record(number: int, room: int = 0) -> Record:
    return Record(
        id=f"{number}",
        time=AT,
        request="x" * room,
        catalogue="sha256:0",
        article="network",
        locale="lt",
        as_of="2026-11-22T10:00:00Z",
        facts={"net.speed": number},
        status="clear",
        verdicts={"slow": "clear"},
    )


def test_files_are_bounded_in_size_and_number(tmp_path: Path) -> None:
    files = NdjsonFiles(tmp_path, max_bytes=2_000, files=3)
    for number in range(100):
        files.write([record(number)])
    files.close()
    kept = sorted(tmp_path.iterdir())
    assert len(kept) == 3
    assert all(file.stat().st_size <= 2_000 for file in kept)
    ids = [one.id for one in read_decisions([tmp_path]) if isinstance(one, Record)]
    assert ids == [str(number) for number in range(100 - len(ids), 100)]


def test_workers_write_files_of_their_own(tmp_path: Path) -> None:
    one, other = (NdjsonFiles(tmp_path, max_bytes=10_000, files=9) for _ in range(2))
    one.write([record(1)])
    other._number = 5  # another process has another number in its name
    other.write([record(2)])
    assert len(list(tmp_path.iterdir())) == 2
    one.close()
    other.close()


def test_a_file_that_another_worker_writes_is_not_deleted(tmp_path: Path) -> None:
    workers = [NdjsonFiles(tmp_path, max_bytes=10_000, files=2) for _ in range(5)]
    for place, worker in enumerate(workers):
        worker._number = 10 * place  # another process has another number in its name
        worker.write([record(place)])
    for place, worker in enumerate(workers):
        worker.write([record(10 + place)])
    ids = {one.id for one in read_decisions([tmp_path]) if isinstance(one, Record)}
    assert ids == {*map(str, range(5)), *map(str, range(10, 15))}
    for worker in workers:
        worker.close()
    last = NdjsonFiles(tmp_path, max_bytes=10_000, files=2)
    last._number = 50
    last.write([record(99)])
    last.close()
    assert len(list(tmp_path.iterdir())) == 2  # nobody writes the others any more


def test_a_file_that_cannot_be_deleted_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    files = NdjsonFiles(tmp_path, max_bytes=1, files=1)
    with monkeypatch.context() as context:
        context.setattr(Path, "unlink", refused)
        for number in range(3):
            files.write([record(number)])
    files.close()
    assert len(list(tmp_path.iterdir())) == 3


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    usual = os.umask(0)
    try:
        files, base = NdjsonFiles(tmp_path / "log", 10_000, 9), SqliteFile(tmp_path / "log" / "base.sqlite", 10_000_000)
        files.write([record(1)])
        base.write([record(1)])
        modes = {file.name.rpartition(".")[2]: file.stat().st_mode & 0o777 for file in (tmp_path / "log").iterdir()}
        files.close()
        base.close()
    finally:
        os.umask(usual)
    assert modes == dict.fromkeys(("ndjson", "sqlite", "sqlite-wal", "sqlite-shm"), 0o600)


def test_a_file_that_is_taken_away_is_begun_anew(tmp_path: Path) -> None:
    files = NdjsonFiles(tmp_path, max_bytes=10_000, files=9)
    files.write([record(1)])
    [file] = tmp_path.iterdir()
    file.unlink()
    files.write([record(2)])
    files.close()
    assert [one.id for one in read_decisions([tmp_path]) if isinstance(one, Record)] == ["2"]


FULL = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_decision_log import record
from vedlys.web.decisions.ndjson import NdjsonFiles
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
files = NdjsonFiles(Path(sys.argv[1]), max_bytes=1 << 20, files=9)
files.write([record(1)])
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
try:
    files.write([record(2), record(3, 4000)])
except OSError as error:
    print("refused", error.errno)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
files.write([record(4)])
files.close()
"""


def test_a_disk_that_fills_in_the_middle_of_a_line_leaves_no_part_of_it(tmp_path: Path) -> None:
    assert resource.RLIMIT_FSIZE is not None
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "log"), str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
        env={**environment(), "PYTHONPATH": f"{environment()['PYTHONPATH']}:{BASE.parents[1]}"},
    )
    assert ran.stdout == f"refused {errno.EFBIG}\n"
    assert [one.id for one in read_decisions([tmp_path / "log"]) if isinstance(one, Record)] == ["1", "4"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        NdjsonFiles(tmp_path / "file" / "inner", max_bytes=1000, files=3).write([record(1)])
    with pytest.raises(OSError, match="file"):
        SqliteFile(tmp_path / "file" / "inner.sqlite", max_bytes=1000).write([record(1)])


def test_sqlite_is_shared_and_bounded(tmp_path: Path) -> None:
    path = tmp_path / "decisions.sqlite"
    one, other = (SqliteFile(path, max_bytes=200_000) for _ in range(2))
    for number in range(300):
        (one if number % 2 else other).write([record(number, 2_000)])
    one.close()
    other.close()
    base = sqlite3.connect(path)
    assert base.execute("SELECT article, status, caller FROM decisions LIMIT 1").fetchall() == [
        ("network", "clear", None)
    ]
    base.close()
    ids = [int(found.id) for found in read_decisions([path]) if isinstance(found, Record)]
    assert ids == list(range(300 - len(ids), 300))
    assert 20 < len(ids) < 120
    assert path.stat().st_size < 400_000


def test_what_sqlite_could_not_bound_was_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that are counted as dropped are not in the file."""
    path = tmp_path / "decisions.sqlite"
    base = SqliteFile(path, max_bytes=1)
    with monkeypatch.context() as broken:
        broken.setattr("vedlys.web.decisions.sqlite._OLDEST", "DELETE FROM nothing WHERE ?")
        with pytest.raises(OSError, match="nothing"):
            base.write([record(1)])
    base.close()
    base = SqliteFile(path, max_bytes=10_000_000)
    base.write([record(2)])
    base.close()
    assert [found.id for found in read_decisions([path]) if isinstance(found, Record)] == ["2"]


def test_sqlite_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "decisions.sqlite"
    path.write_bytes(b"SQLite format 3\0" + b"rubbish" * 1000)
    with pytest.raises(OSError, match=r"decisions\.sqlite"):
        SqliteFile(path, max_bytes=100_000).write([record(1)])
    with pytest.raises(OSError, match=r"decisions\.sqlite"):
        list(read_decisions([path]))


def test_bad_lines_are_told_by_their_place(tmp_path: Path) -> None:
    file = tmp_path / "some.ndjson"
    files = NdjsonFiles(tmp_path, max_bytes=10_000, files=9)
    files.write([record(1)])
    files.close()
    good = next(tmp_path.glob("decisions-*")).read_bytes()
    file.write_bytes(b"\n" + b'{"version": 1}\n' + good + b"\xff\n" + b"[" * 10_000 + b"\n" + good[:50])
    found = list(read_decisions([file]))
    assert [one.place if isinstance(one, BadLine) else one.id for one in found] == [
        f"{file}:2",
        "1",
        f"{file}:4",
        f"{file}:5",
        f"{file}:6",
    ]


def test_the_settings_choose_the_log(tmp_path: Path) -> None:
    assert isinstance(decision_log(Settings(), lambda _: None), NoDecisions)
    for kind in ("ndjson", "sqlite"):
        log = decision_log(Settings(kind=kind, path=tmp_path / kind), lambda _: None)
        assert isinstance(log, DecisionLog)


def test_a_service_whose_log_cannot_be_written_answers(tmp_path: Path) -> None:
    more = ("--decision-log", "ndjson", "--decision-path", str(tmp_path / "file" / "inner"))
    with serving(tmp_path, BASE, *more) as served:
        (tmp_path / "file" / "inner").rmdir()
        (tmp_path / "file").rmdir()
        (tmp_path / "file").write_bytes(b"")
        assert served.post()[0] == 200
        event = served.wait_for("decisions_dropped")
        assert event["dropped"] == 1
        assert "inner" in event["failure"]
        assert served.post()[0] == 200
        (tmp_path / "file").unlink()  # an operator mends it
        until(lambda: served.post()[0] == 200 and (tmp_path / "file" / "inner").is_dir(), "a log that is written")
        assert served.stop() == 0


@pytest.mark.parametrize(("locale", "doubted"), [("lt", False), ("lt-LT", False), ("en_GB", False), ("de", True)])
def test_a_language_that_the_catalogue_does_not_have_is_doubted(
    catalogue: Catalogue, locale: str, doubted: bool
) -> None:
    doubt = locale_doubt(locale, catalogue)
    assert bool(doubt) is doubted
    assert not doubted or "locale=de, known: en, lt" in doubt
