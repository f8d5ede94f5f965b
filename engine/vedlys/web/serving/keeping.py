"""The keeper of the content: it tries what stands in the content root, and publishes what may be used."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from vedlys.errors import CatalogueError
from vedlys.messages import sentence
from vedlys.web.parts import CatalogueState
from vedlys.web.serving.shelf import Shelf, accepted
from vedlys.web.serving.snapshot import signature
from vedlys.web.serving.trying import Trial, Verdict

_SHARE = 20  # a look at the root takes at most one part in so many of the keeper's time


class UntriedError(Exception):
    """The content could not be tried at all; the text says why."""


class Keeper:
    """Watches a content root. `told` is called with each new state that it publishes."""

    def __init__(
        self, source: Path, shelf: Shelf, interval: float, told: Callable[[CatalogueState], object] = lambda _: None
    ) -> None:
        self._source = source
        self._shelf = shelf
        self._interval = interval
        self._told = told
        self._seen = ""  # the signature of what was tried last
        self._cost = 0.0  # seconds that the last look took
        self._ended = threading.Event()
        self._trial: Trial | None = None
        self._thread: threading.Thread | None = None

    def first(self) -> CatalogueState:
        """Try and publish the content for the first time.

        Raises `CatalogueError` with what is wrong with it, and `UntriedError`.
        """
        verdict = self._try()
        if verdict.digest is None:
            if verdict.diagnostics:
                raise CatalogueError(verdict.diagnostics)
            raise UntriedError(verdict.failure)
        standing = accepted(verdict.digest)
        self._shelf.publish(standing)
        return standing

    def start(self) -> None:
        """Watch from now on, on a thread of its own."""
        self._thread = threading.Thread(target=self._watch, name="content", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer; a trial that is under way is called off."""
        self._ended.set()
        trial = self._trial
        if trial is not None:
            trial.call_off()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> bool:
        """Look at the root once; whether anything was published. Content that has not changed is not tried again."""
        began = time.monotonic()
        same = signature(self._source) == self._seen
        self._cost = time.monotonic() - began
        if same:
            return False
        verdict = self._try()
        if self._ended.is_set():
            return False
        old = self._shelf.standing()
        if verdict.digest is None:
            faults = tuple(f"{one.span}: {sentence(one.code, one.values)[0]}" for one in verdict.diagnostics)
            new = msgspec.structs.replace(old, state="refused", faults=faults or (verdict.failure,))
        elif verdict.digest == old.digest:
            new = msgspec.structs.replace(old, state="current", faults=())
        else:
            new = accepted(verdict.digest)
        if new == old:
            return False
        self._shelf.publish(new)
        self._told(new)
        return True

    def _try(self) -> Verdict:
        """Copy what stands in the root now, and try the copy."""
        try:
            staged, self._seen = self._shelf.stage(self._source)
        except OSError as error:
            self._seen = signature(self._source)
            return Verdict(digest=None, failure=f"{error.filename}: {error.strerror}")
        trial = self._trial = Trial(staged)
        if self._ended.is_set():  # told to stop between the two lines above
            trial.call_off()
        verdict = trial.verdict()
        self._trial = None
        if verdict.digest is not None:
            self._shelf.keep(staged, verdict.digest)
        return verdict

    def _watch(self) -> None:
        while not self._ended.wait(max(self._interval, _SHARE * self._cost)):
            try:
                self.look()
            except OSError as error:  # a full disk, say: what is in use stays so, and it is tried again
                self._seen = ""
                self._failed(error)

    def _failed(self, error: OSError) -> None:
        fault = f"{error.filename or self._shelf.root}: {error.strerror or error}"
        self._told(msgspec.structs.replace(self._shelf.standing(), state="refused", faults=(fault,)))
