"""What goes wrong is said in a sentence, with an exit code, and never with a traceback."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commanding import BROKEN_BASE, SAMPLE, TESTS, run

from vedlys.assessment import Catalogue

ENGINE = TESTS.parent / "engine"


def vedlys(*arguments: object, **environment: str) -> list[str]:
    return [sys.executable, "-m", "vedlys", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "VEDLYS_"))}
    return {**kept, "PYTHONPATH": str(ENGINE), **more}


def shell(*arguments: object, redirected: str) -> subprocess.CompletedProcess[str]:
    """Run it with streams as a shell redirects them."""
    command = f"{shlex.join(vedlys(*arguments))} {redirected}"
    return subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, env=environment(), timeout=60, check=False
    )


def test_every_fault_of_the_facts_is_named() -> None:
    facts = '{"sspr": {"scope": "everybody"}, "connect.version": 2, "conect.installed": true}'
    result = run("assess", "-", "--locale", "en", typed=facts)
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["<stdin>", "/conect.installed"],
        ["<stdin>", "/connect.version"],
        ["<stdin>", "/sspr/scope"],
    ]
    assert "`connect.installed`" in lines[0]


def test_faults_are_named_in_the_readers_language() -> None:
    result = run("assess", "-", "--locale", "lt", typed='{"sspr.scope": "everybody"}')
    assert result.stderr.startswith("<stdin>: /sspr.scope: Reikšmės `everybody` nėra tarp leistinų.")


def test_a_skipped_fact_that_does_not_exist() -> None:
    result = run("assess", SAMPLE, "--locale", "en", "--skip", "nothing.such")
    assert result.exit_code == 2
    assert result.stderr.startswith("vedlys: --skip: ")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["assess", "none.json", "--locale", "en"], "vedlys: none.json: there is no such file\n"),
        (["assess", "none.json", "--locale", "lt"], "vedlys: none.json: tokio failo nėra\n"),
        (["assess", ".", "--locale", "en"], "vedlys: .: this is a folder, not a file\n"),
    ],
)
def test_files_that_cannot_be_read(arguments: list[str], sentence: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", sentence)


@pytest.mark.parametrize(
    "arguments",
    [
        ["assess", SAMPLE, "--article", "password-writebak"],
        ["assess", SAMPLE, "--engine", "compild"],
        ["assess", SAMPLE, "--as-of", "yesterday"],
        ["assess", SAMPLE, "--locale", "!!"],
        ["explain", "password-writeback/endpoint-bloked", SAMPLE],
        ["article", "password-writebak"],
        ["facts", "conect.version"],
        ["test", "--article", "password-writebak"],
        ["test", "--engine", "jugde"],
        ["ask", "--article", "password-writebak"],
    ],
    ids=lambda arguments: " ".join(str(one) for one in arguments if one != SAMPLE),
)
def test_calls_that_cannot_be_served(arguments: list[object]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [["assess"], ["asses"], ["assess", SAMPLE, "--format", "yaml"], ["explain", "no-slash", SAMPLE], ["--nothing"]],
)
def test_wrong_usage(arguments: list[object]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_content_that_cannot_be_loaded(tmp_path: Path) -> None:
    root = tmp_path / "content"
    shutil.copytree(BROKEN_BASE, root)
    rules = root / "rules" / "articles" / "network.yaml"
    rules.write_text(rules.read_text("utf-8").replace("severity: blocker", "severity: terrible"), "utf-8")
    facts = root / "rules" / "facts" / "net.yaml"
    facts.write_text(facts.read_text("utf-8") + "  NET.bad: {type: boolean}\n", "utf-8")
    result = run("assess", SAMPLE, "--content", root, "--locale", "en")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "rules/articles/network.yaml:" in result.stderr
    assert "rules/facts/net.yaml:" in result.stderr
    assert "^^^" in result.stderr
    assert "vedlys: the content cannot be loaded: " in result.stderr.splitlines()[-1]


def test_too_much_is_refused() -> None:
    result = run("assess", "-", "--locale", "en", typed=b'{"a": "' + b"x" * 3_000_000 + b'"}')
    assert result.exit_code == 2
    assert result.stderr.startswith("<stdin>: The document is too large")


def test_nothing_on_stdin() -> None:
    result = run("assess", "-", "--locale", "en", typed=b"")
    assert result.exit_code == 2
    assert result.stderr.startswith("vedlys: standard input is empty")


@pytest.mark.parametrize("arguments", [("assess", "-"), ("ask", "--no-save")])
def test_closed_stdin(arguments: tuple[str, ...]) -> None:
    done = shell(*arguments, "--locale", "en", redirected="<&-")
    assert done.returncode == 2
    assert done.stderr.startswith("vedlys: standard input is empty")


@pytest.mark.parametrize("typed", [b"\xff\xfe", b"[]", b"{", b"[" * 100_000, b'{"a": 1, "a": 2}'])
def test_what_is_no_facts_is_refused(typed: bytes) -> None:
    result = run("assess", "-", typed=typed)
    assert result.exit_code == 2
    assert result.stderr.startswith("<stdin>: ")


def test_a_mistake_of_vedlys_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no\nway")

    monkeypatch.setattr(Catalogue, "read", fail)
    result = run("assess", SAMPLE)
    assert result.exit_code == 70
    assert result.stderr == (
        "vedlys: internal error: ZeroDivisionError: no way (set VEDLYS_DEBUG=1 to see the details)\n"
    )
    detailed = run("assess", SAMPLE, VEDLYS_DEBUG="1")
    assert detailed.exit_code == 70
    assert "Traceback" in detailed.stderr


def test_whoever_reads_may_go() -> None:
    """A pipe that is closed early ends the command quietly."""
    with subprocess.Popen(
        vedlys("assess", SAMPLE), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("form", ["terminal", "json"])
def test_a_full_disk(form: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            vedlys("assess", SAMPLE, "--locale", "en", "--format", form),
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
    assert done.stderr.decode() == "vedlys: <stdout>: cannot be used: No space left on device\n"
    assert done.returncode == 74


def test_closed_streams() -> None:
    assert shell("assess", SAMPLE, redirected=">&- 2>&- <&-").returncode == 74


@pytest.mark.parametrize(
    "arguments", [("assess", SAMPLE, "--locale", "en"), ("assess", SAMPLE, "--locale", "en", "-f", "json"), ("--help",)]
)
def test_closed_stdout(arguments: tuple[object, ...]) -> None:
    done = shell(*arguments, redirected=">&-")
    assert done.stderr == "vedlys: <stdout>: cannot be used: Bad file descriptor\n"
    assert done.returncode == 74


def test_interrupted() -> None:
    with subprocess.Popen(
        vedlys("ask", "--no-save"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        # whoever runs the tests may ignore it
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - there are no threads here
    ) as process:
        try:
            assert process.stderr is not None
            seen = process.stderr.read(1)  # the first question: it is up, and waits
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=20)
        finally:
            process.kill()
    assert seen
    assert b"Traceback" not in told
    assert process.returncode == 130


def test_any_environment_is_written_to_in_utf8() -> None:
    done = subprocess.run(
        vedlys("assess", SAMPLE, "--locale", "lt"),
        capture_output=True,
        env=environment(LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0"),
        check=False,
    )
    assert done.returncode == 1
    assert "✗ Ryšys" in done.stdout.decode("utf-8")


def test_colour_is_for_terminals_that_have_it() -> None:
    pty = pytest.importorskip("pty")

    def shown(**more: str) -> str:
        """What a terminal would receive."""
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            vedlys("article", "password-writeback"),
            stdout=theirs,
            stderr=theirs,
            env=environment(TERM="xterm-256color", **more),
        ) as process:
            os.close(theirs)
            received = b""
            while True:
                try:
                    part = os.read(ours, 65536)
                except OSError:
                    break
                if not part:
                    break
                received += part
            assert process.wait() == 0
        os.close(ours)
        return received.decode("utf-8", "replace")

    assert "\x1b[36m" in shown()
    assert "\x1b[36m" not in shown(NO_COLOR="1")
