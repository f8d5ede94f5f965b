"""What is said of facts taken together: each fact is told of once in every locale, no other is, and something reads it.

Facts whose names begin alike are looked at together, and again only where something about one of them has changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from functools import cached_property
from itertools import chain

import msgspec

from vedlys.checking import OF_THE_REST, check
from vedlys.checking.declared import Declared
from vedlys.checking.known import NOTHING, Index, Told, Unit, packed, unpacked
from vedlys.checking.units import Setting
from vedlys.checking.unused import report_unused_facts
from vedlys.diagnostics import Diagnostics
from vedlys.loading.content import join_fact_texts
from vedlys.loading.fact_texts import FactTexts
from vedlys.loading.report import Report
from vedlys.model.conditions import Always
from vedlys.model.content import Content
from vedlys.model.guidance import FactText, Guidance, LocaleText
from vedlys.model.rulebook import DerivedFact, FactDeclaration, Rulebook
from vedlys.source import Span
from vedlys.storing.packing import unpack
from vedlys.storing.packs import Packs

_NOWHERE = Span("", 1, 1, 1, 1)


class Altered:
    """The topics about which something has changed; `topics` is None where that may be all of them."""

    def __init__(self, topics: Collection[str] | None = ()) -> None:
        self.topics: set[str] | None = None if topics is None else set(topics)

    def add(self, topics: Iterable[str] | None) -> None:
        """These have changed as well, all of them where None."""
        if self.topics is not None:
            self.topics = None if topics is None else self.topics.union(topics)


def look_at_texts(
    index: Index,
    packs: Packs,
    declared: Declared,
    setting: Setting,
    altered: Altered,
    *,
    clean: bool,
) -> Told:
    """What all texts come to, given what has changed of them and of the facts. Raises `Damaged` or `Unpackable`.

    Only where all files are `clean` is it known what there has to be told: else that is looked at once they are.
    """
    known = index.told
    if known is None or known.setting != setting.digest:
        known = Told(setting.digest, {}, None)
        altered = Altered(None)
    stale = Altered(known.stale)
    stale.add(altered.topics)
    wanted = stale.topics if clean else altered.topics
    if wanted is not None and not wanted:
        return known
    reader = _Reader(index, packs, declared.uses.facts, setting, wanted, clean=clean)
    faults = {} if wanted is None else {topic: said for topic, said in known.faults.items() if topic not in wanted}
    if any(reader.look()):
        found = reader.look_apart()
        faults.update((topic, said) for topic, said in sorted(found.items()) if any(said))
    left = set() if clean else stale.topics
    return Told(setting.digest, faults, None if left is None else tuple(sorted(left)))


class _Reader:
    """Takes what is said of some topics together."""

    def __init__(
        self,
        index: Index,
        packs: Packs,
        facts: Mapping[str, FactDeclaration],
        setting: Setting,
        topics: Set[str] | None,
        *,
        clean: bool,
    ) -> None:
        self._index = index
        self._packs = packs
        self._facts = facts
        self._setting = setting
        self._topics = topics
        self._clean = clean

    def look(self) -> tuple[bytes, bytes, bytes]:
        """The faults of texts that stand twice, those that checks find, and those for authors; of all topics."""
        return self._look(self._topics, self._whole)

    def look_apart(self) -> dict[str, tuple[bytes, bytes, bytes]]:
        """The same of each topic alone."""
        wanted = self._topics
        return {
            topic: self._look({topic}, part)
            for topic, part in self._by_topic().items()
            if wanted is None or topic in wanted
        }

    def _look(self, topics: Set[str] | None, part: _Part) -> tuple[bytes, bytes, bytes]:
        report, unused = Report(Diagnostics()), Diagnostics()
        guidance = self._guidance(part.texts, topics, report)
        if not self._clean or report.diagnostics.has_errors:
            return packed(report.diagnostics), NOTHING, NOTHING
        facts = {name: self._facts[name] for name in part.names}
        stubs = _stubs(part.articles, topics)
        content = Content(vocabulary=facts, rulebooks=stubs, guidance=guidance, sources={}, digest="")
        report_unused_facts(facts, self._read, unused)
        return packed(report.diagnostics), packed(check(content, OF_THE_REST)), packed(unused)

    @cached_property
    def _read(self) -> set[str]:
        """The facts of these topics that some article reads."""
        outlines = [unit.outline for unit in self._index.articles.values() if unit.outline is not None]
        return set(self._whole.names).intersection(chain.from_iterable([outline.reads for outline in outlines]))

    @cached_property
    def _whole(self) -> _Part:
        """What there is of these topics, each in its order."""
        texts, articles, topics = self._index.texts.values(), self._index.articles.values(), self._topics
        if topics is None:
            return _Part([*self._facts], [*texts], [*articles])
        return _Part(
            [name for name in self._facts if name.partition(".")[0] in topics],  # `_topic`, and no call for each
            [unit for unit in texts if not topics.isdisjoint(unit.topics)],
            [unit for unit in articles if not topics.isdisjoint(unit.topics)],
        )

    def _by_topic(self) -> dict[str, _Part]:
        found: dict[str, _Part] = {}
        for name in self._facts:
            found.setdefault(_topic(name), _Part([], [], [])).names.append(name)
        for unit in self._index.texts.values():
            for topic in unit.topics:
                found.setdefault(topic, _Part([], [], [])).texts.append(unit)
        for unit in self._index.articles.values():
            for topic in unit.topics:
                found.setdefault(topic, _Part([], [], [])).articles.append(unit)
        return found

    def _guidance(self, units: Iterable[Unit], topics: Collection[str] | None, report: Report) -> Guidance:
        told: dict[str, dict[str, FactText]] = {locale: {} for locale in self._setting.locales}
        for unit in units:
            assert unit.place is not None
            texts: dict[str, FactText] = unpack(self._packs.read(unit.place))
            if topics is not None:
                texts = {name: text for name, text in texts.items() if _topic(name) in topics}
            join_fact_texts(told[unit.locales[0]], FactTexts(facts=texts, translates=None, span=_NOWHERE), report)
        locales = {
            locale: LocaleText(locale=locale, articles={}, facts=facts, phrases={}) for locale, facts in told.items()
        }
        return Guidance(locales=locales, original=self._setting.original)


class _Part(msgspec.Struct, frozen=True):
    """Names of facts, files of texts and articles, by what begins the names that they declare, tell or conclude."""

    names: list[str]
    texts: list[Unit]
    articles: list[Unit]


def _stubs(units: Iterable[Unit], topics: Collection[str] | None) -> dict[str, Rulebook]:
    """Articles with nothing but their derived facts: the texts of facts are for these too."""
    stubs: dict[str, Rulebook] = {}
    for unit in units:
        derived = {
            name: DerivedFact(name=name, condition=Always(span=span), span=span)
            for name, span in unpacked(unit.derived)
            if topics is None or _topic(name) in topics
        }
        article = f"{len(stubs)}"
        stubs[article] = Rulebook(article=article, derived=derived, sections=(), file="", span=_NOWHERE)
    return stubs


def _topic(name: str) -> str:
    return name.partition(".")[0]
