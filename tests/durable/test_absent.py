"""Without durable-rules everything works but its engine, which says how to get it."""

from __future__ import annotations

import pytest

import building as b
from vedlys.compiling.program import compile_program
from vedlys.errors import RequestError
from vedlys.evaluation.durable.engine import DurableEngine
from vedlys.evaluation.engine import start_engine, usable_engines
from vedlys.messages import describe
from vedlys.trials import run_trials

CONTENT = b.content(b.book(b.rule("one", b.yes("f.a"))))


@pytest.fixture(autouse=True)
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DurableEngine, "is_available", staticmethod(lambda: False))


def test_it_says_how_to_get_it() -> None:
    with pytest.raises(RequestError) as found:
        start_engine("durable", compile_program(CONTENT))
    assert found.value == RequestError("engine-unavailable", engine="durable")
    assert describe(found.value) == (
        "The engine `durable` is not installed here. It needs the package durable-rules 2.0.28, built by a C compiler, "
        "and Python 3.11 or 3.12. Every other engine decides the same without it."
    )


def test_every_other_engine_is_there() -> None:
    assert usable_engines() == ("compiled", "judge")
    for name in usable_engines():
        assert start_engine(name, compile_program(CONTENT)).verdicts("sample", b.environment()) == {"one": "unknown"}
    assert run_trials(CONTENT, engines=["all"]).engines == usable_engines()
