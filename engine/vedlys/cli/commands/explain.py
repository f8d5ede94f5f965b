"""`vedlys explain`: why one rule says what it says of an environment."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from vedlys.cli import options
from vedlys.cli.completion import complete_rule
from vedlys.cli.session import running
from vedlys.cli.streams import look, print_lines, write

EXAMPLES = """
vedlys explain password-writeback/endpoint-blocked facts.json
vedlys explain password-writeback/allow-list-incomplete facts.json --locale en
vedlys explain password-writeback/pdc-unreachable - --format json < facts.json
"""


# the colour of a verdict is that of the status it leads to
_STATUSES = {"applies": "action_needed", "unknown": "undetermined"}


class Format(StrEnum):
    """How an explanation is written."""

    terminal = "terminal"
    markdown = "markdown"
    json = "json"


def explain(
    rule: Annotated[
        str,
        typer.Argument(
            metavar="ARTICLE/RULE", help="The rule to explain.", show_default=False, autocompletion=complete_rule
        ),
    ],
    facts: options.Facts,
    *,
    locale: options.Locale = None,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to write the answer.")] = Format.terminal,  # noqa: A002
    as_of: options.AsOf = None,
    unknown_facts: options.UnknownFactsOption = options.UnknownFacts.reject,
    content: options.Content = None,
) -> None:
    """Explain a rule: its condition part by part, why it applies or why not, and the smallest change that turns it."""
    article, slash, name = rule.partition("/")
    if not slash or not article or not name:
        raise typer.BadParameter(f"{rule!r} is not ARTICLE/RULE", param_hint="ARTICLE/RULE")
    with running(content, locale) as session:
        body = session.read_facts(facts)
        catalogue = session.catalogue
        environment = catalogue.read(body, as_of=as_of, unknown_facts=unknown_facts.value).environment
        explanation = catalogue.explain(body, article, name, as_of=environment.as_of, unknown_facts=unknown_facts.value)
        from vedlys.output.explanation import Explainer, explanation_json  # noqa: PLC0415 - lazy: only with an answer

        if format is Format.json:
            write(explanation_json(explanation) + b"\n")
            return
        text = Explainer(session.edition.article(article), session.say, environment.values).document(explanation)
        if format is Format.markdown:
            write(text)
            return
        from vedlys.output.terminal import markdown_lines  # noqa: PLC0415

        status = _STATUSES.get(explanation.verdict, explanation.verdict)
        print_lines(markdown_lines(text, look(), status))
