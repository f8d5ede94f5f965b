"""`vedlys test`: the examples and cases of the rulebooks, what they cover, and the mutants that they miss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from vedlys.cli import exits, options
from vedlys.cli.completion import complete_engines
from vedlys.cli.session import running
from vedlys.cli.streams import write

if TYPE_CHECKING:
    from vedlys.guidance.phrases import Phrases
    from vedlys.model.content import Content

EXAMPLES = """
vedlys test
vedlys test --article password-writeback --engine all
vedlys test --no-mutants
vedlys test --sources
"""


def run(
    *,
    article: Annotated[
        list[str] | None,
        typer.Option("--article", "-a", metavar="ARTICLE", help="An article to test; may be repeated. Default: all."),
    ] = None,
    engine: Annotated[
        list[str] | None,
        typer.Option(
            "--engine",
            metavar="NAME",
            autocompletion=complete_engines,
            help="What runs the rules: compiled (the default), judge, durable or all; may be repeated.",
        ),
    ] = None,
    mutants: Annotated[
        bool, typer.Option("--mutants/--no-mutants", help="Try whether a changed condition would be noticed.")
    ] = True,
    sources: Annotated[
        bool,
        typer.Option("--sources", help="Show besides which rule, or which reason, covers each line of the source."),
    ] = False,
    locale: options.Locale = None,
    content: options.Content = None,
) -> None:
    """Run every example and case, and say what they cover and which mutants of conditions nothing notices.

    Exits with 1 where something fails or a mutant survives.
    """
    with running(content, locale) as session:
        from vedlys.output.trials import TOPIC, trial_lines  # noqa: PLC0415 - lazy: only with a catalogue
        from vedlys.trials import run_trials  # noqa: PLC0415

        catalogue = session.unchecked()
        chosen = {"engines": engine} if engine else {}
        report = run_trials(catalogue.content, articles=article or None, mutants=mutants, **chosen)
        for line in trial_lines(report, session.phrases(TOPIC)):
            write(line + "\n")
        if sources:
            for line in _covers(catalogue.content, [one.article for one in report.articles], session.phrases(TOPIC)):
                write(line + "\n")
        if not report.passed:
            raise typer.Exit(exits.FOUND)


def _covers(content: Content, articles: Iterable[str], say: Phrases) -> Iterator[str]:
    """What covers each line of the source of each article that has one."""
    from vedlys.checking.source_lines import source_report  # noqa: PLC0415 - lazy: only when it is asked for
    from vedlys.output.trials import source_lines  # noqa: PLC0415

    for book in map(content.rulebooks.__getitem__, articles):
        if book.source is not None and book.source.document in content.sources:
            yield from source_lines(source_report(book, content.sources[book.source.document]), say)
