"""`vedlys assess --server`: the same answer, decided by a server."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import typer

from vedlys.cli import exits
from vedlys.cli.remote import Answered, ServerError, ask_server, read_key
from vedlys.cli.session import Session
from vedlys.cli.streams import look, print_lines, say, write
from vedlys.errors import RequestError
from vedlys.messages import describe

_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


def assess(
    session: Session,
    server: str,
    key_file: Path | None,
    facts: str,
    members: Mapping[str, Any],
    *,
    refused: Sequence[str],
    format: str,  # noqa: A002 - the option's name
) -> None:
    """Ask the server and show its answer; `refused` are the options given that only a catalogue could serve."""
    for option in refused:
        raise RequestError("not-with-server", option=option)
    key = read_key(key_file)
    body = session.read_facts(facts)
    session.skips = members["skip"] is not None
    try:
        content, found = ask_server(server, body, members, key)
    except ServerError as error:
        _tell(error, session)
        raise typer.Exit(exits.USAGE if error.is_call else exits.NOT_LOADED) from None
    _show(content, found, format)
    if any(one.status in {"action_needed", "attention"} for one in found):
        raise typer.Exit(exits.FOUND)


def _tell(error: ServerError, session: Session) -> None:
    """Every fault that the server has found, or else what it says."""
    for pointer, sentence in error.faults:
        say(": ".join(part for part in (session.facts_file, pointer, sentence) if part))
    if error.faults:
        return
    said = describe(error.error, session.messages)
    if error.retry_after:
        retry = RequestError("server-retry", seconds=error.retry_after)
        said = f"{said} {describe(retry, session.messages)}"
    say(f"vedlys: {said}")


def _show(content: bytes, found: Sequence[Answered], format: str) -> None:  # noqa: A002 - the option's name
    match format:
        case "json":
            write(msgspec.json.format(content) + b"\n")
        case "markdown":
            write("\n".join(one.markdown for one in found))
        case "html":
            from vedlys.output.html import page  # noqa: PLC0415 - lazy, as below: one format is asked for

            titles = [title[1] for one in found if (title := _TITLE.search(one.markdown))]
            locale = found[0].locale.used if found else "en"
            write(page(" · ".join(titles) or "vedlys", locale, [(one.markdown, one.status) for one in found]))
        case _:
            from vedlys.output.terminal import markdown_lines  # noqa: PLC0415

            for number, one in enumerate(found):
                if number:
                    write("\n\n")
                print_lines(markdown_lines(one.markdown, look(), one.status))
