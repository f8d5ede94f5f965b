"""The log: an event a line, as JSON or for people, with nothing in it that could pass for another line."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, MutableMapping
from typing import Any

import msgspec
import structlog

from vedlys.messages.shown import visible
from vedlys.web.observing.lines import Lines
from vedlys.web.settings import Log

Event = MutableMapping[str, Any]

_LEVELS: Mapping[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_TEXT_LIMIT = 2000
_ENCODER = msgspec.json.Encoder(enc_hook=str)


class Journal:
    """Writes events. It never raises, waits or writes facts: those who know of facts mask them first."""

    def __init__(self, settings: Log, lines: Lines) -> None:
        self._lines = lines
        self._least = _LEVELS[settings.level]
        self._logger = structlog.wrap_logger(
            _Taker(lines),
            processors=[_stamped, _as_json if settings.format == "json" else _for_people],
            wrapper_class=structlog.make_filtering_bound_logger(self._least),
            cache_logger_on_first_use=True,
        ).bind()

    def writes(self, level: str) -> bool:
        """Whether events of that level are written: others need not be put together."""
        return _LEVELS[level] >= self._least

    def event(self, level: str, name: str, /, **values: object) -> None:
        """Write an event and what is to be said of it, as JSON values."""
        try:
            self._logger.log(_LEVELS[level], name, **values)
        except Exception:  # noqa: BLE001 - a log that fails must not fail a request
            self._lines.add(b'{"level":"error","event":"log_failed"}')


class _Taker:
    """What structlog calls in the end."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def debug(self, line: bytes) -> None:
        self._lines.add(line)

    info = warning = error = critical = debug


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


def _stamped(_logger: object, level: str, event: Event) -> Event:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
    return {"timestamp": now, "level": level, "event": event.pop("event"), **event}


def _as_json(_logger: object, _level: str, event: Event) -> tuple[tuple[bytes], dict[str, Any]]:
    return (_ENCODER.encode(event),), {}


def _for_people(_logger: object, _level: str, event: Event) -> tuple[tuple[bytes], dict[str, Any]]:
    rest = " ".join(
        f"{name}={_shown(value)}" for name, value in event.items() if name not in {"timestamp", "level", "event"}
    )
    event_name = visible(str(event["event"]), _TEXT_LIMIT)
    line = f"{event['timestamp']} {event['level']:<7} {event_name} {rest}".rstrip()
    return (line.encode("utf-8", "backslashreplace"),), {}


def _shown(value: object) -> str:
    if isinstance(value, str) and value.isprintable() and value and " " not in value and '"' not in value:
        return visible(value, _TEXT_LIMIT)
    return visible(_ENCODER.encode(value).decode(), _TEXT_LIMIT)
