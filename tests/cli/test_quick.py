"""The quick way through a plain `vedlys assess`: the same bytes and exit code, or left to the whole command line."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from vedlys.__main__ import main
from vedlys.cli import main as whole
from vedlys.cli import quick

SAMPLE = str(Path(__file__).parents[1] / "samples" / "firewall-blocked.json")
AS_OF = ["--as-of", "2026-11-22T10:00:00Z"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "json"],
        ["--format=markdown", "--locale", "en"],
        ["-f", "json", "-a", "password-writeback", "-l", "lt"],
        ["--format", "json", "--article", "password-writeback", "--article", "password-writeback"],
        ["--format", "markdown", "--skip", "connect.version", "--skip", "sspr.scope"],
        [],
        ["--format", "terminal", "--locale", "en"],
    ],
)
def test_the_same_answer(arguments: list[str], capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    asked = ["assess", SAMPLE, *arguments, *AS_OF]
    assert quick.understood(asked) is not None
    quickly = (main(asked), *capsysbinary.readouterr())
    assert quickly == (whole(asked), *capsysbinary.readouterr())
    assert quickly[0] == 1
    assert quickly[1]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--help"],
        ["assess"],
        ["assess", "--help"],
        ["assess", "-", "--format", "json"],
        ["assess", SAMPLE, "--format", "html"],
        ["assess", SAMPLE, "--format", "jso"],
        ["assess", SAMPLE, "--format"],
        ["assess", SAMPLE, "--format", "json", "--explain"],
        ["assess", SAMPLE, "--format", "json", "--engine", "judge"],
        ["assess", SAMPLE, "--format", "json", "--server", "https://vedlys.example.com"],
        ["assess", SAMPLE, "--format", "json", "--loc", "en"],
        ["assess", SAMPLE, "--format", "json", "--locale="],
        ["assess", SAMPLE, SAMPLE, "--format", "json"],
        ["assess", SAMPLE, "-fjson"],
        ["check", "--format", "json"],
    ],
)
def test_what_is_left_to_the_whole_command_line(arguments: list[str]) -> None:
    assert quick.understood(arguments) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-file.json"],
        [SAMPLE, "--article", "no-such-article"],
        [SAMPLE, "--locale", "!!"],
        [SAMPLE, "--as-of", "yesterday"],
        [SAMPLE, "--content", "no-such-folder"],
        [__file__],
    ],
)
def test_what_goes_wrong_is_told_as_ever(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["assess", *arguments, "--format", "json"]
    assert quick.answer(asked) is None
    assert capsys.readouterr() == ("", "")
    quickly = (main(asked), *capsys.readouterr())
    assert quickly == (whole(asked), *capsys.readouterr())
    assert quickly[0] == 2


@pytest.mark.parametrize(
    "environment",
    [{"FORCE_COLOR": "1"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, {"COLUMNS": "50"}, {"TTY_COMPATIBLE": "0"}],
    ids=",".join,
)
def test_the_same_on_every_terminal(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    asked = ["assess", SAMPLE, "--locale", "en", *AS_OF]
    main(asked)
    plain = capsysbinary.readouterr()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    quickly = (main(asked), *capsysbinary.readouterr())
    assert quickly == (whole(asked), *capsysbinary.readouterr())
    assert (b"\x1b[1;31m" in quickly[1]) == (list(environment) == ["FORCE_COLOR"])
    assert (quickly[1] == plain[0]) == ("TTY_COMPATIBLE" in environment)


@pytest.mark.parametrize("form", ["json", "markdown", "terminal"])
def test_what_answers_from_the_cache_imports_little(form: str, tmp_path: Path) -> None:
    """Heavy packages would take longer to import than the answer takes; they come in where they are needed."""
    environment = {"VEDLYS_CACHE": str(tmp_path / "cache"), "VEDLYS_LOCALE": "lt"}
    code = (
        "import os, sys, vedlys.storing.files as files; files._DOUBT = -10**15\n"
        "from vedlys.__main__ import main; sys.stdout = open(os.devnull, 'w'); main()\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "assess", SAMPLE, "--format", form]
    for _ in range(2):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    modules = {name.partition(".")[0] for name in done.stderr.split()}
    heavy = {"typer", "click", "rich", "pydantic", "jsonschema", "yaml", "markdown_it", "liquid", "babel", "webob"}
    assert modules & heavy == set()
    assert not {"vedlys.loading", "vedlys.checking"} & set(done.stderr.split())


@pytest.mark.parametrize("facts", [b'{"conect.version": "2.1"}', b"{}", b'{"sspr.scope": "none"}'])
def test_what_can_be_read_once_is_read_once(tmp_path: Path, facts: bytes) -> None:
    pipe, file = tmp_path / "pipe", tmp_path / "pipe.json"
    os.mkfifo(pipe)
    file.write_bytes(facts)
    writer = threading.Thread(target=pipe.write_bytes, args=[facts])
    writer.start()
    command = [sys.executable, "-m", "vedlys", "assess", "--locale", "en"]
    found = [
        subprocess.run([*command, str(path)], capture_output=True, timeout=60, check=False) for path in (pipe, file)
    ]
    writer.join()
    of_pipe, of_file = ((one.returncode, one.stdout, one.stderr.replace(b".json", b"")) for one in found)
    assert of_pipe == of_file
