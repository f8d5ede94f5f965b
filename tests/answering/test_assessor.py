"""What is remembered changes no answer, and does not grow."""

from __future__ import annotations

import datetime as dt
import gc
import json
import random
import weakref
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain import CATALOGUE, LOCALE, assessed

import strategies
from building import (
    SPAN,
    all_of,
    any_of,
    book,
    content,
    declared,
    environment,
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
from vedlys.answering.answer import Answer
from vedlys.answering.assessor import Assessor
from vedlys.answering.memory import LARGEST_KEY, Memory
from vedlys.answering.prints import Aspect, Prints
from vedlys.compiling.program import compile_program
from vedlys.evaluation.ask import Questions
from vedlys.guidance.edition import Edition
from vedlys.intake import Intake, Reading
from vedlys.loading import load
from vedlys.markup.template import Slot, Text
from vedlys.model.conditions import Field, Literal
from vedlys.model.content import Content
from vedlys.model.environment import Environment
from vedlys.model.guidance import ArticleText, Block, FactText, Guidance, LocaleText
from vedlys.model.result import Assessment
from vedlys.model.types import BOOLEAN, FactType, Kind, RecordsType, SetType
from vedlys.model.values import Record, Value, Version
from vedlys.shipped import content_root

NAMED = RecordsType(key="name", fields={"name": scalar("hostname"), "role": scalar("text")})
SILENT = Guidance(locales={"en": LocaleText(locale="en", articles={}, facts={}, phrases={})}, original="en")


class Desk:
    """An article in one locale, as a catalogue holds it."""

    def __init__(self, content: Content, article: str, locale: str = "en", remembered: int = 1 << 20) -> None:
        self.content, self.article, self.locale = content, article, locale
        book = content.rulebooks[article]
        self.program = compile_program(content).articles[article]
        self.questions = Questions(book, content.vocabulary)
        self.assessor = Assessor(
            content,
            article,
            Edition(content, locale),
            self.questions,
            catalogue=CATALOGUE,
            memory=Memory(remembered),
            answers=Memory(remembered),
        )

    def answer(self, environment: Environment) -> Answer:
        return self.assessor.answer(Reading(environment=environment), self.program.outcome(environment), LOCALE)

    def assess(self, environment: Environment) -> Assessment:
        return self.answer(environment).assessment

    def check(self, environments: Iterable[Environment]) -> None:
        for known in environments:
            reading = Reading(environment=known)
            recalled = self.assessor.recall(reading, LOCALE)
            answer = self.answer(known)
            found = answer.assessment
            assert recalled is None or (recalled.assessment, recalled.to_json()) == (found, answer.to_json())
            assert found == assessed(self.content, self.article, self.locale, known)
            assert found.to_dict() == json.loads(answer.to_json())
            assert answer.to_json() == msgspec.json.encode(found)


@pytest.fixture(scope="module")
def shipped() -> Content:
    loaded, _ = load(content_root())
    assert loaded is not None
    return loaded


@given(strategies.worlds(skips=True), st.data())
def test_it_says_what_the_judge_says(world: strategies.World, data: st.DataObject) -> None:
    known = [world.environment, *data.draw(st.lists(strategies.environments(world.vocabulary, skips=True), max_size=6))]
    silent = msgspec.structs.replace(content(world.book, vocabulary=world.vocabulary), guidance=SILENT)
    # with little room, so that what is forgotten is met as well
    Desk(silent, world.book.article, remembered=data.draw(st.sampled_from([3_000, 1 << 20]))).check([*known, *known])


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(strategies.worlds(skips=True), st.data())
def test_it_says_what_the_judge_says_in_texts_that_show_facts(world: strategies.World, data: st.DataObject) -> None:
    known = [world.environment, *data.draw(st.lists(strategies.environments(world.vocabulary, skips=True), max_size=5))]
    later = [msgspec.structs.replace(one, as_of=one.as_of + dt.timedelta(days=1)) for one in known]
    backwards = [
        msgspec.structs.replace(
            one, values={name: value[::-1] if _is_records(value) else value for name, value in one.values.items()}
        )
        for one in known
    ]
    told = _telling(world, data.draw(st.randoms(use_true_random=False)))
    saying = msgspec.structs.replace(content(world.book, vocabulary=world.vocabulary), guidance=told)
    Desk(saying, world.book.article).check([*known, *later, *backwards, *known])


def _is_records(value: Value) -> bool:
    return isinstance(value, tuple) and any(isinstance(one, Record) for one in value)


def _telling(world: strategies.World, chance: random.Random) -> Guidance:
    """Texts that show this and that: values, lists, how many, what stood out, and its records in tables."""

    def shown() -> Slot:
        name = chance.choice(["matched", *world.vocabulary, *world.book.derived])
        kind = None if name not in world.vocabulary else world.vocabulary[name].type
        if name == "matched" and chance.random() < 0.5:
            fields = [
                field
                for one in world.vocabulary.values()
                if isinstance(one.type, RecordsType)
                for field in one.type.fields
            ]
            return Slot(name=name, filter="table", fields=tuple(chance.sample(fields, min(len(fields), 2))), span=SPAN)
        if name == "matched" or isinstance(kind, SetType):
            return Slot(name=name, filter="list", span=SPAN)
        if isinstance(kind, RecordsType):
            return Slot(name=name, filter="plural", forms={"one": "# one", "other": "# many"}, span=SPAN)
        return Slot(name=name, context=chance.choice(["prose", "code"]), span=SPAN)

    def block(name: str, *, titled: bool) -> Block:
        title = (Text(text="Of "), shown()) if titled else (Text(text=name),)
        body = [part for _ in range(chance.randrange(3)) for part in (shown(), Text(text=", "))]
        return Block(id=name, title=title, body=(Text(text="This: "), *body), digest="0", span=SPAN)

    titled = chance.random() < 0.3
    names = [rule.id for rule in world.book.rules]
    blocks = {name: block(name, titled=titled) for name in names if chance.random() < 0.8}
    blocks |= {f"{name}.erratum": block(name, titled=titled) for name in names if chance.random() < 0.3}
    text = ArticleText(
        article=world.book.article, locale="en", title=(Text(text="Title"),), blocks=blocks, file="a.md", span=SPAN
    )
    return Guidance(
        locales={"en": LocaleText(locale="en", articles={text.article: text}, facts={}, phrases={})}, original="en"
    )


def test_an_age_that_only_a_text_shows_is_measured_anew() -> None:
    moments = scalar("datetime")
    aged = {"f.old": literal("f.t", "older_than", dt.timedelta(days=30), moments)}
    rules = book(rule("one", yes("f.b")), derived=aged)
    vocabulary = {"f.t": declared("f.t", moments, 0), "f.b": declared("f.b", BOOLEAN, 1)}
    body = (Text(text="Old: "), Slot(name="f.old", span=SPAN))
    block = Block(id="one", title=(Text(text="One"),), body=body, digest="0", span=SPAN)
    text = ArticleText(
        article=rules.article, locale="en", title=(Text(text="T"),), blocks={"one": block}, file="a.md", span=SPAN
    )
    said = LocaleText(locale="en", articles={rules.article: text}, facts={}, phrases={})
    saying = msgspec.structs.replace(
        content(rules, vocabulary=vocabulary), guidance=Guidance(locales={"en": said}, original="en")
    )
    posted = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    known = [environment({"f.b": True, "f.t": posted}, as_of=posted + dt.timedelta(days=days)) for days in (29, 31, 29)]
    Desk(saying, rules.article).check(known)


@pytest.mark.parametrize(
    ("kind", "posted", "shown"),
    [
        ("integer", 12, "12"),
        ("number", 0.5, "0.5"),
        ("boolean", False, "False"),
        ("text", "a day", "a day"),
        ("version", "1.0", "1.0"),
        ("hostname", "A.example.lt", "`A.example.lt`"),
        ("ip", "10.0.0.1", "`10.0.0.1`"),
        ("date", "2026-12-31", "December 31, 2026"),
        ("datetime", "2026-12-31t10:00z", "December 31, 2026, 10:00 UTC"),
    ],
)
def test_records_that_stand_out_go_by_their_keys_as_posted(kind: Kind, posted: object, shown: str) -> None:
    records = RecordsType(key="key", fields={"key": scalar(kind), "up": BOOLEAN})
    rules = book(rule("one", some("f.r", literal(Field("up"), "is", False), key="key")))
    body = (Text(text="These: "), Slot(name="matched", filter="list", span=SPAN))
    block = Block(id="one", title=(Text(text="One"),), body=body, digest="0", span=SPAN)
    text = ArticleText(
        article=rules.article, locale="en", title=(Text(text="T"),), blocks={"one": block}, file="a.md", span=SPAN
    )
    said = LocaleText(locale="en", articles={rules.article: text}, facts={}, phrases={})
    saying = msgspec.structs.replace(
        content(rules, vocabulary={"f.r": declared("f.r", records, 0)}),
        guidance=Guidance(locales={"en": said}, original="en"),
    )
    desk = Desk(saying, rules.article)
    known = Intake(saying.vocabulary, ()).read({"f.r": [{"key": posted, "up": False}]}).environment
    desk.check([known])
    assert desk.assess(known).findings[0].guidance.replace("\N{NO-BREAK SPACE}", " ") == f"These: {shown}"


def test_records_that_stand_out_go_by_what_their_keys_are_called() -> None:
    records = RecordsType(key="mode", fields={"mode": scalar("enum", values=("auto", "hand")), "up": BOOLEAN})
    rules = book(rule("one", some("f.r", literal(Field("up"), "is", False), key="mode")))
    body = (Text(text="These: "), Slot(name="matched", filter="list", span=SPAN))
    block = Block(id="one", title=(Text(text="One"),), body=body, digest="0", span=SPAN)
    text = ArticleText(
        article=rules.article, locale="en", title=(Text(text="T"),), blocks={"one": block}, file="a.md", span=SPAN
    )
    called = FactText(
        name="f.r.mode", label="Mode", question=(), how=(), values={"hand": "by hand"}, digest="0", span=SPAN
    )
    said = LocaleText(locale="en", articles={rules.article: text}, facts={called.name: called}, phrases={})
    saying = msgspec.structs.replace(
        content(rules, vocabulary={"f.r": declared("f.r", records, 0)}),
        guidance=Guidance(locales={"en": said}, original="en"),
    )
    known = environment({"f.r": (Record("hand", {"mode": "hand", "up": False}),)})
    assert Desk(saying, rules.article).assess(known).findings[0].guidance == "These: by hand"


def test_more_rules_than_a_machine_word_has_bits() -> None:
    kind = RecordsType(key="name", fields={"name": scalar("hostname"), "up": BOOLEAN})
    many = [rule(f"r{number}", all_of(yes(f"f.a{number % 7}"), yes("f.b"))) for number in range(70)]
    rules = book(*many, rule("last", some("f.r", literal(Field("up"), "is", False, BOOLEAN))))
    names = [*(f"f.a{number}" for number in range(7)), "f.b"]
    vocabulary = {name: declared(name, BOOLEAN, place) for place, name in enumerate(names)}
    vocabulary["f.r"] = declared("f.r", kind, len(names))
    silent = msgspec.structs.replace(content(rules, vocabulary=vocabulary), guidance=SILENT)
    records = (Record("a", {"name": "a"}), Record("b", {"name": "b", "up": True}))
    facts = [{}, {"f.b": True}, {"f.a3": True, "f.r": records}, {"f.a3": False, "f.r": records[:1]}]
    Desk(silent, rules.article).check(environment(each) for each in (*facts, *facts))


@pytest.mark.parametrize("count", [3, 70])
def test_questions_are_freed_without_a_search_for_garbage(count: int) -> None:
    rules = book(*(rule(f"r{number}", yes("f.b")) for number in range(count)))
    vocabulary = {"f.b": declared("f.b", BOOLEAN, 0)}
    desk = Desk(msgspec.structs.replace(content(rules, vocabulary=vocabulary), guidance=SILENT), rules.article)
    desk.assess(environment({}))
    questions = desk.questions
    held = [weakref.ref(one) for one in (questions, questions.lanes, questions.distinctions)]
    gc.collect()
    gc.disable()
    try:
        del desk, questions
        assert [one() for one in held] == [None, None, None]
    finally:
        gc.enable()


@pytest.mark.parametrize("locale", ["en", "lt"])
def test_it_says_what_the_judge_says_of_what_ships(shipped: Content, locale: str) -> None:
    desk = Desk(shipped, "password-writeback", locale)

    @settings(max_examples=60)
    @given(strategies.environments(shipped.vocabulary))
    def check(known: Environment) -> None:
        desk.check([known])

    check()


def test_what_waits_is_told_from_what_is_in_order() -> None:
    first = rule("first", yes("f.a"), section="one")
    second = rule("second", yes("f.b"), section="two")
    third = rule("third", all_of(resolved("one"), any_of(resolved("two"), yes("f.c"))), section="three")
    rules = book(section("one", first), section("two", second), section("three", third))
    vocabulary = {name: declared(name, scalar("boolean"), place) for place, name in enumerate(("f.a", "f.b", "f.c"))}
    silent = msgspec.structs.replace(content(rules, vocabulary=vocabulary), guidance=SILENT)
    every = [{"f.a": a, "f.b": b, "f.c": c} for c in (False, True) for a in (True, False) for b in (True, False)]
    for order in (every, every[::-1]):
        Desk(silent, rules.article).check(environment(facts) for facts in order)


def test_what_is_left_of_a_rule_that_what_comes_first_sets_aside_follows_from_that() -> None:
    first = section("one", rule("first", yes("f.a"), section="one"), rule("waiting", yes("f.b"), section="one"))
    then = section("two", rule("then", yes("f.b"), section="two"), unless=resolved("one"))
    rules = book(first, then)
    vocabulary = {name: declared(name, scalar("boolean"), place) for place, name in enumerate(("f.a", "f.b"))}
    silent = msgspec.structs.replace(content(rules, vocabulary=vocabulary), guidance=SILENT)
    every = [{"f.a": True}, {}, {"f.a": False}, {"f.b": True}, {"f.b": False}]
    for order in (every, every[::-1]):
        Desk(silent, rules.article).check(environment(facts) for facts in order)


def test_what_is_left_of_a_rule_hangs_on_the_rules_that_its_exception_waits_for() -> None:
    first = rule("first", all_of(yes("f.a"), yes("f.b")), section="one")
    second = rule("second", yes("f.c"), unless=resolved("one"), section="two")
    rules = book(section("one", first), section("two", second))
    vocabulary = {name: declared(name, scalar("boolean"), place) for place, name in enumerate(("f.a", "f.b", "f.c"))}
    silent = msgspec.structs.replace(content(rules, vocabulary=vocabulary), guidance=SILENT)
    Desk(silent, rules.article).check(environment(facts) for facts in ({}, {"f.a": True}, {"f.b": True}))


def test_what_is_left_hangs_on_rules_between_that_are_decided_only_because_an_exception_is_unknown() -> None:
    # while `a` is unknown, `excepted` applies; so `between` is set aside, and what is left of it decides nothing yet
    excepted = rule("excepted", no("f.b"), unless=yes("f.a"), section="one")
    beside = [rule("beside", yes("f.a"), section="one"), rule("other", yes("f.c"), section="one")]
    between = rule("between", yes("f.a"), unless=not_(resolved("one")), section="two")
    last = rule("last", resolved("two"), unless=yes("f.a"), section="three")
    rules = book(section("one", excepted, *beside), section("two", between), section("three", last))
    vocabulary = {name: declared(name, scalar("boolean"), place) for place, name in enumerate(("f.a", "f.b", "f.c"))}
    silent = msgspec.structs.replace(content(rules, vocabulary=vocabulary), guidance=SILENT)
    every = [{"f.b": False}, {"f.b": False, "f.c": True}, {"f.b": True}, {"f.b": False, "f.a": True}, {}]
    Desk(silent, rules.article).check(map(environment, every))


def test_records_are_asked_for_in_the_order_in_which_they_were_posted() -> None:
    kind = RecordsType(
        key="name", fields={"name": scalar("hostname"), "role": scalar("text"), "up": BOOLEAN, "patched": BOOLEAN}
    )
    rules = book(
        rule("one", some("f.r", all_of(field("role", "pdc"), field("up", False)))),
        rule("two", some("f.r", all_of(field("role", "bdc"), field("patched", False)))),
    )
    silent = msgspec.structs.replace(content(rules, vocabulary={"f.r": declared("f.r", kind, 0)}), guidance=SILENT)
    records = [Record(name, {"name": name, "role": role}) for name, role in (("d1", "pdc"), ("d2", "bdc"))]
    Desk(silent, rules.article).check(environment({"f.r": tuple(order)}) for order in (records, records[::-1]))


def field(name: str, value: object) -> Literal:
    kind = BOOLEAN if isinstance(value, bool) else scalar("text")
    return literal(Field(name), "is", value, kind)


@pytest.mark.parametrize("place", ["configuration", "title"])
def test_a_fact_that_only_a_heading_shows_is_shown_as_it_is(shipped: Content, place: str) -> None:
    text = shipped.guidance.locales["en"].articles["password-writeback"]
    if place == "title":
        shown = msgspec.structs.replace(text, title=(*text.title, _shown("net.idle_timeout_seconds")))
    else:
        block = text.blocks[place]
        block = msgspec.structs.replace(block, body=(*block.body, _shown("net.idle_timeout_seconds")))
        shown = msgspec.structs.replace(text, blocks={**text.blocks, place: block})
    desk = Desk(_only(_saying(shipped, shown), "test-user-outside-scope"), "password-writeback")
    facts = {"sspr.scope": "selected", "sspr.test_user_enabled": False}
    desk.check(environment({**facts, "net.idle_timeout_seconds": seconds}) for seconds in (30, 60, 30))


def test_a_question_names_a_rule_as_it_is_called_there(shipped: Content) -> None:
    text = shipped.guidance.locales["en"].articles["password-writeback"]
    block = text.blocks["test-user-outside-scope"]
    block = msgspec.structs.replace(block, title=(*block.title, _shown("net.idle_timeout_seconds")))
    shown = msgspec.structs.replace(text, blocks={**text.blocks, block.id: block})
    desk = Desk(_only(_saying(shipped, shown), block.id), "password-writeback")
    desk.check(environment({"sspr.scope": "selected", "net.idle_timeout_seconds": seconds}) for seconds in (30, 60, 30))


def test_a_fact_that_only_a_question_shows_is_shown_as_it_is(shipped: Content) -> None:
    english = shipped.guidance.locales["en"]
    told = english.facts["sspr.test_user_enabled"]
    asking = msgspec.structs.replace(told, how=(*told.how, _shown("net.idle_timeout_seconds")))
    english = msgspec.structs.replace(english, facts={**english.facts, told.name: asking})
    locales = {**shipped.guidance.locales, "en": english}
    changed = msgspec.structs.replace(shipped, guidance=msgspec.structs.replace(shipped.guidance, locales=locales))
    desk = Desk(_only(changed, "test-user-outside-scope"), "password-writeback")
    known = [environment({"sspr.scope": "selected", "net.idle_timeout_seconds": seconds}) for seconds in (30, 60, 30)]
    desk.check(known)
    assert desk.assess(known[0]).ask_next[0].how != desk.assess(known[1]).ask_next[0].how


def _shown(name: str) -> Slot:
    return Slot(name=name, span=SPAN)


def _saying(content: Content, text: ArticleText) -> Content:
    english = msgspec.structs.replace(
        content.guidance.locales["en"], articles={**content.guidance.locales["en"].articles, text.article: text}
    )
    locales = {**content.guidance.locales, "en": english}
    return msgspec.structs.replace(content, guidance=msgspec.structs.replace(content.guidance, locales=locales))


def _only(content: Content, wanted: str) -> Content:
    """The content with all rules but one taken away."""
    book = content.rulebooks["password-writeback"]
    parts = [
        msgspec.structs.replace(part, rules=tuple(one for one in part.rules if one.id == wanted))
        for part in book.sections
    ]
    sections = tuple(part for part in parts if part.rules)
    book = msgspec.structs.replace(book, sections=sections)
    return msgspec.structs.replace(content, rulebooks={book.article: book})


def _one_rule(kind: object, operand: object, operator: str = "at_least") -> Desk:
    rules = book(rule("one", literal("f.x", operator, operand, kind)))  # type: ignore[arg-type]
    silent = content(rules, vocabulary={"f.x": declared("f.x", kind, 0)})  # type: ignore[arg-type]
    return Desk(msgspec.structs.replace(silent, guidance=SILENT), rules.article)


def test_values_that_compare_equal_are_shown_as_they_were_given() -> None:
    version = _one_rule(scalar("version"), Version.read("2.0"))
    texts = ["2.5", "2.5.0", "2.5.0.0"]
    shown = [version.assess(environment({"f.x": Version.read(text)})).findings[0].because[0].observed for text in texts]
    assert shown == texts
    number = _one_rule(scalar("number"), 1)
    assert [repr(number.assess(environment({"f.x": n})).findings[0].because[0].observed) for n in (1, 1.0)] == [
        "1",
        "1.0",
    ]
    moment = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
    dates = _one_rule(scalar("datetime"), moment)
    elsewhere = moment.astimezone(dt.timezone(dt.timedelta(hours=3)))
    shown = [dates.assess(environment({"f.x": one})).findings[0].because[0].observed for one in (moment, elsewhere)]
    assert shown == ["2026-05-01T12:00:00Z", "2026-05-01T15:00:00+03:00"]


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC),
        dt.datetime(2026, 11, 22, 10, 0, 0, 120, tzinfo=dt.UTC),
        dt.datetime(1, 1, 1, tzinfo=dt.UTC),
        dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC),
        dt.datetime(2026, 11, 22, 10, tzinfo=dt.timezone(dt.timedelta())),
        dt.datetime(2026, 11, 22, 10, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=-30))),
        dt.datetime(2026, 11, 22, 10, tzinfo=dt.timezone(dt.timedelta(hours=1, seconds=20))),
    ],
)
def test_the_moment_is_written_in_json_as_in_the_assessment(moment: dt.datetime) -> None:
    answer = _one_rule(scalar("integer"), 1).answer(environment({"f.x": 1}, as_of=moment))
    assert json.loads(answer.to_json())["as_of"] == answer.as_of == answer.assessment.as_of


def test_an_age_is_measured_anew() -> None:
    desk = _one_rule(scalar("date"), dt.timedelta(days=30), "older_than")
    day = dt.date(2026, 10, 1)
    soon, late = (dt.datetime(2026, month, 10, tzinfo=dt.UTC) for month in (10, 12))
    statuses = [desk.assess(environment({"f.x": day}, as_of=moment)).status for moment in (soon, late, soon)]
    assert statuses == ["clear", "action_needed", "clear"]


def test_reference_data_is_told_apart_from_what_was_posted() -> None:
    desk = _one_rule(scalar("version"), Version.read("1.0"))
    value = {"f.x": Version.read("2.0")}
    posted, referenced = environment(value), environment(value, references=["f.x"])
    told = [
        desk.assess(known).to_dict()["findings"][0]["because"][0].get("reference") for known in (posted, referenced)
    ]
    assert told == [None, True]


def test_a_print_tells_records_and_sets_apart_by_what_is_shown() -> None:
    kind = RecordsType(key="name", fields={"name": scalar("hostname"), "v": scalar("version")})
    vocabulary = {"f.r": declared("f.r", kind, 0), "f.s": declared("f.s", set_of("version"), 1)}
    prints = Prints(map(Aspect, vocabulary), vocabulary)

    def printed(text: str) -> object:
        version = Version.read(text)
        records = (Record("a.example", {"name": "a.example", "v": version}),)
        return prints.of(environment({"f.r": records, "f.s": frozenset({version})})).key

    assert printed("1.0") != printed("1.0.0")
    assert printed("1.0") == printed("1.0")
    turned = environment({"f.r": (Record("a", {"v": Version.read("1.0"), "name": "a"}),)})
    straight = environment({"f.r": (Record("a", {"name": "a", "v": Version.read("1.0")}),)})
    assert prints.of(turned).key == prints.of(straight).key
    hash(printed("1.0"))


def test_a_print_has_of_records_what_is_read() -> None:
    vocabulary = {"f.r": declared("f.r", NAMED, 0)}
    whole, some_fields, keys = Aspect("f.r"), Aspect("f.r", ("role",)), Aspect("f.r", ())
    prints = Prints([whole, some_fields, keys, whole], vocabulary)
    records = (Record("a", {"name": "a", "role": "pdc"}), Record("b", {"name": "b"}))
    other = (Record("a", {"name": "a", "role": "bdc"}), Record("b", {"name": "b"}))
    one, two = (prints.of(environment({"f.r": each})).every for each in (records, other))
    assert len(one) == 3
    assert prints.of(environment({"f.r": records})).key == one[:1]  # all that is read of it
    assert prints.picker([keys])(one) == prints.picker([keys])(two)
    assert prints.picker([some_fields])(one) != prints.picker([some_fields])(two)
    assert prints.picker([whole, keys])(one) != prints.picker([whole, keys])(two)


def test_a_record_is_shown_as_it_is_where_a_table_shows_more_than_was_compared(shipped: Content) -> None:
    desk = Desk(shipped, "password-writeback", "lt")
    domain = {"name": "example.lt", "pdc_reachable": False}
    shown = [
        desk.assess(environment({"ad.domains": (Record("example.lt", {**domain, "pdc_emulator": host}),)})).markdown
        for host in ("dc1.example.lt", "dc2.example.lt")
    ]
    assert "dc1.example.lt" in shown[0]
    assert "dc2.example.lt" in shown[1]


def test_records_are_shown_as_they_are_where_all_that_is_asked_is_whether_they_are_known() -> None:
    rules = book(rule("one", literal("f.r", "known", True, NAMED)))
    silent = msgspec.structs.replace(content(rules, vocabulary={"f.r": declared("f.r", NAMED, 0)}), guidance=SILENT)
    desk = Desk(silent, rules.article)
    desk.check(environment({"f.r": (Record("a", {"name": "a", "role": role}),)}) for role in ("x", "y", "x"))


def test_memory_holds_no_more_than_it_may() -> None:
    memory = Memory(10_000)
    one, other = memory.drawer(), memory.drawer()
    for number in range(100):
        (one if number % 2 else other).keep(number, str(number), 600)
        assert 0 < len(one) + len(other) <= 10
        assert memory.held == 1000 * (len(one) + len(other)) <= 10_000
    assert one.get(99) == "99"
    one.keep("large", "value", 9_500)
    assert list(one) == ["large"]
    assert memory.held == 9_900
    one.keep("too large", "value", 9_601)
    assert list(one) == ["large"]


def test_threads_share_a_memory() -> None:
    memory = Memory(50_000)
    drawers = [memory.drawer() for _ in range(4)]

    def work(seed: int) -> None:
        for number in range(2000):
            drawers[(number * seed) % 4].keep((number * seed) % 97, number, 600)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(1, 9)))
    assert memory.held == 1000 * sum(map(len, drawers)) <= 50_000


def test_threads_share_what_is_remembered(shipped: Content) -> None:
    rulebook = shipped.rulebooks["password-writeback"]
    known = [case.environment for case in rulebook.cases.values()]
    known += [example.environment for rule in rulebook.rules for example in rule.examples]
    alone = Desk(shipped, rulebook.article)
    expected = [alone.assess(one).to_json() for one in known]
    together = Desk(shipped, rulebook.article)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: together.assess(one).to_json(), known * 2))
    assert found == expected * 2


def test_a_caller_who_never_asks_the_same_twice_fills_no_memory() -> None:
    rules = book(*(rule(f"r{number}", literal("f.x", "at_least", number, scalar("integer"))) for number in range(5)))
    silent = content(rules, vocabulary={"f.x": declared("f.x", scalar("integer"), 0)})
    memory = Memory(20_000)
    desk = Desk(msgspec.structs.replace(silent, guidance=SILENT), rules.article)
    desk.assessor = Assessor(
        desk.content,
        rules.article,
        Edition(desk.content, "en"),
        Questions(rules, desk.content.vocabulary),
        catalogue=CATALOGUE,
        memory=memory,
        answers=Memory(0),
    )
    for number in range(1000):
        desk.assess(environment({"f.x": number}))
        assert 0 < memory.held <= 20_000


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (scalar("text"), "a" * 5000),
        (set_of("hostname"), frozenset({"b" * 200 + str(number) for number in range(30)})),
        (NAMED, tuple(Record(str(number), {"name": str(number)}) for number in range(90))),
        (NAMED, (Record("d", {"name": "d", "role": "c" * 5000}),)),
    ],
)
def test_a_long_value_is_heavy(kind: FactType, value: Value) -> None:
    prints = Prints([Aspect("f.x")], {"f.x": declared("f.x", kind, 0)})
    known = environment({"f.x": value})
    assert prints.of(known).weight() > LARGEST_KEY
    assert prints.of(environment({})).weight() == 0


def test_short_values_are_light() -> None:
    kinds = {"f.v": scalar("version"), "f.s": set_of("hostname"), "f.r": NAMED}
    prints = Prints(map(Aspect, kinds), {name: declared(name, kind, 0) for name, kind in kinds.items()})
    values = {
        "f.v": Version.read("2.5.76.0"),
        "f.s": frozenset({"dc1.example.lt"}),
        "f.r": (Record("d1", {"name": "d1", "role": "pdc"}),),
    }
    assert 0 < prints.of(environment(values)).weight() < LARGEST_KEY // 10


def test_a_long_value_is_not_kept() -> None:
    desk = _one_rule(scalar("text"), "a", "contains")
    for length in (10, 5_000):
        known = environment({"f.x": "a" * length})
        first, second = desk.assess(known), desk.assess(known)
        assert first == second
        assert (first.findings[0] is second.findings[0]) is (length == 10)


def test_the_document_of_a_rule_is_found_again(shipped: Content) -> None:
    desk = Desk(shipped, "password-writeback", "lt")
    known = environment({"connect.installed": False})
    first, second = desk.assess(known), desk.assess(known)
    assert first.findings
    assert all(one is other for one, other in zip(first.findings, second.findings, strict=True))
