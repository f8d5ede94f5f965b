"""Facts as examples and cases give them: an environment out of a mapping of names and values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import msgspec

from vedlys.loading.nodes import Entry, Mapping, Node, Scalar, mapping
from vedlys.loading.report import Report, Unreadable, each
from vedlys.loading.values import read_value
from vedlys.loading.vocabulary import Vocabulary
from vedlys.model.environment import Environment
from vedlys.model.values import Value, read_datetime

DEFAULT_AS_OF = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """Facts as authored: a None is one that the author made unknown. `as_of` is None where nothing says it."""

    facts: dict[str, Value | None]
    as_of: dt.datetime | None

    def over(self, base: Given) -> Given:
        """These facts laid over those of a case that they start from."""
        return Given(facts={**base.facts, **self.facts}, as_of=self.as_of or base.as_of)


class FactReader(msgspec.Struct, frozen=True):
    """Reads the facts of one article's examples and cases.

    `derived` are the facts that the article concludes; `referenced` those with reference data that it reads.
    """

    vocabulary: Vocabulary
    derived: Collection[str]
    referenced: Collection[str]
    report: Report

    def read(self, node: Node | None, as_of: Node | None) -> Given:
        """The facts of a mapping; its keys `from` and `as_of` are not facts."""
        moment = None if as_of is None else self._read_moment(as_of)
        entries = [entry for entry in mapping(node) if entry.key.text not in {"from", "as_of"}]
        return Given(facts=dict(each(entries, self._read_fact)), as_of=moment)

    def environment(self, given: Given) -> Environment:
        """What is known: the facts given, and reference data where the article reads it and nothing was said."""
        values = {name: value for name, value in given.facts.items() if value is not None}
        references = [name for name in self.referenced if name not in given.facts]
        for name in references:
            reference = self.vocabulary.facts[name].reference
            assert reference is not None
            values[name] = reference.value
        return Environment(values=values, as_of=given.as_of or DEFAULT_AS_OF, references=frozenset(references))

    def _read_fact(self, entry: Entry) -> tuple[str, Value | None]:
        name = entry.key.text
        if name in self.derived and name not in self.vocabulary.facts:
            raise self.report.fail("derived-fact-given", entry.key.span, name=name)
        fact_type = self.vocabulary.type_of(entry.key, self.report)
        return name, read_value(entry.value, name, fact_type, self.report)

    def _read_moment(self, node: Node) -> dt.datetime:
        if not isinstance(node, Scalar):
            raise Unreadable
        try:
            return read_datetime(node.text)
        except ValueError:
            raise self.report.fail("malformed-datetime", node.span, value=node.text) from None


def starting_case(example: Mapping) -> Scalar | None:
    """The name of the case that an example or a case starts from; None where it starts from nothing."""
    node = example.get("from")
    if node is None:
        return None
    if not isinstance(node, Scalar):
        raise Unreadable
    return node
