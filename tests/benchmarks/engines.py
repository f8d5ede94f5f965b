"""How long deciding an article's rules takes: judge and compiled, on the shipped cases. Run it; it is no test."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from functools import partial

from vedlys.compiling.program import ArticleProgram, compile_program
from vedlys.evaluation.engine import start_engine
from vedlys.loading.content import load
from vedlys.model.rulebook import Case, Rulebook
from vedlys.shipped import content_root


def microseconds(call: Callable[[], object], number: int) -> float:
    """The best of five runs: what the machine can do when it is left alone."""
    return min(timeit.repeat(call, number=number, repeat=5)) / number * 1e6


def main() -> None:
    content, diagnostics = load(content_root())
    assert content is not None, list(diagnostics)
    program = compile_program(content)
    judge, compiled = start_engine("judge", program), start_engine("compiled", program)
    for article, made in program.articles.items():
        first = microseconds(partial(afresh, made.book), 5)
        print(f"{article}: {len(made.rules)} rules, {len(made.reads)} facts; generated and compiled in {first:.0f} µs")
        for case in spread(list(made.book.cases.values())):
            known = case.environment
            assert compiled.outcome(article, known) == judge.outcome(article, known)
            times = (
                microseconds(partial(judge.outcome, article, known), 100),
                microseconds(partial(compiled.outcome, article, known), 10_000),
                microseconds(partial(compiled.verdicts, article, known), 10_000),
            )
            print(
                f"  {case.name[:44]:44} {len(known.values):2} facts: judge {times[0]:6.1f} µs, "
                f"compiled {times[1]:4.2f} µs, verdicts by name {times[2]:4.2f} µs"
            )


def afresh(book: Rulebook) -> None:
    """Generate, compile and run an article once."""
    ArticleProgram(book).outcome(next(iter(book.cases.values())).environment)


def spread(cases: list[Case], count: int = 6) -> list[Case]:
    """A few cases from all over the list."""
    return cases[:: max(1, len(cases) // count)][:count]


if __name__ == "__main__":
    main()
