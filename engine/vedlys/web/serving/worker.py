"""One worker: everything that its requests share, begun before the first of them and ended after the last."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from vedlys.web.serving.shelf import Shelf
from vedlys.web.settings import Settings

_STOPPING = (signal.SIGINT, signal.SIGTERM)
_HELD_SECONDS = 0.05

Message = Any  # ASGI's own, as its frameworks each type it differently
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]


def build(settings: Settings, runtime: Path) -> Application:
    """The application of one worker: the server calls it in the worker's process."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is under way yet: Ctrl-C ends it without a word
    from vedlys.web.serving.assembling import Parts  # noqa: PLC0415 - lazy: the first process answers nobody

    parts = Parts(settings, Shelf(runtime), partial(os.kill, os.getpid(), signal.SIGTERM))
    return _with_lifetime(parts.application, parts.start, parts.stop)


def _with_lifetime(inner: Application, start: Callable[[], None], stop: Callable[[], None]) -> Application:
    """The application, which begins its parts when it is ready and ends them once no request is under way."""

    def application(scope: Message, receive: Any, send: Send) -> Awaitable[None]:
        return live(scope, receive, send) if scope["type"] == "lifespan" else inner(scope, receive, send)

    async def live(scope: Message, receive: Any, send: Send) -> None:
        _hold_signals()

        async def sending(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                start()
                asyncio.get_running_loop().call_later(_HELD_SECONDS, _let_signals)
            elif message["type"].startswith("lifespan.shutdown."):
                stop()
            await send(message)

        await inner(scope, receive, sending)

    return application


def _hold_signals() -> None:
    """The server forgets a signal that comes before it listens, and would go on for ever: it comes later."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)


def _let_signals() -> None:
    """Let come what was held. The loop runs again only once the server listens."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
