"""`vedlys article`: a whole article, as it would be read with no environment at hand."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from vedlys.cli import options
from vedlys.cli.completion import complete_article
from vedlys.cli.session import running
from vedlys.cli.streams import look, print_lines, write

EXAMPLES = """
vedlys article password-writeback
vedlys article password-writeback --locale en --format markdown
vedlys article password-writeback --format html > article.html
"""


class Format(StrEnum):
    """How an article is written."""

    terminal = "terminal"
    markdown = "markdown"
    html = "html"


def article(
    article: Annotated[
        str,
        typer.Argument(
            metavar="ARTICLE", help="The article to show.", show_default=False, autocompletion=complete_article
        ),
    ],
    *,
    locale: options.Locale = None,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to write it.")] = Format.terminal,  # noqa: A002
    content: options.Content = None,
) -> None:
    """Show a whole article, with every rule's guidance."""
    with running(content, locale) as session:
        text = session.catalogue.article_markdown(article, session.locale)
        match format:
            case Format.markdown:
                write(text)
            case Format.html:
                from vedlys.output.html import page  # noqa: PLC0415 - lazy, as below: one format is asked for

                write(page(session.title(article), session.edition.locale, [(text, "")]))
            case Format.terminal:
                from vedlys.output.terminal import markdown_lines  # noqa: PLC0415

                print_lines(markdown_lines(text, look()))
