"""Reading the conformance cases: the language pinned in the authors' own syntax.

A file holds cases by name. A case is one rule in short,

    short-name-of-what-it-pins:
      derived: {…}                    # optional, as in a rulebook
      severity: info                  # optional: blocker otherwise
      given, when, unless             # as in a rulebook
      applies: [{…}, …]               # facts under which the rule has that verdict and is not open
      open: [{…}, …]                  # facts under which it applies and is open
      clear, unknown, not_applicable  # the same
      evidence: [{facts: {…}, because: […], matched: […]}]

or a whole rulebook, with `sections` in place of the rule and what is expected of all its rules:

      expect: [{facts: {…}, verdicts: {rule: verdict, …}, open: [rule, …]}]

The vocabulary of all of them is `vocabulary.yaml`. Evidence and matches are compared as texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from vedlys.compiling.dependencies import facts_read
from vedlys.diagnostics import Diagnostics
from vedlys.loading.examples import FactReader
from vedlys.loading.nodes import Entry, Mapping, Node, Scalar, Sequence, mapping, to_plain
from vedlys.loading.report import Report
from vedlys.loading.rulebook import ArticleFiles, read_rulebook
from vedlys.loading.vocabulary import Vocabulary, read_vocabulary
from vedlys.loading.yaml_reader import read_yaml
from vedlys.messages import describe
from vedlys.model.environment import Environment
from vedlys.model.rulebook import VERDICTS, Rulebook, Verdict
from vedlys.source import Source, Span

HERE = Path(__file__).parent
RULE = "checked"


class Expected(msgspec.Struct, frozen=True):
    """What the rules must say of one environment; `open` are the rules that more facts could still turn."""

    environment: Environment
    verdicts: dict[str, Verdict]
    open: frozenset[str]
    span: Span


class Told(msgspec.Struct, frozen=True):
    """What must be said of the rule of a short case that applies, in texts."""

    environment: Environment
    because: object
    matched: object


class Case(msgspec.Struct, frozen=True):
    """One case: a rulebook, and what must come of it."""

    name: str
    book: Rulebook
    expected: tuple[Expected, ...]
    evidence: tuple[Told, ...]
    short: bool


def vocabulary() -> Vocabulary:
    """The vocabulary of all cases."""
    report = Report(Diagnostics())
    read = read_vocabulary({"all": _read(HERE / "vocabulary.yaml", report)}, report)
    _assert_sound(report)
    return read


def cases() -> Iterator[Case]:
    """Every case of every file."""
    words = vocabulary()
    for path in sorted(HERE.glob("*.yaml")):
        if path.name != "vocabulary.yaml":
            report = Report(Diagnostics())
            for entry in mapping(_read(path, report)):
                yield _case(f"{path.stem}/{entry.key.text}", mapping(entry.value), words, report)
            _assert_sound(report)


def _read(path: Path, report: Report) -> Node | None:
    return read_yaml(Source(path.name, path.read_text("utf-8")), report)


def _assert_sound(report: Report) -> None:
    found = [f"{fault.span}: {describe(fault)}" for fault in report.diagnostics]
    assert not found, "\n".join(found)


def _case(name: str, body: Mapping, words: Vocabulary, report: Report) -> Case:
    short = "sections" not in body.entries
    known = {"derived", "severity", "given", "when", "unless", "open", "evidence", *VERDICTS}
    assert body.entries.keys() <= (known if short else {"derived", "sections", "expect"}), name
    book = read_rulebook(ArticleFiles(article="sample", root=_in_full(body) if short else body), words, report)
    if book is None:
        _assert_sound(report)
    assert book is not None
    referenced = [fact for fact in facts_read(book) if words.facts[fact].reference is not None]
    reader = FactReader(words, book.derived, referenced, report)
    return Case(
        name=name,
        book=book,
        expected=tuple(_short_expectations(body, reader) if short else _expectations(body, reader)),
        evidence=tuple(_evidence(body, reader)),
        short=short,
    )


def _environment(node: Node | None, reader: FactReader) -> Environment:
    facts = mapping(node)
    return reader.environment(reader.read(facts, facts.get("as_of")))


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else ()


def _short_expectations(body: Mapping, reader: FactReader) -> Iterator[Expected]:
    for verdict in VERDICTS:
        for item in _items(body.get(verdict)):
            is_open = frozenset({RULE}) if verdict == "unknown" else frozenset[str]()
            yield Expected(_environment(item, reader), {RULE: verdict}, is_open, item.span)
    for item in _items(body.get("open")):
        yield Expected(_environment(item, reader), {RULE: "applies"}, frozenset({RULE}), item.span)


def _expectations(body: Mapping, reader: FactReader) -> Iterator[Expected]:
    for item in _items(body.get("expect")):
        expected = mapping(item)
        verdicts = {entry.key.text: _verdict(entry.value) for entry in mapping(expected.get("verdicts"))}
        opened = frozenset(str(to_plain(rule)) for rule in _items(expected.get("open")))
        yield Expected(_environment(expected.get("facts"), reader), verdicts, opened, item.span)


def _verdict(node: Node) -> Verdict:
    (verdict,) = (verdict for verdict in VERDICTS if verdict == to_plain(node))
    return verdict


def _evidence(body: Mapping, reader: FactReader) -> Iterator[Told]:
    for item in _items(body.get("evidence")):
        told = {name: entry.value for name, entry in mapping(item).entries.items()}
        yield Told(
            _environment(told["facts"], reader),
            [] if "because" not in told else to_plain(told["because"]),
            [] if "matched" not in told else to_plain(told["matched"]),
        )


def _in_full(body: Mapping) -> Mapping:
    """The rulebook that a short case stands for."""
    span = body.span

    def full(**parts: Node | None) -> Mapping:
        entries = {
            name: Entry(Scalar(name, span, plain=True), node) for name, node in parts.items() if node is not None
        }
        return Mapping(entries, span)

    severity = body.get("severity") or Scalar("blocker", span, plain=True)
    rule = full(severity=severity, given=body.get("given"), when=body.get("when"), unless=body.get("unless"))
    section = full(kind=Scalar("checklist", span, plain=True), rules=full(**{RULE: rule}))
    return full(derived=body.get("derived"), sections=full(checks=section))
