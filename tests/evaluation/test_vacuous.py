"""Rules that never or always hold."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import strategies
from building import (
    SPAN,
    all_of,
    any_of,
    book,
    declared,
    every,
    literal,
    no,
    not_,
    resolved,
    rule,
    scalar,
    section,
    set_of,
    some,
    yes,
)
from strategies import worlds
from vedlys.evaluation.judge import Judge
from vedlys.evaluation.vacuous import NotAnalysed, always_or_never, truths_of
from vedlys.model.conditions import Always, Condition, Fact, Field, Literal
from vedlys.model.types import BOOLEAN, RecordsType
from vedlys.model.values import Version

TYPES: dict[str, Any] = {
    **{f"f.{letter}": BOOLEAN for letter in "abc"},
    "f.n": scalar("integer", minimum=0),
    "f.m": scalar("integer", minimum=0, maximum=2),
    "f.x": scalar("number"),
    "f.e": scalar("enum", values=("red", "green")),
    "f.v": scalar("version"),
    "f.w": scalar("version"),
    "f.h": scalar("hostname"),
    "f.hosts": set_of("hostname"),
    "f.date": scalar("date"),
    "f.records": RecordsType(
        key="name",
        fields={"name": scalar("hostname"), "up": BOOLEAN, "pdc": scalar("hostname"), "preferred": set_of("hostname")},
    ),
    **{f"many.f{number}": BOOLEAN for number in range(40)},
}
VOCABULARY = {name: declared(name, of, order) for order, (name, of) in enumerate(TYPES.items())}


def test(name: str, operator: str, operand: Any) -> Literal:
    return literal(name, operator, operand, TYPES[name])


test.__test__ = False  # type: ignore[attr-defined]


def field(name: str, operator: str, operand: Any) -> Literal:
    return literal(Field(name), operator, operand, TYPES["f.records"].fields[name])


def found(when: Condition, **rest: Any) -> Any:
    derived = rest.pop("derived", {})
    return always_or_never(rule("r", when, **rest), book(rule("r", when, **rest), derived=derived), VOCABULARY)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=200)
@given(data=st.data())
def test_full_knowledge_never_says_otherwise(data: st.DataObject) -> None:
    world = data.draw(worlds())
    full = data.draw(strategies.full_environments(world.vocabulary, world.environment))
    verdicts = Judge(world.book, full).verdicts()
    for one in world.book.rules:
        match always_or_never(one, world.book, world.vocabulary):
            case "never":
                assert verdicts[one.id] != "applies"
            case "always":
                assert verdicts[one.id] in {"applies", "not_applicable"}


V = [Version.read(f"1.{n}") for n in range(5)]


@pytest.mark.parametrize(
    "when",
    [
        all_of(yes("f.a"), no("f.a")),
        all_of(yes("d.one"), no("f.a")),
        test("f.n", "less_than", 0),
        test("f.m", "more_than", 2),
        all_of(test("f.n", "at_least", 3), test("f.n", "less_than", 3)),
        all_of(test("f.x", "more_than", 1), test("f.x", "less_than", 1)),
        all_of(test("f.n", "more_than", 1), test("f.n", "less_than", 2)),
        all_of(test("f.e", "is_not", "red"), test("f.e", "is_not", "green")),
        all_of(test("f.v", "less_than", Fact("f.w")), test("f.v", "at_least", Fact("f.w"))),
        all_of(test("f.v", "at_least", V[2]), test("f.w", "less_than", V[1]), test("f.v", "less_than", Fact("f.w"))),
        all_of(test("f.hosts", "has", Fact("f.h")), test("f.hosts", "lacks", Fact("f.h"))),
        all_of(test("f.hosts", "has_all", ("a", "b")), test("f.hosts", "lacks", "a")),
        all_of(some("f.records", field("up", "is", True)), every("f.records", field("up", "is", False))),
        some("f.records", all_of(field("preferred", "has", Field("pdc")), field("preferred", "lacks", Field("pdc")))),
        all_of(test("f.a", "known", True), test("f.a", "known", False)),
    ],
    ids=str,
)
def test_never(when: Condition) -> None:
    assert found(when, derived={"d.one": yes("f.a")}) == "never"
    assert found(not_(when), derived={"d.one": yes("f.a")}) == "always"


@pytest.mark.parametrize(
    "when",
    [
        yes("f.a"),
        all_of(test("f.x", "more_than", 1), test("f.x", "less_than", 2)),
        all_of(test("f.n", "more_than", 1), test("f.n", "less_than", 3)),
        all_of(test("f.v", "more_than", V[1]), test("f.w", "less_than", V[2]), test("f.v", "less_than", Fact("f.w"))),
        all_of(test("f.v", "at_least", Fact("f.w")), test("f.v", "less_than", V[1])),
        some("f.records", all_of(field("pdc", "is", "a"), field("preferred", "lacks", Field("pdc")))),
        all_of(every("f.records", field("up", "is", True)), every("f.records", field("up", "is", False))),
        test("f.a", "known", False),
        test("f.a", "known", True),
    ],
    ids=str,
)
def test_neither(when: Condition) -> None:
    assert found(when) is None
    assert found(not_(when)) is None


def test_gates_are_part_of_it() -> None:
    assert found(yes("f.a"), given=no("f.a")) == "never"
    assert found(yes("f.a"), unless=yes("f.a")) == "never"
    assert found(yes("f.a"), given=yes("f.a")) == "always"
    assert found(yes("f.a"), unless=no("f.a")) == "always"
    assert found(Always(span=SPAN), given=yes("f.b")) == "always"


def test_resolved_stands_for_its_rules() -> None:
    first = section("one", rule("x", yes("f.a"), section="one"))
    last = rule("z", all_of(yes("f.a"), resolved("one")), section="two")
    assert always_or_never(last, book(first, section("two", last)), VOCABULARY) == "never"


def test_what_is_not_analysed() -> None:
    age = literal("f.date", "older_than", dt.timedelta(days=3), TYPES["f.date"])
    date = test("f.date", "at_least", dt.date(2026, 1, 1))
    assert found(all_of(age, date)) == NotAnalysed("clock")
    assert found(test("f.hosts", "covers", Fact("f.hosts"))) == NotAnalysed("comparison")
    chain = [test(f"many.f{number}", "is", Fact(f"many.f{number + 1}")) for number in range(39)]
    assert found(any_of(*chain)) == NotAnalysed("combinations")


def test_the_truths_of_a_condition() -> None:
    rules = book(rule("r", yes("f.a")), derived={"d.one": yes("f.a")})
    assert truths_of(yes("d.one"), rules, VOCABULARY) == {True, False}
    assert truths_of(any_of(yes("d.one"), no("f.a")), rules, VOCABULARY) == {True}
    assert truths_of(test("f.n", "less_than", 0), rules, VOCABULARY) == {False}
    assert isinstance(truths_of(test("f.hosts", "covers", Fact("f.hosts")), rules, VOCABULARY), NotAnalysed)


@given(strategies.worlds())
def test_what_is_called_impossible_never_happens(world: strategies.World) -> None:
    judge = Judge(world.book, world.environment)
    for one in world.book.rules:
        truths = truths_of(one.when, world.book, world.vocabulary)
        if not isinstance(truths, NotAnalysed):
            assert judge.condition(one.when).truth in {None, *truths}


def test_resolved_may_be_false_while_an_unless_that_it_waits_for_is_unknown() -> None:
    # known, `f.a` always excuses the rule; unknown, it does not, and the rule applies
    always_excused = rule("first", when=yes("f.b"), unless=any_of(yes("f.a"), no("f.a")), section="one")
    rules = book(section("one", always_excused), section("two", rule("second", when=resolved("one"), section="two")))
    assert truths_of(resolved("one"), rules, VOCABULARY) == {True, False}
    excused_by_nothing = book(section("one", rule("first", when=all_of(yes("f.b"), no("f.b")), section="one")))
    assert truths_of(resolved("one"), excused_by_nothing, VOCABULARY) == {True}
