"""`vedlys facts`: what can be said of an environment."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from vedlys.cli import options
from vedlys.cli.completion import complete_fact
from vedlys.cli.session import running
from vedlys.cli.streams import look, print_lines, write
from vedlys.errors import FactsError, Fault

EXAMPLES = """
vedlys facts
vedlys facts connect.version ad.domains
vedlys facts --schema > facts.schema.json
vedlys facts --format json
"""


class Format(StrEnum):
    """How facts are listed."""

    terminal = "terminal"
    markdown = "markdown"
    json = "json"


def facts(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FACT]...",
            help="Facts to show in full, with the question and how to find out. Default: a table of all.",
            show_default=False,
            autocompletion=complete_fact,
        ),
    ] = None,
    *,
    schema: Annotated[bool, typer.Option("--schema", help="Write the JSON Schema of the facts of a request.")] = False,
    locale: options.Locale = None,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to list them.")] = Format.terminal,  # noqa: A002
    content: options.Content = None,
) -> None:
    """List the facts that an environment is described by: name, type, what it is called, how costly to find out."""
    with running(content, locale) as session:
        catalogue = session.catalogue
        if schema:
            import msgspec  # noqa: PLC0415 - lazy, as below: only for what is asked for

            write(msgspec.json.format(msgspec.json.encode(catalogue.facts_schema(session.locale))) + b"\n")
            return
        vocabulary = catalogue.content.vocabulary
        unknown = [name for name in names or () if name not in vocabulary]
        if unknown:
            session.facts_file = "vedlys"
            raise _unknown(unknown, list(vocabulary))
        from vedlys.output.facts import facts_in_full, facts_json, facts_table  # noqa: PLC0415

        listed = [vocabulary[name] for name in names] if names else list(vocabulary.values())
        if format is Format.json:
            write(facts_json(listed, session.edition) + b"\n")
            return
        write_text = facts_in_full if names else facts_table
        text = write_text(listed, session.edition, session.say)
        if format is Format.markdown:
            write(text)
            return
        from vedlys.output.terminal import markdown_lines  # noqa: PLC0415

        print_lines(markdown_lines(text, look()))


def _unknown(names: list[str], known: list[str]) -> FactsError:
    from vedlys.suggest import nearest  # noqa: PLC0415 - lazy: only for a misspelt name

    faults = []
    for name in names:
        suggestion = nearest(name, known)
        values = {"name": name} if suggestion is None else {"name": name, "suggestion": suggestion}
        faults.append(Fault(code="unknown-fact", pointer="", values=values))
    return FactsError(faults)
