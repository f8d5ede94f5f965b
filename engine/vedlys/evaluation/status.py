"""The status of an article: what its rules' verdicts come to."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from vedlys.model.rulebook import Severity, Status, Verdict


def status_of(verdicts: Iterable[tuple[Severity, Verdict]]) -> Status:
    """The status, from the severity and verdict of every rule of the article; see `status_from`."""
    by: dict[Verdict, list[Severity]] = {}
    for severity, verdict in verdicts:
        by.setdefault(verdict, []).append(severity)
    return status_from(by.get("applies", ()), by.get("unknown", ()), is_clear="clear" in by)


def status_from(applies: Collection[Severity], unknown: Collection[Severity], *, is_clear: bool) -> Status:
    """The status, from the severities of the rules that apply and of those that are unknown, and whether any is clear.

    The first that holds: `not_applicable` (every rule is), `action_needed` (a blocker applies), `attention`
    (a warning applies), `undetermined` (a warning or blocker is unknown), `clear`. Info never changes it.
    """
    if not (applies or unknown or is_clear):
        return "not_applicable"
    if "blocker" in applies:
        return "action_needed"
    if "warning" in applies:
        return "attention"
    if "blocker" in unknown or "warning" in unknown:
        return "undetermined"
    return "clear"
