"""The examples of SERVICE.md run against a service that was started for them; its tables are those of the code."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from vedlys.web.configuring import options, read_settings
from vedlys.web.configuring.options import FLAGS
from vedlys.web.observing.families import FAMILIES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SERVICE.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8080"
_FENCE = re.compile(r"```(\w+)\n(.*?)```\n", re.DOTALL)


def fences(language: str) -> list[str]:
    return [text for found, text in _FENCE.findall(TEXT) if found == language]


def tables() -> dict[str, list[list[str]]]:
    """Each table by the first cell of its head; a bar in a cell is escaped."""
    found: dict[str, list[list[str]]] = {}
    for block in re.findall(r"(?:^\|.*\n)+", TEXT, re.MULTILINE):
        rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block.splitlines()]
        found[rows[0][0]] = rows[2:]
    return found


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [sys.executable, "-m", "vedlys", "serve", "--no-auth", "--port", str(port)]
    service = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=ROOT)
    try:
        end = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert service.poll() is None
                assert time.monotonic() < end
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        service.terminate()
        service.wait(30)


CURLS = [text for text in fences("sh") if "curl" in text]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("example", CURLS, ids=range(len(CURLS)))
def test_curl_examples_are_answered(example: str, address: str) -> None:
    assert ADDRESS in example
    ran = subprocess.run(
        ["bash", "-c", example.replace(ADDRESS, address)], capture_output=True, text=True, check=True, timeout=60
    )
    if "batch" in example:
        first, second = map(json.loads, ran.stdout.splitlines())
        assert first["assessments"][0]["status"]
        assert second["line"] == 2
    else:
        assert ran.stdout.startswith("# Password writeback isn't working\n")


def test_python_examples_run(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    examples = fences("python")
    assert examples
    for text in examples:
        exec(compile(text.replace(ADDRESS, address), "SERVICE.md", "exec"), {})
    assert capsys.readouterr().out.startswith("# ")


def test_the_problem_is_the_one_that_is_shown(address: str) -> None:
    (shown,) = map(json.loads, fences("json"))
    request = urllib.request.Request(
        address + "/v1/assessments",
        data=b'{"facts": {"sspr.scop": "none"}, "locale": "en"}',
        headers={"Content-Type": "application/json"},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    said = json.load(refused.value)
    assert {**said, "request_id": ""} == {**shown, "request_id": ""}


def test_every_address_is_there(address: str) -> None:
    with urllib.request.urlopen(address + "/openapi.json", timeout=10) as answer:
        known = set(json.load(answer)["paths"])
    named = {found for row in tables()["address"] for found in re.findall(r"`(?:POST |GET )?(/[^`]*)`", row[0])}
    assert named - known == set()
    assert {path for path in known if path.startswith("/v1")} <= named


def test_the_settings_are_all_there() -> None:
    rows = {row[0].strip("`"): row for row in tables()["setting"]}
    assert list(rows) == list(options())
    for name, option in options().items():
        _, default, says, flag = rows[name]
        assert says.startswith(option.description)
        assert flag.strip("`") == FLAGS.get(name, "")
        if option.default in {None, ()}:
            assert default == ""
        elif not isinstance(option.default, tuple):
            number = isinstance(option.default, float)
            wanted = f"{option.default:g}" if number else str(option.default)
            assert default.strip("`") == (wanted.lower() if isinstance(option.default, bool) else wanted)


def test_the_metrics_are_all_there() -> None:
    rows = {row[0].partition("`")[2].partition("`")[0]: row for row in tables()["metric"]}
    for family in FAMILIES:
        name = "vedlys_metrics_overflow" if family.name == "overflow" else family.name
        row = rows.pop(name + "_total" if family.kind == "counter" else name)
        assert family.kind in row[0]
        assert re.findall(r"`(\w+)`", row[1]) == sorted(family.labels) or re.findall(r"`(\w+)`", row[1]) == list(
            family.labels
        )
        assert row[2] == family.says
    assert rows == {}
    mentioned = set(re.findall(r"`(vedlys_\w+)`", TEXT))
    assert {name for name in mentioned if name.startswith("vedlys_decisions")} <= {
        row[0].partition("`")[2].partition("`")[0] for row in tables()["metric"]
    }


def test_the_configuration_is_one(tmp_path: Path) -> None:
    (text,) = fences("toml")
    tomllib.loads(text)
    (tmp_path / "keys.toml").write_text("", "utf-8")
    (tmp_path / "vedlys.toml").write_text(text, "utf-8")
    settings = read_settings(tmp_path / "vedlys.toml")
    assert settings.workers == 4


def test_commands_that_are_shown_exist() -> None:
    for command in sorted(set(re.findall(r"^vedlys (\w+)", "\n".join(fences("sh")), re.MULTILINE))):
        ran = subprocess.run(
            [sys.executable, "-m", "vedlys", command, "--help"],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )
        assert ran.returncode == 0, command
