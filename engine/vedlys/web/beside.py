"""Long work beside the event loop, so that a request which takes a while holds up no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from vedlys.web.parts import RequestInfo

LONG = 32 * 1024  # bytes of a body, or of Markdown: nothing shorter takes longer than a few milliseconds

# Threads of one process take turns at computing: more of them would end nothing sooner, and each of them would keep
# the loop waiting for its turn.
_THREADS = 2
_POOL = ThreadPoolExecutor(_THREADS, thread_name_prefix="long")

Made = TypeVar("Made")


async def beside(info: RequestInfo, work: Callable[[], Made]) -> Made:
    """What `work` makes, on a thread of its own.

    A thread cannot be called off: where the request is cancelled, `info.working` says when it has really ended.
    """
    working = asyncio.get_running_loop().run_in_executor(_POOL, work)
    info.working = working
    return await asyncio.shield(working)
