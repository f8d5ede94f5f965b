"""The log: an event a line, as JSON or for people, with nothing in it that could pass for another line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import get_args

import msgspec

from vedlys.messages.shown import visible
from vedlys.web.observing.lines import Lines
from vedlys.web.settings import Log, LogLevel

Event = Mapping[str, object]

_LEVELS: tuple[str, ...] = get_args(LogLevel)  # from the least on
_TEXT_LIMIT = 2000
_ENCODER = msgspec.json.Encoder(enc_hook=str)


class Journal:
    """Writes events. It never raises, waits or writes facts: those who know of facts mask them first."""

    def __init__(self, settings: Log, lines: Lines) -> None:
        self._lines = lines
        self._levels = frozenset(_LEVELS[_LEVELS.index(settings.level) :])
        self._written: Callable[[Event], bytes] = _ENCODER.encode if settings.format == "json" else _for_people

    def writes(self, level: str) -> bool:
        """Whether events of that level are written: others need not be put together."""
        return level in self._levels

    def event(self, level: str, name: str, /, **values: object) -> None:
        """Write an event and what is to be said of it, as JSON values."""
        if level not in self._levels:
            return
        try:
            now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
            self._lines.add(self._written({"timestamp": now, "level": level, "event": name, **values}))
        except Exception:  # noqa: BLE001 - a log that fails must not fail a request
            self._lines.add(b'{"level":"error","event":"log_failed"}')


def described(error: BaseException | None) -> dict[str, object]:
    """What a log may say of a bug: its kind and where it was met. Its message could hold somebody's facts."""
    if error is None:
        return {}
    trace = []
    met = error.__traceback__
    while met is not None:
        code = met.tb_frame.f_code
        trace.append(f"{code.co_filename}:{met.tb_lineno} {code.co_qualname}")
        met = met.tb_next
    kind = type(error)
    return {"error": f"{kind.__module__}.{kind.__qualname__}", "trace": trace[-20:]}


def _for_people(event: Event) -> bytes:
    rest = " ".join(
        f"{name}={_shown(value)}" for name, value in event.items() if name not in {"timestamp", "level", "event"}
    )
    event_name = visible(str(event["event"]), _TEXT_LIMIT)
    line = f"{event['timestamp']} {event['level']:<7} {event_name} {rest}".rstrip()
    return line.encode("utf-8", "backslashreplace")


def _shown(value: object) -> str:
    if isinstance(value, str) and value.isprintable() and value and " " not in value and '"' not in value:
        return visible(value, _TEXT_LIMIT)
    return visible(_ENCODER.encode(value).decode(), _TEXT_LIMIT)
