"""Did you mean …? The nearest known name to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to `name`, or None where none is close enough to be meant."""
    candidates = sorted(known)
    lowered = {candidate.lower(): candidate for candidate in candidates}
    if name.lower() in lowered:
        return lowered[name.lower()]
    import difflib  # noqa: PLC0415 - lazy: most names are spelt right

    found = difflib.get_close_matches(name[:200].lower(), lowered, n=1, cutoff=0.7)
    if found:
        return lowered[found[0]]
    # a forgotten topic: `version` for `connect.version`, where that is unambiguous
    tails = [candidate for candidate in candidates if candidate.endswith("." + name)]
    return tails[0] if len(tails) == 1 else None
