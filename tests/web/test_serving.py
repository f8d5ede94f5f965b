"""`vedlys serve` starts, says so, answers, and stops without losing anything; what keeps it from that is said."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from service_process import BASE, Served, environment, free_port, serving, until
from typer.testing import CliRunner

from vedlys.cli.app import make_app
from vedlys.operating import COMMANDS, serve

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads processes off /proc")


def vedlys(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vedlys", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**environment(), **more},
    )


def test_it_starts_answers_and_stops(tmp_path: Path) -> None:
    decisions = tmp_path / "decisions"
    more = ("--workers", "2", "--decision-log", "ndjson", "--decision-path", str(decisions))
    with serving(tmp_path, BASE, *more) as served:
        [starting] = served.events("starting")
        assert starting["address"] == served.url
        assert starting["auth"] == "none"
        assert starting["workers"] == 2
        assert starting["catalogue"].startswith("sha256:")
        until(lambda: len(served.workers()) == 2, "two workers")
        answers = [served.post() for _ in range(5)]
        assert {status for status, _ in answers} == {200}
        assert {one["catalogue"]["digest"] for _, answer in answers for one in answer["assessments"]} == {
            starting["catalogue"]
        }
        status, ready = served.ask("GET", "/readyz")
        assert (status, ready["ready"]) == (200, True)
        assert served.stop() == 0
    assert served.events("stopped")
    kept = [json.loads(line) for file in decisions.iterdir() for line in file.read_bytes().splitlines()]
    assert len(kept) == 5  # the log was written out in the end
    assert {record["verdicts"]["slow"] for record in kept} == {"applies"}
    with socket.socket() as one:
        assert one.connect_ex(("127.0.0.1", served.port)) != 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_under_way_is_finished(tmp_path: Path, number: int) -> None:
    with serving(tmp_path, BASE) as served, socket.create_connection(("127.0.0.1", served.port), 60) as slow:
        body = json.dumps({"facts": {"net.speed": 10}}).encode()
        head = (
            "POST /v1/assessments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        slow.sendall(head.encode() + body[:5])
        status, _ = served.post()  # so that the one before has certainly been taken
        assert status == 200
        served.process.send_signal(number)

        def refused() -> bool:
            with socket.socket() as another:
                return another.connect_ex(("127.0.0.1", served.port)) != 0

        until(refused, "an end of taking connections")
        slow.sendall(body[5:])
        answer = b""
        while part := slow.recv(65536):
            answer += part
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b'"action_needed"' in answer or b'"attention"' in answer
        assert served.process.wait(60) == 0


def test_a_whole_group_may_be_told_to_stop(tmp_path: Path) -> None:
    """A terminal's Ctrl-C, and a service manager, tell every process of the group."""
    with serving(tmp_path, BASE, "--workers", "2") as served:
        until(lambda: len(served.workers()) == 2, "two workers")
        for process in (*served.workers(), served.process.pid):
            os.kill(process, signal.SIGINT)
        assert served.process.wait(60) == 0


def test_it_can_say_for_a_while_that_it_stops(tmp_path: Path) -> None:
    with serving(tmp_path, BASE, "--set", "drain_seconds=600") as served:
        served.process.send_signal(signal.SIGTERM)
        until(lambda: served.ask("GET", "/readyz")[0] == 503, "readyz that says so")
        _, ready = served.ask("GET", "/readyz")
        assert list(ready["reasons"]) == ["draining"]
        assert served.post()[0] == 200
        assert served.stop() == 0  # the second time at once


def test_workers_end_with_the_service_that_was_killed(tmp_path: Path) -> None:
    with serving(tmp_path, BASE, "--workers", "2") as served:
        workers = until(lambda: len(served.workers()) == 2 and served.workers(), "two workers")
        served.process.kill()
        served.process.wait()
        until(lambda: not any(Path(f"/proc/{one}").exists() for one in workers), "an end of the workers")


def test_a_service_that_gives_up_ends(tmp_path: Path) -> None:
    """Its folder is gone, so that no worker can be replaced: whoever watches over it must be able to start it anew."""
    with serving(tmp_path, BASE, "--workers", "2") as served:
        workers = until(lambda: len(served.workers()) == 2 and served.workers(), "two workers")
        until(lambda: len(served.events("catalogue")) == 2, "two that answer")
        (folder,) = [place for place in Path(tempfile.gettempdir()).glob("vedlys-*") if _is_used_by(place, served)]
        shutil.rmtree(folder)
        os.kill(min(workers), signal.SIGKILL)
        until(lambda: served.process.poll() is not None, "an end of the service")
        assert served.process.returncode not in {0, None}
        until(lambda: not any(Path(f"/proc/{one}").exists() for one in workers), "an end of the workers")


def _is_used_by(folder: Path, served: Served) -> bool:
    """Whether the first process of the service holds the folder."""
    held = Path(f"/proc/{served.process.pid}/fd").iterdir()
    return any(link.readlink() == folder for link in held if link.is_symlink())


def test_keys_are_asked_for_and_may_be_revoked(tmp_path: Path) -> None:
    keys = tmp_path / "keys.toml"
    key = vedlys("keys", "add", "desk", "--keys-file", keys).stdout.strip()
    with serving(tmp_path, BASE, auth=("--keys-file", str(keys))) as served:
        body = json.dumps({"facts": {"net.speed": 10}})
        assert served.ask("POST", "/v1/assessments", body)[0] == 401
        assert served.ask("POST", "/v1/assessments", body, Authorization=f"Bearer {key}")[0] == 200
        assert vedlys("keys", "revoke", "desk", "--keys-file", keys).returncode == 0
        until(
            lambda: served.ask("POST", "/v1/assessments", body, Authorization=f"Bearer {key}")[0] == 401,
            "an end of the key",
        )
        assert key not in served.said


def test_a_port_in_use_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = vedlys("serve", "--no-auth", "--content", BASE, "--port", port)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"vedlys: The service cannot listen on `127.0.0.1:{port}`: ")
    assert len(ended.stderr.splitlines()) == 1


def test_two_services_do_not_share_a_port(tmp_path: Path) -> None:
    with serving(tmp_path, BASE) as served:
        ended = vedlys("serve", "--no-auth", "--content", BASE, "--port", served.port)
        assert ended.returncode == 2
        assert served.post()[0] == 200


def test_every_fault_of_the_settings_is_named_at_once() -> None:
    ended = vedlys("serve", "--port", "0", "--workers", "0", "--set", "nothing.such=1", "--locale", "lt")
    assert ended.returncode == 2
    origins = [line.split(": ")[1] for line in ended.stderr.splitlines()]
    assert origins == ["--set nothing.such", "--port", "--workers", "auth"]


def test_broken_content_is_shown_as_check_shows_it(tmp_path: Path) -> None:
    root = tmp_path / "content"
    shutil.copytree(BASE, root)
    rules = root / "rules/articles/network.yaml"
    rules.write_text(rules.read_text("utf-8").replace("net.fast: no", "net.fats: no"), "utf-8")
    ended = vedlys("serve", "--no-auth", "--content", root, "--port", free_port())
    assert ended.returncode == 3
    assert f"{root}/rules/articles/network.yaml:12:16: error[unknown-fact]" in ended.stderr
    assert "Did you mean `net.fast`?" in ended.stderr


def test_content_that_fails_its_own_examples_is_not_served(tmp_path: Path) -> None:
    root = tmp_path / "content"
    shutil.copytree(BASE, root)
    rules = root / "rules/articles/network.yaml"
    rules.write_text(rules.read_text("utf-8").replace("at_least: 50", "at_least: 40"), "utf-8")
    ended = vedlys("serve", "--no-auth", "--content", root, "--port", free_port())
    assert ended.returncode == 3
    assert "error[example-contradicts]" in ended.stderr


def test_keys_that_cannot_be_read(tmp_path: Path) -> None:
    keys = tmp_path / "keys.toml"
    keys.write_text("keys = 3\n", "utf-8")
    ended = vedlys("serve", "--keys-file", keys, "--content", BASE, "--port", free_port())
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1


def test_without_the_service_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "find_spec", lambda name: None if name == "litestar" else object())
    ended = CliRunner().invoke(make_app(COMMANDS), ["serve", "--no-auth"], env={"VEDLYS_LOCALE": "en"})
    assert ended.exit_code == 2
    assert ended.stderr == (
        "vedlys: The service is not installed here: the package `litestar` is missing. "
        "Install it with `pip install 'vedlys[serve]'`.\n"
    )


def test_assessing_starts_without_the_service() -> None:
    code = (
        "import sys; from vedlys.__main__ import main; main(['--version'])\n"
        "brought = {name.partition('.')[0] for name in sys.modules} | {n for n in sys.modules if n == 'vedlys.web'}\n"
        "print(sorted(brought & {'litestar', 'granian', 'prometheus_client', 'vedlys.web'}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert ran.stdout.splitlines()[-1] == "[]"


def test_a_slow_client_keeps_nobody_waiting(tmp_path: Path) -> None:
    with serving(tmp_path, BASE) as served:
        idle = [socket.create_connection(("127.0.0.1", served.port), 60) for _ in range(50)]
        try:
            for one in idle:
                one.sendall(b"POST /v1/assessments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
            results: list[int] = []
            asking = [threading.Thread(target=lambda: results.append(served.post()[0])) for _ in range(5)]
            for thread in asking:
                thread.start()
            for thread in asking:
                thread.join(60)
            assert results == [200] * 5
        finally:
            for one in idle:
                one.close()


@pytest.mark.parametrize(("kind", "place"), [("ndjson", "taken"), ("ndjson", "taken/below"), ("sqlite", ".")])
def test_decisions_that_cannot_be_kept(tmp_path: Path, kind: str, place: str) -> None:
    (tmp_path / "taken").write_text("a file", "utf-8")
    more = ("--decision-log", kind, "--decision-path", tmp_path / place)
    ended = vedlys("serve", "--no-auth", "--content", BASE, "--port", free_port(), *more)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert str(tmp_path / place) in ended.stderr
