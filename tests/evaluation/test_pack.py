"""The shipped article: what is asked, explained and analysed in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from building import environment
from vedlys.evaluation.ask import Questions
from vedlys.evaluation.explain import explain
from vedlys.evaluation.judge import Judge
from vedlys.evaluation.vacuous import always_or_never
from vedlys.loading import load
from vedlys.model.content import Content

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def content() -> Content:
    found, diagnostics = load(ROOT)
    assert found is not None, list(diagnostics)
    return found


def test_a_half_known_tenant_is_asked_for_what_decides_most(content: Content) -> None:
    book = content.rulebooks["password-writeback"]
    known = environment({"identity.user_model": "synced", "connect.installed": True, "sspr.scope": "selected"})
    open_rules = [one.rule.id for one in Judge(book, known).rules() if one.is_open]
    asked = Questions(book, content.vocabulary).about(known).ask(open_rules)
    assert asked[0].fact == "connect.version"
    assert {"connect-outdated", "endpoint-blocked", "allow-list-incomplete"} <= set(asked[0].decides)
    facts = [one.fact for one in asked]
    assert len(facts) == len(set(facts))
    assert "sspr.test_user_enabled" in facts
    # informative facts decide nothing, and what is known is not asked
    assert not {"net.cloud", "ad.forest_count", "sspr.scope"} & set(facts)


def test_no_rule_always_or_never_holds(content: Content) -> None:
    for book in content.rulebooks.values():
        for rule in book.rules:
            assert always_or_never(rule, book, content.vocabulary) is None, rule.id


def test_every_rule_of_every_case_can_be_explained(content: Content) -> None:
    for book in content.rulebooks.values():
        questions = Questions(book, content.vocabulary)
        for case in book.cases.values():
            judge, standing = Judge(book, case.environment), questions.about(case.environment)
            for rule in book.rules:
                found = explain(rule, book, judge, standing)
                assert bool(found.because) == (found.verdict == "applies")
                assert found.nearest is not None
