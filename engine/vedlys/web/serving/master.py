"""The first process of the service: it keeps the content, watches over the workers, and answers nobody."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from vedlys.errors import RequestError
from vedlys.messages.shown import visible
from vedlys.shipped import content_root, package_version
from vedlys.web.decisions.sqlite import SqliteFile
from vedlys.web.guarding.credentials import authority_of
from vedlys.web.parts import CatalogueState
from vedlys.web.serving.keeping import Keeper, UntriedError
from vedlys.web.serving.listening import Address
from vedlys.web.serving.shelf import Shelf
from vedlys.web.serving.telling import Teller
from vedlys.web.serving.workers import Workers
from vedlys.web.settings import Auth, DecisionLog, Settings

if sys.platform != "win32":
    import fcntl


def run(settings: Settings) -> bool:
    """Serve until SIGTERM or SIGINT; whether it ended because of that.

    Raises `CatalogueError` for content that cannot be used, and `RequestError` for an address that is not free or
    keys that cannot be read.
    """
    teller = Teller(settings.log)
    _check_callers(settings.auth)
    _check_decisions(settings.decisions)
    address = Address(settings.host, settings.port)
    # what is left of a service that was killed lies where the system clears up
    runtime = Path(tempfile.mkdtemp(prefix="vedlys-"))
    held = _held(runtime)
    usual = signal.signal(signal.SIGTERM, _interrupted)
    try:
        return _run(settings, address, Shelf(runtime), teller)
    except KeyboardInterrupt:
        return True
    finally:
        signal.signal(signal.SIGTERM, usual)
        address.close()
        held.close()
        shutil.rmtree(runtime, ignore_errors=True)


def _held(folder: Path) -> contextlib.ExitStack:
    """The folder under a lock: those who clear up temporary files leave alone what is locked."""
    held = contextlib.ExitStack()
    if sys.platform != "win32":
        place = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        held.callback(os.close, place)
        with contextlib.suppress(OSError):  # a file system may have no locks
            fcntl.flock(place, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return held


def _run(settings: Settings, address: Address, shelf: Shelf, teller: Teller) -> bool:
    keeper = Keeper(settings.content or content_root(), shelf, settings.reload.interval, _reloads(teller))
    try:
        standing = keeper.first()
    except UntriedError as error:
        raise RequestError("content-not-tried", reason=str(error)) from None
    # each worker begins afresh: nothing of this process, and none of its threads, is copied into it
    multiprocessing.set_start_method("spawn", force=True)
    workers = Workers(settings, address, shelf, teller.event)
    teller.event(
        "starting",
        {
            "address": address.url,
            "catalogue": standing.digest,
            "auth": auth_mode(settings),
            "workers": settings.workers,
            "watch": settings.reload.watch,
            "version": package_version(),
        },
    )
    if settings.reload.watch:
        keeper.start()
    ended = threading.Event()
    announcer = threading.Thread(target=_announce, args=(shelf, address, teller, ended), daemon=True)
    announcer.start()
    try:
        meant = workers.run()
    finally:
        ended.set()
        keeper.stop()
        announcer.join()
    teller.event("stopped" if meant else "failed", {})
    return meant


def _announce(shelf: Shelf, address: Address, teller: Teller, ended: threading.Event) -> None:
    """Say so when requests can be sent."""
    while not ended.wait(0.05):
        if shelf.ready:
            teller.event("serving", {"address": address.url})
            return


def _check_callers(auth: Auth) -> None:
    """What the workers will read: better told once, and before they start."""
    try:
        authority_of(auth, lambda _event, _what: None)
    except OSError as error:
        place = visible(str(error.filename or auth.keys_file), 300)
        raise RequestError("keys-not-readable", file=place, reason=error.strerror or type(error).__name__) from None


def _check_decisions(settings: DecisionLog) -> None:
    """A place that takes no decisions: told before anything starts. A disk that fills up is told by the log."""
    if settings.kind == "none" or settings.path is None:
        return
    try:
        if settings.kind == "ndjson":
            settings.path.mkdir(parents=True, exist_ok=True, mode=0o750)
            with tempfile.TemporaryFile(dir=settings.path):
                pass
        else:
            file = SqliteFile(settings.path, settings.max_bytes)
            file.write([])
            file.close()
    except OSError as error:
        reason = visible(error.strerror or str(error), 300)
        raise RequestError("decisions-not-kept", path=visible(str(settings.path), 300), reason=reason) from None


def auth_mode(settings: Settings) -> str:
    """Who may ask, in a word or two."""
    if settings.auth.no_auth:
        return "none"
    given = {"keys": settings.auth.keys_file, "jwt": settings.auth.jwt}
    return "+".join(name for name, value in given.items() if value is not None)


def _reloads(teller: Teller) -> Any:
    def told(state: CatalogueState) -> None:
        if state.state == "current":
            teller.event("content_accepted", {"catalogue": state.digest})
        else:
            found = {"catalogue": state.digest, "faults": list(state.faults[:20]), "count": len(state.faults)}
            teller.event("content_refused", found)

    return told


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM before there is anything to stop."""
    raise KeyboardInterrupt
