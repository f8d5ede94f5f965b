"""`vedlys assess --server` answers as `vedlys assess` does, and says in a sentence what keeps a server from it."""

import http.server
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from service_process import BASE, Served, environment, serving
from typer.testing import CliRunner, Result

from vedlys.assessment import Catalogue
from vedlys.cli.app import make_app
from vedlys.cli.remote import ServerError, ask_server
from vedlys.operating import COMMANDS

AS_OF = "2026-11-22T10:00:00Z"
FACTS = '{"net.speed": 10, "net.servers": [{"host": "a.example.lt", "up": false}]}'


def run(*arguments: object, typed: str = FACTS, **more: str) -> Result:
    return CliRunner().invoke(
        make_app(COMMANDS), ["assess", "-", *map(str, arguments)], input=typed, env={"VEDLYS_LOCALE": "en", **more}
    )


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    made = CliRunner().invoke(make_app(COMMANDS), ["keys", "add", "desk", "--keys-file", str(folder / "keys.toml")])
    (folder / "desk.key").write_text(made.stdout, "utf-8")
    return folder / "desk.key"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("service")
    with serving(folder, BASE, auth=("--keys-file", str(key_file.with_name("keys.toml")))) as running:
        yield running


@pytest.mark.parametrize("format_", ["json", "markdown", "html", "terminal"])
def test_it_answers_as_a_catalogue_here_does(served: Served, key_file: Path, format_: str) -> None:
    shared = ("--format", format_, "--as-of", AS_OF, "--locale", "lt")
    there = run("--server", served.url, "--key-file", key_file, *shared)
    here = run("--content", BASE, *shared)
    assert (there.exit_code, there.stderr) == (1, "")
    assert there.stdout == here.stdout


def test_the_terminal_shows_the_whole_answer(served: Served, key_file: Path) -> None:
    result = run("--server", served.url, "--key-file", key_file)
    assert result.exit_code == 1
    assert "Servers" in result.stdout
    assert "a.example.lt" in result.stdout


def test_the_key_may_come_from_the_environment(served: Served, key_file: Path) -> None:
    result = run("--server", served.url, "-f", "json", VEDLYS_KEY=key_file.read_text().strip())
    assert result.exit_code == 1
    assert run("--server", served.url, "-f", "json").exit_code == 2


def test_an_unproblematic_environment_ends_with_0(served: Served, key_file: Path) -> None:
    healthy = '{"net.speed": 60, "net.servers": [], "net.mode": "auto", "net.since": "2026-01-01"}'
    assert run("--server", served.url, "--key-file", key_file, typed=healthy).exit_code == 0


def test_a_wrong_key_is_said(served: Served, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("vedlys_0000000000_nobodys", "utf-8")
    result = run("--server", served.url, "--key-file", tmp_path / "key", "--locale", "lt")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"vedlys: Serveris {served.url} atsakė 401: ")


def test_faults_of_facts_are_shown_as_a_catalogue_here_shows_them(served: Served, key_file: Path) -> None:
    bad = '{"net.sped": 10, "net.speed": "fast", "net": {"mode": "up"}}'
    there = run("--server", served.url, "--key-file", key_file, typed=bad)
    here = run("--content", BASE, typed=bad)
    assert there.exit_code == here.exit_code == 2
    assert there.stderr == here.stderr


def test_faults_of_options_are_not_blamed_on_the_facts(served: Served, key_file: Path) -> None:
    result = run("--server", served.url, "--key-file", key_file, "--article", "netwrk")
    assert result.exit_code == 2
    assert result.stderr.startswith("vedlys: /articles/0: No article is called `netwrk`. Did you mean `network`?")


def test_title_and_detail_are_two_sentences(served: Served, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("vedlys_0000000000_nobodys", "utf-8")
    result = run("--server", served.url, "--key-file", tmp_path / "key")
    assert "says 401: Nobody is known by these credentials. Send `Authorization" in result.stderr


@pytest.mark.parametrize("typed", ['{"net.speed": ', "[]]", '{}, "articles": ["network"]'])
def test_facts_that_are_no_json_never_leave(typed: str, served: Served, key_file: Path) -> None:
    there = run("--server", served.url, "--key-file", key_file, typed=typed)
    here = run("--content", BASE, typed=typed)
    assert there.exit_code == here.exit_code == 2
    assert there.stderr == here.stderr


def test_facts_may_begin_with_a_byte_order_mark(served: Served, key_file: Path) -> None:
    """PowerShell writes one."""
    assert run("--server", served.url, "--key-file", key_file, typed=f"\ufeff{FACTS}").exit_code == 1


@pytest.mark.parametrize("option", [("--explain",), ("--engine", "judge"), ("--content", str(BASE))])
def test_what_only_a_catalogue_could_do(option: tuple[str, ...]) -> None:
    result = run("--server", "http://127.0.0.1:9", *option)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"vedlys: {option[0]} cannot be used with --server")


@pytest.mark.parametrize("url", ["here", "ftp://here", "http://", "http://here:x", "http://u:p@here", "http://h/?a=b"])
def test_addresses_that_are_none(url: str) -> None:
    result = run("--server", url)
    assert result.exit_code == 2
    assert "is not the address of a server" in result.stderr


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        result = run("--server", f"http://127.0.0.1:{one.getsockname()[1]}")
    assert result.exit_code == 3
    assert "cannot be reached: Connection refused" in result.stderr


@pytest.mark.parametrize("text", ["", "two\nlines", "ąž"])
def test_keys_that_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text, "utf-8")
    result = run("--server", "http://127.0.0.1:9", "--key-file", tmp_path / "key")
    assert result.exit_code == 2
    assert "The key in" in result.stderr


def test_a_key_file_that_is_not_there() -> None:
    result = run("--server", "http://127.0.0.1:9", "--key-file", "none.key")
    assert (result.exit_code, result.stderr) == (2, "vedlys: none.key: there is no such file\n")


class Odd(http.server.BaseHTTPRequestHandler):
    """Answers with what its path says, and keeps what it was sent."""

    seen: list[tuple[str, str | None]] = []  # noqa: RUF012 - shared on purpose
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.seen.append((self.path, self.headers.get("Authorization")))
        self.rfile.read(int(self.headers["Content-Length"]))
        match self.path.split("/")[1]:
            case "redirect":
                self._answer(307, b"", Location=f"http://127.0.0.1:{self.server.server_port}/elsewhere")
            case "rubbish":
                self._answer(200, b"<html>hello</html>")
            case "half":
                self._answer(200, b'{"assessments": [{"article": 1}]}')
            case "gateway":
                self._answer(502, b"<html>\x1b[31mbad gateway</html>")
            case "busy":
                told = {"title": "Busy.", "detail": "Too \x1b[31mmuch `load`.", "status": 503, "new": 1}
                kind = {"Content-Type": "application/problem+json", "Retry-After": "7"}
                self._answer(503, json.dumps(told).encode(), **kind)
            case "cut":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b'{"ass')
                self.close_connection = True
            case "slow":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.server.hold.wait(60)
                self.close_connection = True

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def odd() -> Iterator[str]:
    Odd.seen.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Odd) as server:
        server.hold = threading.Event()  # type: ignore[attr-defined]  # of this test alone
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.hold.set()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("rubbish", "is not vedlys: "),
        ("half", "is not vedlys: "),
        ("gateway", "is not vedlys: HTTP 502."),
        ("busy", "says 503: Busy. Too \\x1b[31mmuch `load`. Try again in 7 s."),
        ("cut", "is not vedlys: "),
        ("redirect", "the key is not sent there"),
    ],
)
def test_servers_that_do_not_answer(odd: str, path: str, sentence: str) -> None:
    result = run("--server", f"{odd}/{path}", VEDLYS_KEY="secret")
    assert (result.exit_code, result.stdout) == (3, "")
    assert sentence in result.stderr
    assert "\x1b" not in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert Odd.seen == [(f"/{path}/v1/assessments", "Bearer secret")]  # and nowhere else


def test_a_server_that_never_ends(odd: str) -> None:
    with pytest.raises(ServerError) as found:
        ask_server(f"{odd}/slow", b"{}", {}, None, seconds=0.2)
    assert found.value.error.code == "server-too-slow"


def test_it_needs_no_part_of_the_service_and_no_content(served: Served, key_file: Path, tmp_path: Path) -> None:
    """The base install asks a server."""
    (tmp_path / "facts.json").write_text(FACTS, "utf-8")
    code = (
        "import sys\n"
        "for name in ('litestar', 'granian', 'httpx', 'yaml'): sys.modules[name] = None\n"
        "from vedlys.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    arguments = ["assess", str(tmp_path / "facts.json"), "-f", "json", "--server", served.url, "--key-file", key_file]
    ran = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    assert (ran.returncode, ran.stderr) == (1, "")
    digest = json.loads(ran.stdout)["assessments"][0]["catalogue"]["digest"]
    assert digest == Catalogue.load(BASE).digest
