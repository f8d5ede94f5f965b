"""The index: which articles a fact bears on."""

from __future__ import annotations

from building import all_of, book, content, environment, literal, no, rule, scalar, section, some, yes
from vedlys.compiling.program import Program, compile_program
from vedlys.model.conditions import Fact, Field


def program() -> Program:
    integer = scalar("integer")
    operand = literal("c.count", "less_than", Fact("c.limit"), integer)
    in_records = literal(Field("count"), "less_than", Fact("c.inner"), integer)
    return compile_program(
        content(
            book(rule("one", yes("a.direct")), rule("two", yes("shared.fact")), article="first"),
            book(
                rule("one", all_of(yes("d.last"), no("shared.fact"))),
                derived={"d.last": yes("d.first"), "d.first": yes("b.through"), "d.idle": yes("b.idle")},
                article="second",
            ),
            book(
                rule("one", operand, given=yes("c.given"), unless=yes("c.unless")),
                section("more", rule("two", some("c.records", in_records), section="more"), given=yes("c.section")),
                article="third",
            ),
        )
    )


def test_what_an_article_reads() -> None:
    articles = program().articles
    assert articles["first"].reads == ("a.direct", "shared.fact")
    assert articles["second"].reads == ("b.through", "shared.fact")
    assert articles["third"].reads == (
        *("c.count", "c.given", "c.inner", "c.limit", "c.records", "c.section", "c.unless"),
    )


def test_which_articles_a_fact_bears_on() -> None:
    index = program()
    assert index.articles_on("shared.fact") == ("first", "second")
    assert index.articles_on("b.through") == ("second",)
    assert index.articles_on("c.inner") == ("third",)
    assert index.articles_on("b.idle") == ()  # no rule reads what is concluded from it
    assert index.articles_on("d.last") == ()  # no caller can say it
    assert index.articles_on("no.such") == ()


def test_which_articles_an_environment_brings_into_play() -> None:
    index = program()
    assert index.articles_for(environment({})) == ()
    assert index.articles_for(environment({"c.limit": 1, "a.direct": False})) == ("first", "third")
    assert index.articles_for(environment({"b.idle": True, "no.such": 1})) == ()


def test_reference_data_by_itself_brings_none_into_play() -> None:
    index = program()
    known = {"c.limit": 1, "b.through": True}
    assert index.articles_for(environment(known, references=["c.limit"])) == ("second",)
    assert index.articles_for(environment(known, references=["c.limit", "b.through"])) == ()


def test_the_same_facts_in_other_hands_bring_other_articles_into_play() -> None:
    index = program()
    both = {"c.limit": 1, "b.through": True}
    for _ in range(2):  # worked out, and remembered
        assert index.articles_for(environment({"c.limit": 1})) == ("third",)
        assert index.articles_for(environment({"c.limit": 1}), frozenset({"b.through"})) == ("second", "third")
        assert index.articles_for(environment(both)) == ("second", "third")
        assert index.articles_for(environment(both, references=["b.through"])) == ("third",)
        assert index.articles_for(environment(both, references=["c.limit"])) == ("second",)
        assert index.articles_for(environment({}), frozenset({"c.limit"})) == ("third",)


def test_what_is_remembered_of_facts_is_little() -> None:
    index = program()
    for number in range(2_000):
        index.articles_for(environment({f"no.such{number}": 1}))
    many = {f"no.such{number}": 1 for number in range(100)}
    assert index.articles_for(environment({**many, "c.limit": 1})) == ("third",)
    remembered = index._touched
    assert len(remembered) <= 512
    assert max(len(known) for known, _, _ in remembered) == 1


def test_rules_are_in_the_articles_order() -> None:
    assert program().articles["third"].rules == ("one", "two")
