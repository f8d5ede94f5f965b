"""The catalogue in use in one worker: each change of it is one assignment, so that no answer is of two catalogues."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable

import msgspec

from vedlys.assessment import Catalogue
from vedlys.errors import CatalogueError
from vedlys.loading import load
from vedlys.web.parts import CatalogueState
from vedlys.web.serving.shelf import Shelf

_LOOK_SECONDS = 0.25
_UNTIL_THOROUGH = 16  # catalogues that are taken up until all garbage is looked for
_SWITCH_SECONDS = 0.0005  # how long loading may keep requests from the interpreter at a time


class LoadedCatalogue:
    """Follows what is published on the shelf. `look` is called by one thread; everything else by any.

    What is published has been tried: here it is only loaded. `told` is called with each new state.
    """

    def __init__(self, shelf: Shelf, told: Callable[[CatalogueState], object] = lambda _: None) -> None:
        self._shelf = shelf
        self._told = told
        self._taken_up = 0
        self._stamp = shelf.stamp()
        standing = shelf.standing()
        self._held = (load_ready(shelf, standing.digest), standing)

    @property
    def current(self) -> Catalogue:
        """The catalogue in use."""
        return self._held[0]

    @property
    def state(self) -> CatalogueState:
        """How the content root stands to it."""
        return self._held[1]

    def look(self) -> bool:
        """Take up what has been published since; whether there was anything."""
        try:
            stamp = self._shelf.stamp()
            if stamp == self._stamp:
                return False
            standing = self._shelf.standing()
        except (OSError, msgspec.DecodeError):  # the folder is being removed, at the end
            return False
        self._stamp = stamp
        catalogue = self._held[0]
        if standing.digest != catalogue.digest:
            try:
                catalogue = self._load_beside(standing.digest)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it: what is in use stays so
                fault = f"{type(error).__name__}: {error}"
                standing = msgspec.structs.replace(self._held[1], state="refused", faults=(fault,))
        self._held = (catalogue, standing)
        self._taken_up += 1
        settle(thorough=self._taken_up % _UNTIL_THOROUGH == 0)
        self._told(standing)
        return True

    def _load_beside(self, digest: str) -> Catalogue:
        """Load while requests go on: they wait for the interpreter no longer than a fraction of a millisecond."""
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_SECONDS)
        try:
            return load_ready(self._shelf, digest)
        finally:
            sys.setswitchinterval(usual)


def load_ready(shelf: Shelf, digest: str) -> Catalogue:
    """Load a copy of the shelf, and make all of it ready that is not made for single articles.

    Raises `CatalogueError` where it is not as it was when it was tried.
    """
    content, diagnostics = load(shelf.place(digest))
    if content is None:
        raise CatalogueError(diagnostics.sorted())
    catalogue = Catalogue(content)
    assert catalogue.program is not None  # compiled when it is first asked for
    for locale in catalogue.locales:
        catalogue.edition(locale)
    return catalogue


def settle(*, thorough: bool) -> None:
    """Take all that there is now out of the collector's sight, so that a big catalogue costs collections nothing.

    A catalogue holds no cycles: one that is no longer used is freed all the same. `thorough` looks for other garbage
    first, such as types of facts that are declared otherwise now, which takes time in which nobody is answered.
    """
    if thorough:
        gc.unfreeze()
        gc.collect()
    else:
        gc.collect(1)
    gc.freeze()


class Follower:
    """A thread that looks at the shelf over and over: for a new catalogue, and for the end of the service."""

    def __init__(
        self,
        shelf: Shelf,
        catalogues: LoadedCatalogue,
        abandoned: Callable[[], object],
        failed: Callable[[Exception], object] = lambda _: None,
    ) -> None:
        """`abandoned` is called when the process that started this one is gone, `failed` with what stops a look."""
        self._shelf = shelf
        self._catalogues = catalogues
        self._abandoned = abandoned
        self._failed = failed
        self._trouble = ""  # what was told last of looks that failed
        self._draining = False
        self.orphaned = False  # whether that process is gone
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="catalogue", daemon=True)

    @property
    def draining(self) -> bool:
        """Whether the service has been told to stop."""
        return self._draining

    def start(self) -> None:
        """Look from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Look no longer."""
        self._draining = True
        self._ended.set()
        self._thread.join()

    def _follow(self) -> None:
        # the one that started it, which may be gone before this thread begins
        begun_by = multiprocessing.parent_process()
        parent = os.getppid() if begun_by is None else begun_by.pid
        while not self._ended.wait(_LOOK_SECONDS):
            if os.getppid() != parent:
                self.orphaned = True
                self._abandoned()
                return
            try:
                self._draining = self._draining or self._shelf.draining
                self._catalogues.look()
                self._trouble = ""
            except Exception as error:  # noqa: BLE001 - one look that fails is not the end of looking
                self._tell(error)

    def _tell(self, error: Exception) -> None:
        """Tell what stopped a look, once for as long as looks fail alike."""
        trouble = f"{type(error).__name__}: {error}"
        if trouble != self._trouble:
            self._trouble = trouble
            self._failed(error)
