"""Names for the library: short, generated, and no two with the same hash.

It compares names, session ids and fact ids by a 32-bit FNV-1a hash and never looks at the text again. A name whose hash
is taken, by another name or by a word of the library's own, is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

_OFFSET, _PRIME, _MASK = 2166136261, 16777619, 0xFFFFFFFF

# what the library itself gives a meaning to
WORDS = (
    *("id", "sid", "$s", "$i", "$m", "$l", "$r", "$time", "$pulse", "$forward", "$timerName", "$baseTime"),
    *("all", "any", "pri", "count", "cap", "dist", "name", "$not", "$all", "$any"),
    *("$lt", "$lte", "$gt", "$gte", "$eq", "$neq", "$mt", "$imt", "$iall", "$iany", "$ex", "$nex", "$or", "$and"),
    *("$add", "$sub", "$mul", "$div"),
)

SESSION = "s"
WIDE = "m"  # the message that holds the columns: its id, and its name in a rule
SENTINEL = "z"
BUCKET = "b"  # a property of the wide message that is always 0
_OWN = (SESSION, WIDE, SENTINEL, BUCKET)


def fnv(text: str) -> int:
    """The library's hash of a name."""
    found = _OFFSET
    for byte in text.encode("ascii"):
        found = (found ^ byte) * _PRIME & _MASK
    return found


class Names:
    """A supply of names for one ruleset; each also serves as the id of a fact in the one session."""

    def __init__(self) -> None:
        self._taken = {fnv(word) for word in (*WORDS, *_OWN)}
        self._ids = {fnv(f"{SESSION}!{word}") for word in (WIDE, f"sid-{SESSION}", SENTINEL)}

    def supply(self, letter: str) -> Iterator[str]:
        """Names of that letter and a number, as many as are wanted."""
        for number in count():
            name = f"{letter}{number}"
            own, as_id = fnv(name), fnv(f"{SESSION}!{name}")
            if own not in self._taken and as_id not in self._ids:
                self._taken.add(own)
                self._ids.add(as_id)
                yield name
