"""Every engine says of every conformance case what the case expects, and the cases leave no operator out."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from conformance_cases import RULE, Case, Told, cases

import building
from engines import EVERY_ENGINE, started
from vedlys.compiling.program import compile_program
from vedlys.evaluation.evidence import because, matched
from vedlys.evaluation.judge import Judge
from vedlys.model.conditions import Fact, Field, Literal, Quantified
from vedlys.model.operators import OPERATORS
from vedlys.model.types import KINDS, FactType, RecordsType, ScalarType, SetType, name_of
from vedlys.model.values import plain

CASES = list(cases())
TRUTHS = {"applies": True, "clear": False, "unknown": None}


@pytest.mark.parametrize("engine", EVERY_ENGINE)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_engine_conforms(case: Case, engine: str) -> None:
    running = started(engine, compile_program(building.content(case.book)))
    for expected in case.expected:
        known = expected.environment
        assert running.verdicts("sample", known) == expected.verdicts, f"{expected.span}: {known.values}"
        outcome = running.outcome("sample", known)
        assert outcome.verdicts == tuple(expected.verdicts[rule.id] for rule in case.book.rules)
        found = {rule.id for rule, is_open in zip(case.book.rules, outcome.open, strict=True) if is_open}
        assert found == expected.open, f"{expected.span}: {known.values}"


@pytest.mark.parametrize(
    ("case", "told"),
    [pytest.param(case, told, id=case.name) for case in CASES for told in case.evidence],
)
def test_evidence_conforms(case: Case, told: Told) -> None:
    judged = Judge(case.book, told.environment).rule(case.book.rule(RULE))
    assert judged.verdict == "applies"
    assert texts(because(judged)) == told.because
    assert texts([plain(match.value) for match in matched(judged)]) == told.matched


def texts(value: object) -> object:
    """The value as the cases write it: every leaf a text, as JSON would write it."""
    match msgspec.to_builtins(value):
        case dict() as found:
            return {name: texts(part) for name, part in found.items()}
        case list() | tuple() as found:
            return [texts(part) for part in found]
        case str() as found:
            return found
        case found:
            return msgspec.json.encode(found).decode()


# --- completeness: what the cases pin by a rule whose condition is one comparison alone ---


def pinned() -> Iterator[tuple[str, FactType, bool, bool | None]]:
    """Operator, type of its subject, whether its operand is another fact, and truth of each such case."""
    for case in CASES:
        when = case.book.rules[0].when if case.short and case.book.gates(case.book.rules[0]) == (None, None) else None
        for expected in case.expected:
            truth = TRUTHS.get(expected.verdicts.get(RULE, ""))
            if isinstance(when, Literal):
                yield when.operator, when.type, isinstance(when.operand, Fact | Field), truth
            elif isinstance(when, Quantified):
                yield when.quantifier, RecordsType(key="", fields={}), False, truth


def test_every_operator_on_every_type_in_every_truth() -> None:
    types: list[FactType] = [ScalarType(kind=kind) for kind in KINDS]
    types += [SetType(member=ScalarType(kind=kind)) for kind in KINDS]
    types.append(RecordsType(key="", fields={}))
    wanted = {
        (operator.name, name_of(of), truth)
        for operator in OPERATORS.values()
        for of in types
        if operator.takes(of)
        for truth in ((True, False) if operator.shape == "truth" else (True, False, None))
    }
    found = {(operator, name_of(of), truth) for operator, of, _, truth in pinned()}
    assert wanted - found == set()


def test_every_operator_that_may_be_held_against_a_fact_is() -> None:
    wanted = {
        (operator.name, truth)
        for operator in OPERATORS.values()
        if operator.shape in {"one", "many", "host", "patterns"}
        for truth in (True, False, None)
    }
    found = {(operator, truth) for operator, _, against_fact, truth in pinned() if against_fact}
    assert wanted - found == set()


def test_no_case_is_left_out() -> None:
    assert all(case.expected for case in CASES)
    assert len({case.name for case in CASES}) == len(CASES)
