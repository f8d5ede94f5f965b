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
        self._seen = ""  # the signature of what was tried last; empty where that has to be tried again
        self._pause = interval  # seconds until the next look
        self._trouble = ""  # what was told last of looks that failed
        self._standing: CatalogueState | None = None  # what was published last
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
        standing = self._standing = accepted(verdict.digest)
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
        """Look at the root once; whether anything was published.

        Content that was judged is not tried again until it changes; what could not be tried is, at the next look.
        """
        began = time.monotonic()
        same = signature(self._source) == self._seen
        self._pause = max(self._interval, _SHARE * (time.monotonic() - began))
        if same:
            return False
        began = time.monotonic()
        verdict = self._try()
        if self._ended.is_set():
            return False
        if verdict.failure:
            self._seen = ""
            self._pause = max(self._pause, time.monotonic() - began)  # no more than half of the time
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
        self._standing = new
        self._told(new)
        return True

    def _try(self) -> Verdict:
        """Copy what stands in the root now, and try the copy."""
        try:
            staged, self._seen = self._shelf.stage(self._source)
            trial = self._trial = Trial(staged)
            if self._ended.is_set():  # told to stop between the two lines above
                trial.call_off()
            verdict = trial.verdict()
            self._trial = None
            if verdict.digest is not None:
                self._shelf.keep(staged, verdict.digest)
        except OSError as error:  # a full disk, say, or no process to be had
            return Verdict(digest=None, failure=_told_of(error))
        return verdict

    def _watch(self) -> None:
        while not self._ended.wait(self._pause):
            try:
                self.look()
                self._trouble = ""
            except Exception as error:  # noqa: BLE001 - what is in use stays so, and it is tried again
                self._seen = ""
                self._failed(_told_of(error))

    def _failed(self, fault: str) -> None:
        """Tell of a look that failed, once for as long as looks fail alike."""
        if fault == self._trouble or self._standing is None:
            return
        self._trouble = fault
        self._told(msgspec.structs.replace(self._standing, state="refused", faults=(fault,)))


def _told_of(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"{type(error).__name__}: {error}"
