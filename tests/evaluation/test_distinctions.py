"""What tells environments apart in what is left of rules: where it is the same, so is what is left."""

from __future__ import annotations

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import strategies
from building import all_of, book, declared, environment, literal, rule, scalar, some, yes
from strategies import World, worlds
from vedlys.evaluation.ask import Bearing, Questions
from vedlys.evaluation.judge import Judge
from vedlys.model.conditions import Fact, Field
from vedlys.model.environment import Environment
from vedlys.model.types import BOOLEAN, RecordsType
from vedlys.model.values import Record, Version

HOSTS = RecordsType(key="name", fields={"name": scalar("hostname"), "up": BOOLEAN, "new": BOOLEAN})


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(world=worlds(), data=st.data())
def test_what_is_left_follows_from_it(world: World, data: st.DataObject) -> None:
    questions = Questions(world.book, world.vocabulary)
    moment = world.environment.as_of
    known = [world.environment, *data.draw(st.lists(strategies.environments(world.vocabulary), max_size=8))]
    seen: dict[object, Bearing] = {}
    for one in (msgspec.structs.replace(one, as_of=moment) for one in known):
        distinct, standing = questions.distinctions.of(one), questions.about(one)
        for judged in Judge(world.book, one).rules():
            name = judged.rule.id
            pick = questions.distinctions.picker(name)
            if pick is not None and judged.is_open:
                found = standing.bearing(name)
                assert seen.setdefault((name, pick(distinct)), found) == found


def key_of(questions: Questions, known: Environment) -> object:
    pick = questions.distinctions.picker("one")
    assert pick is not None
    return pick(questions.distinctions.of(known))


def test_values_of_which_the_same_is_said_are_not_told_apart() -> None:
    version = scalar("version")
    one = rule("one", all_of(literal("f.v", "at_least", Version.read("2.0"), version), yes("f.b")))
    vocabulary = {"f.v": declared("f.v", version, 0), "f.b": declared("f.b", BOOLEAN, 1)}
    questions = Questions(book(one), vocabulary)
    keys = [key_of(questions, environment({"f.v": Version.read(text)})) for text in ("2.1", "3.0", "1.0")]
    assert keys[0] == keys[1] != keys[2]
    assert key_of(questions, environment({})) not in keys


def test_values_that_are_compared_with_another_fact_are_told_apart() -> None:
    version = scalar("version")
    one = rule("one", literal("f.v", "less_than", Fact("f.w"), version))
    questions = Questions(book(one), {name: declared(name, version, at) for at, name in enumerate(("f.v", "f.w"))})
    keys = [key_of(questions, environment({"f.v": Version.read(text)})) for text in ("2.1", "3.0", "3.0.0")]
    assert keys[0] != keys[1] == keys[2]


def test_of_records_those_that_are_undecided_count() -> None:
    down = all_of(literal(Field("up"), "is", False), literal(Field("new"), "is", True))
    questions = Questions(book(rule("one", some("f.r", down))), {"f.r": declared("f.r", HOSTS, 0)})

    def key(*records: dict[str, object]) -> object:
        made = tuple(Record(str(one["name"]), one) for one in records)  # type: ignore[arg-type]  # plain values
        return key_of(questions, environment({"f.r": made}))

    fine, open_one = {"name": "a", "up": True}, {"name": "b", "up": False}
    assert key(fine, open_one) == key({**fine, "new": True}, open_one)
    assert key(fine, open_one) != key(open_one, fine)  # another place
    assert key(fine, open_one) != key(fine, {**open_one, "name": "c"})
    assert key(fine) is False
    assert key(open_one, {"name": "c", "up": False, "new": True}) is True


def test_what_a_record_is_compared_with_beside_itself_is_not_told() -> None:
    one = rule("one", some("f.r", literal(Field("up"), "is", Fact("f.b"))))
    vocabulary = {"f.r": declared("f.r", HOSTS, 0), "f.b": declared("f.b", BOOLEAN, 1)}
    questions = Questions(book(one), vocabulary)
    assert questions.distinctions.picker("one") is None
