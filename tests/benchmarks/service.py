"""The service under load: requests and batch lines a second, latency, memory, and every answer held to the library's.

    python tests/benchmarks/service.py                       50,000 requests, 5 % of them hostile
    python tests/benchmarks/service.py --requests 1000000    the soak
    python tests/benchmarks/service.py --constant            beside a constant of the same size, in turns

It starts `vedlys serve` on this machine with a key of its own. One worker is pinned to a core, and the clients to the
others, so that figures are per core. Exits with 1 where an answer is wrong, or a 5xx comes that is not a chosen 503.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import multiprocessing
import os
import random
import select
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from vedlys.assessment import Catalogue
from vedlys.web.guarding.key_file import add_key

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "samples" / "firewall-blocked.json"
AS_OF = "2026-11-22T10:00:00Z"
PAGE = os.sysconf("SC_PAGE_SIZE")
HOSTILE = 0.05


class Exchange(msgspec.Struct, frozen=True):
    """A request as bytes, and what must come back: a status, and the body where it is known."""

    request: bytes
    status: int
    body: bytes | None = None


class Told(msgspec.Struct):
    """What one client has seen."""

    statuses: dict[int, int]
    wrong: list[str]
    seconds: float
    latencies: list[float]  # of a sample


def request(body: bytes, key: str, path: str = "/v1/assessments", **more: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in more.items()}
    headers = {"content-type": "application/json", "authorization": f"Bearer {key}", **named}
    lines = [f"POST {path} HTTP/1.1", "host: localhost", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def environments(count: int, chance: random.Random) -> list[dict[str, Any]]:
    """Different environments: the sample with other values, and facts left out."""
    whole = json.loads(SAMPLE.read_bytes())
    found = []
    for _ in range(count):
        facts = {name: value for name, value in whole.items() if chance.random() > 0.2}
        facts["connect.version"] = f"2.{chance.randrange(6)}.{chance.randrange(100)}.0"
        facts.pop("connect", None)
        facts["net.idle_timeout_seconds"] = chance.randrange(300)
        found.append(facts)
    return found


def honest(catalogue: Catalogue, key: str, count: int = 200) -> list[Exchange]:
    """Good requests with the library's own answers."""
    chance = random.Random(5)
    exchanges = []
    for number, facts in enumerate(environments(count, chance)):
        locale = "lt" if number % 2 else "en"
        body = json.dumps({"facts": facts, "locale": locale, "as_of": AS_OF}).encode()
        reading = catalogue.read(json.dumps(facts).encode(), as_of=AS_OF)
        found = catalogue.assess_reading(reading, None, locale)
        answer = b'{"assessments":[' + b",".join(one.to_json() for one in found) + b"]}"
        exchanges.append(Exchange(request(body, key), 200, answer))
    return exchanges


def hostile(key: str) -> list[Exchange]:
    """Requests that must be refused, each with its status."""
    bad = partial(request, key=key)
    return [
        Exchange(bad(b'{"facts": {'), 400),
        Exchange(bad(b"\xff\xfe\x00"), 400),
        Exchange(bad(b"[" * 5000), 422),
        Exchange(bad(b'{"facts": ' + b'{"a":' * 100 + b"1" + b"}" * 100 + b"}"), 422),
        Exchange(bad(b'{"facts": {"connect.version": 3}}'), 422),
        Exchange(bad(b'{"facts": {"licence.writeback.available": ' + b"9" * 4000 + b"}}"), 422),
        Exchange(bad(b'{"facts": {"licence.writeback.available": 1e999}}'), 422),
        Exchange(bad(b'{"facts": {"nobody.knows.this": true}}'), 422),
        Exchange(bad(b'{"facts": {}, "locale": "!!"}'), 422),
        Exchange(bad(b'{"facts": {}, "articles": ["none-such"]}'), 422),
        Exchange(bad(b'{"facts": {}, "facts": {}}'), 422),
        Exchange(bad(b"{}", content_type="text/plain"), 415),
        Exchange(request(b'{"facts": {}}', "vedlys_0000000000_" + "x" * 43), 401),
        Exchange(request(b'{"facts": {}}', "nobody"), 401),
        Exchange(bad(b" " * (1 << 20) + b" {}"), 413),
    ]


class Client:
    """One keep-alive connection that sends a request whenever the one before has been answered.

    It is meant to take less of its core than the service of its own: an answer is read into place and compared there.
    """

    def __init__(self, port: int, source: Iterator[Exchange], told: Told, open_ones: Open) -> None:
        self._port = port
        self._source = source
        self._told = told
        self._open_ones = open_ones
        self._buffer = bytearray(1 << 16)
        self._count = 0
        self._current: Exchange | None = None
        self._unsent = memoryview(b"")
        self._sent = 0.0
        self._connect()

    def ready(self, events: int) -> None:
        """Go on: what it waits for is there."""
        try:
            if events & select.EPOLLOUT:
                self._send()
            if events & ~select.EPOLLOUT:
                self._receive()
        except BlockingIOError:
            pass
        except OSError:
            self._lost()

    def _connect(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                self._connection = socket.create_connection(("127.0.0.1", self._port), 60)
                break
            time.sleep(0.05)
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.setblocking(False)
        self._filled = self._head = 0
        self._open_ones.add(self._connection, self)
        self._next()

    def _close(self) -> None:
        self._open_ones.remove(self._connection)
        self._connection.close()

    def _lost(self) -> None:
        current, self._current = self._current, None
        assert current is not None  # it waits for nothing else
        if current.status == 413 and not self._filled:  # cut off while it still sends: allowed
            self._told.statuses[413] = self._told.statuses.get(413, 0) + 1
        else:
            self._told.wrong.append(f"connection lost, {current.status} was due")
        self._close()
        self._connect()

    def _next(self) -> None:
        self._current = next(self._source, None)
        if self._current is None:
            self._close()
            return
        self._unsent = memoryview(self._current.request)
        self._sent = time.perf_counter()
        try:
            self._send()
        except BlockingIOError:
            pass
        except OSError:
            self._lost()

    def _send(self) -> None:
        self._unsent = self._unsent[self._connection.send(self._unsent) :]
        self._open_ones.wants_to_send(self._connection, so=bool(self._unsent))

    def _receive(self) -> None:
        with memoryview(self._buffer) as room:
            received = self._connection.recv_into(room[self._filled :])
        if not received:
            self._lost()
            return
        self._filled += received
        if not self._head:
            end = self._buffer.find(b"\r\n\r\n", 0, self._filled)
            if end < 0:
                return
            self._read_head(bytes(self._buffer[:end]).lower())
        if self._filled >= self._end:
            self._answered()
        elif self._end > len(self._buffer):
            self._buffer.extend(bytes(self._end - len(self._buffer)))

    def _read_head(self, head: bytes) -> None:
        self._status = int(head[9:12])
        start = head.find(b"\r\ncontent-length:") + 17
        self._head = len(head) + 4
        self._end = self._head + int(head[start : head.find(b"\r\n", start) % (len(head) + 1)])
        # a body that was refused before it was read leaves a connection that is of no more use
        self._closing = b"\r\nconnection: close" in head or self._status == 413

    def _answered(self) -> None:
        told, wanted = self._told, self._current
        assert wanted is not None
        told.statuses[self._status] = told.statuses.get(self._status, 0) + 1
        self._count += 1
        if wanted.status == 200 and self._count % 16 == 0:
            told.latencies.append(time.perf_counter() - self._sent)
        right = self._status in {wanted.status, 503} and self._filled == self._end
        if right and self._status == 200 and wanted.body is not None:
            right = len(wanted.body) == self._end - self._head and self._buffer.startswith(wanted.body, self._head)
        if not right:
            if len(told.wrong) < 10:
                body = bytes(self._buffer[self._head : self._end])
                told.wrong.append(f"{self._status} for {wanted.status}: {wanted.request[-120:]!r} {body[:300]!r}")
            else:
                told.wrong.append("")
        self._filled = self._head = 0
        if self._closing:
            self._close()
            self._connect()
        else:
            self._next()


class Open:
    """The connections of one process, and what each waits for."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._clients: dict[int, Client] = {}
        self._sending: set[int] = set()

    def add(self, connection: socket.socket, client: Client) -> None:
        self._clients[connection.fileno()] = client
        self._poll.register(connection, select.EPOLLIN)

    def remove(self, connection: socket.socket) -> None:
        self._poll.unregister(connection)
        self._sending.discard(connection.fileno())
        del self._clients[connection.fileno()]

    def wants_to_send(self, connection: socket.socket, *, so: bool) -> None:
        """Whether it is to be told when it can send more; few requests are not taken at once."""
        number = connection.fileno()
        if so != (number in self._sending):
            self._poll.modify(connection, select.EPOLLIN | (select.EPOLLOUT if so else 0))
            (self._sending.add if so else self._sending.remove)(number)

    def run(self) -> None:
        while self._clients:
            for number, events in self._poll.poll():
                self._clients[number].ready(events)


def drive(*, port: int, count: int, connections: int, exchanges: tuple[list[Exchange], list[Exchange]], seed: int,
          result: Connection) -> None:  # fmt: skip
    """One client process."""
    good, bad = exchanges
    chance = random.Random(seed)
    told = Told({}, [], 0.0, [])

    def source() -> Iterator[Exchange]:
        for _ in range(count):
            yield chance.choice(bad) if bad and chance.random() < HOSTILE else good[int(chance.random() * len(good))]

    began = time.perf_counter()
    open_ones = Open()
    requests = source()
    for _ in range(connections):
        Client(port, requests, told, open_ones)
    open_ones.run()
    told.seconds = time.perf_counter() - began
    result.send(told)


class Run(msgspec.Struct):
    """What came of one run over all clients."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]
    wrong: int
    examples: list[str]
    rss_mib: list[list[float]]  # sampled, of each worker


def load(
    port: int, count: int, good: list[Exchange], bad: list[Exchange], *, clients: int, connections: int,
    workers: list[int], cores: set[int] | None,
) -> Run:  # fmt: skip
    """Drive it from several processes at once, and sample the memory of the workers meanwhile."""
    context = multiprocessing.get_context("fork")
    running = []
    for seed in range(clients):
        receiving, sending = context.Pipe(duplex=False)
        arguments = {
            "port": port, "count": count // clients, "connections": max(1, connections // clients),
            "exchanges": (good, bad), "seed": seed, "result": sending,
        }  # fmt: skip
        process = context.Process(target=drive, kwargs=arguments)
        process.start()
        if cores:
            os.sched_setaffinity(process.pid or 0, cores)
        running.append((process, receiving))
    samples = [[rss(pid) for pid in workers]]
    told = []
    for process, receiving in running:
        while not receiving.poll(1.0):
            samples.append([rss(pid) for pid in workers])
            if process.exitcode is not None:
                raise SystemExit(f"a client ended with {process.exitcode}")
        told.append(receiving.recv())
        process.join()
    samples.append([rss(pid) for pid in workers])
    latencies = sorted(one for client in told for one in client.latencies)
    statuses: Counter[int] = Counter()
    for client in told:
        statuses.update(client.statuses)
    total = sum(statuses.values())
    return Run(
        requests=total,
        per_second=total / max(client.seconds for client in told),
        p50_ms=latencies[len(latencies) // 2] * 1000 if latencies else 0.0,
        p99_ms=latencies[len(latencies) * 99 // 100] * 1000 if latencies else 0.0,
        statuses=dict(sorted(statuses.items())),
        wrong=sum(len(client.wrong) for client in told),
        examples=[text for client in told for text in client.wrong if text][:10],
        rss_mib=[
            samples[place] for place in sorted({*range(0, len(samples), max(1, len(samples) // 20)), len(samples) - 1})
        ],
    )


def rss(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A process of `vedlys serve`, or of the constant."""

    def __init__(self, command: list[str], port: int, log: Path, constant: dict[str, str] | None = None) -> None:
        self.port = port
        self.log = log
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(
                command, stderr=stderr, stdin=subprocess.DEVNULL, env={**os.environ, **(constant or {})}
            )
        end = time.monotonic() + 120
        while b'"serving"' not in log.read_bytes():
            if time.monotonic() > end or self._process.poll() is not None:
                raise SystemExit(f"the server does not start:\n{log.read_text()}")
            time.sleep(0.05)

    @property
    def workers(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(one) for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]

    def pin(self, core: int) -> None:
        for pid in self.workers:
            for task in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(task.name), {core})

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(60)


def batch(port: int, key: str, good: list[Exchange], lines: int, cores: set[int] | None) -> float:
    """Lines a second of one batch on one connection, which is written and read at once: it is streamed both ways."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    given = {"port": port, "key": key, "good": good, "lines": lines, "cores": cores, "result": sending}
    process = context.Process(target=_batch, kwargs=given)
    process.start()
    while not receiving.poll(1.0):
        if process.exitcode is not None:
            raise SystemExit(f"the client of the batch ended with {process.exitcode}")
    rate: float = receiving.recv()
    process.join()
    return rate


def _batch(*, port: int, key: str, good: list[Exchange], lines: int, cores: set[int] | None,
           result: Connection) -> None:  # fmt: skip
    """The process that sends a batch."""
    if cores:
        os.sched_setaffinity(0, cores)
    body = b"".join(good[number % len(good)].request.partition(b"\r\n\r\n")[2] + b"\n" for number in range(lines))
    head = request(b"", key, "/v1/assessments/batch", content_type="application/x-ndjson", connection="close")
    head = head.replace(b"content-length: 0", b"content-length: %d" % len(body))
    round_of = b"".join((one.body or b"") + b"\n" for one in good)
    due = len(round_of) * (lines // len(good)) + sum(len(one.body or b"") + 1 for one in good[: lines % len(good)])
    part = bytearray(1 << 18)
    # what comes is held against the answers that are due, wherever it is cut
    endless = memoryview(round_of + round_of[: len(part)])
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), 600) as connection, memoryview(part) as room:
        writing = threading.Thread(target=connection.sendall, args=(head + body,))
        writing.start()
        answer = http.client.HTTPResponse(connection, method="POST")
        answer.begin()
        came = 0
        while answer.status == 200 and (size := answer.readinto(part)):
            at = came % len(round_of)
            if not part.startswith(endless[at : at + size]) or came + size > due:
                raise SystemExit(f"batch: a wrong answer behind {came} bytes: {bytes(room[:300])!r}")
            came += size
        seconds = time.perf_counter() - began
        writing.join()
    if answer.status != 200 or came != due:
        raise SystemExit(f"batch: {answer.status}, {came} bytes of {due}")
    result.send(lines / seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--constant", choices=("plain", "framework", "bare"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch-lines", type=int, default=20_000)
    parser.add_argument("--decision-log", default="none")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    catalogue = Catalogue.load()
    cores = sorted(os.sched_getaffinity(0))
    elsewhere = set(cores[1:]) if len(cores) > 1 and chosen.workers == 1 else None
    result: dict[str, Any] = {"python": sys.version.split()[0], "cores": len(cores), "catalogue": catalogue.digest}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keys = folder / "keys.toml"
        key = add_key(keys, "benchmark", scopes=("assess", "read", "metrics"), requests_per_minute=0).text
        good, bad = honest(catalogue, key), hostile(key)
        size = int(statistics.mean(len(one.body or b"") for one in good))
        result["answer_bytes"] = size
        port = free_port()
        serve = ["serve", "--port", str(port), "--keys-file", str(keys),
                   "--workers", str(chosen.workers), "--set", "limits.batch_lines=10000000",
                   "--decision-log", chosen.decision_log, "--decision-path", str(folder / "decisions")]  # fmt: skip
        server = Server([sys.executable, "-m", "vedlys", *serve], port, folder / "service.log")
        if elsewhere:
            server.pin(cores[0])
        run = partial(load, clients=chosen.clients, connections=chosen.connections, cores=elsewhere)
        try:
            run(port, 2_000, good, [], workers=server.workers)  # warm
            if chosen.constant:
                result |= compare(
                    server, run, good, chosen, serve=serve, size=size, core=cores[0] if elsewhere else None
                )
            else:
                soak = run(port, chosen.requests, good, bad, workers=server.workers)
                result["soak"] = msgspec.to_builtins(soak)
                rates = [batch(port, key, good, chosen.batch_lines, elsewhere) for _ in range(3)]
                result["batch_lines_per_second"] = statistics.median(rates)
        finally:
            ended = server.stop()
    result["exit"] = ended
    show(result)
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    found = result.get("soak", {})
    odd = {status for status in found.get("statuses", {}) if int(status) >= 500 and int(status) != 503}
    if found.get("wrong") or odd or ended:
        raise SystemExit(1)


def compare(server: Server, run: Any, good: list[Exchange], chosen: argparse.Namespace, *, serve: list[str],
            size: int, core: int | None) -> dict[str, Any]:  # fmt: skip
    """The service and the constant in turns: their rates, and the ratio of each round."""
    port = free_port()
    command = [sys.executable, str(Path(__file__).with_name("constant_service.py")), *serve, "--port", str(port)]
    other = Server(
        command,
        port,
        Path(serve[serve.index("--keys-file") + 1]).with_name("constant.log"),
        {"CONSTANT_BYTES": str(size), "CONSTANT_HANDLER": chosen.constant},
    )
    if core is not None:
        other.pin(core)
    plain = [Exchange(one.request, 200) for one in good]
    count = max(1_000, chosen.requests // (2 * chosen.rounds))
    rounds = []
    try:
        run(port, 2_000, plain, [], workers=other.workers)
        for _ in range(chosen.rounds):
            ours = run(server.port, count, good, [], workers=server.workers)
            theirs = run(port, count, plain, [], workers=other.workers)
            if ours.wrong or theirs.wrong:
                raise SystemExit(str([ours.examples, theirs.examples]))
            rounds.append((ours, theirs))
    finally:
        other.stop()
    ratios = [ours.per_second / theirs.per_second for ours, theirs in rounds]
    return {
        "service_per_second": statistics.median(ours.per_second for ours, _ in rounds),
        "service_p50_ms": statistics.median(ours.p50_ms for ours, _ in rounds),
        "service_p99_ms": statistics.median(ours.p99_ms for ours, _ in rounds),
        "constant_per_second": statistics.median(theirs.per_second for _, theirs in rounds),
        "constant_p50_ms": statistics.median(theirs.p50_ms for _, theirs in rounds),
        "constant_p99_ms": statistics.median(theirs.p99_ms for _, theirs in rounds),
        "ratio": statistics.median(ratios),
        "ratios": ratios,
    }


def show(result: dict[str, Any]) -> None:
    for name, value in result.items():
        if name != "soak":
            print(f"{name:24} {value:.3f}" if isinstance(value, float) else f"{name:24} {value}")
    for name, value in result.get("soak", {}).items():
        if name == "rss_mib":
            print(f"{'rss_mib':24} {' '.join('+'.join(f'{one:.1f}' for one in sample) for sample in value)}")
        else:
            print(f"{name:24} {value:.3f}" if isinstance(value, float) else f"{name:24} {value}")


if __name__ == "__main__":
    main()
