"""Derived facts: circles among the facts that rules conclude."""

from __future__ import annotations

from collections.abc import Iterator

from vedlys.loading.report import Report
from vedlys.model.conditions import facts_of
from vedlys.model.rulebook import DerivedFact


def report_circles(derived: dict[str, DerivedFact], report: Report) -> None:
    """Report each circle among derived facts once, at the fact of it that is written first."""
    order = {name: index for index, name in enumerate(derived)}
    reads = {name: [other for other in facts_of(fact.condition) if other in order] for name, fact in derived.items()}
    done: set[str] = set()
    for start in derived:
        path: dict[str, None] = {}  # in order
        waiting: list[tuple[str, Iterator[str]]] = []
        step: str | None = start
        while step is not None or waiting:  # a walk with a stack of its own: a chain may be as long as a file
            if step in path:
                names = list(path)
                _report_circle(names[names.index(step) :], derived, order, report)
            elif step is not None and step not in done:
                path[step] = None
                waiting.append((step, iter(reads[step])))
            step = None
            while waiting and step is None:
                name, rest = waiting[-1]
                step = next(rest, None)
                if step is None:
                    waiting.pop()
                    del path[name]
                    done.add(name)


def _report_circle(circle: list[str], derived: dict[str, DerivedFact], order: dict[str, int], report: Report) -> None:
    first = circle.index(min(circle, key=order.__getitem__))
    names = [*circle[first:], *circle[:first]]
    report.add("derived-in-circle", derived[names[0]].span, name=names[0], circle=" → ".join([*names, names[0]]))
