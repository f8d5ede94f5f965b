"""Where the content that ships with the package stands: beside the package in a wheel, at the top of a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent


def content_root() -> Path:
    """The folder that holds `rules/`, `kb/` and `schemas/`."""
    packed = _PACKAGE / "content"
    return packed if packed.is_dir() else _PACKAGE.parents[1]


@cache
def package_version() -> str:
    """The version of vedlys; `0` where it runs without being installed."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - lazy: it takes 15 ms

    try:
        return version("vedlys")
    except PackageNotFoundError:
        return "0"
