"""The commands for those who write content: check, test, explain, article, facts; help and completion."""

import json
import shutil
from pathlib import Path

import pytest
from commanding import AS_OF, BROKEN_BASE, SAMPLE, golden, run
from jsonschema import Draft202012Validator

from vedlys.cli import completion
from vedlys.cli.app import COMMANDS
from vedlys.cli.completion import complete_engine, complete_engines
from vedlys.diagnostics import Diagnostic
from vedlys.evaluation.engine import ENGINE_NAMES
from vedlys.messages import MESSAGES
from vedlys.source import Span

RULE = "password-writeback/endpoint-blocked"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small content root of one's own."""
    shutil.copytree(BROKEN_BASE, tmp_path / "content")
    return tmp_path / "content"


def spoil(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_shipped_content_is_without_errors() -> None:
    result = run("check", "--locale", "en", "-f", "json")
    assert result.exit_code == 0, result.stdout
    assert [one for one in json.loads(result.stdout)["diagnostics"] if one["level"] == "error"] == []


def test_errors_are_shown_where_they_are(root: Path) -> None:
    spoil(root, "rules/articles/network.yaml", "severity: blocker", "severity: terrible")
    result = run("check", "--content", root, "--locale", "en")
    assert result.exit_code == 1
    assert "rules/articles/network.yaml:" in result.stdout
    assert "^" in result.stdout
    assert result.stderr.startswith("vedlys: ")
    assert "error" in result.stderr


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_errors_are_written_for_machines(root: Path, form: str) -> None:
    spoil(root, "rules/articles/network.yaml", "severity: blocker", "severity: terrible")
    result = run("check", "--content", root, "--format", form, "--locale", "en")
    assert result.exit_code == 1
    if form == "github":
        assert result.stdout.startswith(f"::error file={root.name}/rules/articles/network.yaml,line=")
        assert ",endColumn=" in result.stdout
    else:
        found = json.loads(result.stdout)
        assert found["diagnostics"] if form == "json" else found["runs"][0]["results"]


@pytest.mark.parametrize("form", ["text", "github", "sarif"])
@pytest.mark.parametrize(("below", "prefix"), [(".", ""), ("..", "{}/")])
def test_places_are_named_from_the_working_directory(
    root: Path, monkeypatch: pytest.MonkeyPatch, form: str, below: str, prefix: str
) -> None:
    spoil(root, "rules/articles/network.yaml", "severity: blocker", "severity: terrible")
    monkeypatch.chdir(root / below)
    output = run("check", "--content", root, "--format", form, "--locale", "en").stdout
    path = f"{prefix.format(root.name)}rules/articles/network.yaml"
    if form == "sarif":
        [done] = json.loads(output)["runs"]
        assert done["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == path
        assert "{{" not in json.dumps(done["tool"])
    else:
        assert output.startswith(f"{path}:" if form == "text" else f"::error file={path},line=")


def test_places_outside_the_working_directory_are_absolute(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spoil(root, "rules/articles/network.yaml", "severity: blocker", "severity: terrible")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    output = run("check", "--content", root, "--format", "github", "--locale", "en").stdout
    assert output.startswith(f"::error file={root}/rules/articles/network.yaml,line=")


def test_warnings_fail_only_where_that_is_asked_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = next((code for code, message in MESSAGES.items() if message.level == "warning"), None)
    if code is None:
        pytest.skip("there is no warning yet")
    values = dict.fromkeys(MESSAGES[code].names, "x")
    warning = Diagnostic(code=code, span=Span("kb/en/facts/net.md", 1, 1, 1, 2), values=values)
    monkeypatch.setattr("vedlys.cli.commands.check._found", lambda _: [warning])
    assert run("check", "--locale", "en").exit_code == 0
    result = run("check", "--locale", "en", "--strict")
    assert result.exit_code == 1
    assert result.stderr == "vedlys: 1 warning\n"


def test_trials_of_the_shipped_content_pass() -> None:
    result = run("test", "--locale", "en", "--no-mutants", "--engine", "all")
    assert result.exit_code == 0, result.stdout
    assert "answered by compiled, judge" in result.stdout


def test_trials_that_fail(root: Path) -> None:
    file = root / "rules" / "articles" / "network.yaml"
    text = file.read_text("utf-8")
    assert "clear:" in text
    file.write_text(
        text.replace("clear:", "spare:", 1).replace("applies:", "clear:", 1).replace("spare:", "applies:", 1), "utf-8"
    )
    result = run("test", "--content", root, "--locale", "en", "--no-mutants")
    assert result.exit_code in {1, 3}  # a contradiction may already keep it from loading
    assert "rules/articles/network.yaml:" in result.stdout + result.stderr


@pytest.mark.parametrize("locale", ["lt", "en"])
@pytest.mark.parametrize("rule", ["endpoint-blocked", "turn-writeback-off-and-on", "idle-timeout-too-short"])
def test_a_rule_is_explained(rule: str, locale: str) -> None:
    result = run("explain", f"password-writeback/{rule}", SAMPLE, "--locale", locale, "--as-of", AS_OF)
    assert result.exit_code == 0
    golden(f"explain-{rule}.{locale}.txt", result.stdout)


def test_an_explanation_as_data() -> None:
    found = json.loads(run("explain", RULE, SAMPLE, "-f", "json").stdout)
    assert (found["rule"], found["verdict"]) == ("endpoint-blocked", "applies")
    assert found["nearest"]["verdict"] == "clear"


def test_every_rule_can_be_explained() -> None:
    rules = completion.complete_rule("password-writeback/")
    assert len(rules) == 25
    for rule in rules:
        result = run("explain", rule, SAMPLE, "--locale", "lt", "-f", "markdown")
        assert result.exit_code == 0, result.stderr
        assert "terminal." not in result.stdout


@pytest.mark.parametrize("form", ["terminal", "markdown", "html"])
def test_a_whole_article(form: str) -> None:
    result = run("article", "password-writeback", "--locale", "en", "--format", form)
    assert result.exit_code == 0
    assert "Password writeback isn't working" in result.stdout.replace("&#x27;", "'").replace("&#39;", "'")


def test_facts_are_listed() -> None:
    result = run("facts", "--locale", "en", COLUMNS="100")
    for name in completion.complete_fact(""):
        assert f"`{name}`" in result.stdout
    assert "set of host_pattern" in result.stdout


def test_facts_as_data() -> None:
    found = {fact["fact"]: fact for fact in json.loads(run("facts", "-f", "json", "--locale", "en").stdout)["facts"]}
    assert list(found) == completion.complete_fact("")
    assert found["sspr.scope"]["values"] == ["none", "selected", "all"]
    assert found["ad.domains"]["key"] == "name"
    assert found["ad.domains"]["fields"][2]["type"] == "boolean"
    assert found["connect.latest_version"]["reference"]["value"] == "2.5.79.0"


@pytest.mark.parametrize("locale", ["lt", "en"])
def test_a_fact_in_full(locale: str) -> None:
    result = run("facts", "identity.user_model", "ad.domains", "--locale", locale)
    golden(f"facts.{locale}.txt", result.stdout)


def test_the_schema_of_facts_accepts_the_sample() -> None:
    schema = json.loads(run("facts", "--schema", "--locale", "en").stdout)
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(json.loads(SAMPLE.read_text("utf-8")))) == []


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_help_has_examples(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Examples" in result.stdout
    assert f"vedlys {command}" in result.stdout


def test_completion_offers_what_there_is() -> None:
    assert completion.complete_article("pass") == ["password-writeback"]
    assert completion.complete_rule("pass") == ["password-writeback/"]
    assert completion.complete_rule("password-writeback/endp") == [RULE]
    assert completion.complete_rule("no-such/") == []
    assert completion.complete_fact("connect.v") == ["connect.version"]
    assert completion.complete_locale("") == ["en", "lt"]


def test_completion_reads_the_content_that_is_named(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    monkeypatch.setenv("VEDLYS_CONTENT", str(root))
    assert completion.complete_article("") == ["network"]


def test_the_shell_gets_its_completions() -> None:
    result = run(
        _VEDLYS_COMPLETE="complete_bash", COMP_WORDS="vedlys article pass", COMP_CWORD="2", _TYPER_COMPLETE_ARGS=""
    )
    assert "password-writeback" in result.stdout


def test_the_version() -> None:
    assert run("--version").stdout.startswith("vedlys ")


def test_engines_are_completed() -> None:
    assert complete_engine("") == list(ENGINE_NAMES)
    assert complete_engines("a") == ["all"]
    assert complete_engine("ju") == ["judge"]


def test_every_line_of_the_source_is_shown_with_what_covers_it() -> None:
    result = run("test", "--locale", "en", "--no-mutants", "--sources")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[-1] == "password-writeback.lt-LT.md: every line is bound to a rule, or it says why not."
    covers = {line.split()[0]: line for line in lines if line[:2].strip().isdigit()}
    assert {"22", "33", "46", "47", "51", "52"} <= covers.keys()
    assert "allow-list-repeats-typo" in covers["46"]
