"""Near misses: the fewest comparisons that would have to change."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from building import (
    SPAN,
    all_of,
    any_of,
    book,
    environment,
    every,
    literal,
    no,
    none_of,
    not_,
    resolved,
    rule,
    scalar,
    section,
    some,
    yes,
)
from vedlys.evaluation.judge import Judge
from vedlys.evaluation.near_miss import NearMiss, near_miss
from vedlys.model.conditions import Always, Condition, Fact, Field
from vedlys.model.rulebook import Rulebook
from vedlys.model.values import Record, Version

LETTERS = "abcdefg"


def nearest(rules: Rulebook, *, applies: bool = True, **values: Any) -> NearMiss | None:
    judge = Judge(rules, environment({f"f.{name}": value for name, value in values.items()}))
    return near_miss(judge.rules()[-1], applies=applies)


def changes(found: NearMiss | None) -> list[tuple[str, bool]]:
    assert found is not None
    named = [(change.judgement, change.wanted) for change in found.changes]
    return [(".".join(filter(None, (one.fact, one.record, one.field))), wanted) for one, wanted in named]


@st.composite
def formulas(draw: st.DrawFn, names: list[str], depth: int = 3) -> Condition:
    """A formula over boolean facts, each tested once."""
    if len(names) == 1 or depth == 0:
        return draw(st.sampled_from((yes, no)))(f"f.{names[0]}")
    cut = draw(st.integers(1, len(names) - 1))
    parts = [draw(formulas(some_names, depth - 1)) for some_names in (names[:cut], names[cut:])]
    return draw(st.sampled_from((all_of, any_of, none_of, lambda *both: not_(all_of(*both)))))(*parts)


def fewest(rules: Rulebook, values: dict[str, bool], *, applies: bool) -> int | None:
    found = [
        sum(
            values.get(name) is not truth
            for name, truth in zip(LETTERS, truths, strict=True)
            if name in names_in(rules)
        )
        for truths in itertools.product((False, True), repeat=len(LETTERS))
        if (
            Judge(rules, environment({f"f.{n}": t for n, t in zip(LETTERS, truths, strict=True)})).verdicts()["r"]
            == "applies"
        )
        is applies
    ]
    return min(found, default=None)


def names_in(rules: Rulebook) -> set[str]:
    text = repr(rules)
    return {name for name in LETTERS if f"'f.{name}'" in text}


KNOWN = st.dictionaries(st.sampled_from(LETTERS), st.booleans())


@given(names=st.permutations(LETTERS[:5]), values=KNOWN, applies=st.booleans(), data=st.data())
def test_exact_where_no_fact_repeats(names: list[str], values: dict[str, bool], applies: bool, data: Any) -> None:
    rules = book(rule("r", data.draw(formulas(list(names[:3]))), given=data.draw(formulas(list(names[3:])))))
    found = nearest(rules, applies=applies, **values)
    assert found is not None
    assert found.exact
    # what neither the way taken nor the others need may stay unknown: only those that are known to be wrong are counted
    full = {name: values.get(name, data.draw(st.booleans())) for name in LETTERS}
    known = nearest(rules, applies=applies, **full)
    assert known is not None
    assert len(known.changes) == fewest(rules, full, applies=applies)
    assert len(known.changes) <= len(found.changes)


@given(values=KNOWN, applies=st.booleans(), data=st.data())
def test_the_changes_do_turn_the_rule(values: dict[str, bool], applies: bool, data: Any) -> None:
    names = data.draw(st.lists(st.sampled_from(LETTERS), min_size=3, max_size=6))
    rules = book(
        rule("r", data.draw(formulas(names)), unless=data.draw(st.none() | formulas(names[:2]))),
        derived={"d.one": yes("f.a")},
    )
    found = nearest(rules, applies=applies, **values)
    if found is None:
        return
    turned = dict(values)
    for change in found.changes:
        assert change.judgement.fact is not None
        operand: Any = change.judgement.needed
        turned[change.judgement.fact.removeprefix("f.")] = operand is change.wanted
    known = environment({f"f.{name}": value for name, value in turned.items()})
    verdict = Judge(rules, known).verdicts()["r"]
    assert verdict == "applies" if applies else verdict in {"clear", "not_applicable"}


def test_the_minimum_over_any_and_the_sum_over_all() -> None:
    rules = book(rule("r", any_of(all_of(yes("f.a"), yes("f.b")), yes("f.c"))))
    assert changes(nearest(rules, a=False, b=False, c=False)) == [("f.c", True)]
    assert changes(nearest(rules, a=True, b=True, c=True, applies=False)) == [("f.a", False), ("f.c", False)]


def test_what_is_unknown_has_to_change_too() -> None:
    rules = book(rule("r", all_of(yes("f.a"), yes("f.b"))))
    assert changes(nearest(rules, a=True)) == [("f.b", True)]
    assert changes(nearest(rules)) == [("f.a", True), ("f.b", True)]


def test_an_unknown_unless_holds_nothing_up() -> None:
    rules = book(rule("r", yes("f.a"), unless=yes("f.b")))
    assert changes(nearest(rules, a=False)) == [("f.a", True)]
    assert changes(nearest(rules, a=False, b=True)) == [("f.a", True), ("f.b", False)]
    assert changes(nearest(rules, a=True, b=False, applies=False)) == [("f.a", False)]


def test_through_derived_facts() -> None:
    derived = {"d.one": any_of(yes("f.a"), no("f.b")), "d.two": no("d.one")}
    rules = book(rule("r", yes("d.two")), derived=derived)
    found = nearest(rules, a=True, b=False)
    assert changes(found) == [("f.a", False), ("f.b", False)]  # the comparison `f.b is no` must be FALSE
    assert found is not None
    assert found.exact


def test_a_way_that_no_value_takes_is_passed_over() -> None:
    count = scalar("integer", minimum=0)

    def at(operator: str, value: int) -> Condition:
        return literal("f.n", operator, value, count)

    rules = book(rule("r", any_of(all_of(at("at_least", 5), at("less_than", 3)), all_of(yes("f.a"), yes("f.b")))))
    found = nearest(rules, n=4, a=False, b=False)
    assert changes(found) == [("f.a", True), ("f.b", True)]
    assert found is not None
    assert not found.exact
    assert nearest(book(rule("r", all_of(at("at_least", 5), at("less_than", 3)))), n=4) is None


def test_nothing_turns_what_always_or_never_holds() -> None:
    assert nearest(book(rule("r", Always(span=SPAN), severity="info")), applies=False) is None
    count = scalar("integer", minimum=0)
    assert nearest(book(rule("r", literal("f.n", "less_than", 0, count))), n=4) is None


def test_in_records() -> None:
    up = literal(Field("up"), "is", True)
    records = (Record("x", {"name": "x", "up": False}), Record("y", {"name": "y"}))
    assert changes(nearest(book(rule("r", some("f.r", up))), r=records)) == [
        ("f.r.y.up", True)
    ]  # unknown, not known to be otherwise
    assert changes(nearest(book(rule("r", every("f.r", up))), r=records)) == [("f.r.x.up", True), ("f.r.y.up", True)]
    assert changes(nearest(book(rule("r", some("f.r", up))), r=())) == [("f.r", True)]
    assert changes(nearest(book(rule("r", some("f.r", up))))) == [("f.r", True)]


def test_through_resolved() -> None:
    first = section("one", rule("x", yes("f.a"), section="one"), rule("y", yes("f.b"), section="one"))
    rules = book(first, section("two", rule("z", all_of(yes("f.c"), resolved("one")), section="two")))
    assert changes(nearest(rules, a=True, b=False)) == [("f.c", True), ("f.a", False)]
    assert changes(nearest(rules, a=False, b=False, c=True, applies=False)) == [("f.c", False)]


def test_derived_facts_used_twice_do_not_multiply() -> None:
    derived: dict[str, Condition] = {"d.n0": yes("f.a")}
    for number in range(1, 60):
        before = yes(f"d.n{number - 1}")
        derived[f"d.n{number}"] = any_of(all_of(before, yes("f.b")), all_of(not_(before), yes("f.c")))
    found = nearest(book(rule("r", yes("d.n59")), derived=derived), a=True, b=False, c=False)
    assert found is not None
    assert not found.exact


def test_a_fact_compared_with_itself_repeats() -> None:
    found = nearest(book(rule("r", literal("f.a", "is", Fact("f.a")))))
    assert found is not None
    assert not found.exact


def test_what_leaves_no_choice_is_looked_at_first() -> None:
    """One fact would settle every awaited rule at once, but the rule's own gate forbids it."""
    gated = [rule(f"r{number}", yes(f"f.n{number}"), section="one", unless=yes("f.g")) for number in range(12)]
    rules = book(section("one", *gated), section("two", rule("z", resolved("one"), section="two", unless=yes("f.g"))))
    found = nearest(rules, g=False, **{f"n{number}": True for number in range(12)})
    assert changes(found) == [(f"f.n{number}", False) for number in range(12)]


def test_a_fact_is_not_asked_to_be_two_things() -> None:
    version = scalar("version")
    old, new = Version.read("1.1"), Version.read("2.5")
    outdated = literal("f.now", "less_than", Fact("f.latest"), version)
    rules = book(rule("r", all_of(not_(outdated), any_of(literal("f.now", "less_than", old, version), yes("f.a")))))
    assert changes(nearest(rules, now=old, latest=new, a=False)) == [("f.now", False), ("f.a", True)]
