"""Requests without a pause, from threads of the test, until it has seen enough."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from service_process import PATIENCE, SPEED, Served


class Load:
    """What was answered, and how many connections broke."""

    def __init__(self, served: Served, body: dict[str, Any]) -> None:
        self._served = served
        self._body = json.dumps(body)
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.broken = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._served.port, timeout=PATIENCE)
        while not self._ended.wait(0.002):  # so fast that they overlap, and not so fast that nothing else gets done
            try:
                connection.request("POST", "/v1/assessments", self._body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                with self._lock:
                    self.broken += 1
                continue
            with self._lock:
                self.answers.append((answer.status, json.loads(content)))
        connection.close()

    def end(self) -> None:
        self._ended.set()


@contextmanager
def loading(served: Served, threads: int = 3, **members: Any) -> Iterator[Load]:
    load = Load(served, {"facts": SPEED, "locale": "lt", **members})
    running = [threading.Thread(target=load.run) for _ in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield load
    finally:
        load.end()
        for thread in running:
            thread.join(PATIENCE)
