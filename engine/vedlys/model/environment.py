"""The facts of one environment, in normal form."""

from __future__ import annotations

import datetime as dt

import msgspec

from vedlys.model.values import Value


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one environment.

    `values` holds known facts only: a fact that is not there is unknown.
    """

    values: dict[str, Value]
    as_of: dt.datetime
    references: frozenset[str] = frozenset()  # facts in `values` that reference data supplied, not the caller
    skip: frozenset[str] = frozenset()  # facts that the caller cannot find out: never asked
