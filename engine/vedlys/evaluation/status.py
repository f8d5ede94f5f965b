"""The status of an article: what its rules' verdicts come to."""

from __future__ import annotations

from collections.abc import Iterable

from vedlys.model.rulebook import Severity, Status, Verdict


def status_of(verdicts: Iterable[tuple[Severity, Verdict]]) -> Status:
    """The status, from the severity and verdict of every rule of the article.

    The first that holds: `not_applicable` (every rule is), `action_needed` (a blocker applies), `attention`
    (a warning applies), `undetermined` (a warning or blocker is unknown), `clear`. Info never changes it.
    """
    found = set(verdicts)
    if all(verdict == "not_applicable" for _, verdict in found):
        return "not_applicable"
    if ("blocker", "applies") in found:
        return "action_needed"
    if ("warning", "applies") in found:
        return "attention"
    if ("blocker", "unknown") in found or ("warning", "unknown") in found:
        return "undetermined"
    return "clear"
