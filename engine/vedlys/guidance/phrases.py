"""The engine's own phrases: which there are, what each may name, and how they are said in one locale."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from vedlys.guidance.formatting import Formats
from vedlys.guidance.plural import Plural, plural
from vedlys.markup.template import Slot, Template, Text

# Each phrase with the names its text may use. Where a name stands for a number, a phrase uses it through `plural` or
# as it is; every other name is put in as ready Markdown.
PHRASES: dict[str, frozenset[str]] = {
    name: frozenset(names.split())
    for name, names in (
        ("yes", ""),
        ("no", ""),
        ("none", ""),
        ("unknown_value", ""),
        ("more", "n"),
        # the sentence that says how things stand
        ("status.action_needed", "found"),
        ("status.action_needed_undecided", "found undecided"),
        ("status.attention", "found"),
        ("status.attention_undecided", "found undecided"),
        ("status.undetermined", "undecided"),
        ("status.clear", "checked"),
        ("status.clear_undecided", "checked undecided"),
        ("status.not_applicable", ""),
        ("count.blockers", "n"),
        ("count.warnings", "n"),
        ("count.undecided", "n"),
        ("count.checked", "n"),
        # a finding
        ("why", ""),
        ("source_line", "document line"),
        ("source_lines", "document lines"),
        ("fallback", ""),
        ("stale", ""),
        # the rest of the document
        ("not_checked", ""),
        ("decides", "rules"),
        ("missing", "facts"),
        ("not_asked", ""),
        ("fine", ""),
        ("later", "rules"),
        ("not_applicable", "rules"),
        # what was observed
        ("evidence.line", "label text"),
        ("evidence.record", "label record text"),
        ("evidence.other_fact", "needed label"),
        ("evidence.other_reference", "needed label date"),
        ("evidence.reference", "text date"),
        ("evidence.is", "observed"),
        ("evidence.is_not", "observed needed"),
        ("evidence.at_least", "observed needed"),
        ("evidence.at_most", "observed needed"),
        ("evidence.more_than", "observed needed"),
        ("evidence.less_than", "observed needed"),
        ("evidence.at_least_version", "observed needed"),
        ("evidence.at_most_version", "observed needed"),
        ("evidence.more_than_version", "observed needed"),
        ("evidence.less_than_version", "observed needed"),
        ("evidence.at_least_date", "observed needed"),
        ("evidence.at_most_date", "observed needed"),
        ("evidence.more_than_date", "observed needed"),
        ("evidence.less_than_date", "observed needed"),
        ("evidence.between", "observed low high"),
        ("evidence.not_between", "observed low high"),
        ("evidence.older_than", "observed needed"),
        ("evidence.not_older_than", "observed needed"),
        ("evidence.newer_than", "observed needed"),
        ("evidence.not_newer_than", "observed needed"),
        ("evidence.has", "needed"),
        ("evidence.lacks", "needed"),
        ("evidence.contains", "observed needed"),
        ("evidence.not_contains", "observed needed"),
        ("evidence.within", "observed needed"),
        ("evidence.not_within", "observed needed"),
        ("evidence.not_has_under", "needed"),
        ("evidence.covers", "needed"),
        ("evidence.not_covers", "needed"),
        ("evidence.known", ""),
        ("evidence.not_known", ""),
        ("evidence.no_records", ""),
    )
}
# What `vedlys test` says of trials.
TRIALS: dict[str, frozenset[str]] = {
    name: frozenset(names.split())
    for name, names in (
        ("article", "article examples cases engines"),
        ("examples", "n"),
        ("cases", "n"),
        ("covered", "rules verdicts conditions"),
        ("fraction", "covered total"),
        ("mutants", "noticed total accepted"),
        ("passed", ""),
        ("failed", "n"),
        ("verdict", "rule wanted got engine"),
        ("verdict_in_case", "case rule wanted got engine"),
        ("status", "case wanted got engine"),
        ("question", "case wanted got engine"),
        ("no_question", "case wanted engine"),
        ("seen", "where comparison truth observed"),
        ("seen_unknown", "where comparison"),
        ("true", ""),
        ("false", ""),
        ("unknown", ""),
        ("difference", "engine rule got judge"),
        ("rule_gap", "rule missing"),
        ("condition_gap", "of node missing"),
        ("survivor.drop", "of mutant"),
        ("survivor.negate", "of mutant"),
        ("survivor.swap", "of mutant"),
        ("survivor.shift", "of mutant"),
        ("survivor.replace", "of mutant"),
        ("equivalent_unknown", "rule mutant"),
        ("equivalent_meant", "rule mutant suggestion"),
        ("equivalent_noticed", "rule mutant place"),
        ("line_uncovered", ""),
        ("source_complete", "document"),
        ("source_incomplete", "document n"),
    )
}
# What the command line says besides.
TERMINAL: dict[str, frozenset[str]] = {
    name: frozenset(names.split())
    for name, names in (
        ("level.error", ""),
        ("level.warning", ""),
        ("level.note", ""),
        ("level.hint", ""),
        ("severity.blocker", ""),
        ("severity.warning", ""),
        ("severity.info", ""),
        ("error.no_file", "file"),
        ("error.directory", "file"),
        ("error.permission", "file"),
        ("error.unreadable", "file reason"),
        ("error.empty_stdin", ""),
        ("error.not_loaded", "n"),
        ("assess.nothing", "articles"),
        ("assess.more_how", "n"),
        ("assess.ignored", "names"),
        ("check.errors", "n"),
        ("check.warnings", "n"),
        ("check.notes", "n"),
        ("check.fine", ""),
        ("explain.rule", "rule severity"),
        ("explain.verdict.applies", ""),
        ("explain.verdict.clear", ""),
        ("explain.verdict.unknown", ""),
        ("explain.verdict.not_applicable", ""),
        ("explain.why", ""),
        ("explain.why_not", ""),
        ("explain.missing", ""),
        ("explain.condition", ""),
        ("explain.conditions", ""),
        ("explain.given", ""),
        ("explain.when", ""),
        ("explain.unless", ""),
        ("explain.test", "observed needed"),
        ("explain.derived", "label needed"),
        ("explain.all", ""),
        ("explain.any", ""),
        ("explain.not", ""),
        ("explain.some", "label"),
        ("explain.every", "label"),
        ("explain.resolved", ""),
        ("explain.always", ""),
        ("explain.reference", "text"),
        ("explain.unknown", ""),
        ("explain.nearest.applies", ""),
        ("explain.nearest.clear", ""),
        ("explain.nearest.inexact", ""),
        ("explain.not_so", "needed"),
        ("explain.records_so", ""),
        ("explain.records_not_so", ""),
        ("need.is", "needed"),
        ("need.is_not", "needed"),
        ("need.one_of", "needed"),
        ("need.none_of", "needed"),
        ("need.at_least", "needed"),
        ("need.at_most", "needed"),
        ("need.more_than", "needed"),
        ("need.less_than", "needed"),
        ("need.at_least_version", "needed"),
        ("need.at_most_version", "needed"),
        ("need.more_than_version", "needed"),
        ("need.less_than_version", "needed"),
        ("need.at_least_date", "needed"),
        ("need.at_most_date", "needed"),
        ("need.more_than_date", "needed"),
        ("need.less_than_date", "needed"),
        ("need.between", "low high"),
        ("need.older_than", "needed"),
        ("need.newer_than", "needed"),
        ("need.has", "needed"),
        ("need.has_any", "needed"),
        ("need.has_all", "needed"),
        ("need.lacks", "needed"),
        ("need.lacks_any", "needed"),
        ("need.contains", "needed"),
        ("need.within", "needed"),
        ("need.has_under", "needed"),
        ("need.covers", "needed"),
        ("need.known", ""),
        ("need.not_known", ""),
        ("need.other", "needed label"),
        ("facts.title", ""),
        ("facts.name", ""),
        ("facts.type", ""),
        ("facts.label", ""),
        ("facts.cost", ""),
        ("facts.key", ""),
        ("facts.costs.low", ""),
        ("facts.costs.medium", ""),
        ("facts.costs.high", ""),
        ("facts.of_type", "type cost"),
        ("facts.field_of_type", "type"),
        ("facts.reference", "value date source"),
        ("ask.intro", ""),
        ("ask.commands", ""),
        ("ask.words.yes", ""),
        ("ask.words.no", ""),
        ("ask.words.none", ""),
        ("ask.words.how", ""),
        ("ask.words.back", ""),
        ("ask.words.unknown", ""),
        ("ask.words.stop", ""),
        ("ask.hint.boolean", ""),
        ("ask.hint.integer", ""),
        ("ask.hint.number", ""),
        ("ask.hint.number_with_unit", "example"),
        ("ask.hint.text", ""),
        ("ask.hint.enum", ""),
        ("ask.hint.version", ""),
        ("ask.hint.date", ""),
        ("ask.hint.datetime", ""),
        ("ask.hint.hostname", ""),
        ("ask.hint.host_pattern", ""),
        ("ask.hint.ip", ""),
        ("ask.hint.set", ""),
        ("ask.hint.set_of_enum", ""),
        ("ask.hint.records", "key"),
        ("ask.not_boolean", "answer n"),
        ("ask.not_name", "answer"),
        ("ask.not_names", "answer"),
        ("ask.not_enum", "answer n"),
        ("ask.left", "n"),
        ("ask.more", "n"),
        ("ask.no_back", ""),
        ("ask.your_answer", "answer"),
        ("ask.not_known", ""),
        ("ask.no_how", ""),
        ("ask.done", ""),
        ("ask.no_more", ""),
        ("ask.ended", ""),
        ("ask.which", ""),
        ("ask.not_which", "answer n"),
        ("ask.exists", "file"),
        ("ask.no_folder", "folder"),
        ("ask.kept", "file"),
        ("ask.not_kept", ""),
        ("ask.interrupted", ""),
        ("keys.added", "caller"),
        ("keys.kept", "caller file"),
        ("keys.revoked", "caller"),
        ("keys.none", "file"),
        ("keys.line", "caller id created expires scopes"),
        ("keys.never", ""),
        ("replay.status", ""),
        ("replay.change", "what old new n ids"),
        ("replay.refused", "article why n ids"),
        ("replay.more", "n"),
        ("replay.same", "n"),
        ("replay.changed", "n"),
        ("replay.no_longer", "n"),
        ("replay.masked", "n facts"),
        ("replay.bad_lines", "n"),
        ("replay.nothing", ""),
    )
}
# every phrase of the engine, by the file of the interface that it stands in
TOPICS: dict[str, dict[str, frozenset[str]]] = {"document": PHRASES, "trials": TRIALS, "terminal": TERMINAL}

_HOLE = re.compile(r"(?<!\{)(?:\{\{)*\{\w")


def missing_phrases(phrases: Mapping[str, object]) -> list[str]:
    """The full names of the phrases that a locale lacks, in the engine's order."""
    full = [f"{topic}.{name}" for topic, names in TOPICS.items() for name in names]
    return [name for name in full if name not in phrases]


def unknown_names(name: str, template: Template) -> list[str]:
    """The names that a phrase uses though nothing gives them a value; `name` is its full name."""
    topic, _, rest = name.partition(".")
    allowed = TOPICS.get(topic, {}).get(rest, frozenset())
    return sorted({slot.name for slot in template if isinstance(slot, Slot)} - allowed)


class _Phrase(NamedTuple):
    """A phrase as a pattern for `str.format`; a plural fills a hole of its own."""

    pattern: str
    plurals: dict[str, tuple[str, Plural]]  # by hole: the name that stands for the number, and how it is said
    fixed: str | None  # what it says, where nothing is filled in


class Phrases:
    """The phrases of one topic in one locale, those it lacks taken from the original.

    Each is compiled to be filled in when it is first said, which few are in a process that answers once.
    """

    def __init__(
        self,
        own: Mapping[str, Template],
        original: Mapping[str, Template],
        formats: Formats,
        topic: str = "document",
    ) -> None:
        self._own, self._original = own, original
        self._formats = formats
        self._topic = topic
        self._compiled: dict[str, _Phrase] = {}

    def _phrase(self, name: str) -> _Phrase:
        """The compiled phrase; KeyError where the topic has none of that name."""
        found = self._compiled.get(name)
        if found is None:
            if name not in TOPICS[self._topic]:
                raise KeyError(name)
            full = f"{self._topic}.{name}"
            # a catalogue without the phrase shows its name: checks report it long before
            template = self._own.get(full) or self._original.get(full) or (Text(full),)
            found = self._compiled[name] = self._compile(template)
        return found

    def _compile(self, template: Template) -> _Phrase:
        parts = []
        plurals: dict[str, tuple[str, Plural]] = {}
        for segment in template:
            match segment:
                case Text(text=text):
                    parts.append(text.replace("{", "{{").replace("}", "}}"))
                case Slot(name=of, forms=forms) if forms:
                    hole = f"plural_{len(plurals)}"
                    plurals[hole] = (of, plural(forms, self._formats))
                    parts.append(f"{{{hole}}}")
                case Slot(name=of):
                    parts.append(f"{{{of}}}")
                case _:
                    raise TypeError(segment)  # phrases are compiled as plain text
        pattern = "".join(parts)
        return _Phrase(pattern, plurals, None if _HOLE.search(pattern) else pattern.format())

    def filling(self, name: str) -> Callable[..., str]:
        """The function that says a phrase whose names all stand for texts."""
        phrase = self._phrase(name)
        return partial(self, name) if phrase.plurals else phrase.pattern.format

    def __call__(self, name: str, **values: str | int) -> str:
        """Say a phrase; a text is put in as it is, a number as the locale writes it."""
        phrase = self._phrase(name)
        if phrase.fixed is not None:
            return phrase.fixed
        said = {of: value if isinstance(value, str) else self._formats.number(value) for of, value in values.items()}
        for hole, (of, say) in phrase.plurals.items():
            number = values[of]
            assert not isinstance(number, str)  # a plural is of a number
            said[hole] = say(number)
        return phrase.pattern.format(**said)
