"""A run as tables: for the terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table as Drawn

from benchmarks.results import UNIT, Bar, Growth, Line, Result, Size

INDEX = {"its own": "its own index", "ours": "our index", "none": "trying all", "named": "the caller's word"}
KNOWS = {True: "yes", False: "no"}


@dataclass(frozen=True, slots=True)
class Table:
    """A title, what must be known to read it, and cells of text."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def tables(result: Result) -> Iterator[Table]:
    """All that was measured, in the order that it is read in."""
    if result.engines:
        yield _engines(result.engines, "known")
        yield _engines(result.engines, "missing")
        yield from _notes(result.engines)
    if result.bars:
        yield _bars(result.bars)
    yield from map(_growth, result.growth)
    if result.memory:
        yield _memory(result)


def markdown(result: Result) -> str:
    """Every table, under a line that says where and when."""
    parts = [f"{result.machine.line}; seed {result.seed}, {result.environments} environments, {result.rounds} rounds."]
    for table in tables(result):
        rule = ("---", *("---:" for _ in table.heads[1:]))
        rows = [table.heads, rule, *table.rows]
        parts += [f"### {table.title}", table.note, _lines(rows)]
    return "\n\n".join(part for part in parts if part) + "\n"


def summary(result: Result) -> str:
    """The engines' medians and the bars, as they stand in the README."""
    heads = ("engine", "finds its rules by", "unknown, evidence, questions")
    parts = []
    if result.engines:
        rows = [(*heads, *(f"{size.rules:,}" for size in result.engines))]
        rows.append(("---", "---", "---", *("---:" for _ in result.engines)))
        for number, line in enumerate(result.engines[0].lines):
            index, knows = ("", "") if line.engine.startswith(UNIT) else (INDEX[line.index], KNOWS[line.unknown])
            times = (_median(size.lines[number]) for size in result.engines)
            name = f"**{line.engine}**" if line.package == "vedlys" else line.engine
            rows.append((name, index, knows, *times))
        parts.append(_lines(rows))
    if result.bars:
        rows = [("bar", "ratio", "at most"), ("---", "---:", "---:")]
        rows += [(bar.name, f"{bar.ratio:.1f}" + ("" if bar.holds else " ✗"), f"{bar.limit:g}") for bar in result.bars]
        parts.append(_lines(rows))
    parts.append(f"({result.machine.line}.)")
    return "\n\n".join(parts) + "\n"


def _lines(rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _median(line: Line) -> str:
    return number_of(line.known.median) if line.known is not None else _cell(line, "known")


def show(result: Result, console: Console) -> None:
    """The same on the terminal."""
    console.print(result.machine.line, highlight=False)
    for table in tables(result):
        drawn = Drawn(title=table.title, caption=table.note or None, title_justify="left", caption_justify="left")
        for number, head in enumerate(table.heads):
            drawn.add_column(head, justify="right" if number else "left", overflow="fold")
        for row in table.rows:
            drawn.add_row(*row)
        console.print(drawn)


def _engines(sizes: list[Size], which: str) -> Table:
    heads = ("engine", "finds its rules by", "says unknown", *(f"{size.rules:,} rules" for size in sizes))
    rows = []
    for number, line in enumerate(sizes[0].lines):
        cells = (_cell(size.lines[number], which) for size in sizes)
        known = "yes" if line.unknown else "" if line.engine.startswith(UNIT) else "no"
        rows.append((line.engine, "" if not known else INDEX[line.index], known, *cells))
    what = "all facts of one article given" if which == "known" else "four in ten of those facts missing"
    return Table(
        f"JSON in, ids of applying rules out: {what}",
        "Median µs, in brackets p99 over the environments. Every answer was held to an oracle first.",
        heads,
        rows,
    )


def _cell(line: Line, which: str) -> str:
    figure = line.known if which == "known" else line.missing
    if figure is None:
        return line.trouble.partition(":")[0].partition(" while")[0]
    return f"{number_of(figure.median)} ({number_of(figure.p99)})"


def _notes(sizes: list[Size]) -> Iterator[Table]:
    rows = [(line.title, f"{size.rules:,}", line.trouble) for size in sizes for line in size.lines if line.trouble]
    if rows:
        yield Table("What could not be measured", "", ("engine", "rules", "why"), rows)


def _bars(bars: list[Bar]) -> Table:
    rows = [
        (
            bar.name,
            f"{bar.ratio:.2f}",
            f"≤ {bar.limit:g}" + (f" (aim {bar.aim:g})" if bar.aim else ""),
            "pass" if bar.holds else "FAIL",
            number_of(bar.figure.median),
            f"{bar.figure.spread:.0%}",
        )
        for bar in bars
    ]
    return Table(
        "Bars",
        "Ratios of medians of one run. Spread: the middle half of the rounds, as a share of the median round.",
        ("bar", "ratio", "limit", "", "µs", "spread"),
        rows,
    )


def _growth(growth: Growth) -> Table:
    names = list(growth.steps[0].figures)
    rows = [
        (step.at, *(f"{number_of(step.figures[name].median)} ({number_of(step.figures[name].p99)})" for name in names))
        for step in growth.steps
    ]
    return Table(f"Growth with {growth.of}", "", (growth.of, *(f"{name}, µs (p99)" for name in names)), rows)


def _memory(result: Result) -> Table:
    requests = result.memory[0].requests
    rows = [
        (
            f"{one.rules:,} in {one.articles}",
            *(f"{size:.0f}" for size in (one.imported, one.loaded, one.peak, one.answered, one.later)),
        )
        for one in result.memory
    ]
    later = f"{requests:,} requests later"
    return Table(
        "Memory, MiB of a process",
        "",
        ("rules, articles", "imported", "loaded", "at most", "each answered once", later),
        rows,
    )


def number_of(value: float) -> str:
    """A time with as many digits as mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
