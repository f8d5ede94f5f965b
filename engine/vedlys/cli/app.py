"""The command line as a whole: its commands, in the order that help lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from vedlys.cli.commands import article, ask, assess, check, explain, facts, trials

# a command is a module with its function and examples, and a line here
COMMANDS: tuple[tuple[str, Callable[..., None], str], ...] = (
    ("assess", assess.assess, assess.EXAMPLES),
    ("ask", ask.ask, ask.EXAMPLES),
    ("explain", explain.explain, explain.EXAMPLES),
    ("article", article.article, article.EXAMPLES),
    ("facts", facts.facts, facts.EXAMPLES),
    ("check", check.check, check.EXAMPLES),
    ("test", trials.run, trials.EXAMPLES),
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


def make_app() -> typer.Typer:
    """The application, ready to be called."""
    app = typer.Typer(
        name="vedlys",
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for name, function, examples in COMMANDS:
        app.command(name, epilog=_epilog(examples))(function)
    return app
