"""Which authority a credential is for."""

from __future__ import annotations

from collections.abc import Callable

from vedlys.web.guarding.grants import Authority, Grant
from vedlys.web.guarding.key_file import PREFIX
from vedlys.web.guarding.keys import Keys
from vedlys.web.settings import Auth

_PREFIX = PREFIX.encode()


class Credentials:
    """API keys and tokens together. Neither is asked for what is plainly the other's."""

    def __init__(self, keys: Keys | None, tokens: Authority | None) -> None:
        self._keys = keys
        self._tokens = tokens

    def known(self, credential: bytes) -> Grant | None:
        """See `Authority`."""
        authority = self._keys if credential.startswith(_PREFIX) else self._tokens
        return None if authority is None else authority.known(credential)

    async def ask(self, credential: bytes) -> Grant | None:
        """See `Authority`."""
        if credential.startswith(_PREFIX) or self._tokens is None:
            return None  # the file of keys is read whenever it has changed
        return await self._tokens.ask(credential)


def authority_of(auth: Auth, tell: Callable[[str, str], object]) -> Authority | None:
    """Who knows the callers of a service with these settings; None where nobody is asked who they are.

    `tell` is called with an event and what happened. Raises `RequestError` and OSError for a file that cannot be used.
    """
    if auth.no_auth:
        return None
    keys = None if auth.keys_file is None else Keys(auth.keys_file, tell=tell)
    tokens: Authority | None = None
    if auth.jwt is not None:
        from vedlys.web.guarding.tokens import Tokens  # noqa: PLC0415 - lazy: cryptography is slow to import

        tokens = Tokens(auth.jwt, tell=tell)
    return Credentials(keys, tokens)
