"""What is asked again and again is answered faster, and not otherwise."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from benchmarks.population import bodies
from building import book, content, declared, literal, rule, scalar, yes
from vedlys import Catalogue, FactsError, RequestError
from vedlys.answering.worthwhile import PAYS
from vedlys.model.content import Content
from vedlys.model.types import BOOLEAN
from vedlys.model.values import Version

ARTICLE = "password-writeback"
AS_OF = "2026-11-22T10:00:00Z"
NAIVE = dt.datetime(2026, 11, 22)  # noqa: DTZ001 - that is what is wrong with it


@pytest.fixture(scope="module")
def often() -> Catalogue:
    """A catalogue that was asked so often that all is made that pays."""
    catalogue = Catalogue.load()
    for _ in range(PAYS + 1):
        catalogue.verdicts(b'{"sspr.scope": "all"}', ARTICLE)
        catalogue.applying(b'{"sspr.scope": "all"}')
        catalogue.assess(b'{"sspr.scope": "all"}', ARTICLE)
    assert catalogue._deciders.made[ARTICLE] is not None
    assert catalogue._values.made[ARTICLE] is not None
    assert catalogue._deciders.alone
    return catalogue


@pytest.fixture(scope="module")
def seldom() -> Catalogue:
    return Catalogue.load()


def test_the_answers_are_the_same(often: Catalogue, seldom: Catalogue) -> None:
    for body in bodies(seldom.content.vocabulary, 150, seed=7):
        facts = json.loads(body)
        assert often.verdicts(body, ARTICLE, AS_OF) == seldom.verdicts(facts, ARTICLE, AS_OF)
        assert often.applying(body, as_of=AS_OF) == seldom.applying(facts, as_of=AS_OF)
        assert often.applying(body, [ARTICLE], AS_OF) == seldom.applying(facts, [ARTICLE], AS_OF)
        assert often.read(body, as_of=AS_OF) == seldom.read(facts, as_of=AS_OF)
        assert often.assess_json(body, ARTICLE, as_of=AS_OF) == seldom.assess_json(facts, ARTICLE, as_of=AS_OF)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"net":',
        b'{"conect.version": "2.1"}',
        b'{"sspr.scope": "ALL"}',
        b'{"sspr": null}',
        b'{"sspr.scope": "all", "sspr": {"scope": "none"}}',
        b'{"sspr.scope": "all", "sspr.scope": "all"}',
    ],
)
def test_faults_are_told_as_before(often: Catalogue, seldom: Catalogue, body: bytes) -> None:
    def faults(catalogue: Catalogue, ask: Any) -> object:
        with pytest.raises(FactsError) as raised:
            ask(catalogue)
        return raised.value.faults

    for ask in (
        lambda catalogue: catalogue.verdicts(body, ARTICLE),
        lambda catalogue: catalogue.applying(body),
        lambda catalogue: catalogue.assess(body, ARTICLE),
        lambda catalogue: catalogue.read(body),
    ):
        assert faults(often, ask) == faults(seldom, ask)


def test_wrong_use_is_refused_as_before(often: Catalogue) -> None:
    body = b'{"sspr.scope": "all"}'
    for ask in (
        lambda: often.verdicts(body, ARTICLE, NAIVE),
        lambda: often.verdicts(body, ARTICLE, "soon"),
        lambda: often.verdicts(body, "pasword-writeback"),
        lambda: often.applying(body, ["pasword-writeback"]),
        lambda: often.applying(body, as_of=NAIVE),
        lambda: often.read(body, as_of=NAIVE),
        lambda: often.read(body, unknown_facts="perhaps"),  # type: ignore[arg-type]  # that is what is wrong with it
    ):
        with pytest.raises(RequestError):
            ask()
    with pytest.raises(FactsError):
        often.read(body, skip=["no.such"])
    assert often.read(body, skip=["connect.version"]).environment.skip == {"connect.version"}


def test_unknown_names_are_ignored_where_that_is_asked_for(often: Catalogue) -> None:
    reading = often.read(b'{"sspr.scope": "all", "sspr.more": 1}', unknown_facts="ignore")
    assert reading.ignored == ("sspr.more",)


def test_a_watched_catalogue_sees_each_verdict() -> None:
    catalogue = Catalogue.load()
    for _ in range(PAYS + 1):
        catalogue.verdicts(b"{}", ARTICLE)
    opinion = catalogue.watch("judge", share=1.0)
    for _ in range(PAYS + 1):
        catalogue.verdicts(b"{}", ARTICLE)
        catalogue.applying(b'{"sspr.scope": "all"}')
    opinion.close()
    assert opinion.stats.offered == 2 * (PAYS + 1)
    assert opinion.stats.differed == opinion.stats.failed == 0


def _two_articles(others: int = 0) -> Content:
    """Two articles that share a fact, in a vocabulary of so many facts more."""
    vocabulary = {
        name: declared(name, of, order, reference)
        for order, (name, of, reference) in enumerate(
            [
                ("one.a", BOOLEAN, None),
                ("two.b", BOOLEAN, None),
                ("both.c", BOOLEAN, None),
                ("both.idle", BOOLEAN, None),
                ("one.version", scalar("version"), Version.read("1.1")),
            ]
        )
    }
    vocabulary |= {name: declared(name, BOOLEAN) for name in (f"other{number}.fact" for number in range(others))}
    version = literal("one.version", "at_least", Version.read("1.0"), scalar("version"))
    return content(
        book(rule("r", yes("one.a")), rule("v", version), rule("c", yes("both.c")), article="first"),
        book(rule("r", yes("two.b")), rule("c", yes("both.c")), article="second"),
        vocabulary=vocabulary,
    )


@pytest.mark.parametrize(
    ("facts", "touched"),
    [
        ({"one.a": True}, {"first"}),
        ({"two.b": None}, {"second"}),
        ({"one.a": True, "two.b": False}, {"first", "second"}),
        ({"both.c": True}, {"first", "second"}),
        ({"one": {}}, set()),
        ({"both.idle": True}, set()),
        ({}, set()),
        ({"one": {"a": True}}, {"first"}),
        ({"one.version": None}, {"first"}),
    ],
)
def test_articles_are_found_by_the_facts(facts: dict[str, Any], touched: set[str]) -> None:
    catalogue = Catalogue(_two_articles())
    body = json.dumps(facts).encode()
    for _ in range(2 * PAYS):
        found = catalogue.applying(body)
        assert found.keys() == touched
        verdicts = {article: catalogue.verdicts(facts, article) for article in touched}
        assert found == {
            article: tuple(rule for rule, verdict in of.items() if verdict == "applies")
            for article, of in verdicts.items()
        }
    reading = catalogue.read(body)
    assert set(catalogue.program.articles_for(reading.environment, reading.nulls)) == touched


def test_articles_that_are_touched_together_are_read_together() -> None:
    catalogue, fresh = Catalogue(_two_articles(100)), Catalogue(_two_articles(100))
    facts = {"one.a": True, "two": {"b": None}, "both.c": False, "one.version": "1.2"}
    body = json.dumps(facts).encode()
    expected = fresh.applying(facts)
    for _ in range(2 * PAYS):
        assert catalogue.applying(body) == expected
    assert catalogue._values.made["first second"] is not None
    assert catalogue.read(body, as_of=AS_OF) == fresh.read(facts, as_of=AS_OF)
    for wrong in (b'{"one.a": true, "two.b": 1}', b'{"one.a": true, "two.b": true, "two": {"b": true}, "x": 1}'):
        with pytest.raises(FactsError) as raised:
            catalogue.applying(wrong)
        with pytest.raises(FactsError) as expected_faults:
            fresh.applying(wrong)
        assert raised.value.faults == expected_faults.value.faults
    for one in ({"one.a": True}, {"two.b": True}, {}):
        posted = json.dumps(one).encode()
        assert catalogue.applying(posted) == fresh.applying(one)
        assert catalogue.read(posted, as_of=AS_OF) == fresh.read(one, as_of=AS_OF)


@pytest.mark.parametrize("name", ["first second", "first first", " ", "", "third"])
def test_what_is_no_article_is_refused_however_often_it_is_asked_for(name: str) -> None:
    catalogue = Catalogue(_two_articles(100))
    for _ in range(2 * PAYS):
        for ask in (catalogue.verdicts, catalogue.assess, lambda body, article: catalogue.applying(body, [article])):
            with pytest.raises(RequestError):
                ask(b'{"one.a": true}', name)
    assert catalogue._deciders.get("first") is None
    assert list(catalogue._deciders.made) == []
