"""How often one caller may ask: so many requests a minute, so many at once."""

from __future__ import annotations

import math

import msgspec

_SWEEP_AT = 4096  # callers, before those who have been quiet are forgotten


class Rate(msgspec.Struct, frozen=True):
    """`interval` is seconds between two requests on the long run; `burst` is how many may come at once."""

    interval: float
    burst: int

    @property
    def window(self) -> int:
        """Seconds in which a spent burst is whole again, rounded up."""
        return max(1, math.ceil(self.burst * self.interval))


class Turn(msgspec.Struct, frozen=True):
    """Whether a request may go on, how many more may follow at once, and seconds until the next may.

    `whole` is seconds until as many may come at once as ever.
    """

    allowed: bool
    remaining: int
    wait: float
    whole: float


def rate_of(requests_per_minute: int, burst: int, workers: int) -> Rate | None:
    """One worker's share of a rate; None for any number.

    Workers share nothing, so each keeps to its share, and a caller all of whose requests come to one worker has that
    share alone.
    """
    if requests_per_minute == 0:
        return None
    return Rate(60.0 * workers / requests_per_minute, max(1, burst // workers))


class Rates:
    """The rates of all callers: a moment each, at which what they have spent will be whole again."""

    def __init__(self) -> None:
        self._whole_at: dict[str, float] = {}
        self._sweep_at = _SWEEP_AT

    def __len__(self) -> int:
        return len(self._whole_at)

    def take(self, caller: str, rate: Rate, now: float) -> Turn:
        """Count one request of the caller at `now` (seconds of any steady clock), where it may go on."""
        whole_at = self._whole_at.get(caller, now)
        spent = whole_at - now if whole_at > now else 0.0
        room = rate.burst * rate.interval - spent
        # a billionth short of a whole request is one: sums of floats are not exact
        if room < rate.interval * (1 - 1e-9):
            return Turn(allowed=False, remaining=0, wait=rate.interval - room, whole=spent)
        if len(self._whole_at) >= self._sweep_at:
            self._sweep(now)
        self._whole_at[caller] = now + spent + rate.interval
        remaining = int(room / rate.interval * (1 + 1e-9)) - 1
        return Turn(allowed=True, remaining=remaining, wait=0.0, whole=spent + rate.interval)

    def _sweep(self, now: float) -> None:
        """Forget whose spending is whole again, which changes nothing, so that memory follows those who ask now."""
        self._whole_at = {caller: at for caller, at in self._whole_at.items() if at > now}
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._whole_at))
