"""A worker that is killed under load is replaced; the others go on, and nobody gets a wrong answer."""

import os
import signal
from pathlib import Path

import pytest
from service_load import loading
from service_process import BASE, SPEED, copy_base, serving, until

from vedlys.assessment import Catalogue
from vedlys.web.serving.listening import Address
from vedlys.web.serving.shelf import Shelf
from vedlys.web.serving.workers import Workers
from vedlys.web.settings import Settings

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads processes off /proc")
AS_OF = "2026-11-22T10:00:00Z"


def test_a_killed_worker_is_replaced_under_load(tmp_path: Path) -> None:
    wanted = Catalogue.load(BASE).assess(SPEED, "network", locale="lt", as_of=AS_OF).to_dict()
    with serving(tmp_path, BASE, "--workers", "2") as served:
        until(lambda: len(served.workers()) == 2, "two workers")
        with loading(served, as_of=AS_OF) as load:
            for _ in range(3):  # one after the other, sooner than a service would be given up for
                old = served.workers()
                until(lambda: len(load.answers) > 20, "answers")
                killed = min(old)
                os.kill(killed, signal.SIGKILL)
                until(lambda gone=killed: gone not in served.workers() and len(served.workers()) == 2, "a new one")
                count = len(load.answers)
                until(lambda c=count: len(load.answers) > c + 20, "answers afterwards")
        assert served.process.poll() is None
        assert len(served.events("worker_died")) == 3
        assert served.post()[0] == 200
        assert served.stop() == 0
    assert {status for status, _ in load.answers} == {200}
    assert all(answer == {"assessments": [wanted]} for _, answer in load.answers)


def test_a_worker_is_replaced_while_content_is_broken(tmp_path: Path) -> None:
    root = copy_base(tmp_path / "content")
    with serving(tmp_path, root, "--watch", "--set", "reload.interval=0.1") as served:
        _, before = served.post(as_of=AS_OF)
        rules = root / "rules/articles/network.yaml"
        rules.write_text("article: [\n", "utf-8")
        served.wait_for("content_refused")
        [old] = served.workers()
        os.kill(old, signal.SIGKILL)

        def answered() -> bool:
            try:
                return served.post(as_of=AS_OF) == (200, before)
            except OSError:
                return False

        until(answered, "the same answer")
        assert served.stop() == 0


def test_a_service_whose_workers_never_start_gives_up(tmp_path: Path) -> None:
    """Not for ever: whoever started it wants to know."""
    told: list[str] = []
    address = Address("127.0.0.1", 0)
    workers = Workers(Settings(), address, Shelf(tmp_path), lambda name, _: told.append(name))
    address.close()

    class Dead:
        birth = 1e12  # just now
        idx = 0

        class inner:  # noqa: N801 - as granian names it
            pid = 1

        def terminate(self) -> None:
            told.append("terminated")

        def join(self, _: float) -> None:
            told.append("joined")

        def is_alive(self) -> bool:
            return False

    workers.wrks = [Dead()]
    workers.interrupt_signal = True  # no pause
    workers._deaths = 3
    with pytest.raises(SystemExit):
        workers._respawn_workers([0], None, None)
    assert told == ["worker_died", "worker_pause", "workers_hopeless", "terminated", "joined"]
