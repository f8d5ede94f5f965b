"""`vedlys replay`: decisions of the past decided again on the present catalogue."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vedlys.cli import exits, options
from vedlys.cli.inputs import input_error
from vedlys.cli.session import Session, running
from vedlys.cli.streams import say, write
from vedlys.errors import RequestError
from vedlys.messages import describe

if TYPE_CHECKING:
    from vedlys.web.decisions.replay import Summary, Tally

EXAMPLES = """
vedlys replay /var/log/vedlys/decisions
vedlys replay decisions-*.ndjson --content new-content
vedlys replay decisions.sqlite --format json
"""

_BAD_LINES_SHOWN = 20


class Format(StrEnum):
    """How changes are written."""

    text = "text"
    json = "json"


def replay(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILES",
            help="NDJSON files, folders of them, or SQLite files of a decision log.",
            show_default=False,
        ),
    ],
    *,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to write the changes.")] = Format.text,  # noqa: A002
    locale: options.Locale = None,
    content: options.Content = None,
) -> None:
    """Decide again, on the present catalogue, what was decided before, and show what changed.

    Each decision is made at its own moment. Exits with 1 where anything changed, or can no longer be decided.
    """
    with running(content, locale) as session:
        from vedlys.web.decisions.reading import BadLine, read_decisions  # noqa: PLC0415 - lazy: a part of the service
        from vedlys.web.decisions.replay import Replay  # noqa: PLC0415

        again = Replay(session.catalogue)
        told = 0
        try:
            for one in again.run(read_decisions(files)):
                if isinstance(one, BadLine):
                    told += 1
                    if told <= _BAD_LINES_SHOWN:
                        fault = RequestError("not-a-decision", place=one.place, **one.values)
                        say(f"vedlys: {describe(fault, session.messages)}")
        except OSError as error:
            raise input_error(str(error.filename or files[0]), error) from error
        found = again.summary
        if format is Format.json:
            import msgspec  # noqa: PLC0415

            write(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
        else:
            _show(found, session)
        _sum_up(found, session)
        if found.changed or found.refused:
            raise typer.Exit(exits.FOUND)


def _show(found: Summary, session: Session) -> None:
    article = ""
    for tally in found.changes:
        if tally.article != article:
            article = tally.article
            write(f"{article}\n")
        what = tally.rule or session.say("replay.status")
        values = {"what": what, "old": tally.old, "new": tally.new, "ids": _ids(tally, session)}
        write(f"  {session.say('replay.change', n=tally.count, **values)}\n")
    for tally in found.refusals:
        values = {"article": tally.article, "why": tally.new, "ids": _ids(tally, session)}
        write(f"{session.say('replay.refused', n=tally.count, **values)}\n")


def _ids(tally: Tally, session: Session) -> str:
    left = tally.count - len(tally.ids)
    return ", ".join((*tally.ids, session.say("replay.more", n=left))) if left else ", ".join(tally.ids)


def _sum_up(found: Summary, session: Session) -> None:
    if not found.records:
        say(f"vedlys: {session.say('replay.nothing')}")
    else:
        parts = [session.say("replay.same", n=found.same)]
        counts = {"changed": found.changed, "no_longer": found.refused}
        parts += [session.say(f"replay.{name}", n=count) for name, count in counts.items() if count]
        say(f"vedlys: {', '.join(parts)}")
    if found.masked:
        say(f"vedlys: {session.say('replay.masked', n=found.masked, facts=', '.join(found.masked_facts))}")
    if found.bad_lines:
        say(f"vedlys: {session.say('replay.bad_lines', n=found.bad_lines)}")
