"""`vedlys serve` as processes of their own on this machine, and a plain client; for tests that need both."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
BASE = TESTS / "checking" / "base"
SPEED = {"net.speed": 10}
PATIENCE = 60.0  # seconds: the machine may be busy
MARK = "Pirmiausia pažiūrėkite čia."


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for something to be so; what it is in the end."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"in vain: {what}")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "VEDLYS_"))}
    return {**kept, "PYTHONPATH": str(TESTS.parent / "engine"), "VEDLYS_LOCALE": "en"}


def copy_base(to: Path) -> Path:
    shutil.copytree(BASE, to)
    return to


def edit(root: Path, text: str) -> None:
    """Change the Lithuanian introduction, as an editor would: the file is replaced."""
    file = root / "kb/lt/articles/network.md"
    changed = file.with_suffix(".part~")
    original = (BASE / "kb/lt/articles/network.md").read_text("utf-8")
    hidden = changed.with_name(f".{changed.name}")
    hidden.write_text(original.replace(MARK, text), "utf-8")
    hidden.replace(file)


class Served:
    """A running service."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self._log = log
        self._read = 0
        self._events: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """The events of the log so far, of one name or all."""
        with self._log.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                if line.startswith(b"{") and b'"event":"request"' not in line:
                    self._events.append(json.loads(line))
        return [event for event in self._events if not name or event["event"] == name]

    @property
    def said(self) -> str:
        return self._log.read_text("utf-8")

    def wait_for(self, name: str, count: int = 1) -> dict[str, Any]:
        def seen() -> list[dict[str, Any]] | None:
            found = self.events(name)
            assert len(found) >= count or self.process.poll() is None, self.said
            return found if len(found) >= count else None

        return until(seen, f"the event {name}; {self.said}")[count - 1]

    def workers(self) -> set[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()}

    def post(self, facts: dict[str, Any] = SPEED, **members: Any) -> tuple[int, dict[str, Any]]:
        body = json.dumps({"facts": facts, **members})
        return self.ask("POST", "/v1/assessments", body)

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            sent = {"Content-Type": "application/json", **headers}
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(folder: Path, content: Path, *more: str, auth: Sequence[str] = ("--no-auth",)) -> Iterator[Served]:
    """Run a service until the block ends; it answers when the block begins."""
    log = folder / "service.log"
    port = free_port()
    command = [sys.executable, "-m", "vedlys", "serve", "--content", str(content), "--port", str(port), *auth, *more]
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, stderr=stderr, stdout=stderr, stdin=subprocess.DEVNULL, env=environment())
    served = Served(process, port, log)
    try:
        served.wait_for("serving")
        yield served
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
