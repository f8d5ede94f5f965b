"""`vedlys assess`: the parts of articles that apply to one environment."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vedlys.cli import exits, options
from vedlys.cli.completion import complete_locale
from vedlys.cli.locales import wanted_locale
from vedlys.cli.session import Session, running
from vedlys.cli.streams import print_documents, say, write

if TYPE_CHECKING:
    from vedlys.evaluation.explain import Explanation
    from vedlys.model.environment import Environment
    from vedlys.model.result import Assessment

EXAMPLES = """
vedlys assess facts.json
vedlys assess facts.json --article password-writeback --locale en
collect-facts | vedlys assess - --format json
vedlys assess facts.json --format html > report.html
vedlys assess facts.json --server https://vedlys.example.com --key-file helpdesk.key
"""


class Format(StrEnum):
    """How an assessment is written."""

    terminal = "terminal"
    markdown = "markdown"
    json = "json"
    html = "html"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to write the answer.")]


def assess(
    facts: options.Facts,
    *,
    article: options.Articles = None,
    locale: options.Locale = None,
    format: FormatOption = Format.terminal,  # noqa: A002 - the option's name
    explain: Annotated[
        bool, typer.Option("--explain", help="Show the condition of each finding and of each undecided rule.")
    ] = False,
    engine: options.Engine = None,
    as_of: options.AsOf = None,
    skip: options.Skip = None,
    unknown_facts: options.UnknownFactsOption = options.UnknownFacts.reject,
    content: options.Content = None,
    server: Annotated[
        str | None,
        typer.Option(
            "--server",
            metavar="URL",
            help="Ask this server, such as https://vedlys.example.com, and load no content here.",
        ),
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(
            "--key-file", metavar="FILE", help="A file that holds the key for the server. Default: VEDLYS_KEY."
        ),
    ] = None,
) -> None:
    """Say which parts of which articles apply to an environment, and what to do.

    Exits with 1 where a problem or a warning is found; with --server, with 3 where the server gives no answer.
    """
    if server is not None:
        from vedlys.cli.commands import assess_there  # noqa: PLC0415 - lazy: Python's HTTP

        given = {"--explain": explain, "--engine": engine, "--content": options.typed_content(content)}
        members = {
            "articles": article or None,
            "locale": wanted_locale(locale, complete_locale("")),
            "as_of": as_of,
            "skip": skip or None,
            "unknown_facts": unknown_facts.value,
        }
        with running(None, locale) as session:
            refused = [name for name, value in given.items() if value]
            assess_there.assess(session, server, key_file, facts, members, refused=refused, format=format.value)
        return
    with running(content, locale) as session:
        body = session.read_facts(facts)
        session.skips = bool(skip)
        catalogue = session.catalogue
        reading = catalogue.read(body, as_of=as_of, skip=skip or (), unknown_facts=unknown_facts.value)
        found = catalogue.assess_all(
            body,
            articles=article or None,
            locale=session.locale,
            as_of=reading.environment.as_of,
            engine=engine,
            skip=skip or (),
            unknown_facts=unknown_facts.value,
        )
        if not found:
            say(f"vedlys: {session.say('assess.nothing', articles=', '.join(catalogue.articles))}")
        explained = _explanations(found, body, session, unknown_facts, reading.environment) if explain else None
        show_assessments(found, explained, reading.environment, session, format)
        if any(assessment.status in {"action_needed", "attention"} for assessment in found):
            raise typer.Exit(exits.FOUND)


def show_assessments(
    found: Sequence[Assessment],
    explained: dict[str, list[Explanation]] | None,
    environment: Environment,
    session: Session,
    format: Format,  # noqa: A002 - the option's name
) -> None:
    """Write assessments to stdout; `explained` are the explanations to add, by article."""
    match format:
        case Format.json:
            from vedlys.output.json_v1 import assessments_json  # noqa: PLC0415 - lazy, as below: one format is asked for

            every = None if explained is None else [one for ones in explained.values() for one in ones]
            write(assessments_json(found, every, pretty=True) + b"\n")
        case Format.markdown:
            texts = [one.markdown + _appendix(one, explained, environment, session) for one in found]
            write("\n".join(texts))
        case Format.html:
            from vedlys.output.html import page  # noqa: PLC0415

            texts = [one.markdown + _appendix(one, explained, environment, session) for one in found]
            titles = (session.title(one.article) for one in found)
            documents = [(text, one.status) for text, one in zip(texts, found, strict=True)]
            write(page(" · ".join(titles) or "vedlys", session.edition.locale, documents))
        case Format.terminal:
            from vedlys.output.brief import brief  # noqa: PLC0415

            briefs = [brief(one, session.edition.article(one.article), environment, session.say) for one in found]
            ends = [_appendix(one, explained, environment, session) for one in found]
            shown = zip(briefs, ends, found, strict=True)
            print_documents([(text + end, one.status) for text, end, one in shown])


def _explanations(
    found: Sequence[Assessment],
    body: bytes,
    session: Session,
    unknown_facts: options.UnknownFacts,
    environment: Environment,
) -> dict[str, list[Explanation]]:
    """The explanation of each finding and of each undecided rule, by article."""
    return {
        one.article: [
            session.catalogue.explain(
                body,
                one.article,
                rule,
                as_of=environment.as_of,
                skip=environment.skip,
                unknown_facts=unknown_facts.value,
            )
            for rule in (*(finding.rule for finding in one.findings), *(left.rule for left in one.undecided))
        ]
        for one in found
    }


def _appendix(
    assessment: Assessment,
    explained: dict[str, list[Explanation]] | None,
    environment: Environment,
    session: Session,
) -> str:
    """The conditions behind the assessment, as Markdown."""
    if not explained or not explained[assessment.article]:
        return ""
    from vedlys.output.explanation import Explainer  # noqa: PLC0415

    article = session.edition.article(assessment.article)
    explainer = Explainer(article, session.say, environment.values)
    return "\n" + explainer.appendix(explained[assessment.article])
