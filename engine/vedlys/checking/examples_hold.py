"""Examples and cases that come out otherwise than authored, and rules that lack an example."""

from __future__ import annotations

from vedlys.checking.examples import Contradiction, contradictions, trials_of
from vedlys.checking.required import required_verdicts
from vedlys.diagnostics import Diagnostics
from vedlys.model.content import Content


def check_examples(content: Content, diagnostics: Diagnostics) -> None:
    """Judge every example and every case."""
    for book in content.rulebooks.values():
        for wrong in contradictions(book, trials_of(book), content.vocabulary):
            _report(wrong, diagnostics)


def check_examples_present(content: Content, diagnostics: Diagnostics) -> None:
    """Each rule has an example of every verdict that it can have."""
    for book in content.rulebooks.values():
        for rule in book.rules:
            shown = {example.verdict for example in rule.examples}
            missing = [verdict for verdict in required_verdicts(book, rule) if verdict not in shown]
            if missing:
                diagnostics.add("missing-example", rule.span, rule=rule.id, verdicts=", ".join(missing))


def _report(wrong: Contradiction, diagnostics: Diagnostics) -> None:
    match wrong.what:
        case "status":
            diagnostics.add("case-status-contradicts", wrong.span, wanted=wrong.wanted, got=wrong.got)
        case "asks":
            diagnostics.add("case-question-contradicts", wrong.span, wanted=wrong.wanted, got=wrong.got)
        case "verdict":
            code = "example-contradicts" if wrong.case is None else "case-contradicts"
            diagnostics.add(code, wrong.span, rule=wrong.rule, wanted=wrong.wanted, got=wrong.got)
