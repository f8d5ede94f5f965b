"""Explanations: all that bore on a verdict, as data that JSON holds."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings

from building import (
    SPAN,
    all_of,
    any_of,
    book,
    declared,
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
from strategies import World, worlds
from vedlys.evaluation.ask import Questions
from vedlys.evaluation.explain import Explanation, Part, explain
from vedlys.evaluation.judge import Judge
from vedlys.model.conditions import Fact, Field
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Rulebook
from vedlys.model.types import BOOLEAN, RecordsType
from vedlys.model.values import Record, Version

VERSION = scalar("version")
DOMAINS = RecordsType(key="name", fields={"name": scalar("hostname"), "up": BOOLEAN, "other": scalar("hostname")})
VOCABULARY = {
    **{f"f.{letter}": declared(f"f.{letter}", BOOLEAN) for letter in "abc"},
    "f.now": declared("f.now", VERSION),
    "f.latest": declared("f.latest", VERSION),
    "f.domains": declared("f.domains", DOMAINS),
}


def explained(rules: Rulebook, known: Environment, rule_id: str = "r") -> Explanation:
    standing = Questions(rules, VOCABULARY).about(known)
    return explain(rules.rule(rule_id), rules, Judge(rules, known), standing)


def of(rules: Rulebook, **values: Any) -> Explanation:
    return explained(rules, environment({f"f.{name}": value for name, value in values.items()}))


def in_short(part: Part) -> Any:
    """A part as one nested tuple: what it is, its truth, what it is about, and what is below."""
    about = [x for x in (part.fact, part.record, part.field) if isinstance(x, str)]
    return (part.kind, part.truth, ".".join(about), *map(in_short, part.parts))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(world=worlds())
def test_every_rule_can_be_explained_as_json(world: World) -> None:
    judge = Judge(world.book, world.environment)
    standing = Questions(world.book, world.vocabulary).about(world.environment)
    for one in world.book.rules:
        found = explain(one, world.book, judge, standing)
        json.loads(json.dumps(msgspec.to_builtins(found), allow_nan=False))
        assert found.verdict == judge.rule(one).verdict
        assert found.open == bool(found.missing)
        for gate in (found.given, found.when, found.unless):
            assert gate is None or json.dumps(msgspec.to_builtins(gate))


def test_a_rule_that_applies() -> None:
    rules = book(
        rule(
            "r", all_of(yes("d.one"), not_(yes("f.b"))), given=literal("f.now", "less_than", Fact("f.latest"), VERSION)
        ),
        derived={"d.one": any_of(yes("f.a"), yes("f.c"))},
    )
    known = environment(
        {"f.a": True, "f.b": False, "f.now": Version.read("1.1"), "f.latest": Version.read("2.5")},
        references=["f.latest"],
    )
    found = explained(rules, known)
    assert found.verdict == "applies"
    assert in_short(found.when) == (
        "all",
        True,
        "",
        ("test", True, "d.one", ("any", True, "", ("test", True, "f.a"), ("test", None, "f.c"))),
        ("not", True, "", ("test", False, "f.b")),
    )
    given_part = found.given
    assert given_part is not None
    assert (given_part.observed, given_part.needed, given_part.needed_fact) == ("1.1", "2.5", "f.latest")
    assert given_part.reference is True
    assert (given_part.file, given_part.line) == (SPAN.file, SPAN.line)
    assert found.when.parts[1].parts[0].wanted is False
    assert [one.fact for one in found.because] == ["f.now", "d.one", "f.b"]
    assert found.against == found.missing == ()
    assert found.nearest is not None
    assert found.nearest.verdict == "clear"
    assert [(one.part.fact, one.wanted) for one in found.nearest.changes] == [("f.b", True)]
    assert found.nearest.exact


def test_a_rule_that_is_clear_says_what_keeps_it_from_applying() -> None:
    found = of(book(rule("r", all_of(yes("f.a"), yes("f.b")))), a=True, b=False)
    assert [(one.fact, one.negated) for one in found.against] == [("f.b", True)]
    assert found.because == ()
    assert found.nearest is not None
    assert [(one.part.fact, one.wanted) for one in found.nearest.changes] == [("f.b", True)]


def test_a_rule_that_is_not_applicable_says_which_gate_it_was() -> None:
    rules = book(rule("r", yes("f.a"), given=yes("f.b"), unless=yes("f.c")))
    assert [one.fact for one in of(rules, a=True, b=False, c=False).against] == ["f.b"]
    assert [one.fact for one in of(rules, a=True, b=True, c=True).against] == ["f.c"]


def test_an_undecided_rule_says_what_is_missing() -> None:
    down = all_of(literal(Field("up"), "is", False), literal(Field("name"), "is", Field("other"), scalar("hostname")))
    rules = book(rule("r", some("f.domains", down), given=yes("f.a")))
    records = (Record("x.lt", {"name": "x.lt", "up": True}), Record("y.lt", {"name": "y.lt", "up": False}))
    found = of(rules, domains=records)
    assert found.verdict == "unknown"
    assert list(msgspec.to_builtins(found.missing)) == [
        {"fact": "f.a"},
        {"fact": "f.domains", "record": "y.lt", "field": "other"},
    ]
    assert [part.record for part in found.when.parts] == ["x.lt", "y.lt"]
    assert found.when.parts[1].parts[1].needed_field == "other"


def test_resolved_lists_the_rules_it_waits_for() -> None:
    first = section("one", rule("x", yes("f.a"), section="one"), rule("y", yes("f.b"), severity="info", section="one"))
    rules = book(first, section("two", rule("r", all_of(yes("f.c"), resolved("one")), section="two")))
    part = of(rules, a=True, c=True).when.parts[1]
    assert part.kind == "resolved"
    assert list(msgspec.to_builtins(part.awaits)) == [
        {"rule": "x", "section": "one", "severity": "blocker", "verdict": "applies"}
    ]


def test_derived_facts_used_twice_do_not_multiply() -> None:
    derived = {"d.n0": yes("f.a")}
    for number in range(1, 60):
        before = yes(f"d.n{number - 1}")
        derived[f"d.n{number}"] = any_of(all_of(before, yes("f.b")), all_of(no(f"d.n{number - 1}"), yes("f.c")))
    found = of(book(rule("r", yes("d.n59")), derived=derived))
    assert len(found.missing) == 3
    assert len(msgspec.json.encode(found)) < 200_000
