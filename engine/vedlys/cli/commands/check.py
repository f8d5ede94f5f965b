"""`vedlys check`: every fault of every file."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from vedlys.cli import exits, options
from vedlys.cli.session import Session, running
from vedlys.cli.streams import print_lines, say, write

if TYPE_CHECKING:
    from vedlys.diagnostics import Diagnostic

EXAMPLES = """
vedlys check
vedlys check --content my-content --strict
vedlys check --format github
vedlys check --format sarif > vedlys.sarif
"""


class Format(StrEnum):
    """How faults are written."""

    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"


def check(
    *,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to write what is found.")] = Format.text,  # noqa: A002
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    locale: options.Locale = None,
    content: options.Content = None,
) -> None:
    """Check all content: that it loads, holds together, and is complete in every language.

    Exits with 1 where there are errors.
    """
    with running(content, locale) as session:
        found = _found(session)
        _write(found, session, format)
        levels = [diagnostic.level for diagnostic in found]
        counts = {level: levels.count(level) for level in ("error", "warning", "note")}
        failed = counts["error"] or (strict and counts["warning"])
        said = [session.say(f"check.{level}s", n=n) for level, n in counts.items() if n]
        say(f"vedlys: {', '.join(said)}" if said else f"vedlys: {session.say('check.fine')}")
        if failed:
            raise typer.Exit(exits.FOUND)


def _found(session: Session) -> list[Diagnostic]:
    """Every fault of every file; what has not changed since the last time is not looked at again."""
    from vedlys.assessment import Catalogue  # noqa: PLC0415 - lazy: the command line starts without, as below
    from vedlys.opening import check_content  # noqa: PLC0415

    diagnostics, content = check_content(session.content_root)
    if content is not None:
        session.adopt(Catalogue(content))
    return diagnostics


def _write(found: list[Diagnostic], session: Session, format: Format) -> None:  # noqa: A002 - the option's name
    from vedlys.output import diagnostics as output  # noqa: PLC0415
    from vedlys.shipped import package_version  # noqa: PLC0415

    places = output.Places(session.content_root)
    match format:
        case Format.json:
            write(output.to_json(found, session.messages) + "\n")
        case Format.sarif:
            write(output.to_sarif(found, places, session.messages, package_version()) + "\n")
        case Format.github:
            for line in output.to_github(found, places, session.messages):
                write(line + "\n")
        case Format.text:
            sources = output.Sources(session.content_root)
            blocks = output.to_text(found, sources, places, session.messages, lambda name: session.say(f"level.{name}"))
            print_lines(blocks)
