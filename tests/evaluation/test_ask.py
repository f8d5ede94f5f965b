"""Asking: it ends, asks only what matters, and comes to the verdicts of full knowledge."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import strategies
from building import (
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
from vedlys.evaluation.ask import Asked, Questions, ask
from vedlys.evaluation.classes import classes
from vedlys.evaluation.expansion import Expansion
from vedlys.evaluation.formulas import TRUE
from vedlys.evaluation.judge import Judge
from vedlys.evaluation.residual import Atom, Residuals, States
from vedlys.model.conditions import Fact, Field
from vedlys.model.environment import Environment
from vedlys.model.judgement import Judgement, RuleJudgement
from vedlys.model.rulebook import Rulebook
from vedlys.model.types import BOOLEAN, RecordsType
from vedlys.model.values import Record, Value

Vocabulary = strategies.Vocabulary


def asked(rules: Rulebook, vocabulary: Vocabulary, known: Environment) -> tuple[Asked, ...]:
    return ask(Judge(rules, known).rules(), rules, vocabulary, known)


def value_of(known: Environment, atom: Asked) -> Any:
    """What a full environment says of something asked."""
    found = known.values[atom.fact]
    if atom.field is None:
        return found
    assert isinstance(found, tuple)
    return next(r.fields[atom.field] for r in found if isinstance(r, Record) and r.key == atom.record)


def learn(known: Environment, atom: Asked, value: Any) -> Environment:
    values: dict[str, Value] = dict(known.values)
    if atom.field is None:
        values[atom.fact] = value
    else:
        records = values[atom.fact]
        assert isinstance(records, tuple)
        values[atom.fact] = tuple(
            Record(r.key, {**r.fields, atom.field: value}) if isinstance(r, Record) and r.key == atom.record else r
            for r in records
        )
    return msgspec.structs.replace(known, values=values)


def forget(full: Environment, skipped: set[Asked]) -> Environment:
    """Full knowledge without what could not be found out."""
    values = {
        name: value
        for name, value in full.values.items()
        if not any(a.fact == name and a.field is None for a in skipped)
    }
    for atom in skipped:
        records = values.get(atom.fact)
        if atom.field is not None and isinstance(records, tuple):
            values[atom.fact] = tuple(
                Record(r.key, {k: v for k, v in r.fields.items() if k != atom.field})
                if isinstance(r, Record) and r.key == atom.record
                else r
                for r in records
            )
    return msgspec.structs.replace(full, values=values)


def settled(rules: Rulebook, known: Environment) -> dict[str, str]:
    return {
        name: verdict.replace("not_applicable", "clear") for name, verdict in Judge(rules, known).verdicts().items()
    }


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_answers_lead_to_the_verdicts_of_full_knowledge(data: st.DataObject) -> None:
    world = data.draw(worlds(known=False))
    full = data.draw(strategies.full_environments(world.vocabulary, world.environment))
    questions = Questions(world.book, world.vocabulary)
    known, seen, skipped = world.environment, set(), set()
    for _ in range(300):
        rules = Judge(world.book, known).rules()
        names = [one.rule.id for one in rules if one.is_open]
        declined = {Atom(a.fact, a.record, a.field) for a in skipped}
        found = questions.about(known).ask(names, declined)
        assert found == Questions(world.book, world.vocabulary).about(known).ask(names, declined)
        if not found:
            break
        first = msgspec.structs.replace(found[0], decides=())
        assert first not in seen
        seen.add(first)
        assert set(found[0].decides) <= set(names)
        if data.draw(st.integers(0, 4)) == 0:
            skipped.add(first)
        else:
            known = learn(known, first, value_of(full, first))
    else:
        pytest.fail("it never ends")
    assert settled(world.book, known) == settled(world.book, forget(full, skipped))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(world=worlds(known=False, skips=True))
def test_what_the_environment_skips_is_never_asked(world: World) -> None:
    for question in asked(world.book, world.vocabulary, world.environment):
        assert question.fact not in world.environment.skip


def residual_of(world: World, rule_id: str, known: Environment) -> tuple[Residuals, int, Any]:
    """The residual of a rule, with its tree as a value that can be compared with that of another environment."""
    expansion = Expansion(world.book)
    residuals = Residuals(expansion, States(expansion, known))
    formulas = residuals.formulas
    residual = residuals.of(expansion.rule(world.book.rule(rule_id)).formula)

    def tree(formula: int) -> Any:
        kind, parts = formulas._kinds[formula], formulas._parts[formula]
        if kind == "constant":
            return formula == TRUE
        return (kind, residuals.store.waiting[formula]) if kind == "leaf" else (kind, frozenset(map(tree, parts)))

    return residuals, residual, tree(residual)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(world=worlds(known=False))
def test_a_question_is_asked_where_its_answers_leave_different_residuals(world: World) -> None:
    """The definition, the long way: each class of values is put into the environment, and all is worked out anew."""
    known = world.environment
    for judged in Judge(world.book, known).rules():
        if not judged.is_open:
            continue
        name = judged.rule.id
        standing = Questions(world.book, world.vocabulary).about(known)
        residuals, residual, _ = residual_of(world, name, known)
        left = [Atom(m.fact, m.record or None, m.field or None) for m in standing.missing(name)]
        bears = {atom for atom in left if matters(world, name, atom, residuals, residual)}
        found = {Atom(one.fact, one.record, one.field) for one in standing.ask([name])}
        assert found == (bears or set(left))


def placed(known: Environment, atom: Atom) -> Atom:
    """The same as residuals have it, which tell records by their places."""
    records = known.values.get(atom.fact)
    if atom.record is None or not isinstance(records, tuple):
        return atom
    keys = [record.key for record in records if isinstance(record, Record)]
    return Atom(atom.fact, keys.index(str(atom.record)), atom.field)


def matters(world: World, rule_id: str, atom: Atom, residuals: Residuals, residual: int) -> bool:
    waiting = [residuals.store.waiting[leaf] for leaf in residuals.formulas.leaves(residual)]
    tests = [one.test() for one in waiting if placed(world.environment, atom) in one.atoms]
    fact_type = world.vocabulary[atom.fact].type
    if isinstance(fact_type, RecordsType) and atom.field is not None:
        fact_type = fact_type.fields[atom.field]
    values = None if None in tests else classes(fact_type, [test for test in tests if test], world.environment.as_of)
    if values is None:
        return True
    learnt = Asked(fact=atom.fact, record=atom.record, field=atom.field, decides=())
    trees = {residual_of(world, rule_id, learn(world.environment, learnt, value))[2] for value in values}
    return len(trees) > 1 or trees <= {True, False}


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(world=worlds())
def test_what_is_missing_is_what_the_judge_did_not_see(world: World) -> None:
    standing = Questions(world.book, world.vocabulary).about(world.environment)
    for judged in Judge(world.book, world.environment).rules():
        missing = standing.missing(judged.rule.id)
        if judged.is_open:
            assert missing
        elif not uses_resolved(judged):
            assert not missing
        for one in missing:
            atom = Asked(fact=one.fact, record=one.record or None, field=one.field or None, decides=())
            assert atom.fact not in world.environment.values or atom.field is not None


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(world=worlds(), data=st.data())
def test_what_earlier_rules_leave_need_not_be_worked_out_again(world: World, data: st.DataObject) -> None:
    """Whether it was worked out for this environment or an earlier one, and whatever was forgotten since."""
    questions = Questions(world.book, world.vocabulary)
    known = [world.environment, *data.draw(st.lists(strategies.environments(world.vocabulary), max_size=3))]
    for one in known:
        standing, found = questions.about(one), {}
        for judged in Judge(world.book, one).rules():
            if judged.is_open:
                name = judged.rule.id
                found[name] = standing.bearing(name, found)
                assert found[name] == standing.bearing(name)
        if data.draw(st.booleans()):
            questions.forget()
            standing = questions.about(one)
        for name in found:
            afresh = Questions(world.book, world.vocabulary).about(one).bearing(name)
            again = standing.bearing(name, found)
            assert (again.left, again.bears, again.missing) == (afresh.left, afresh.bears, afresh.missing)


def uses_resolved(judged: RuleJudgement) -> bool:
    def inside(part: Judgement | None) -> bool:
        return part is not None and (bool(part.rules) or any(map(inside, part.children)))

    return any(map(inside, (judged.given, judged.when, judged.unless)))


# --- examples ---------------------------------------------------------------------------------------------------------


def vocabulary_of(*facts: Any) -> Vocabulary:
    return {one.name: msgspec.structs.replace(one, order=order) for order, one in enumerate(facts)}


def names(found: tuple[Asked, ...]) -> list[str]:
    return [".".join(filter(None, (q.fact, q.record, q.field))) for q in found]


BOOLEANS = vocabulary_of(*(declared(f"f.{letter}", BOOLEAN) for letter in "abcdef"))


def asked_of(rules: Rulebook, **values: Any) -> list[str]:
    known = environment({f"f.{name}": value for name, value in values.items()})
    return names(asked(rules, BOOLEANS, known))


def test_nothing_is_asked_when_every_rule_is_decided() -> None:
    assert asked_of(book(rule("r", all_of(yes("f.a"), yes("f.b")))), a=False) == []


def test_a_clear_rule_with_an_open_unless_is_closed() -> None:
    assert asked_of(book(rule("r", yes("f.a"), unless=yes("f.b"))), a=False) == []


def test_a_rule_that_applies_on_an_open_unless_asks_for_it() -> None:
    assert asked_of(book(rule("r", yes("f.a"), unless=yes("f.b"))), a=True) == ["f.b"]


def test_what_cannot_matter_is_left_out() -> None:
    # whatever `f.a` is, `f.b` decides
    rules = book(rule("r", any_of(all_of(yes("f.a"), yes("f.b")), all_of(no("f.a"), yes("f.b")))))
    assert asked_of(rules) == ["f.b"]
    assert asked_of(rules, b=False) == []
    # now the verdict waits for `f.a` alone, though it is the same either way
    assert asked_of(rules, b=True) == ["f.a"]


def test_facts_that_cannot_matter_are_kept_where_there_is_nothing_else() -> None:
    either = all_of(any_of(yes("f.a"), no("f.a")), any_of(yes("f.b"), no("f.b")))
    assert asked_of(book(rule("r", either))) == ["f.a", "f.b"]
    rules = book(rule("r", all_of(either, yes("f.c"))))
    assert asked_of(rules) == ["f.c"]
    known = environment(skip=["f.c"])
    assert names(asked(rules, BOOLEANS, known)) == ["f.a", "f.b"]


def test_a_comparison_that_the_limits_decide_cannot_matter() -> None:
    vocabulary = vocabulary_of(declared("f.count", scalar("integer", minimum=0)), declared("f.a", BOOLEAN))
    at_least = literal("f.count", "at_least", 0, vocabulary["f.count"].type)
    assert names(asked(book(rule("r", all_of(at_least, yes("f.a")))), vocabulary, environment())) == ["f.a"]


def test_ranked_by_severity_then_rules_then_cost_then_order() -> None:
    rules = book(
        rule("i", all_of(yes("f.a"), yes("f.b")), severity="info"),
        rule("w1", yes("f.c"), severity="warning"),
        rule("w2", all_of(yes("f.c"), yes("f.d")), severity="warning"),
        rule("b", any_of(yes("f.f"), yes("f.e"))),
    )
    assert asked_of(rules) == ["f.e", "f.f", "f.c", "f.d", "f.a", "f.b"]
    costly = {**BOOLEANS, "f.e": msgspec.structs.replace(BOOLEANS["f.e"], cost="high")}
    assert names(asked(rules, costly, environment()))[:2] == ["f.f", "f.e"]
    assert asked(rules, BOOLEANS, environment())[2].decides == ("w1", "w2")


def test_derived_facts_are_asked_by_what_they_rest_on() -> None:
    rules = book(
        rule("r", all_of(yes("d.one"), literal("f.c", "is", Fact("d.two")))),
        derived={"d.one": any_of(yes("f.a"), yes("d.two")), "d.two": no("f.b")},
    )
    assert asked_of(rules) == ["f.a", "f.b", "f.c"]
    assert asked_of(rules, b=False) == ["f.c"]
    assert asked_of(rules, a=True, c=True) == ["f.b"]


def test_resolved_waits_for_what_its_rules_wait_for() -> None:
    first = section("one", rule("x", yes("f.a"), section="one"), rule("y", yes("f.b"), severity="info", section="one"))
    last = section("two", rule("z", all_of(yes("f.c"), resolved("one")), section="two"))
    rules = book(first, last)
    assert asked_of(rules, c=True, b=False) == ["f.a"]
    assert asked_of(rules, a=False, b=False) == ["f.c"]
    assert asked_of(rules, a=True, b=False) == []


def test_two_facts_compared() -> None:
    version = scalar("integer")
    vocabulary = vocabulary_of(declared("f.now", version), declared("f.latest", version))
    rules = book(rule("r", literal("f.now", "less_than", Fact("f.latest"), version)))
    assert names(asked(rules, vocabulary, environment())) == ["f.now", "f.latest"]
    assert names(asked(rules, vocabulary, environment({"f.latest": 3}))) == ["f.now"]
    assert names(asked(rules, vocabulary, environment({"f.now": 3}))) == ["f.latest"]


DOMAINS = RecordsType(key="name", fields={"name": scalar("hostname"), "up": BOOLEAN, "new": BOOLEAN})
WITH_DOMAINS = vocabulary_of(declared("f.a", BOOLEAN), declared("ad.domains", DOMAINS))
DOWN = all_of(literal(Field("new"), "is", True), literal(Field("up"), "is", False))


def test_records_are_asked_as_a_whole_then_field_by_field() -> None:
    rules = book(rule("r", some("ad.domains", DOWN)))
    assert names(asked(rules, WITH_DOMAINS, environment())) == ["ad.domains"]
    records = (
        Record("b", {"name": "b", "up": False}),
        Record("c", {"name": "c", "up": True}),
        Record("a", {"name": "a"}),
    )
    known = environment({"ad.domains": records})
    assert names(asked(rules, WITH_DOMAINS, known)) == ["ad.domains.b.new", "ad.domains.a.up", "ad.domains.a.new"]
    skipping = environment({"ad.domains": records}, skip=["ad.domains.new"])
    assert names(asked(rules, WITH_DOMAINS, skipping)) == ["ad.domains.a.up"]
    assert asked(rules, WITH_DOMAINS, environment({"ad.domains": ()})) == ()


def test_missing_is_in_the_order_of_the_rule() -> None:
    rules = book(rule("r", all_of(yes("f.b"), yes("f.a")), given=yes("f.d"), unless=yes("f.c")))
    standing = Questions(rules, BOOLEANS).about(environment({"f.d": True}))
    assert [one.fact for one in standing.missing("r")] == ["f.b", "f.a", "f.c"]


def test_derived_facts_that_use_one_another_twice_stay_small() -> None:
    derived: dict[str, Any] = {"d.n0": yes("f.a")}
    for number in range(1, 60):
        before = yes(f"d.n{number - 1}")
        derived[f"d.n{number}"] = any_of(all_of(before, yes("f.b")), all_of(not_(before), yes("f.c")))
    rules = book(rule("r", yes("d.n59")), derived=derived)
    assert names(Questions(rules, BOOLEANS).about(environment()).ask(["r"])) == ["f.a", "f.b", "f.c"]


def test_long_lists_of_records_are_asked_about_in_no_time() -> None:
    rules = book(rule("r", some("ad.domains", DOWN)))
    records = tuple(Record(f"d{number}", {"name": f"d{number}"}) for number in range(3000))
    found = asked(rules, WITH_DOMAINS, environment({"ad.domains": records}))
    assert len(found) == 6000
    assert names(found)[:3] == ["ad.domains.d0.up", "ad.domains.d0.new", "ad.domains.d1.up"]


def test_nobody_waits_for_who_is_at_what_is_remembered() -> None:
    """A thread that works on ten thousand records holds up no small request."""
    built = book(rule("one", yes("f.a")), rule("two", all_of(yes("f.a"), yes("f.b"))))
    vocabulary = {name: declared(name, scalar("boolean"), place) for place, name in enumerate(("f.a", "f.b"))}
    questions = Questions(built, vocabulary)
    expected = questions.about(environment({"f.a": True})).missing("two")
    with questions.lock:
        alone = questions.about(environment({"f.a": True}))
        assert alone.missing("two") == expected
        assert [asked.fact for asked in alone.ask(["two"])] == ["f.b"]
