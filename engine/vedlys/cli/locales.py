"""Which language to speak: what was asked for, else `VEDLYS_LOCALE`, else the system's, else Lithuanian."""

from __future__ import annotations

import os
from collections.abc import Sequence

FALLBACK = "lt"
_SYSTEM = ("LC_ALL", "LC_MESSAGES", "LANG")


def wanted_locale(asked: str | None, available: Sequence[str]) -> str:
    """The language tag to speak; the system's language only where the catalogue has it."""
    named = asked or os.environ.get("VEDLYS_LOCALE")
    if named:
        return named
    for tag in _system_tags():
        if tag in available or tag.partition("-")[0] in available:
            return tag
    return FALLBACK if FALLBACK in available or not available else available[0]


def _system_tags() -> list[str]:
    """The system's languages as tags, the most wanted first."""
    first = next((os.environ[name] for name in _SYSTEM if os.environ.get(name)), "")
    listed = os.environ.get("LANGUAGE", "").split(":") if first and _tag(first) else []
    return [tag for tag in map(_tag, [*listed, first]) if tag]


def _tag(name: str) -> str:
    """`lt_LT.UTF-8` as `lt-LT`; nothing for `C` and `POSIX`, which are no language."""
    tag = name.partition(".")[0].partition("@")[0].replace("_", "-")
    return "" if tag in {"C", "POSIX"} else tag
