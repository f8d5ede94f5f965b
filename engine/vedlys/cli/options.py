"""The options that several commands share."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from vedlys.cli.completion import complete_article, complete_engine, complete_fact, complete_locale


class UnknownFacts(StrEnum):
    """What becomes of facts that nobody has declared."""

    reject = "reject"
    ignore = "ignore"


Content = Annotated[
    Path | None,
    typer.Option(
        "--content",
        metavar="DIR",
        envvar="VEDLYS_CONTENT",
        file_okay=False,
        exists=True,
        help="Read rules and guidance from this folder, which holds rules/ and kb/. Default: what ships with vedlys.",
    ),
]
Locale = Annotated[
    str | None,
    typer.Option(
        "--locale",
        "-l",
        metavar="TAG",
        autocompletion=complete_locale,
        help="The language to answer in. Default: VEDLYS_LOCALE, else the system's language, else lt.",
    ),
]
Articles = Annotated[
    list[str] | None,
    typer.Option(
        "--article",
        "-a",
        metavar="ARTICLE",
        autocompletion=complete_article,
        help="An article to apply; may be repeated. Default: each that a given fact bears on.",
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="NAME",
        autocompletion=complete_engine,
        help="What runs the rules: compiled (the default), judge or durable.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="MOMENT",
        help="The moment that ages are measured at, such as 2026-09-30T14:05:00Z. Default: now.",
    ),
]
Skip = Annotated[
    list[str] | None,
    typer.Option(
        "--skip",
        metavar="FACT",
        autocompletion=complete_fact,
        help="A fact that cannot be found out, so that it is not asked for; may be repeated.",
    ),
]
UnknownFactsOption = Annotated[
    UnknownFacts,
    typer.Option("--unknown-facts", help="Refuse facts that nobody has declared, or pass over them and list them."),
]
Facts = Annotated[
    str,
    typer.Argument(
        metavar="FACTS",
        help="A JSON file with the facts of one environment, nested or dotted; - reads stdin.",
        show_default=False,
    ),
]


def typed_content(content: Path | None) -> bool:
    """Whether the folder was named on the command line, not by the environment."""
    return content is not None and str(content) != os.environ.get("VEDLYS_CONTENT")
