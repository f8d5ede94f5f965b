"""One run of a command: its catalogue, its language, and what becomes of everything that goes wrong."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vedlys.cli import exits
from vedlys.cli.inputs import InputError, read_input, shown_name
from vedlys.cli.locales import FALLBACK, wanted_locale
from vedlys.cli.streams import pacify, print_lines, say
from vedlys.errors import CatalogueError, FactsError, RequestError
from vedlys.messages import Translations

if TYPE_CHECKING:
    from vedlys.assessment import Catalogue
    from vedlys.guidance.edition import Edition
    from vedlys.guidance.phrases import Phrases
    from vedlys.loading.interface import Interface

TOPIC = "terminal"


class Session:
    """What the commands share. Everything is loaded when it is first needed."""

    def __init__(self, content: Path | None, locale: str | None) -> None:
        self.root = content
        self._asked_locale = locale
        self._catalogue: Catalogue | None = None
        self.facts_file = ""  # what messages about facts call the file they came from
        self.skips = False

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue; raises `CatalogueError`."""
        if self._catalogue is None:
            from vedlys.assessment import Catalogue  # noqa: PLC0415 - lazy: everything but the command line

            self._catalogue = Catalogue.load(self.root)
        return self._catalogue

    def unchecked(self) -> Catalogue:
        """The catalogue of content that only has to load: trials say what is wrong with its examples, and why."""
        from vedlys.assessment import Catalogue  # noqa: PLC0415 - lazy: everything but the command line
        from vedlys.loading import load  # noqa: PLC0415

        loaded, diagnostics = load(self.content_root)
        if loaded is None:
            raise CatalogueError(diagnostics.sorted())
        self._catalogue = Catalogue(loaded)
        return self._catalogue

    def adopt(self, catalogue: Catalogue) -> None:
        """Go on with a catalogue that was made elsewhere."""
        self._catalogue = catalogue

    def title(self, article: str) -> str:
        """What an article is called."""
        from vedlys.guidance.render import Scope  # noqa: PLC0415 - lazy: comes with the catalogue

        return self.edition.article(article).title.render(Scope())

    @property
    def content_root(self) -> Path:
        """Where the content stands."""
        from vedlys.shipped import content_root  # noqa: PLC0415 - a name that a property would hide

        return self.root or content_root()

    @cached_property
    def locale(self) -> str:
        """The language tag to ask the catalogue for."""
        return wanted_locale(self._asked_locale, self.catalogue.locales)

    @cached_property
    def edition(self) -> Edition:
        """All that the catalogue says in the session's language."""
        return self.catalogue.edition(self.locale)

    @cached_property
    def say(self) -> Phrases:
        """What the command line itself says."""
        return self.phrases(TOPIC)

    def phrases(self, topic: str, locale: str | None = None) -> Phrases:
        """The phrases of one topic of the interface, from the shipped content where the catalogue is not loaded.

        They are in the session's language, or in another that the catalogue has.
        """
        from vedlys.guidance.formatting import formats  # noqa: PLC0415 - lazy: CLDR
        from vedlys.guidance.phrases import Phrases  # noqa: PLC0415

        if self._catalogue is not None:
            locale = locale or self._spoken
            return Phrases(self._catalogue.locale_text(locale).phrases, {}, formats(locale), topic)
        shipped, locale = self._shipped
        original = shipped["en"].phrases if "en" in shipped else {}
        return Phrases(shipped[locale].phrases if locale in shipped else {}, original, formats(locale), topic)

    @property
    def _spoken(self) -> str:
        """The locale to speak in, even about a language tag that is none."""
        try:
            return self.edition.locale
        except RequestError:
            return wanted_locale(FALLBACK, self.catalogue.locales)

    @property
    def messages(self) -> Translations:
        """What the codes of faults say."""
        if self._catalogue is not None:
            return self._catalogue.messages(self._spoken)
        shipped, locale = self._shipped
        return shipped[locale].messages if locale in shipped else {}

    @cached_property
    def _shipped(self) -> tuple[Mapping[str, Interface], str]:
        """The phrases that need no catalogue, and the language to say them in."""
        from vedlys.loading import load_phrases  # noqa: PLC0415 - lazy: YAML
        from vedlys.shipped import content_root  # noqa: PLC0415

        shipped, _ = load_phrases(content_root())
        tag = wanted_locale(self._asked_locale, sorted(shipped))
        spoken = (tag, tag.partition("-")[0].lower(), FALLBACK)
        return shipped, next((locale for locale in spoken if locale in shipped), "en")

    def read_facts(self, name: str) -> bytes:
        """The facts in that file or on stdin; messages about them will name it."""
        self.facts_file = shown_name(name)
        return read_input(name)


@contextmanager
def running(content: Path | None, locale: str | None = None) -> Iterator[Session]:
    """Run a command: what goes wrong is said on stderr in the reader's language, and becomes an exit code."""
    session = Session(content, locale)
    try:
        yield session
        sys.stdout.flush()
    except (typer.Exit, typer.TyperException):  # an end that was meant, and wrong usage
        raise
    except BrokenPipeError:
        pacify()
        raise typer.Exit(exits.BROKEN_PIPE) from None
    except KeyboardInterrupt:
        raise typer.Exit(exits.INTERRUPTED) from None
    except OSError as error:  # files are read where their faults are known: this is the output
        pacify()
        say(f"vedlys: {session.say('error.unreadable', file='<stdout>', reason=error.strerror or str(error))}")
        raise typer.Exit(exits.OUTPUT) from None
    except (CatalogueError, FactsError, RequestError, InputError) as error:
        raise typer.Exit(_told(error, session)) from None
    except Exception as error:  # noqa: BLE001 - the last resort: nobody shall see a traceback
        raise typer.Exit(last_resort(error)) from None


def _told(error: Exception, session: Session) -> int:
    """Say what is wrong, and where even that fails, what is wrong with that; the exit code."""
    try:
        return _explained(error, session)
    except BrokenPipeError:
        pacify()
        return exits.BROKEN_PIPE
    except Exception as another:  # noqa: BLE001 - the last resort: nobody shall see a traceback
        return last_resort(another)


def _explained(error: Exception, session: Session) -> int:
    """Say what is wrong; the exit code."""
    from vedlys.output.faults import fault_lines, request_line  # noqa: PLC0415 - lazy, as all below: only for faults

    match error:
        case CatalogueError():
            print_diagnostics(error, session)
            return exits.NOT_LOADED
        case FactsError():
            for line in fault_lines(error, session.facts_file, session.messages, skip=session.skips):
                say(f"vedlys: {line}" if session.skips and line.startswith("--skip: ") else line)
        case RequestError():
            say(f"vedlys: {request_line(error, session.messages)}")
        case InputError():
            say(f"vedlys: {session.say(error.phrase, **error.values)}")
    return exits.USAGE


def print_diagnostics(error: CatalogueError, session: Session) -> None:
    """Every fault of every file on stderr, and how many there are."""
    from vedlys.output.diagnostics import Places, Sources, to_text  # noqa: PLC0415

    def word(name: str) -> str:
        return session.say(f"level.{name}")

    root = session.content_root
    blocks = to_text(error.diagnostics, Sources(root), Places(root), session.messages, word)
    print_lines(blocks, sys.stderr)
    errors = sum(diagnostic.level == "error" for diagnostic in error.diagnostics)
    say(f"vedlys: {session.say('error.not_loaded', n=errors)}")


def last_resort(error: Exception) -> int:
    """A mistake of vedlys itself: one line, and the whole story where it is asked for."""
    if os.environ.get("VEDLYS_DEBUG"):
        traceback.print_exception(error)
    else:
        what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        say(f"vedlys: internal error: {what} (set VEDLYS_DEBUG=1 to see the details)")
    return exits.INTERNAL
