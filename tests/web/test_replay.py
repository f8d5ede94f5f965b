"""`vedlys replay` decides again what was decided, at the moment it was decided at, and shows what changed."""

import datetime as dt
import json
from pathlib import Path

import msgspec
import pytest
from service_process import BASE, copy_base
from typer.testing import CliRunner, Result

from vedlys.assessment import Catalogue
from vedlys.cli.app import make_app
from vedlys.intake import Reading
from vedlys.operating import COMMANDS
from vedlys.web.decisions.ndjson import NdjsonFiles
from vedlys.web.decisions.record import Record, Waiting
from vedlys.web.decisions.replay import Replay, facts_behind_rules
from vedlys.web.decisions.sqlite import SqliteFile
from vedlys.web.parts import Decision

AT = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(BASE)


def records(catalogue: Catalogue, *facts: dict[str, object], hide: str = "") -> list[Record]:
    """The records of decisions on these facts, numbered from 1; a fact may be hidden in them."""
    numbers = iter(range(1, 100_000))
    found: list[Record] = []

    def masked(_: Catalogue, reading: Reading) -> dict[str, object]:
        values = reading.environment.values
        return {name: "***" if name == hide else values[name] for name in reading.supplied}

    for one in facts:
        reading = catalogue.read(one, as_of=AT)
        decided = Decision(
            request_id="r", at=AT, caller=None, line=None, locale="lt", reading=reading,
            answers=catalogue.answers(reading, ["network"], "lt"), catalogue=catalogue,
        )  # fmt: skip
        found += Waiting.of(decided).records(lambda: f"id-{next(numbers)}", masked if hide else None)
    return found


def kept(folder: Path, found: list[Record]) -> Path:
    files = NdjsonFiles(folder, max_bytes=1 << 20, files=9)
    files.write(found)
    files.close()
    return folder


def run(*arguments: object) -> Result:
    command = ["replay", *map(str, arguments), "--locale", "en"]
    return CliRunner().invoke(make_app(COMMANDS), command)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Content in which the speed that is enough has been lowered."""
    root = copy_base(tmp_path / "changed")
    rules = root / "rules/articles/network.yaml"
    text = rules.read_text("utf-8").replace("at_least: 50", "at_least: 30")
    rules.write_text(text, "utf-8")
    return root


def test_nothing_has_changed(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = kept(tmp_path / "log", records(catalogue, {"net.speed": 10}, {"net.speed": 60}, {}))
    result = run(folder, "--content", BASE)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "vedlys: 3 decisions unchanged\n"


def test_what_has_changed_is_shown_by_article_and_rule(catalogue: Catalogue, tmp_path: Path, changed: Path) -> None:
    found = records(catalogue, {"net.speed": 40}, {"net.speed": 10}, {"net.speed": 45})
    result = run(kept(tmp_path / "log", found), "--content", changed)
    assert result.exit_code == 1
    assert result.stdout == (
        "network\n"
        "  status: attention → undetermined · 2 times: id-1, id-3\n"
        "  slow: applies → clear · 2 times: id-1, id-3\n"
    )
    assert result.stderr == "vedlys: 1 decision unchanged, 2 changed\n"


def test_json_holds_the_same(catalogue: Catalogue, tmp_path: Path, changed: Path) -> None:
    folder = kept(tmp_path / "log", records(catalogue, {"net.speed": 40}))
    result = run(folder, "--content", changed, "--format", "json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["changes"] == [
        {"article": "network", "old": "attention", "new": "undetermined", "count": 1, "ids": ["id-1"]},
        {"article": "network", "rule": "slow", "old": "applies", "new": "clear", "count": 1, "ids": ["id-1"]},
    ]
    assert (document["records"], document["changed"], document["catalogue"]) == (1, 1, Catalogue.load(changed).digest)


def test_what_masked_facts_bear_on_is_left_out_and_said(catalogue: Catalogue, tmp_path: Path, changed: Path) -> None:
    found = records(catalogue, {"net.speed": 40, "net.mode": "auto"}, hide="net.speed")
    assert found[0].masked == ("net.speed",)
    result = run(kept(tmp_path / "log", found), "--content", changed)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "cannot be decided again: net.speed." in result.stderr


def test_a_change_that_masked_facts_do_not_bear_on_is_shown(catalogue: Catalogue, changed: Path) -> None:
    again = Replay(Catalogue.load(changed))
    [replayed] = again.run(records(catalogue, {"net.speed": 40, "net.mode": "auto"}, hide="net.mode"))
    assert not hasattr(replayed, "place")
    assert [(change.rule, change.new) for change in replayed.changes] == [("slow", "clear")]  # and not the status
    assert replayed.left == {"by-hand"}


def test_facts_behind_a_rule_are_those_of_its_gates_too(catalogue: Catalogue) -> None:
    behind = facts_behind_rules(catalogue.content.rulebooks["network"])
    assert behind == {
        "slow": {"net.speed"},
        "server-down": {"net.servers"},
        "by-hand": {"net.since", "net.mode", "net.hosts"},
    }


def test_facts_behind_a_rule_that_waits_for_a_section() -> None:
    shipped = Catalogue.load()
    book = shipped.content.rulebooks["password-writeback"]
    behind = facts_behind_rules(book)
    assert set(behind) == {rule.id for rule in book.rules}
    last = book.sections[-1].rules[-1].id
    assert len(behind[last]) > 3


def test_each_is_decided_at_its_own_moment(tmp_path: Path) -> None:
    shipped = Catalogue.load()
    assert shipped.articles  # time does not change what was decided then
    found = []
    for number, year in enumerate((2020, 2026)):
        moment = dt.datetime(year, 6, 1, tzinfo=dt.UTC)
        reading = shipped.read((BASE.parents[1] / "samples/firewall-blocked.json").read_bytes(), as_of=moment)
        decided = Decision(
            request_id="r", at=moment, caller=None, line=None, locale="lt", reading=reading,
            answers=shipped.answers(reading), catalogue=shipped,
        )  # fmt: skip
        found += list(Waiting.of(decided).records(lambda n=number: f"{n}", None))
    again = Replay(shipped)
    assert [one.changes for one in again.run(found)] == [()] * len(found)


def test_facts_that_are_accepted_no_longer(catalogue: Catalogue, tmp_path: Path) -> None:
    [record] = records(catalogue, {"net.speed": 40})
    strange = msgspec.structs.replace(record, facts={"net.speed": "fast"})
    result = run(kept(tmp_path / "log", [strange]), "--content", BASE)
    assert result.exit_code == 1
    assert result.stdout == "network: cannot be decided any more (/net.speed: wrong-type) · 1 time: id-1\n"
    assert result.stderr == "vedlys: 0 decisions unchanged, 1 no longer possible\n"


def test_rules_and_articles_that_are_gone(catalogue: Catalogue) -> None:
    [record] = records(catalogue, {"net.speed": 40})
    gone = msgspec.structs.replace(record, article="elsewhere")
    extra = msgspec.structs.replace(record, verdicts={**record.verdicts, "old-rule": "clear"})
    again = Replay(catalogue)
    assert [[(c.article, c.rule, c.old, c.new) for c in one.changes] for one in again.run([gone, extra])] == [
        [("elsewhere", "", "attention", "none")],
        [("network", "old-rule", "clear", "none")],
    ]


def test_bad_lines_do_not_stop_it(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = kept(tmp_path / "log", records(catalogue, {"net.speed": 10}, {"net.speed": 60}))
    [file] = folder.iterdir()
    first, second = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(first + b"{rubbish\n" + second)
    result = run(file, "--content", BASE)
    assert result.exit_code == 0
    lines = result.stderr.splitlines()
    passed = "this is no decision, and is passed over."
    assert lines[0] == f"vedlys: {file}:2: {passed} It is not JSON, from byte 1 on."
    assert lines[1:] == ["vedlys: 2 decisions unchanged", "vedlys: 1 line passed over"]


def test_a_record_that_lacks_something_says_what(catalogue: Catalogue, tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    file.write_text('{"version": 2}\n{"version": 1}\n', "utf-8")
    result = CliRunner().invoke(make_app(COMMANDS), ["replay", str(file), "--content", str(BASE), "--locale", "lt"])
    lines = result.stderr.splitlines()
    assert lines[0].endswith("Tai, kas yra vietoje `version`, ten būti negali.")
    assert lines[1].endswith("Trūksta `id`.")


def test_sqlite_is_read_too(catalogue: Catalogue, tmp_path: Path, changed: Path) -> None:
    file = SqliteFile(tmp_path / "log.sqlite", 1 << 20)
    file.write(records(catalogue, {"net.speed": 40}))
    file.close()
    assert run(tmp_path / "log.sqlite", "--content", changed).exit_code == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = run(tmp_path / "none.ndjson", "--content", BASE)
    assert result.exit_code == 2
    assert result.stderr.endswith("there is no such file\n")


def test_an_empty_folder_says_that_nothing_is_there(tmp_path: Path) -> None:
    result = run(tmp_path, "--content", BASE)
    assert (result.exit_code, result.stderr) == (0, "vedlys: no decisions were found\n")


def test_memory_does_not_grow_with_the_records(catalogue: Catalogue, changed: Path) -> None:
    [record] = records(catalogue, {"net.speed": 40})
    again = Replay(Catalogue.load(changed))
    read = (msgspec.structs.replace(record, id=f"{number}") for number in range(500))
    assert sum(1 for _ in again.run(read)) == 500
    summary = again.summary
    assert [tally.count for tally in summary.changes] == [500, 500]
    assert {len(tally.ids) for tally in summary.changes} == {Replay.IDS}
