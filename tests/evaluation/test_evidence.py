"""Evidence, beyond what the conformance cases pin."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from building import all_of, any_of, book, environment, every, literal, no, resolved, rule, scalar, section, set_of, yes
from vedlys.evaluation.evidence import against, because, matched
from vedlys.evaluation.judge import Judge
from vedlys.model.conditions import Field
from vedlys.model.environment import Environment
from vedlys.model.judgement import RuleJudgement
from vedlys.model.result import Evidence
from vedlys.model.rulebook import Rulebook
from vedlys.model.values import Record


def judged(built: Rulebook, known: Environment, rule_id: str = "one") -> RuleJudgement:
    return Judge(built, known).rule(built.rule(rule_id))


def facts(evidence: tuple[Evidence, ...]) -> list[str]:
    return [entry.fact for entry in evidence]


def test_gates_of_the_section_come_first() -> None:
    built = book(section("s", rule("one", yes("f.c"), given=yes("f.b"), section="s"), given=yes("f.a")))
    assert facts(because(judged(built, environment(dict.fromkeys(("f.c", "f.b", "f.a"), True))))) == [
        "f.a",
        "f.b",
        "f.c",
    ]


def test_unless_is_no_reason_to_apply() -> None:
    built = book(rule("one", yes("f.a"), unless=yes("f.b")))
    assert facts(because(judged(built, environment({"f.a": True, "f.b": False})))) == ["f.a"]


def test_against_a_clear_rule() -> None:
    built = book(rule("one", all_of(yes("f.a"), yes("f.b")), given=yes("f.c"), unless=yes("f.d")))
    (entry,) = against(judged(built, environment({"f.b": False, "f.c": True})))
    assert (entry.fact, entry.observed, entry.negated) == ("f.b", False, True)


def test_against_a_rule_that_is_not_applicable() -> None:
    built = book(rule("one", yes("f.a"), given=yes("f.c"), unless=any_of(yes("f.d"), yes("f.e"))))
    assert facts(against(judged(built, environment({"f.a": False, "f.d": True, "f.e": False})))) == ["f.d"]
    assert facts(against(judged(built, environment({"f.a": True, "f.c": False})))) == ["f.c"]
    assert facts(against(judged(built, environment({"f.c": False, "f.e": True})))) == ["f.e", "f.c"]


def test_conclusions_that_build_on_each_other_are_told_once() -> None:
    """Told each time, they would be 2 to the 60th."""
    chain = {"d.a0": yes("f.a")} | {f"d.a{n}": all_of(yes(f"d.a{n - 1}"), yes(f"d.a{n - 1}")) for n in range(1, 61)}
    built = book(rule("one", yes("d.a60")), derived=chain)
    evidence = because(judged(built, environment({"f.a": True})))
    assert facts(evidence) == ["d.a60"]
    depth, below = 0, evidence
    while below:
        depth += 1
        below = () if below[0].because is UNSET else below[0].because
    assert depth == 21
    assert len(msgspec.json.encode(evidence)) < 10_000


def test_reference_data_is_marked_wherever_it_had_a_part() -> None:
    part = literal(Field("up"), "is", False)
    built = book(
        rule("one", all_of(yes("d.a"), every("f.none", part), every("f.some", part))), derived={"d.a": yes("f.a")}
    )
    known = environment(
        {"f.a": True, "f.none": (), "f.some": (Record(key="r", fields={"up": False}),)},
        references=["f.a", "f.none", "f.some"],
    )
    derived, none, some = because(judged(built, known))
    assert derived.because is not UNSET
    assert (derived.reference, derived.because[0].reference) == (UNSET, True)
    assert (none.reference, some.reference) == (True, True)


def test_resolved_has_no_facts_to_show() -> None:
    built = book(
        section("first", rule("a", yes("f.a"), section="first")),
        section("last", rule("one", all_of(yes("f.b"), resolved("first")), section="last")),
    )
    assert facts(because(judged(built, environment({"f.a": False, "f.b": True})))) == ["f.b"]


def test_each_thing_stands_out_once() -> None:
    text = set_of("text")
    built = book(rule("one", all_of(literal("f.s", "has", "x", text), literal("f.s", "has_any", ("y", "x"), text))))
    found = matched(judged(built, environment({"f.s": frozenset({"x", "y", "z"})})))
    assert [(match.kind, match.fact, match.value) for match in found] == [
        ("member", "f.s", "x"),
        ("member", "f.s", "y"),
    ]


def test_conditions_that_point_at_nothing_match_nothing() -> None:
    built = book(rule("one", all_of(yes("f.a"), literal("f.n", "at_least", 1, scalar("integer")), no("f.b"))))
    assert matched(judged(built, environment({"f.a": True, "f.n": 1, "f.b": False}))) == ()
