"""The processes that answer, under granian: started, watched over, replaced when they die, and stopped in the end."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

from vedlys.web.serving.listening import Address
from vedlys.web.serving.shelf import Shelf
from vedlys.web.serving.worker import build
from vedlys.web.settings import Settings

_QUICK_SECONDS = 10.0  # a worker that dies so soon is replaced with a pause …
_LONGEST_PAUSE = 30.0  # … that doubles from death to death, up to this
_HOPELESS = 4  # deaths after which the service gives up, where no worker has ever answered
_BACKLOG = 2048

Told = Callable[[str, dict[str, Any]], object]  # an event, and what is to be said of it


class Workers(MPServer):
    """granian's server, except that a worker which dies again and again is no reason to stop the others."""

    def __init__(self, settings: Settings, address: Address, shelf: Shelf, told: Told) -> None:
        """`told` is called with each event of the workers."""
        super().__init__(
            target="vedlys",
            address=address.host,
            port=address.port,
            interface=Interfaces.ASGI,
            workers=settings.workers,
            loop=Loops.auto,
            http=HTTPModes.http1,
            websockets=False,
            backlog=_BACKLOG,
            # the gate sheds load with an answer; this bounds connections, which must not run out before that
            backpressure=_BACKLOG,
            http1_settings=HTTP1Settings(
                header_read_timeout=math.ceil(settings.limits.body_seconds * 1000),
                max_buffer_size=max(64 * 1024, 2 * settings.limits.header_bytes),
            ),
            log_enabled=False,
            respawn_failed_workers=True,
            workers_kill_timeout=max(1, math.ceil(settings.stop_seconds)),
        )
        self._shelf = shelf
        self._tell = told
        self._drain_seconds = settings.drain_seconds
        self._deaths = 0
        self._stopping = False
        self._loader = partial(build, settings, shelf.root)

    def run(self) -> bool:
        """Serve until a signal says to stop; False where workers could not be started at all."""
        try:
            self.serve(target_loader=self._loader, wrap_loader=False)
        except SystemExit:
            if not self._stopping:
                return False
        return True

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Stop; the second time at once, however long draining was to take."""
        again, self._stopping = self._stopping, True
        self._shelf.drain()
        stop = partial(super().signal_handler_interrupt, *args, **kwargs)
        if again or not self._drain_seconds:
            stop()
            return
        self._tell("draining", {"seconds": self._drain_seconds})
        timer = threading.Timer(self._drain_seconds, stop)
        timer.daemon = True
        timer.start()

    def signal_handler_reload(self, *args: Any, **kwargs: Any) -> None:
        """Content is taken up without a signal: there is nothing to be done."""

    def _respawn_workers(self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        for index in sorted(set(workers)):
            self._tell("worker_died", {"worker": index + 1, "pid": self.wrks[index].inner.pid})
            quick = time.monotonic() - self.wrks[index].birth < _QUICK_SECONDS
            self._deaths = self._deaths + 1 if quick else 0
            if self._deaths > 1:
                pause = min(_LONGEST_PAUSE, 0.5 * 2 ** min(self._deaths - 2, 10))
                self._tell("worker_pause", {"worker": index + 1, "seconds": pause})
                self._wait(pause)
            if self._stopping and not self._drain_seconds:
                return
            if self._deaths >= _HOPELESS and not self._shelf.ready:
                self._tell("workers_hopeless", {"deaths": self._deaths})
                # one that still answers would keep the service from being started anew
                self._stop_workers()  # type: ignore[no-untyped-call]  # granian types few of its methods
                raise SystemExit(1)
            super()._respawn_workers([index], spawn_target, target_loader, delay)
        # granian would end the service when one worker dies twice within some seconds
        self.respawned_wrks.clear()

    def _wait(self, seconds: float) -> None:
        """A pause that a signal to stop ends."""
        end = time.monotonic() + seconds
        while not self.interrupt_signal and time.monotonic() < end:
            time.sleep(0.05)
