"""The vocabulary of a root that is checked again: only files of facts that have changed are read anew.

What is said of a change is which names it bears on. A comment bears on none, another bound of a fact on that fact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import cast

import msgspec

from vedlys.checking.changes import Files
from vedlys.checking.known import Index, Words, digest_of, packed, topics_of
from vedlys.checking.watched import Uses, print_of
from vedlys.diagnostics import Diagnostics
from vedlys.loading.layout import ContentFile
from vedlys.loading.report import Report
from vedlys.loading.vocabulary import Vocabulary, all_prefixes
from vedlys.model.rulebook import FactDeclaration
from vedlys.storing.packs import Packs
from vedlys.storing.vocabulary import Facts


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of a vocabulary since it was last settled; None stands for every name that there could be.

    `names` are those of which something else is true now: how a fact is declared, or whether there is one, or one
    that begins so (then with a full stop behind it). `topics` are what the names of all facts begin with that stand in
    the files that have changed. `since` is the digest of the vocabulary as it was.
    """

    since: bytes
    names: frozenset[str] | None = None
    topics: frozenset[str] | None = None

    def bears_on(self, uses: Collection[str] | None) -> bool:
        """Whether it may matter to something that has asked for these names; None is all of them."""
        if self.names is None or uses is None:
            return True
        return bool(self.names) and not self.names.isdisjoint(uses)


class Declared:
    """The facts of one root. The vocabulary is brought in when it is first asked for."""

    def __init__(self, files: Files, index: Index, packs: Packs) -> None:
        self._files = files
        self._index = index
        self._packs = packs
        self._uses: Uses | None = None
        self.change: Change | None = None  # of the last run; None where nothing has changed

    @property
    def uses(self) -> Uses:
        """The vocabulary, whose every use is noted; raises `Damaged` or `Unpackable`."""
        if self._uses is None:
            words = self._index.words
            assert words is not None
            assert words.place is not None
            # none of them is at fault, or they would have been read from their files
            self._uses = Uses(_vocabulary(Facts.unpacked(self._packs.read(words.place)), words.prefixes))
        return self._uses

    def read(self) -> Words:
        """The vocabulary as the files have it now; raises `Unfit`."""
        index, files = self._index, self._files.of("facts")
        known, self.change = index.words, None
        if known is not None and not self._files.moved and not self._files.altered_of("facts"):
            if self._uses is not None or not known.errors:
                return known
            known = None  # what was at fault was not kept
        key = digest_of(self._files.made(files))
        if known is not None and known.key == key and (self._uses is not None or not known.errors):
            return known
        since = b"" if index.words is None else index.words.key
        self.change = Change(since=since)
        vocabulary = None if known is None or known.loaded else self._amended(files, since)
        report = Report(Diagnostics())
        if vocabulary is None:
            loader = self._files.loader(files, report)
            vocabulary = loader.vocabulary()
            self._files.see(loader)
        self._uses = Uses(vocabulary)
        index.words = Words(
            key=key,
            place=None,
            prefixes=vocabulary.prefixes,
            loaded=packed(report.diagnostics),
            errors=report.diagnostics.has_errors,
            compared=report.compared,
        )
        self._files.changed = True
        return index.words

    def verify(self) -> None:
        """See that the vocabulary is there as it was put by; raises `Damaged` or `Unpackable`.

        It is brought in for that: the next article that changes finds it there.
        """
        words = self._index.words
        if self._uses is None and words is not None and words.place is not None:
            _ = self.uses

    def put_by(self) -> None:
        """See that the vocabulary has its place."""
        words = self._index.words
        if words is not None and words.place is None:
            words.place = self._packs.add(self.uses.facts.packed())

    def use(self, packs: Packs) -> None:
        """Read from these packs from now on."""
        self._packs = packs

    def _amended(self, files: list[ContentFile], since: bytes) -> Vocabulary | None:
        """The vocabulary with what has changed; None where all has to be read for it. `change` will say what that is.

        It was without fault before, and what is read of it is too, or nothing is gained.
        """
        altered = sorted(self._files.altered_of("facts"), key=lambda file: file.path)
        report = Report(Diagnostics())
        loader = self._files.loader(altered, report)
        read = loader.vocabulary().facts
        self._files.see(loader)
        if len(report.diagnostics):
            return None
        before, named = self.uses.facts, {file.name for file in altered}
        topics: dict[str, list[FactDeclaration]] = {file.name: [] for file in files}
        gone = set(before.topics.values()) - topics.keys()
        old = {name: before[name] for name, topic in before.topics.items() if topic in named}
        is_named_as_before = [(one.name, one.topic) for one in old.values()] == [
            (one.name, one.topic) for one in read.values()
        ]
        if is_named_as_before and not gone:
            placed = {name: msgspec.structs.replace(fact, order=old[name].order) for name, fact in read.items()}
            names = frozenset(name for name in placed if print_of(placed[name]) != print_of(old[name]))
            self.change = Change(since=since, names=names, topics=frozenset(topics_of(placed)))
            return _vocabulary(before.amended(placed), self.uses.prefixes)
        for fact in chain(before.values(), read.values()):
            if fact.topic not in gone and (fact.topic not in named or read.get(fact.name) is fact):
                topics[fact.topic].append(fact)
        after = _joined(topics.values())
        if after is None:
            return None
        self.change = _change(since, before, after, gone | named)
        return _vocabulary(Facts.of(after), all_prefixes(after))


def _joined(topics: Iterable[Sequence[FactDeclaration]]) -> dict[str, FactDeclaration] | None:
    """The facts of all topics in their order; None where a name stands twice, or inside another."""
    facts: dict[str, FactDeclaration] = {}
    for number, declared in enumerate(chain.from_iterable(topics)):
        if declared.name in facts:
            return None
        in_order = declared.order == number
        facts[declared.name] = declared if in_order else msgspec.structs.replace(declared, order=number)
    return None if any(prefix in facts for prefix in all_prefixes(facts)) else facts


def _change(
    since: bytes, before: Mapping[str, FactDeclaration], after: dict[str, FactDeclaration], files: Collection[str]
) -> Change:
    """What has changed, given the files that were read anew or are gone."""
    written = {name for facts in (before, after) for name, fact in facts.items() if fact.topic in files}
    topics = frozenset(topics_of(written))
    if [name for name in before if name in after] != [name for name in after if name in before]:
        return Change(since=since, topics=topics)  # which of two facts comes first shows in questions
    names = [name for name in written if _print(before.get(name)) != _print(after.get(name))]
    begun = [f"{prefix}." for prefix in all_prefixes(before) ^ all_prefixes(after)]
    return Change(since=since, names=frozenset([*names, *begun]), topics=topics)


def _print(declared: FactDeclaration | None) -> bytes:
    return b"" if declared is None else print_of(declared)


def _vocabulary(facts: Facts, prefixes: frozenset[str]) -> Vocabulary:
    """The vocabulary of facts none of which is at fault."""
    read_only = cast("dict[str, FactDeclaration]", facts)
    return Vocabulary(facts=read_only, broken=frozenset(), complete=True, prefixes=prefixes)
