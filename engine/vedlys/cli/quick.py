"""The quick way through: a plain `vedlys assess` of a file, without the command line's parser.

What is written out in full here is what scripts and agents call thousands of times. Whatever is not exactly that, or
does not go well, is left to the whole command line, which does it from the start and says what is wrong.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from vedlys.cli import exits
from vedlys.cli.locales import wanted_locale
from vedlys.cli.streams import print_documents, write

_NAMES = {
    "--article": "articles",
    "-a": "articles",
    "--locale": "locale",
    "-l": "locale",
    "--format": "format",
    "-f": "format",
    "--content": "content",
    "--as-of": "as_of",
    "--skip": "skip",
}
_LISTS = frozenset({"articles", "skip"})


class Asked(msgspec.Struct):
    """What is asked for; `format` is `terminal`, `json` or `markdown`."""

    facts: str = ""
    articles: list[str] = []
    locale: str | None = None
    format: str = "terminal"
    content: str | None = None
    as_of: str | None = None
    skip: list[str] = []


def answer(arguments: Sequence[str]) -> int | None:
    """Answer and give the exit code; None where nothing was written and the whole command line is needed."""
    asked = understood(arguments)
    if asked is None:
        return None
    try:
        return _answered(asked)
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except Exception:  # noqa: BLE001 - whatever it is, the whole command line comes upon it again, and tells
        return None


def understood(arguments: Sequence[str]) -> Asked | None:
    """What the arguments ask for, where they are nothing but options known here, with values, and one file."""
    if arguments[:1] != ["assess"] or any(name.endswith("_COMPLETE") for name in os.environ):
        return None
    asked = Asked(content=os.environ.get("VEDLYS_CONTENT") or None)
    rest = list(reversed(arguments[1:]))
    while rest:
        word = rest.pop()
        if not word.startswith("-"):
            if asked.facts or not word:
                return None
            asked.facts = word
            continue
        option, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        name = _NAMES.get(option)
        if name is None or (not equals and not rest):
            return None
        value = value if equals else rest.pop()
        if not value or value.startswith("-"):
            return None
        if name in _LISTS:
            getattr(asked, name).append(value)
        else:
            setattr(asked, name, value)
    return asked if asked.facts and asked.format in {"terminal", "json", "markdown"} else None


def _answered(asked: Asked) -> int | None:
    from vedlys.assessment import Catalogue  # noqa: PLC0415 - lazy: what is not understood has to cost nothing
    from vedlys.intake.intake import BODY_LIMIT  # noqa: PLC0415

    # what is no file may be read once only: the whole command line could not read it again
    if not Path(asked.facts).is_file() or (asked.content is not None and not Path(asked.content).is_dir()):
        return None
    with Path(asked.facts).open("rb") as file:
        body = file.read(BODY_LIMIT + 1)
    catalogue = Catalogue.load(asked.content)
    locale = wanted_locale(asked.locale, catalogue.locales)
    reading = catalogue.read(body, as_of=asked.as_of, skip=asked.skip)
    found = catalogue.answers(reading, asked.articles or None, locale)
    if not found:
        return None
    match asked.format:
        case "json":
            from vedlys.output.json_v1 import assessments_json  # noqa: PLC0415

            write(assessments_json(found, pretty=True) + b"\n")
        case "markdown":
            write("\n".join(one.markdown for one in found))
        case _:
            from vedlys.guidance.phrases import Phrases  # noqa: PLC0415
            from vedlys.output.brief import brief  # noqa: PLC0415

            edition = catalogue.edition(locale)
            say = Phrases(catalogue.locale_text(edition.locale).phrases, {}, edition.words.formats, "terminal")
            texts = [brief(one.assessment, edition.article(one.article), reading.environment, say) for one in found]
            print_documents([(text, one.status) for text, one in zip(texts, found, strict=True)])
    return exits.FOUND if any(one.status in {"action_needed", "attention"} for one in found) else exits.FINE
