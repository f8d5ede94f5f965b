"""What a caller is allowed."""

from __future__ import annotations

from typing import Literal, Protocol, get_args

import msgspec

from vedlys.web.parts import Caller

Scope = Literal["assess", "read", "metrics"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
DEFAULT_SCOPES: frozenset[Scope] = frozenset({"assess", "read"})


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A caller whose credentials hold, what it may do, and its own rate where it has one (0: any number)."""

    caller: Caller
    scopes: frozenset[Scope]
    requests_per_minute: int | None = None


class Authority(Protocol):
    """Knows callers by what stands behind `Bearer` in their requests."""

    def known(self, credential: bytes) -> Grant | None:
        """The grant of a credential, as far as it can be told at once."""

    async def ask(self, credential: bytes) -> Grant | None:
        """The grant of a credential that `known` did not know, after looking further where that can help."""
