"""The judge: the tree that it gives, beyond the truths that the conformance cases pin."""

from __future__ import annotations

import datetime as dt

import pytest

from building import (
    AS_OF,
    all_of,
    any_of,
    book,
    environment,
    literal,
    no,
    not_,
    resolved,
    rule,
    scalar,
    section,
    some,
    yes,
)
from vedlys.evaluation.judge import Judge, resolved_of, verdict_of
from vedlys.evaluation.judge import all_of as kleene_all
from vedlys.evaluation.judge import any_of as kleene_any
from vedlys.evaluation.judge import not_ as kleene_not
from vedlys.model.conditions import Fact, Field, Truth
from vedlys.model.operators import age_exceeds
from vedlys.model.rulebook import Verdict
from vedlys.model.values import Record, Version

TRUTHS: tuple[Truth, ...] = (True, False, None)
RANK = {False: 0, None: 1, True: 2}


def test_kleene_is_minimum_and_maximum() -> None:
    for one in TRUTHS:
        assert RANK[kleene_not(one)] == 2 - RANK[one]
        for other in TRUTHS:
            assert RANK[kleene_all((one, other))] == min(RANK[one], RANK[other])
            assert RANK[kleene_any((one, other))] == max(RANK[one], RANK[other])
    assert kleene_all(()) is True
    assert kleene_any(()) is False


@pytest.mark.parametrize("given", TRUTHS)
@pytest.mark.parametrize("when", TRUTHS)
@pytest.mark.parametrize("unless", TRUTHS)
def test_verdict_from_gates_and_condition(given: Truth, when: Truth, unless: Truth) -> None:
    expected: Verdict
    if unless is True or given is False:
        expected = "not_applicable"
    elif when is False:
        expected = "clear"
    elif when is None or given is None:
        expected = "unknown"
    else:
        expected = "applies"
    assert verdict_of(given, when, unless) == expected


def test_resolved_from_verdicts() -> None:
    assert resolved_of(()) is True
    assert resolved_of(("clear", "not_applicable")) is True
    assert resolved_of(("clear", "unknown")) is None
    assert resolved_of(("unknown", "applies")) is False


def test_a_literal_says_what_was_observed_and_needed() -> None:
    built = book(rule("one", literal("f.version", "less_than", Fact("f.latest"), scalar("version"))))
    known = environment({"f.version": Version.read("1.0"), "f.latest": Version.read("2.0")}, references=["f.latest"])
    judged = Judge(built, known).rule(built.rule("one")).when
    assert (judged.truth, judged.fact, judged.referenced) == (True, "f.version", True)
    assert (judged.observed, judged.needed) == (known.values["f.version"], known.values["f.latest"])
    unknown = Judge(built, environment({"f.latest": Version.read("2.0")})).rule(built.rule("one")).when
    assert (unknown.truth, unknown.observed, unknown.referenced) == (None, None, False)


def test_a_derived_fact_has_the_judgement_of_its_condition_below_it() -> None:
    built = book(rule("one", no("d.both")), derived={"d.both": all_of(yes("f.a"), yes("f.b"))})
    judge = Judge(built, environment({"f.a": False}))
    judged = judge.rule(built.rule("one")).when
    assert (judged.truth, judged.observed) == (True, False)
    (below,) = judged.children
    assert below is judge.derived("d.both")
    assert [child.truth for child in below.children] == [False, None]


def test_records_are_judged_one_by_one() -> None:
    part = all_of(literal(Field("up"), "is", False), literal(Field("count"), "at_most", Fact("f.n"), scalar("integer")))
    built = book(rule("one", some("f.records", part)))
    records = (Record(key="a", fields={"up": False, "count": 1}), Record(key="b", fields={"up": True}))
    known = environment({"f.records": records, "f.n": 1}, references=["f.records"])
    judged = Judge(built, known).rule(built.rule("one")).when
    assert [(child.record, child.truth) for child in judged.children] == [("a", True), ("b", False)]
    up, count = judged.children[0].children
    assert (up.fact, up.record, up.field, up.observed) == ("f.records", "a", "up", False)
    assert (count.needed, count.referenced) == (1, True)
    assert Judge(built, environment({})).rule(built.rule("one")).when.children == ()


def test_each_rule_is_judged_once() -> None:
    built = book(
        section("first", rule("a", yes("f.a"), section="first")),
        section(
            "last", rule("b", resolved("first"), section="last"), rule("c", not_(resolved("first")), section="last")
        ),
    )
    judge = Judge(built, environment({}))
    first, second, third = judge.rules()
    assert second.when.rules == (first,)
    assert second.when.rules[0] is first
    assert third.when.children[0].rules[0] is first
    assert judge.rule(built.rule("b")) is second


def test_resolved_skips_what_only_informs() -> None:
    built = book(
        section(
            "first", rule("a", yes("f.a"), severity="info", section="first"), rule("w", yes("f.b"), section="first")
        ),
        section("last", rule("b", resolved("first"), section="last")),
    )
    judged = Judge(built, environment({"f.b": False})).rule(built.rule("b"))
    assert judged.verdict == "applies"
    assert [one.rule.id for one in judged.when.rules] == ["w"]


def test_open() -> None:
    built = book(rule("one", yes("f.a"), unless=yes("f.b")))
    open_for = {
        "nothing": ({}, True),
        "applies by default": ({"f.a": True}, True),
        "applies": ({"f.a": True, "f.b": False}, False),
        "clear": ({"f.a": False}, False),
        "not applicable": ({"f.b": True}, False),
    }
    for name, (values, expected) in open_for.items():
        assert Judge(built, environment(values)).rule(built.rule("one")).is_open is expected, name


def test_chains_as_long_as_a_file() -> None:
    length = 2000
    chain = {"d.a0": yes("f.a")} | {f"d.a{n}": any_of(yes(f"d.a{n - 1}"), no(f"d.a{n - 1}")) for n in range(1, length)}
    steps = [
        section(f"s{n}", rule(f"r{n}", resolved(f"s{n - 1}") if n else yes(f"d.a{length - 1}"), section=f"s{n}"))
        for n in range(400)
    ]
    built = book(*steps, derived=dict(reversed(chain.items())))
    judge = Judge(built, environment({"f.a": True}))
    assert judge.rule(built.rules[-1]).verdict == "clear"
    assert judge.rule(built.rules[-2]).verdict == "applies"


def test_ages_reach_behind_the_first_year() -> None:
    early = dt.datetime(1, 1, 2, tzinfo=dt.UTC)
    assert age_exceeds(early, dt.timedelta(days=900_000), early) == -1
    assert age_exceeds(early.date(), dt.timedelta(days=900_000), AS_OF) == -1
