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
from vedlys.cli.streams import print_documents, say, write
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
    _show(content, found, format, session)
    if any(one.status in {"action_needed", "attention"} for one in found):
        raise typer.Exit(exits.FOUND)


def _tell(error: ServerError, session: Session) -> None:
    """Every fault that the server has found, or else what it says."""
    for in_facts, pointer, sentence in error.faults:
        file = session.facts_file if in_facts else "vedlys"  # the rest of the request is what the options say
        say(": ".join(part for part in (file, pointer, sentence) if part))
    if error.faults:
        return
    said = describe(error.error, session.messages)
    if error.retry_after:
        retry = RequestError("server-retry", seconds=error.retry_after)
        said = f"{said} {describe(retry, session.messages)}"
    say(f"vedlys: {said}")


def _show(
    content: bytes,
    found: Sequence[Answered],
    format: str,  # noqa: A002 - the option's name
    session: Session,
) -> None:
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
            print_documents([(_brief(one, session), one.status) for one in found])


def _brief(one: Answered, session: Session) -> str:
    """The document as a terminal shows it: each question with its fact, and the first few with how to find out."""
    from vedlys.markup.escape import code_span  # noqa: PLC0415 - lazy: one format is asked for
    from vedlys.output.brief import WITH_HOW  # noqa: PLC0415

    text, place = one.markdown, 0
    for number, asked in enumerate(one.ask_next):
        heading = "\n### ? " + asked.question.replace("\n", " ") + "\n"
        found = text.find(heading, place)
        if found < 0:
            continue  # the server writes its documents in another way
        end = place = found + len(heading)
        how = f"\n{asked.how.strip()}\n"
        if number >= WITH_HOW and asked.how and text.startswith(how, end):
            end += len(how)
        name = f"{asked.fact}.{asked.field}" if asked.field else asked.fact
        text = f"{text[: place - 1]} ({code_span(name)})\n{text[end:]}"
    if len(one.ask_next) > WITH_HOW:
        text += "\n" + session.say("assess.more_how", n=len(one.ask_next)) + "\n"
    if one.ignored:
        text += "\n" + session.say("assess.ignored", names=", ".join(map(code_span, one.ignored))) + "\n"
    return text
