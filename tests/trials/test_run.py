"""Trials: what fails, what is not covered, and which mutants go unnoticed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import pytest

import building as b
from vedlys.errors import RequestError
from vedlys.evaluation.engine import usable_engines
from vedlys.model.conditions import Condition
from vedlys.model.rulebook import Case, Equivalent, Example, Rule, Rulebook, Status, Verdict
from vedlys.model.values import Value
from vedlys.source import Span
from vedlys.trials import ArticleReport, run_trials

INTEGER = b.scalar("integer")
SHORT = b.literal("net.idle", "less_than", 120, INTEGER)
Facts = Mapping[str, Value]


def with_examples(rule: Rule, equivalent: Sequence[str] = (), **examples: Sequence[Facts]) -> Rule:
    made = tuple(
        Example(verdict=verdict, environment=b.environment(facts), span=b.SPAN)
        for verdict, several in examples.items()
        for facts in several
    )
    accepted = tuple(
        Equivalent(mutant=name, reason="It means the same.", span=Span("built.yaml", 9, 5, 9, 20))
        for name in equivalent
    )
    return msgspec.structs.replace(rule, examples=made, equivalents=accepted)


def with_cases(book: Rulebook, **cases: tuple[Facts, Status, Mapping[str, Verdict]]) -> Rulebook:
    made = {
        name: Case(
            name=name,
            article=book.article,
            environment=b.environment(facts),
            status=status,
            verdicts={rule.id: verdicts.get(rule.id, "clear") for rule in book.rules},
            span=b.SPAN,
        )
        for name, (facts, status, verdicts) in cases.items()
    }
    return msgspec.structs.replace(book, cases=made)


def report(book: Rulebook, **options: Sequence[str]) -> ArticleReport:
    (article,) = run_trials(b.content(book), **options).articles
    return article


def idle(*clear: int, applies: int = 119) -> Rule:
    return with_examples(
        b.rule("idle-timeout", SHORT),
        applies=[{"net.idle": applies}],
        clear=[{"net.idle": value} for value in clear],
        unknown=[{}],
    )


def survivors(book: Rulebook) -> list[str]:
    return [f"{one.name}: {one.mutant}" for one in report(book).mutation.survivors]


def test_all_is_well() -> None:
    found = report(b.book(idle(120)))
    assert found.passed
    assert (found.examples, found.cases) == (3, 0)
    assert (found.mutation.total, found.mutation.killed, found.mutation.accepted) == (4, 4, 0)
    assert found.coverage.rules.covered == found.coverage.rules.total == 1
    assert found.coverage.verdicts.covered == found.coverage.verdicts.total == 3
    assert found.coverage.conditions.covered == found.coverage.conditions.total == 1


def test_an_example_that_comes_out_otherwise() -> None:
    (failure,) = report(b.book(idle(119))).failures
    wrong = failure.contradiction
    assert (failure.engine, wrong.what, wrong.rule, wrong.wanted, wrong.got) == (
        "compiled",
        "verdict",
        "idle-timeout",
        "clear",
        "applies",
    )
    (seen,) = wrong.why
    assert (seen.where, seen.fact, seen.operator, seen.needed, seen.observed, seen.truth) == (
        "when",
        "net.idle",
        "less_than",
        120,
        119,
        True,
    )


def test_a_case_wants_every_verdict_and_the_status() -> None:
    book = with_cases(
        b.book(idle(120), with_examples(b.rule("other", b.yes("a.b"), severity="warning"))),
        quick=({"net.idle": 1, "a.b": True}, "attention", {"idle-timeout": "applies"}),
    )
    wrong = [failure.contradiction for failure in report(book).failures]
    assert [(one.case, one.what, one.rule, one.wanted, one.got) for one in wrong] == [
        ("quick", "verdict", "other", "clear", "applies"),
        ("quick", "status", None, "attention", "action_needed"),
    ]


@pytest.mark.parametrize(
    ("facts", "asks", "got"),
    [({}, "net.idle", None), ({}, "net.other", "net.idle"), ({"net.idle": 120}, "net.idle", "")],
)
def test_a_case_may_pin_the_first_question(facts: Facts, asks: str, got: str | None) -> None:
    status: Status = "clear" if facts else "undetermined"
    book = with_cases(b.book(idle(120)), quick=(facts, status, {} if facts else {"idle-timeout": "unknown"}))
    pinned = {name: msgspec.structs.replace(case, asks=asks) for name, case in book.cases.items()}
    content = b.content(
        msgspec.structs.replace(book, cases=pinned), vocabulary={"net.idle": b.declared("net.idle", INTEGER)}
    )
    wrong = [failure.contradiction for failure in run_trials(content).articles[0].failures]
    assert [(one.what, one.got or "") for one in wrong] == ([] if got is None else [("asks", got)])


def test_every_engine_is_tried() -> None:
    found = run_trials(b.content(b.book(idle(119))), engines=["all"])
    assert found.engines == usable_engines()
    assert [failure.engine for failure in found.articles[0].failures] == list(usable_engines())
    assert found.articles[0].differences == ()


def test_names_of_articles_and_engines_are_checked() -> None:
    content = b.content(b.book(idle(120)))
    with pytest.raises(RequestError) as article:
        run_trials(content, articles=["simple"])
    assert (article.value.code, article.value.values["suggestion"]) == ("unknown-article", "sample")
    with pytest.raises(RequestError) as engine:
        run_trials(content, engines=["compield"])
    assert engine.value.code == "unknown-engine"


def test_a_boundary_without_an_example_is_noticed() -> None:
    assert survivors(b.book(idle(200))) == ["idle-timeout: shift when.net.idle.less_than +1"]
    assert survivors(b.book(idle(120, applies=1))) == ["idle-timeout: shift when.net.idle.less_than -1"]


def test_an_example_that_fails_kills_nothing() -> None:
    assert survivors(b.book(idle(119, 150, applies=1))) == [
        "idle-timeout: shift when.net.idle.less_than -1",
        "idle-timeout: shift when.net.idle.less_than +1",
    ]


def test_a_case_kills_too() -> None:
    book = with_cases(b.book(idle(200)), borderline=({"net.idle": 120}, "clear", {}))
    assert survivors(book) == []


def test_an_equivalent_accepts_a_mutant() -> None:
    rule = msgspec.structs.replace(
        with_examples(idle(200), equivalent=["shift when.net.idle.less_than +1"]), examples=idle(200).examples
    )
    mutation = report(b.book(rule)).mutation
    assert (mutation.survivors, mutation.accepted, mutation.faults) == ((), 1, ())


@pytest.mark.parametrize(
    ("name", "kind", "suggestion"),
    [
        ("shift when.net.idle.less_than -1", "killed", None),
        ("shift when.net.idle.less_then +1", "unknown", "shift when.net.idle.less_than +1"),
        ("nothing of the kind", "unknown", None),
    ],
)
def test_an_equivalent_that_accepts_nothing_is_a_fault(name: str, kind: str, suggestion: str | None) -> None:
    rule = msgspec.structs.replace(with_examples(idle(120), equivalent=[name]), examples=idle(120).examples)
    found = report(b.book(rule))
    (fault,) = found.mutation.faults
    assert (fault.rule, fault.mutant, fault.kind, fault.suggestion, fault.span.line) == (
        "idle-timeout",
        name,
        kind,
        suggestion,
        9,
    )
    assert (fault.noticed_by is not None) == (kind == "killed")
    assert not found.passed


def gated(given: Condition | None = None, unless: Condition | None = None) -> Rule:
    return with_examples(
        b.rule("gated", b.yes("a.b"), given=given, unless=unless),
        applies=[{"a.b": True, "a.given": True}],
        clear=[{"a.b": False, "a.given": True}],
        unknown=[{}],
    )


def test_gates_have_mutants() -> None:
    assert survivors(b.book(gated(unless=b.yes("a.unless")))) == ["gated: drop unless", "gated: negate unless"]
    assert survivors(b.book(gated(given=b.yes("a.given")))) == ["gated: drop given"]


def test_gates_of_sections_and_derived_facts_have_mutants() -> None:
    derived = {"a.derived": b.literal("net.idle", "at_least", 120, INTEGER)}
    rule = with_examples(
        b.rule("far", b.yes("a.derived"), section="later"),
        applies=[{"net.idle": 130}],
        clear=[{"net.idle": 119}],
        unknown=[{}],
    )
    book = b.book(b.section("later", rule, unless=b.yes("a.unless")), derived=derived)
    found = report(book)
    assert [(one.target, one.name, one.mutant) for one in found.mutation.survivors] == [
        ("derived", "a.derived", "shift condition.net.idle.at_least +1"),
        ("section", "later", "drop unless"),
        ("section", "later", "negate unless"),
    ]
    assert [(gap.name, gap.missing) for gap in found.coverage.rule_gaps] == [("far", ("not_applicable",))]
    assert [(gap.target, gap.name, gap.node, gap.missing) for gap in found.coverage.condition_gaps] == [
        ("section", "later", "unless.a.unless.is", ("true", "false")),
    ]


def test_a_rule_that_waits_for_others_notices_their_gates() -> None:
    first = b.section("first", b.rule("one", b.yes("a.b"), section="first"), unless=b.yes("a.unless"))
    last = with_examples(
        b.rule("two", b.resolved("first"), section="last"),
        applies=[{"a.b": True, "a.unless": True}],
        clear=[{"a.b": True, "a.unless": False}],
        unknown=[{}],
    )
    found = report(b.book(first, b.section("last", last)))
    assert [one.name for one in found.mutation.survivors if one.target == "section"] == []


def test_rules_that_cannot_be_clear_or_unknown_need_no_such_example() -> None:
    known = b.literal("a.b", "known", False)
    rule = with_examples(b.rule("ask", known), applies=[{}], clear=[{"a.b": True}])
    found = report(b.book(rule))
    assert found.passed
    assert found.coverage.condition_gaps == ()
