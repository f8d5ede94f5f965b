"""What checks say of a rule, held against random environments."""

from __future__ import annotations

from hypothesis import given

import strategies
from vedlys.checking.known_facts import known_when_applies
from vedlys.checking.required import required_verdicts
from vedlys.evaluation.evidence import matched
from vedlys.evaluation.judge import Judge
from vedlys.model.matching import standing_out


@given(strategies.worlds())
def test_facts_called_known_are_known_where_the_rule_applies(world: strategies.World) -> None:
    for judged in Judge(world.book, world.environment).rules():
        if judged.verdict == "applies":
            assert known_when_applies(world.book, judged.rule) <= world.environment.values.keys()


@given(strategies.worlds())
def test_nothing_stands_out_where_nothing_can(world: strategies.World) -> None:
    for judged in Judge(world.book, world.environment).rules():
        if judged.verdict == "applies" and not standing_out(judged.rule.when):
            assert matched(judged) == ()


@given(strategies.worlds())
def test_a_verdict_that_needs_no_example_is_never_given(world: strategies.World) -> None:
    for judged in Judge(world.book, world.environment).rules():
        assert judged.verdict in required_verdicts(world.book, judged.rule)
