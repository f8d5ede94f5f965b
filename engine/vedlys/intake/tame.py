"""Values that a Python caller passes, made into the few types that JSON has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

_EXACT = frozenset({bool, int, float, str, list, dict, type(None)})


class Moment(str):
    """A date or datetime object of the caller, in ISO 8601: text for facts of those types only."""

    __slots__ = ()


class Foreign:
    """Anything that has no form in JSON; `type_name` says what it was."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name


# How a value of a derived class becomes one of the built-in type. A datetime is a date too: the first that fits.
_WAYS: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (str, str.__str__),
    (int, lambda value: int.__add__(value, 0)),
    (float, lambda value: float.__add__(value, 0.0)),
    (dt.datetime, lambda value: Moment(dt.datetime.isoformat(value))),
    (dt.date, lambda value: Moment(dt.date.isoformat(value))),
    (dict, dict.copy),
    (list, list.copy),
    (tuple, lambda value: list(tuple.__iter__(value))),
    (frozenset, lambda value: list(frozenset.__iter__(value))),
    (set, lambda value: list(set.__iter__(value))),
    (Mapping, dict),
)


def tame(value: object) -> object:
    """The value as exactly None, bool, int, float, str, list, dict, `Moment` or `Foreign`; members stay as they are.

    Objects are only asked through the methods of the built-in type that they derive from: what a caller's own
    class overrides is not run. A mapping of another kind has no such methods, and whatever it raises makes it foreign.
    """
    kind = type(value)
    if kind in _EXACT:
        return value
    # `isinstance` would believe a mock that says it is an int
    way = next((way for base, way in _WAYS if issubclass(kind, base)), None)
    if way is not None:
        try:
            return way(value)
        except Exception:  # noqa: BLE001, S110 - a caller's own mapping or time zone may raise anything at all
            pass
    return Foreign(kind.__name__)
