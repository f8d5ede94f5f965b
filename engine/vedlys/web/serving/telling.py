"""What the first process says of the service: an event a line on stderr, as JSON or for people."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from typing import Literal

import msgspec

from vedlys.messages.shown import visible
from vedlys.web.settings import Log

Level = Literal["debug", "info", "warning", "error"]

# what is worse than news
_LEVELS: Mapping[str, Level] = {
    "content_refused": "warning",
    "worker_died": "error",
    "worker_pause": "warning",
    "workers_hopeless": "error",
    "failed": "error",
}
_ORDER: tuple[Level, ...] = ("debug", "info", "warning", "error")


class Teller:
    """Writes events. Nobody reads them any more when stderr is closed: then they are let go."""

    def __init__(self, log: Log) -> None:
        self._json = log.format == "json"
        self._least = _ORDER.index(log.level)

    def event(self, name: str, values: Mapping[str, object]) -> None:
        """Write an event and what is to be said of it; it never raises."""
        level = _LEVELS.get(name, "info")
        if _ORDER.index(level) < self._least:
            return
        now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if self._json:
            line = msgspec.json.encode({"timestamp": now, "level": level, "event": name, **values}).decode()
        else:
            said = " ".join(f"{key}={_shown(value)}" for key, value in values.items())
            line = f"{now} {level:<7} {name} {said}".rstrip()
        try:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            return


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return visible(text, 2000)
