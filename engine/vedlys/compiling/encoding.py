"""Truths and verdicts as small integers, chosen so that generated code needs no branches.

FALSE, UNKNOWN and TRUE are 0, 1 and 3: then `&` is Kleene's `all` and `|` is its `any`.

A rule's standing is six bits: its `unless`, the negation of its `given`, and its `when`, two bits each. A rule without
gates has zeros there, so that its standing is the truth of its `when`.
"""

from __future__ import annotations

import msgspec

from vedlys.model.rulebook import Verdict

FALSE, UNKNOWN, TRUE = 0, 1, 3

UNLESS_SHIFT = 4
GIVEN_SHIFT = 2

# by truth; 2 stands for nothing
NEGATED = (TRUE, UNKNOWN, UNKNOWN, FALSE)
VALUES = (False, None, None, True)


class Outcome(msgspec.Struct, frozen=True, cache_hash=True):
    """What an article's rules say of one environment, in the article's order.

    A rule is open while more facts could still turn it: it is unknown, or it applies on an undecided `unless`.
    """

    verdicts: tuple[Verdict, ...]
    open: tuple[bool, ...]


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
# the standings of rules that keep what comes later from being resolved, and of those that may
APPLYING = frozenset(standing for standing, verdict in enumerate(VERDICTS) if verdict == "applies")
UNDECIDED = frozenset(standing for standing, verdict in enumerate(VERDICTS) if verdict == "unknown")
