import json
import shutil
import stat
from pathlib import Path

import pytest
from commanding import SAMPLE, SOUND_BASE, golden, run

from vedlys.cli.interview.answers import Words, choices, folded, value_of
from vedlys.cli.interview.talk import Talk
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType

KEPT = "vedlys-password-writeback.json"


def lines(*typed: str) -> str:
    return "".join(line + "\n" for line in typed)


@pytest.mark.parametrize(
    ("locale", "typed"),
    [
        ("en", ["?", "maybe", "2", "yes", "abc", "back", "yes", "2.1.20.0", "unknown", "stop"]),
        ("lt", ["?", "gal", "2", "taip", "abc", "atgal", "taip", "2.1.20.0", "nežinau", "baigti"]),
    ],
)
def test_an_interview(locale: str, typed: list[str]) -> None:
    result = run("ask", "--locale", locale, "--save", "facts.json", "-f", "json", typed=lines(*typed))
    golden(f"ask.{locale}.txt", result.stderr.replace(str(Path.cwd()), "…"))
    assert result.exit_code == 1
    assert json.loads(Path("facts.json").read_text("utf-8")) == {
        "identity.user_model": "synced",
        "connect.installed": True,
        "connect.version": "2.1.20.0",
    }
    [assessment] = json.loads(result.stdout)["assessments"]
    assert [one["rule"] for one in assessment["findings"]] == ["connect-outdated"]


def test_records_are_named_first_and_then_asked_about_field_by_field() -> None:
    Path("known.json").write_text('{"identity.user_model": "synced", "connect.installed": true}', "utf-8")
    typed: list[str] = []
    result = run("ask", "--locale", "en", "--facts", "known.json", "--no-save", typed="")
    # passes over everything until the domains are asked for, whatever comes before them
    for _ in range(40):
        result = run("ask", "--locale", "en", "--facts", "known.json", "--no-save", typed=lines(*typed))
        if "Active Directory domains" in result.stderr.rpartition("\n? ")[2]:
            break
        typed.append("unknown")
    typed += ["a.example.lt, b.example.lt, A.example.lt"]
    refused = run("ask", "--locale", "en", "--facts", "known.json", "--no-save", typed=lines(*typed))
    assert "`a.example.lt`" in refused.stderr.lower()
    typed[-1] = "a.example.lt, b.example.lt"
    result = run(
        "ask", "--locale", "en", "--facts", "known.json", "--save", "new.json", typed=lines(*typed, "yes", "no")
    )
    facts = json.loads(Path("new.json").read_text("utf-8"))
    assert [domain["name"] for domain in facts["ad.domains"]] == ["a.example.lt", "b.example.lt"]
    assert sum(len(domain) for domain in facts["ad.domains"]) == 4


def test_the_answers_are_kept_in_a_new_file() -> None:
    Path(KEPT).write_text("mine", "utf-8")
    result = run("ask", "--locale", "en", typed=lines("2", "stop"))
    assert Path(KEPT).read_text("utf-8") == "mine"
    assert json.loads(Path("vedlys-password-writeback-2.json").read_text("utf-8")) == {"identity.user_model": "synced"}
    assert "Answers kept in " in result.stderr


def test_without_an_answer_no_file_is_made() -> None:
    run("ask", "--locale", "en", typed="")
    assert list(Path.cwd().iterdir()) == []


def test_a_file_of_somebody_else_is_not_overwritten() -> None:
    Path("there.json").write_text("mine", "utf-8")
    result = run("ask", "--locale", "en", "--save", "there.json", typed=lines("2"))
    assert result.exit_code == 2
    assert "the file is there already" in result.stderr
    assert Path("there.json").read_text("utf-8") == "mine"


def test_a_missing_folder_is_told_before_anything_is_asked() -> None:
    result = run("ask", "--locale", "en", "--save", "nowhere/facts.json", typed=lines("2"))
    assert result.exit_code == 2
    assert result.stderr == f"vedlys: {Path.cwd() / 'nowhere'}: there is no such folder to keep the answers in\n"


def test_answers_are_either_saved_or_not() -> None:
    result = run("ask", "--save", "facts.json", "--no-save", typed=lines("2"))
    assert result.exit_code == 2
    assert "--save" in result.stderr
    assert list(Path.cwd().iterdir()) == []


def test_facts_are_copied_even_where_nothing_is_added() -> None:
    Path("a.json").write_text('{"connect": {"installed": true}}', "utf-8")
    run("ask", "--locale", "en", "--facts", "a.json", "--save", "b.json", typed=lines("stop"))
    assert json.loads(Path("b.json").read_text("utf-8")) == {"connect.installed": True}


def test_answers_are_added_to_the_file_they_began_with() -> None:
    Path("facts.json").write_text('{"identity": {"user_model": "synced"}, "sspr.scope": null}', "utf-8")
    Path("facts.json").chmod(0o600)
    run("ask", "--locale", "en", "--facts", "facts.json", typed=lines("yes"))
    assert json.loads(Path("facts.json").read_text("utf-8")) == {
        "connect.installed": True,
        "identity.user_model": "synced",
        "sspr.scope": None,
    }
    assert stat.S_IMODE(Path("facts.json").stat().st_mode) == 0o600
    assert [file.name for file in Path.cwd().iterdir()] == ["facts.json"]


def test_answers_that_cannot_be_kept_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    result = run("ask", "--locale", "en", typed=lines("2", "yes"))
    assert result.stderr.count("No space left on device") == 1
    assert '{"identity.user_model": "synced", "connect.installed": true}' in result.stderr


def test_interrupted_answers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["2", None])

    def listen(_: Talk) -> str:
        text = next(typed)
        if text is None:
            raise KeyboardInterrupt
        return text

    monkeypatch.setattr(Talk, "listen", listen)
    result = run("ask", "--locale", "en")
    assert result.exit_code == 130
    assert result.stdout == ""
    assert json.loads(Path(KEPT).read_text("utf-8")) == {"identity.user_model": "synced"}


def test_it_ends_when_nothing_more_can_be_decided() -> None:
    facts = json.loads(SAMPLE.read_text("utf-8"))
    Path("facts.json").write_text(json.dumps(facts), "utf-8")
    result = run("ask", "--locale", "en", "--facts", "facts.json", typed=lines(*["unknown"] * 40))
    assert "There is nothing left to ask. What was passed over stays open." in result.stderr
    assert result.exit_code == 1
    result = run("ask", "--locale", "en", "--no-save", typed=lines("1", "1", "0", "1", "1"))
    assert "Nothing more has to be asked." in result.stderr or "The answers end here." in result.stderr


def test_which_article_is_asked_where_there_are_several(tmp_path: Path) -> None:
    root = tmp_path / "content"
    shutil.copytree(SOUND_BASE, root)
    for file in [*root.rglob("network.*")]:
        if file.parent.name == "articles":
            copy = file.with_name(file.name.replace("network", "other"))
            copy.write_text(file.read_text("utf-8").replace("article: network", "article: other"), "utf-8")
    result = run("ask", "--content", root, "--locale", "en", "--no-save", typed=lines("7", "other"))
    assert "Which article is it about?" in result.stderr
    assert "“7” is not on the list." in result.stderr
    assert result.stdout
    assert run("ask", "--content", root, "--no-save", typed="").exit_code == 0


def test_stdin_cannot_hold_both_facts_and_answers() -> None:
    assert run("ask", "--facts", "-", typed="{}").exit_code == 2


@pytest.mark.parametrize("then", [[""], ["stop"], []])
def test_going_back_keeps_the_earlier_answer(then: list[str]) -> None:
    result = run("ask", "--locale", "en", "--save", "facts.json", typed=lines("2", "yes", "back", *then))
    assert "your answer: yes; press Enter to keep it" in result.stderr
    assert json.loads(Path("facts.json").read_text("utf-8")) == {
        "connect.installed": True,
        "identity.user_model": "synced",
    }


def test_going_back_twice_and_answering_anew() -> None:
    typed = lines("2", "yes", "back", "back", "back", "", "back", "no", "stop")
    result = run("ask", "--locale", "en", "--save", "facts.json", typed=typed)
    assert "This is the first question." in result.stderr
    assert json.loads(Path("facts.json").read_text("utf-8")) == {
        "connect.installed": False,
        "identity.user_model": "synced",
    }


def test_what_was_passed_over_can_be_answered_after_all_and_the_other_way_round() -> None:
    typed = lines("2", "unknown", "back", "yes", "stop")
    result = run("ask", "--locale", "en", "--save", "facts.json", typed=typed)
    assert "your answer: unknown; press Enter to keep it" in result.stderr
    assert json.loads(Path("facts.json").read_text("utf-8"))["connect.installed"] is True
    run("ask", "--locale", "en", "--save", "other.json", typed=lines("2", "yes", "back", "unknown", "stop"))
    assert json.loads(Path("other.json").read_text("utf-8")) == {"identity.user_model": "synced"}


@pytest.mark.parametrize(("locale", "told"), [("en", "Name them, or write none."), ("lt", "arba „nė vieno“.")])
@pytest.mark.parametrize("word", ["yes", "No", "taip", "nė"])
def test_yes_and_no_are_no_names(locale: str, told: str, word: str) -> None:
    facts = json.loads(SAMPLE.read_text("utf-8"))
    facts.pop("ad.domains", None)
    Path("known.json").write_text(json.dumps(facts), "utf-8")
    lead = _until("ad.domains", "known.json")
    result = run(
        "ask", "--locale", locale, "--facts", "known.json", "--save", "new.json", typed=lines(*lead, word, "nė vieno")
    )
    assert told in result.stderr
    assert json.loads(Path("new.json").read_text("utf-8"))["ad.domains"] == []


def _until(fact: str, file: str) -> list[str]:
    """What to type to come to the question for that fact."""
    for number in range(40):
        typed = ["unknown"] * number
        run("ask", "--facts", file, "--save", f"try-{number}.json", typed=lines(*typed, "none"))
        kept = Path(f"try-{number}.json")
        if kept.exists() and fact in json.loads(kept.read_text("utf-8")):
            return typed
    raise AssertionError(fact)


WORDS = Words.read([{"yes": "taip, t", "no": "ne", "none": "nėra", "stop": "baigti"}, {"yes": "yes, y", "no": "no"}])


def kind(name: str, **more: object) -> ScalarType:
    return ScalarType(kind=name, **more)  # type: ignore[arg-type]  # as the table below has it


@pytest.mark.parametrize(
    ("text", "fact_type", "value"),
    [
        ("TAIP", kind("boolean"), True),
        ("Ne", kind("boolean"), False),
        ("perhaps", kind("boolean"), "perhaps"),
        ("12", kind("integer"), 12),
        ("-3", kind("integer"), -3),
        ("1 200", kind("integer"), 1200),
        ("1,5", kind("integer"), 1.5),
        ("1,5", kind("number"), 1.5),
        ("2", kind("number"), 2),
        ("9" * 30, kind("integer"), "9" * 30),
        ("1.10", kind("version"), "1.10"),
        ("2", kind("enum", values=("a", "b")), "b"),
        ("B", kind("enum", values=("a", "b")), "b"),
        ("First one", kind("enum", values=("a", "b")), "a"),
        ("2012", kind("enum", values=("2008", "2012")), "2012"),
        ("9", kind("enum", values=("a", "b")), "9"),
        ('"stop"', kind("text"), "stop"),
        ("a b", kind("text"), "a b"),
        ("a.lt, b.lt  c.lt;d.lt", SetType(member=kind("hostname")), ["a.lt", "b.lt", "c.lt", "d.lt"]),
        ("nera", SetType(member=kind("hostname")), []),
        ("first one, b", SetType(member=kind("enum", values=("a", "b"))), ["a", "b"]),
        ("x y, z", SetType(member=kind("text")), ["x y", "z"]),
        ("a.lt b.lt", RecordsType(key="host", fields={"host": kind("hostname")}), [{"host": "a.lt"}, {"host": "b.lt"}]),
        ("NĖRA", RecordsType(key="host", fields={"host": kind("hostname")}), []),
    ],
)
def test_what_is_typed_stands_for_a_value(text: str, fact_type: FactType, value: object) -> None:
    labels = {"a": "First one", "b": "Second one"}
    found = value_of(text, fact_type, WORDS, labels)
    assert found == value
    assert type(found) is type(value)


def test_words_are_understood_without_accents_and_capitals() -> None:
    assert folded("Nežinau ") == "nezinau"
    assert WORDS.command("BAIGTI") == "stop"
    assert WORDS.command("kita") is None
    assert choices(SetType(member=kind("enum", values=("a",)))) == ("a",)
