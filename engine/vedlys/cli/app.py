"""The command line as a whole: its commands, in the order that help lists them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, NamedTuple

import typer

from vedlys.cli.commands import article, ask, assess, check, explain, facts, trials


class Command(NamedTuple):
    """A command, or a group of commands; `summary` says what a group is for."""

    name: str
    what: Callable[..., None] | tuple[Command, ...]
    examples: str
    summary: str = ""


# a command is a module with its function and examples, and a line here
COMMANDS: tuple[Command, ...] = (
    Command("assess", assess.assess, assess.EXAMPLES),
    Command("ask", ask.ask, ask.EXAMPLES),
    Command("explain", explain.explain, explain.EXAMPLES),
    Command("article", article.article, article.EXAMPLES),
    Command("facts", facts.facts, facts.EXAMPLES),
    Command("check", check.check, check.EXAMPLES),
    Command("test", trials.run, trials.EXAMPLES),
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer hands it over so
    if wanted:
        from vedlys.shipped import package_version  # noqa: PLC0415 - lazy: brings importlib.metadata

        typer.echo(f"vedlys {package_version()}")
        raise typer.Exit


def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Facts of one environment in, the part of the support article that applies out.

    Exit codes: 0 fine, 1 problem or warning found or checks failed, 2 wrong usage or facts, 3 content cannot be loaded.
    """


def _epilog(examples: str) -> str:
    return "\n".join(("[bold]Examples[/bold]", *(f"  {line}" for line in examples.strip().splitlines())))


def make_app(more: Sequence[Command] = ()) -> typer.Typer:
    """The application, ready to be called, with more commands behind its own."""
    app = typer.Typer(
        name="vedlys",
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    _add(app, (*COMMANDS, *more))
    return app


def _add(app: typer.Typer, commands: Sequence[Command]) -> None:
    for name, what, examples, summary in commands:
        if isinstance(what, tuple):
            group = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
            _add(group, what)
            app.add_typer(group, name=name, help=summary, epilog=_epilog(examples))
        else:
            app.command(name, epilog=_epilog(examples))(what)
