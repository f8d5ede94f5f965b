"""Mutants: what is made of a condition, and what it is called."""

import datetime as dt
import ipaddress

import pytest
from hypothesis import given

import building as b
import strategies
from vedlys.model.conditions import Always, Condition, Fact, Field
from vedlys.model.types import ScalarType, SetType
from vedlys.model.values import Version
from vedlys.trials.mutants import mutants, nodes

INTEGER = b.scalar("integer")
VERSION = b.scalar("version")
SCOPE = ScalarType(kind="enum", values=("none", "selected", "all"))
PATTERNS = SetType(member=ScalarType(kind="host_pattern"))
DAY = dt.timedelta(days=1)

LITERALS = [
    (b.yes("a.b"), []),
    (b.literal("a.b", "known", True), []),
    (b.literal("a.n", "less_than", 120, INTEGER), ["shift when.a.n.less_than -1", "shift when.a.n.less_than +1"]),
    (b.literal("a.n", "is", 3, INTEGER), ["shift when.a.n.is -1", "shift when.a.n.is +1"]),
    (
        b.literal("a.n", "between", (120, 179), INTEGER),
        [f"shift when.a.n.between.{end} {step}" for end in ("low", "high") for step in ("-1", "+1")],
    ),
    (
        b.literal("a.x", "at_least", 0.25, b.scalar("number")),
        ["swap when.a.x.at_least", "shift when.a.x.at_least -0.01", "shift when.a.x.at_least +0.01"],
    ),
    (
        b.literal("a.v", "at_least", Version.read("1.1.443"), VERSION),
        ["swap when.a.v.at_least", "shift when.a.v.at_least -1", "shift when.a.v.at_least +1"],
    ),
    (
        b.literal("a.v", "less_than", Version.read("2.0"), VERSION),
        ["swap when.a.v.less_than", "shift when.a.v.less_than +1"],
    ),
    (b.literal("a.v", "less_than", Fact("a.w"), VERSION), ["swap when.a.v.less_than"]),
    (b.literal("a.s", "is", "none", SCOPE), ["replace when.a.s.is"]),
    (b.literal("a.s", "one_of", ("none", "all"), SCOPE), ["drop when.a.s.one_of[none]", "drop when.a.s.one_of[all]"]),
    (b.literal("a.s", "one_of", ("none",), SCOPE), ["replace when.a.s.one_of"]),
    (b.literal("a.t", "contains", "x", b.scalar("text")), ["replace when.a.t.contains"]),
    (b.literal("a.h", "is", "dc1", b.scalar("hostname")), ["replace when.a.h.is"]),
    (
        b.literal("a.l", "covers", ("*.x", "y"), PATTERNS),
        ["drop when.a.l.covers[*.x]", "drop when.a.l.covers[y]"],
    ),
    (b.literal("a.l", "has_under", "x.y", PATTERNS), ["replace when.a.l.has_under"]),
    (b.literal("a.l", "has", "*.x", PATTERNS), ["replace when.a.l.has"]),
    (
        b.literal("a.l", "has_any", ("x", "y"), PATTERNS),
        ["swap when.a.l.has_any", "drop when.a.l.has_any[x]", "drop when.a.l.has_any[y]"],
    ),
    (
        b.literal("a.d", "older_than", 30 * DAY, b.scalar("date")),
        ["shift when.a.d.older_than -1", "shift when.a.d.older_than +1"],
    ),
    (
        b.literal("a.d", "at_most", dt.date(2026, 9, 30), b.scalar("date")),
        ["swap when.a.d.at_most", "shift when.a.d.at_most -1", "shift when.a.d.at_most +1"],
    ),
    (
        b.literal("a.i", "within", ipaddress.ip_network("10.0.0.0/8"), b.scalar("ip")),
        ["shift when.a.i.within -1", "shift when.a.i.within +1"],
    ),
    (b.literal("a.i", "within", ipaddress.ip_network("::/0"), b.scalar("ip")), ["shift when.a.i.within +1"]),
]


def names(condition: Condition) -> list[str]:
    return [mutant.name for mutant in mutants("when", condition)]


@pytest.mark.parametrize(("literal", "expected"), LITERALS)
def test_mutants_of_one_comparison(literal: Condition, expected: list[str]) -> None:
    assert names(literal) == ["drop when", "negate when", *expected]


def test_shifted_operands_are_the_next_values() -> None:
    literal = b.literal("a.d", "at_most", dt.date(2026, 9, 30), b.scalar("date"))
    operands = {
        mutant.name.rpartition(" ")[2]: mutant.condition.operand for mutant in list(mutants("when", literal))[3:]
    }
    assert operands == {"-1": dt.date(2026, 9, 29), "+1": dt.date(2026, 10, 1)}


def test_a_condition_of_parts() -> None:
    condition = b.all_of(b.yes("a.b"), b.any_of(b.no("a.c"), b.yes("a.b")))
    assert names(condition) == [
        "drop when",
        "negate when",
        "swap when.all",
        "drop when.a.b.is",
        "negate when.a.b.is",
        "drop when.any",
        "negate when.any",
        "swap when.any",
        "drop when.a.c.is",
        "negate when.a.c.is",
        "drop when.a.b.is#2",
        "negate when.a.b.is#2",
    ]


def test_a_dropped_part_leaves_the_others() -> None:
    condition = b.all_of(b.yes("a.b"), b.any_of(b.no("a.c"), b.yes("a.d")))
    dropped = {mutant.name: mutant.condition for mutant in mutants("when", condition)}
    assert dropped["drop when.a.c.is"] == b.all_of(b.yes("a.b"), b.any_of(b.yes("a.d")))
    assert dropped["drop when.any"] == b.all_of(b.yes("a.b"))
    assert dropped["negate when.a.c.is"] == b.all_of(b.yes("a.b"), b.any_of(b.not_(b.no("a.c")), b.yes("a.d")))


def test_none_and_not() -> None:
    assert names(b.none_of(b.yes("a.b"), b.yes("a.c"))) == [
        "drop when",
        "negate when",
        "swap when.none",
        "drop when.a.b.is",
        "negate when.a.b.is",
        "drop when.a.c.is",
        "negate when.a.c.is",
    ]
    # what stands under `not` is not negated again, and cannot be left out
    assert names(b.not_(b.literal("a.s", "is", "none", SCOPE))) == ["drop when", "negate when", "replace when.a.s.is"]


def test_records() -> None:
    condition = b.some("ad.domains", b.literal(Field("pdc_reachable"), "is", False))
    assert names(condition) == [
        "drop when",
        "negate when",
        "swap when.ad.domains.some",
        "drop when.ad.domains.some.pdc_reachable.is",
        "negate when.ad.domains.some.pdc_reachable.is",
    ]
    dropped = {mutant.name: mutant.condition for mutant in mutants("when", condition)}
    assert dropped["drop when.ad.domains.some.pdc_reachable.is"] == b.some("ad.domains", Always(span=b.SPAN))


def test_resolved() -> None:
    assert names(b.resolved("one", "two"))[2:] == ["drop when.resolved[one]", "drop when.resolved[two]"]
    assert names(b.resolved("one"))[2:] == []


def test_a_whole_gate_is_gone_a_whole_condition_holds_always() -> None:
    gate = {mutant.name: mutant.condition for mutant in mutants("unless", b.yes("a.b"))}
    assert gate == {"drop unless": None, "negate unless": b.not_(b.yes("a.b"))}
    assert next(mutants("when", b.yes("a.b"))).condition == Always(span=b.SPAN)
    assert next(mutants("condition", b.yes("a.b"))).name == "drop condition"


def test_always_has_no_mutants() -> None:
    assert names(Always(span=b.SPAN)) == []


def test_joins_of_one_part_are_that_part() -> None:
    assert names(b.all_of(b.any_of(b.yes("a.b")))) == ["drop when", "negate when"]


@given(strategies.worlds())
def test_names_tell_mutants_apart_and_each_differs(world: strategies.World) -> None:
    for rule in world.book.rules:
        found = list(mutants("when", rule.when))
        assert len({mutant.name for mutant in found}) == len(found)
        assert all(mutant.condition != rule.when for mutant in found)


@given(strategies.worlds())
def test_parts_are_named_as_in_mutants(world: strategies.World) -> None:
    for rule in world.book.rules:
        named = [node.name for node in nodes("when", rule.when)]
        assert len(set(named)) == len(named)
