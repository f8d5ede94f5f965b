"""The registry of engines, and what every engine answers to what it cannot serve."""

from __future__ import annotations

import pytest

from building import book, content, environment, rule, yes
from vedlys.compiling.encoding import Outcome
from vedlys.compiling.program import Program, compile_program
from vedlys.errors import RequestError
from vedlys.evaluation.engine import ENGINE_NAMES, start_engine, usable_engines
from vedlys.messages import describe


@pytest.fixture(scope="module")
def program() -> Program:
    built = book(rule("one", yes("f.a"), unless=yes("f.b")), rule("two", yes("f.c")), article="password-writeback")
    return compile_program(content(built))


def test_compiled_is_the_default() -> None:
    assert ENGINE_NAMES[0] == "compiled"
    assert "judge" in ENGINE_NAMES


@pytest.mark.parametrize("name", usable_engines())
def test_both_calls_say_the_same(program: Program, name: str) -> None:
    engine = start_engine(name, program)
    assert engine.name == name
    known = environment({"f.a": True})
    assert engine.outcome("password-writeback", known) == Outcome.of(("applies", "unknown"), (True, True))
    assert engine.verdicts("password-writeback", known) == {"one": "applies", "two": "unknown"}


@pytest.mark.parametrize("name", usable_engines())
def test_unknown_article(program: Program, name: str) -> None:
    engine = start_engine(name, program)
    expected = RequestError("unknown-article", article="pasword-writeback", suggestion="password-writeback")
    for call in (engine.outcome, engine.verdicts):
        with pytest.raises(RequestError) as found:
            call("pasword-writeback", environment({}))
        assert found.value == expected


def test_unknown_engine(program: Program) -> None:
    with pytest.raises(RequestError) as found:
        start_engine("compild", program)
    assert found.value.code == "unknown-engine"
    assert describe(found.value).startswith(
        "No engine is called `compild`. Did you mean `compiled`? Engines: compiled,"
    )
    with pytest.raises(RequestError) as found:
        start_engine("x", program)
    assert "suggestion" not in found.value.values
