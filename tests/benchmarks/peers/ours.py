"""vedlys itself, the unit of measure, and the floor."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from benchmarks.content import write
from benchmarks.peers.texts import SIGNS, Dialect, expression
from benchmarks.workload import Environment, Test, Workload, positive
from vedlys import Catalogue


class Parse:
    """The unit: orjson's parse of what is posted, and nothing done with it."""

    def __init__(self, workload: Workload) -> None:
        del workload

    def answer(self, environment: Environment) -> list[str]:
        orjson.loads(environment.body)
        return []


def loaded(workload: Workload) -> Catalogue:
    """The workload loaded from files."""
    with tempfile.TemporaryDirectory() as folder:
        return Catalogue.load(write(workload, Path(folder)))


@lru_cache(maxsize=12)
def catalogue_of(workload: Workload) -> Catalogue:
    """The same, loaded once for all that measure it."""
    return loaded(workload)


class Named:
    """vedlys, where the caller names the article."""

    def __init__(self, workload: Workload) -> None:
        self._applying = loaded(workload).applying

    def answer(self, environment: Environment) -> list[str]:
        article = environment.articles[0]
        return list(self._applying(environment.body, (article,))[article])


class Found:
    """vedlys, where it finds the articles that the facts reach by itself."""

    def __init__(self, workload: Workload) -> None:
        # a catalogue of its own: the other line's would have been run just before, and be warm
        self._applying = loaded(workload).applying

    def answer(self, environment: Environment) -> list[str]:
        return list(chain.from_iterable(self._applying(environment.body).values()))


class Touched:
    """Our index from facts to articles, for engines that have none: which articles the known facts belong to."""

    def __init__(self, workload: Workload) -> None:
        self._article = {
            fact.plain: number for number, article in enumerate(workload.articles) for fact in article.facts
        }

    def of(self, facts: dict[str, Any]) -> set[int]:
        """The numbers of the articles that any of the facts belongs to."""
        article = self._article
        return {article[name] for name in facts}


class Generated:
    """The floor: each article as straight Python behind an index. It knows true and not true, and gives no reason."""

    def __init__(self, workload: Workload) -> None:
        self._touched = Touched(workload)
        self._functions = [_function(article.facts, article.rules) for article in workload.articles]

    def answer(self, environment: Environment) -> list[str]:
        facts = orjson.loads(environment.plain)
        found: list[str] = []
        for number in self._touched.of(facts):
            self._functions[number](facts.get, found.append)
        return found


def _function(facts: Any, rules: Any) -> Callable[[Any, Any], None]:
    lines = ["def run(get, add):"]
    lines += [f"    {fact.plain} = get({fact.plain!r})" for fact in facts]
    dialect = Dialect(conjunction=" and ", disjunction=" or ", test=_test)
    for rule in rules:
        lines += [f"    if {expression(positive(rule.when), dialect)}:", f"        add({rule.id!r})"]
    scope: dict[str, Any] = {}
    exec("\n".join(lines), scope)  # of our own making
    run: Callable[[Any, Any], None] = scope["run"]
    return run


def _test(test: Test) -> str:
    name, operand = test.fact.plain, test.plain_operand
    match test.operator:
        case "is":
            return f"{name} is {operand}" if test.fact.kind == "boolean" else f"{name} == {operand!r}"
        case "is_not" if test.fact.kind == "boolean":
            return f"{name} is {not operand}"
        case "is_not":
            return f"({name} is not None and {name} != {operand!r})"
        case "one_of":
            return f"{name} in {operand!r}"
        case "none_of":
            return f"({name} is not None and {name} not in {operand!r})"
        case order:
            return f"({name} is not None and {name} {SIGNS[order]} {operand})"
