"""Did you mean …? The nearest known name to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 200  # characters that are looked at
_ALIKE = 0.7  # the share of letters that two names have in common, in order, where one may be meant by the other


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to `name`, or None where none is close enough to be meant."""
    candidates = sorted(known)
    lowered = {candidate.lower(): candidate for candidate in candidates}
    if name.lower() in lowered:
        return lowered[name.lower()]
    found = _most_alike(name[:_LONGEST].lower(), lowered)
    if found is not None:
        return lowered[found]
    # a forgotten topic: `version` for `connect.version`, where that is unambiguous
    tails = [candidate for candidate in candidates if candidate.endswith("." + name)]
    return tails[0] if len(tails) == 1 else None


def _most_alike(name: str, known: Iterable[str]) -> str | None:
    """What `difflib.get_close_matches` finds: only names that have enough letters in common are compared in order."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - lazy: most names are spelt right

    letters = {letter: name.count(letter) for letter in name}
    matcher = SequenceMatcher(b=name)
    best, found = _ALIKE, ""
    for candidate in known:
        most = 2 * min(len(name), len(candidate)) / (len(name) + len(candidate))
        if most < best:
            continue
        common = sum(map(min, letters.values(), map(candidate.count, letters)))
        if 2 * common / (len(name) + len(candidate)) >= best:
            matcher.set_seq1(candidate)
            best, found = max((best, found), (matcher.ratio(), candidate))
    return found or None
