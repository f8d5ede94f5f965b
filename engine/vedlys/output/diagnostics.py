"""Diagnostics as text with a caret, JSON, SARIF 2.1.0 and GitHub workflow commands."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from vedlys.diagnostics import Diagnostic
from vedlys.loading.text_reader import read_file
from vedlys.messages import Translations, sentence
from vedlys.output.text import Text
from vedlys.source import Source, Span

_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold blue"}
_SARIF_LEVELS = {"error": "error", "warning": "warning", "note": "note"}
_WIDTH = 160  # characters of a source line that are worth showing


class Sources:
    """The files of a content root, read when a diagnostic points into them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, Source] = {}

    def line(self, span: Span) -> str | None:
        """The line that a span begins in, or None where it cannot be shown."""
        if span.file not in self._read:
            try:
                text = read_file(self._root / span.file).decode("utf-8", errors="replace").replace("\r\n", "\n")
            except OSError:
                text = ""
            self._read[span.file] = Source(span.file, text)
        return self._read[span.file].line(span.line)


class Places:
    """What the files of a content root are called by whoever stands in the working directory."""

    def __init__(self, root: Path) -> None:
        root, here = root.resolve(), Path.cwd().resolve()
        self._root = root.relative_to(here) if root.is_relative_to(here) else root

    def path(self, file: str) -> str:
        """The path, relative where the content lies below the working directory, with slashes."""
        return (self._root / file).as_posix()

    def uri(self, file: str) -> str:
        """The same as the reference of a URI."""
        path = self._root / file
        return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def to_text(
    diagnostics: Iterable[Diagnostic],
    sources: Sources,
    places: Places,
    translations: Translations,
    say: Callable[[str], str],
) -> Iterator[Text]:
    """A block a diagnostic: place, sentence, source line with a caret, hints.

    `say` gives the word for `error`, `warning`, `note` and `hint` in the reader's language.
    """
    for diagnostic in diagnostics:
        text, hints = sentence(diagnostic.code, diagnostic.values, translations)
        style = _STYLES[diagnostic.level]
        block = Text()
        span = diagnostic.span
        block.append(f"{places.path(span.file)}:{span.line}:{span.column}", "bold").append(": ")
        block.append(f"{say(diagnostic.level)}[{diagnostic.code}]", style).append(f": {text}\n")
        line = sources.line(diagnostic.span)
        if line is not None and line.strip():
            number = str(diagnostic.span.line)
            shown, indent, carets = _pointed(line, diagnostic.span)
            block.append(f"  {number} │ ", "dim").append(f"{shown}\n")
            block.append(f"  {' ' * len(number)} │ ", "dim").append(f"{indent}{carets}\n", style)
        for hint in hints:
            block.append(f"  {say('hint')}: ", "bold cyan").append(f"{hint}\n")
        yield block


def _pointed(line: str, span: Span) -> tuple[str, str, str]:
    """The line as shown, the space before the caret and the carets, by the width that characters have."""
    line = "".join(" " if character == "\t" or not character.isprintable() else character for character in line)
    first = span.column - 1
    last = span.end_column - 1 if span.end_line == span.line else len(line)
    start = max(0, first - _WIDTH // 2) if len(line) > _WIDTH else 0
    shown = line[start : start + _WIDTH]
    before = shown[: first - start]
    under = shown[first - start : max(last, first + 1) - start]
    return shown, " " * _columns(before), "^" * max(1, _columns(under))


def _columns(text: str) -> int:
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def to_json(diagnostics: Iterable[Diagnostic], translations: Translations) -> str:
    """A JSON object with every diagnostic, places counted from 1 and ends exclusive."""
    return msgspec.json.format(
        msgspec.json.encode({"version": 1, "diagnostics": [_plain(d, translations) for d in diagnostics]})
    ).decode()


def _plain(diagnostic: Diagnostic, translations: Translations) -> dict[str, Any]:
    text, hints = sentence(diagnostic.code, diagnostic.values, translations)
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "level": diagnostic.level,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "message": text,
        "hints": hints,
        "values": diagnostic.values,
    }


def to_github(diagnostics: Iterable[Diagnostic], places: Places, translations: Translations) -> Iterator[str]:
    """A workflow command a diagnostic, which GitHub shows beside the line."""
    commands = {"error": "error", "warning": "warning", "note": "notice"}
    for diagnostic in diagnostics:
        text, hints = sentence(diagnostic.code, diagnostic.values, translations)
        span = diagnostic.span
        place = f"file={_property(places.path(span.file))},line={span.line},col={span.column},endLine={span.end_line}"
        if span.end_line == span.line:  # columns count within one line only
            place += f",endColumn={span.end_column}"
        title = _property(f"vedlys: {diagnostic.code}")
        yield f"::{commands[diagnostic.level]} {place},title={title}::{_data(' '.join((text, *hints)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def to_sarif(diagnostics: Iterable[Diagnostic], places: Places, translations: Translations, version: str) -> str:
    """A SARIF 2.1.0 log, which code scanning and editors read."""
    import sarif_pydantic as sarif  # noqa: PLC0415  # heavy, and no other format needs it

    found = list(diagnostics)
    codes = sorted({diagnostic.code for diagnostic in found})
    rules = [
        # the code in words: its sentence has holes that only a place in a file can fill
        sarif.ReportingDescriptor(id=code, shortDescription=sarif.Message(text=code.replace("-", " ").capitalize()))
        for code in codes
    ]
    results = []
    for diagnostic in found:
        text, hints = sentence(diagnostic.code, diagnostic.values, translations)
        span = diagnostic.span
        region = sarif.Region(
            startLine=span.line, startColumn=span.column, endLine=span.end_line, endColumn=span.end_column
        )
        place = sarif.PhysicalLocation(
            artifactLocation=sarif.ArtifactLocation(uri=places.uri(span.file)), region=region
        )
        results.append(
            sarif.Result(
                ruleId=diagnostic.code,
                ruleIndex=codes.index(diagnostic.code),
                level=sarif.Level(_SARIF_LEVELS[diagnostic.level]),
                message=sarif.Message(text=" ".join((text, *hints))),
                locations=[sarif.Location(physicalLocation=place)],
            )
        )
    driver = sarif.ToolDriver(name="vedlys", version=version, rules=rules)
    log = sarif.Sarif(version="2.1.0", runs=[sarif.Run(tool=sarif.Tool(driver=driver), results=results)])
    return str(log.model_dump_json(by_alias=True, exclude_none=True, indent=2))
