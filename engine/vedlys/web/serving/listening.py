"""The address of the service: free before anything is started, and kept for it while it runs."""

from __future__ import annotations

import os
import socket

from vedlys.errors import RequestError
from vedlys.messages.shown import visible


class Address:
    """An address that is taken for as long as this is open; the workers listen on it."""

    def __init__(self, host: str, port: int) -> None:
        """Take it; raises `RequestError` where that is not possible. Port 0 is any that is free."""
        self._shown = visible(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        name = host.removeprefix("[").removesuffix("]")
        try:
            family, _, _, _, place = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)[0]
        except (OSError, UnicodeError) as error:
            raise self._refusal(error) from None
        self._held: socket.socket | None = None
        try:
            # shared ports would let a second service take half of the requests of a first: alone at first, then shared
            with socket.socket(family, socket.SOCK_STREAM) as alone:
                if os.name != "nt":
                    alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                alone.bind(place)
                place = alone.getsockname()
            if hasattr(socket, "SO_REUSEPORT"):
                self._held = socket.socket(family, socket.SOCK_STREAM)
                self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                self._held.bind(place)
        except OSError as error:
            self.close()
            raise self._refusal(error) from None
        self.host, self.port = str(place[0]), int(place[1])

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    def close(self) -> None:
        """Give it up."""
        if self._held is not None:
            self._held.close()

    def _refusal(self, error: OSError | UnicodeError) -> RequestError:
        reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        return RequestError("address-not-free", address=self._shown, reason=visible(reason))
