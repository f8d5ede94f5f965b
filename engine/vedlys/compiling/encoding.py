"""Truths and verdicts as small integers, chosen so that generated code needs no branches.

FALSE, UNKNOWN and TRUE are 0, 1 and 3: then `&` is Kleene's `all` and `|` is its `any`.

A rule's standing is six bits: its `unless`, the negation of its `given`, and its `when`, two bits each. A rule without
gates has zeros there, so that its standing is the truth of its `when`.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from vedlys.model.rulebook import VERDICTS as VERDICT_NAMES
from vedlys.model.rulebook import Verdict

FALSE, UNKNOWN, TRUE = 0, 1, 3

UNLESS_SHIFT = 4
GIVEN_SHIFT = 2

# by truth; 2 stands for nothing
NEGATED = (TRUE, UNKNOWN, UNKNOWN, FALSE)
VALUES = (False, None, None, True)


_PLACES = {verdict: place for place, verdict in enumerate(VERDICT_NAMES)}
_TURNED = {
    verdict: bytes.maketrans(bytes(_PLACES.values()), bytes(one == verdict for one in VERDICT_NAMES))
    for verdict in VERDICT_NAMES
}


class Outcome(msgspec.Struct, frozen=True, cache_hash=True):
    """What an article's rules say of one environment, a byte each in the article's order.

    A rule is open while more facts could still turn it: it is unknown, or it applies on an undecided `unless`.
    """

    codes: bytes  # the place of the verdict among all that there are
    open: bytes  # 1 where the rule is open, else 0

    @classmethod
    def of(cls, verdicts: Iterable[Verdict], is_open: Iterable[bool]) -> Outcome:
        """The outcome of these verdicts."""
        return cls(bytes(map(_PLACES.__getitem__, verdicts)), bytes(is_open))

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts."""
        return tuple(map(VERDICT_NAMES.__getitem__, self.codes))

    def where(self, verdict: Verdict) -> bytes:
        """1 for each rule that has that verdict, 0 for the others."""
        return self.codes.translate(_TURNED[verdict])


def _verdict(standing: int) -> Verdict:
    unless, hindered, when = standing >> UNLESS_SHIFT, standing >> GIVEN_SHIFT & 3, standing & 3
    if TRUE in {unless, hindered}:
        return "not_applicable"
    if when == FALSE:
        return "clear"
    return "applies" if when == TRUE and hindered == FALSE else "unknown"


# by standing
VERDICTS: tuple[Verdict, ...] = tuple(_verdict(standing) for standing in range(64))
OPEN: tuple[bool, ...] = tuple(
    verdict == "unknown" or (verdict == "applies" and standing >> UNLESS_SHIFT == UNKNOWN)
    for standing, verdict in enumerate(VERDICTS)
)
# the bytes of an outcome, by standing
CODES_OF = bytes.maketrans(bytes(range(64)), bytes(map(_PLACES.__getitem__, VERDICTS)))
OPEN_OF = bytes.maketrans(bytes(range(64)), bytes(OPEN))
# the standings of rules that keep what comes later from being resolved, and of those that may
APPLYING = frozenset(standing for standing, verdict in enumerate(VERDICTS) if verdict == "applies")
UNDECIDED = frozenset(standing for standing, verdict in enumerate(VERDICTS) if verdict == "unknown")
