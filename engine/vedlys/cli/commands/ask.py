"""`vedlys ask`: an interview in the terminal, one question at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vedlys.cli import exits, options
from vedlys.cli.commands.assess import Format, FormatOption, show_assessments
from vedlys.cli.completion import complete_article
from vedlys.cli.inputs import InputError
from vedlys.cli.session import Session, running
from vedlys.cli.streams import say

if TYPE_CHECKING:
    from vedlys.cli.interview.interview import Facts, Interview
    from vedlys.cli.interview.keeping import Keeper
    from vedlys.cli.interview.talk import Talk

EXAMPLES = """
vedlys ask
vedlys ask --article password-writeback --locale en --save facts.json
vedlys ask --facts facts.json
vedlys ask --format markdown > report.md
"""


def ask(
    *,
    article: Annotated[
        str | None,
        typer.Option(
            "--article", "-a", metavar="ARTICLE", autocompletion=complete_article, help="What to be asked about."
        ),
    ] = None,
    facts: Annotated[
        Path | None,
        typer.Option("--facts", metavar="FILE", help="Begin with the facts in this file; answers are added to it."),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save",
            metavar="FILE",
            help="Keep the answers in this file, which must be new. Default: the file of --facts, else a new file.",
        ),
    ] = None,
    no_save: Annotated[bool, typer.Option("--no-save", help="Keep no file.")] = False,
    locale: options.Locale = None,
    format: FormatOption = Format.terminal,  # noqa: A002 - the option's name
    skip: options.Skip = None,
    content: options.Content = None,
) -> None:
    """Ask what is worth knowing next until all is decided, then say what to do.

    The questions go to stderr, the answer to stdout. Answers are kept after each question.
    """
    with running(content, locale) as session:
        if facts is not None and str(facts) == "-":
            raise typer.BadParameter("stdin holds the answers; name a file", param_hint="--facts")
        if save is not None and no_save:
            raise typer.BadParameter("it contradicts --no-save", param_hint="--save")
        known = _loaded(facts, session) if facts is not None else {}
        from vedlys.cli.interview.interview import Interview, State  # noqa: PLC0415 - lazy: only for this command
        from vedlys.cli.interview.keeping import Keeper  # noqa: PLC0415
        from vedlys.cli.interview.talk import Talk  # noqa: PLC0415

        talk = Talk()
        about = article or _which(session, talk)
        if about is None:
            return
        session.catalogue.article_markdown(about, session.locale)  # an unknown one is refused before anything is asked
        keeper = None if no_save else Keeper(save, facts, about)
        kept = _Kept(keeper, session)
        state = State(facts=known, skipped=frozenset(skip or ()))
        session.skips = bool(skip)
        session.catalogue.read(known, skip=skip or ())
        if keeper is not None and keeper.is_copy:
            kept.keep(known)
        interview = Interview(session, about, state, talk, kept.keep)
        try:
            interview.run()
        except KeyboardInterrupt:
            say("")
            say(session.say("ask.interrupted"))
            kept.tell(interview.state.facts)
            raise
        kept.tell(interview.state.facts)
        _answer(interview, session, format)


def _answer(interview: Interview, session: Session, format: Format) -> None:  # noqa: A002 - the option's name
    """The assessment of what is known in the end."""
    assessment = interview.assess()
    environment = session.catalogue.read(interview.state.facts).environment
    say("")
    show_assessments([assessment], None, environment, session, format)
    if assessment.status in {"action_needed", "attention"}:
        raise typer.Exit(exits.FOUND)


def _loaded(file: Path, session: Session) -> Facts:
    """The facts in the file by dotted name, in the vocabulary's order."""
    from vedlys.model.values import plain  # noqa: PLC0415 - lazy: only for this command

    reading = session.catalogue.read(session.read_facts(str(file)))
    values = reading.environment.values
    known = (name for name in session.catalogue.content.vocabulary if name in reading.supplied)
    return {name: plain(values.get(name)) for name in known}


def _which(session: Session, talk: Talk) -> str | None:
    """The article to be asked about; None where whoever is asked has gone."""
    from vedlys.output.text import Text  # noqa: PLC0415 - lazy: only for this command

    articles: Sequence[str] = session.catalogue.articles
    if len(articles) == 1:
        return articles[0]
    talk.tell([Text(session.say("ask.which"), "bold")])
    talk.tell(
        Text.assemble((f"  {number}  ", "cyan"), session.title(name), (f"  {name}", "dim"))
        for number, name in enumerate(articles, 1)
    )
    while True:
        try:
            answer = talk.listen()
        except EOFError:
            return None
        if answer in articles:
            return answer
        if answer.isdecimal() and len(answer) < 6 and 1 <= int(answer) <= len(articles):
            return articles[int(answer) - 1]
        talk.tell([Text("  " + session.say("ask.not_which", answer=answer[:80], n=len(articles)))])


class _Kept:
    """What has become of the answers: kept in a file, or to be shown in the end where no file could be written."""

    def __init__(self, keeper: Keeper | None, session: Session) -> None:
        self._keeper = keeper
        self._session = session
        self._failed = False

    def keep(self, facts: Facts) -> None:
        """Keep the facts; the first failure is told at once."""
        if self._keeper is None:
            return
        try:
            self._keeper.keep(facts)
        except InputError as error:
            if not self._failed:
                say(self._session.say(error.phrase, **error.values))
            self._failed = True
        else:
            self._failed = False

    def tell(self, facts: Facts) -> None:
        """Say where the answers are."""
        if self._failed:
            import json  # noqa: PLC0415 - lazy: only where all else has failed

            say(self._session.say("ask.not_kept"))
            say(json.dumps(facts, ensure_ascii=False))
        elif self._keeper is not None and self._keeper.written:
            say(self._session.say("ask.kept", file=str(self._keeper.path)))
