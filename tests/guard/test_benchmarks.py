"""The benchmarks measure what they say: one workload for all, right answers, and noise told from change."""

from __future__ import annotations

import random

import pytest

from benchmarks import compare
from benchmarks.oracle import Oracle, truth
from benchmarks.peers.ours import Found, Generated, Named, catalogue_of
from benchmarks.population import bodies
from benchmarks.timing import Figure, figure
from benchmarks.workload import Not, number_of, positive, workload
from vedlys import Catalogue

WORK = workload(60)
ENVIRONMENTS = WORK.environments(60) + WORK.environments(60, known=0.6) + WORK.environments(20, touched=2)


def test_a_seed_always_makes_the_same_workload():
    assert workload(60) == WORK
    assert workload(60, seed=1) != WORK
    assert [one.body for one in WORK.environments(3)] == [one.body for one in ENVIRONMENTS[:3]]
    assert workload(25).articles[0] == workload(10_000).articles[0]


@pytest.mark.parametrize(("rules", "articles"), [(32, 1), (304, 12), (3_008, 120), (10_000, 400)])
def test_a_workload_has_as_many_rules_as_it_says(rules, articles):
    found = workload(rules)
    assert (sum(1 for _ in found.rules), len(found.articles)) == (rules, articles)


@pytest.mark.parametrize("make", [Named, Found, Generated])
def test_what_is_timed_answers_as_the_oracle_does(make):
    peer, oracle = make(WORK), Oracle(WORK)
    for one in ENVIRONMENTS:
        if make is Named and len(one.articles) > 1:
            continue
        found = peer.answer(one)
        assert (len(found), set(found)) == (len(set(found)), oracle.applying(one.values))


def test_vedlys_says_of_each_rule_what_the_oracle_says():
    catalogue, oracle = catalogue_of(WORK), Oracle(WORK)
    said = set()
    for one in ENVIRONMENTS:
        verdicts = catalogue.verdicts(one.body, one.articles[0])
        assert verdicts == oracle.verdicts(one.values, one.articles[0])
        said |= set(verdicts.values())
    assert said == {"applies", "clear", "unknown"}


def test_drawing_not_into_the_tests_keeps_what_is_true():
    chance = random.Random(1)
    for rule in WORK.rules:
        drawn = positive(rule.when)
        assert "Not" not in repr(drawn)
        for one in chance.sample(ENVIRONMENTS, 10):
            assert truth(drawn, one.values) == truth(rule.when, one.values)
            assert truth(positive(Not(rule.when)), one.values) == truth(Not(rule.when), one.values)


def test_versions_compare_alike_as_numbers():
    assert number_of("1.1.443.0") < number_of("1.10.0.0") < number_of("2.0.0.0")


def test_the_population_is_facts_of_every_shape():
    catalogue = Catalogue.load()
    drawn = bodies(catalogue.content.vocabulary, 60)
    assert drawn == bodies(catalogue.content.vocabulary, 60)
    assert len(set(drawn)) == 60
    statuses = {catalogue.assess(body, "password-writeback").status for body in drawn}
    assert {"action_needed", "undetermined"} <= statuses


def about(*rounds: float) -> Figure:
    return figure([[round(one * 1_000)] * 3 for one in rounds])


@pytest.mark.parametrize(
    ("old", "new", "speed", "grown"),
    [
        (about(10, 10.1, 10.2), about(12, 12.1, 12.2), 1.0, 0.2),
        (about(12, 12.1, 12.2), about(10, 10.1, 10.2), 1.0, -1 / 6),
        (about(10, 10.1, 10.2), about(12, 12.1, 12.2), 1.2, None),  # the machine is slower by as much
        (about(10, 10.1, 10.2), about(10.1, 10.1, 10.1), 0.8, None),  # slower only when the others' speed is taken off
        (about(10, 10, 10), about(10.4, 10.4, 10.4), 1.0, None),  # apart, but too little
        (about(10, 14, 11), about(12, 15, 12.1), 1.0, None),  # the rounds overlap
    ],
)
def test_noise_is_told_from_change(old, new, speed, grown):
    found = compare.change(old, new, speed)
    assert found == (None if grown is None else pytest.approx(grown, abs=0.01))


def test_a_figure_is_of_the_least_time_of_each_input():
    found = figure([[1_000, 9_000, 3_000], [2_000, 2_000, 8_000]])
    assert (found.median, found.p99, found.raw_p99) == (2.0, 3.0, 9.0)
    assert found.rounds == [3.0, 2.0]
