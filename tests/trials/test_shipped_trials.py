"""The trials of what ships: examples and cases on every engine, full coverage, no mutant unnoticed."""

from __future__ import annotations

import pytest

from engines import EVERY_ENGINE
from vedlys.loading import load
from vedlys.model.content import Content
from vedlys.shipped import content_root
from vedlys.trials import TrialReport, run_trials


@pytest.fixture(scope="module")
def content() -> Content:
    content, _ = load(content_root())
    assert content is not None
    return content


@pytest.fixture(scope="module")
def trials(content: Content) -> TrialReport:
    return run_trials(content)


@pytest.mark.parametrize("engine", EVERY_ENGINE)
def test_everything_comes_out_as_authored(content: Content, engine: str) -> None:
    for article in run_trials(content, engines=[engine], mutants=False).articles:
        assert article.examples > 0
        assert article.cases > 0
        assert article.failures == ()
        assert article.differences == ()


def test_everything_is_covered(trials: TrialReport) -> None:
    for article in trials.articles:
        assert article.coverage.rule_gaps == ()
        assert article.coverage.condition_gaps == ()


def test_every_mutant_is_noticed_or_accepted(trials: TrialReport) -> None:
    for article in trials.articles:
        assert article.mutation.total > 0
        assert article.mutation.survivors == ()
        assert article.mutation.faults == ()
        assert article.passed
