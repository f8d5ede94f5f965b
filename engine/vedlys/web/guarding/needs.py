"""What a caller needs for an address. Everything that is not open needs a caller."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from vedlys.web.guarding.grants import Scope

Need = Scope | Literal["nothing"]

# Answered to everybody, at once, whatever the load: what they say is the same for all, and nothing of anybody's facts.
# As for all addresses, what follows a slash belongs to them.
OPEN = ("/healthz", "/readyz", "/openapi.json", "/docs", "/problems")
METRICS = "/metrics"
ASSESS = "/v1/assessments"
# its body has no end that could be known: lines are limited there, and standing still
BATCH = "/v1/assessments/batch"


@lru_cache(maxsize=1024)
def need_of(path: str) -> Need:
    """What a path needs, however its slashes are doubled or left over."""
    plain = plain_path(path)
    if plain == "/" or _is_within(plain, OPEN):
        return "nothing"
    if _is_within(plain, (METRICS,)):
        return "metrics"
    return "assess" if _is_within(plain, (ASSESS,)) else "read"


def plain_path(path: str) -> str:
    """The path with single slashes, and none at its end."""
    return "/" + "/".join(part for part in path.split("/") if part)


def _is_within(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(place + "/") for place in places)
