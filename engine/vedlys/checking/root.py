"""A content root that is checked again and again: only what a change bears on is read and checked anew.

What is found is what `loading.load` and `check` find. Every article is read and checked by itself, with the files it
is made of, the facts it names, and nothing else; so is every file of texts for facts. What articles share is looked
at where it has changed. What does not fit into that (a file without an article, files that cannot be read, names past
counting) is left to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import msgspec

from vedlys.checking import CHECKS, OF_ANSWERS, check
from vedlys.checking.changes import Files
from vedlys.checking.declared import Change, Declared
from vedlys.checking.interfaces import read_interfaces
from vedlys.checking.known import Index, Told, Unfit, Unit, Words, nothing_known, packed, topics_of, unpacked
from vedlys.checking.together import Together, is_as_before, taken_together
from vedlys.checking.told import Altered, look_at_texts
from vedlys.checking.units import Setting, Workshop, article_unit, concluded, text_unit, whole
from vedlys.diagnostics import Diagnostic, Diagnostics
from vedlys.loading.content import digest_of, load, original_of
from vedlys.loading.report import MOST_COMPARED, Report
from vedlys.model.content import Content
from vedlys.source import Span
from vedlys.storing.catalogue import (
    CatalogueIndex,
    LocaleIndex,
    Recover,
    content_of,
    read_catalogue,
    write_catalogue,
)
from vedlys.storing.engine_state import fingerprint
from vedlys.storing.indexes import CHECKED, forget, read_index, write_index
from vedlys.storing.packing import Unpackable
from vedlys.storing.packs import Damaged, Packs, Place, tidy
from vedlys.storing.unused import remove_unused

_HASH = 32  # bytes, of a source document, before its diagnostics


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of checking: every fault found, sorted, and whether the content answers all the same.

    `whole` is that content where it did not fit into parts: then nothing of it is remembered.
    """

    diagnostics: list[Diagnostic]
    answers: bool
    whole: Content | None = None


class _Settled(msgspec.Struct):
    """What the last run in this process has settled, beyond what is remembered: with it only changes are looked at.

    `every` are all derived facts, None where they are not all known.
    """

    setting: Setting
    every: frozenset[str] | None = None


class Root:
    """One content root and all that is known of it, from earlier processes too where there is a folder for that."""

    def __init__(self, root: Path, folder: Path | None = None) -> None:
        """`folder` is where to remember things, as `storing.place` has it; with None nothing outlives the process."""
        self._root = root
        self._folder = folder
        self._original = ""
        self._begin(*self._remembered())

    def _begin(self, index: Index, packs: Packs) -> None:
        """Go on from what is known."""
        self._index, self._packs = index, packs
        self._verified: Packs | None = None
        self._files = Files(self._root, index)
        self._declared = Declared(self._files, index, packs)
        self._settled: _Settled | None = None
        self._altered = Altered()
        self._together: Together | None = None

    def check(self, *, authoring: bool = True, changed: Collection[str] | None = None) -> Checked:
        """Every fault there is now. Without `authoring` only what would show in an answer is looked at.

        Whoever watches the files may name those that have `changed` since the last call, relative to the root and with
        forward slashes, none being new or gone: then the others need not be looked for.
        """
        try:
            try:
                checked = self._check(authoring=authoring, changed=changed)
                self._verify()
            except (Damaged, Unpackable):  # what was remembered is of no use: begin anew, and remember that
                self._forget()
                checked = self._check(authoring=authoring, changed=None)
        except (Unfit, Damaged, Unpackable):
            self._forget()
            return self._plainly(authoring=authoring)
        except BaseException:  # what was begun and not finished is not to be gone on from
            self._forget()
            raise
        return checked

    def _plainly(self, *, authoring: bool) -> Checked:
        content, diagnostics = load(self._root)
        if content is not None:
            diagnostics.extend(check(content, CHECKS if authoring else OF_ANSWERS))
        answers = content is not None and not diagnostics.has_errors
        return Checked(diagnostics=diagnostics.sorted(), answers=answers, whole=content if answers else None)

    # --- what is remembered ---

    def _remembered(self) -> tuple[Index, Packs]:
        if self._folder is not None:
            index = read_index(self._folder / CHECKED, Index)
            if index is not None and index.fingerprint == fingerprint():
                try:
                    return index, Packs(self._folder, index.packs)
                except (OSError, Damaged):
                    pass
        return nothing_known(), Packs(self._folder)

    def _forget(self) -> None:
        """Begin anew. What there is then is nothing to be remembered."""
        self._begin(nothing_known(), Packs(self._folder))

    def _verify(self) -> None:
        """See that what every content needs at once is there as it was put; raises `Damaged` or `Unpackable`."""
        index = self._index
        if index.words is None or index.interfaces is None or self._packs is self._verified:
            return
        self._declared.verify()
        for place in index.interfaces.places.values():
            self._packs.read(place)
        self._verified = self._packs

    # --- one run ---

    def _check(self, *, authoring: bool, changed: Collection[str] | None) -> Checked:
        index, files = self._index, self._files
        files.look(changed)
        words = self._declared.read()
        if self._declared.change is not None:
            self._altered.add(self._declared.change.topics)
        locales = files.locales
        original = self._original or ("en" if "en" in locales else (locales or [""])[0])
        setting = Setting(original=original, locales=locales, authoring=authoring)
        self._articles(setting)
        self._texts()
        self._sources()
        report = Report(Diagnostics())
        if not index.articles:
            report.add("no-articles", Span.whole_line("rules/articles", 1))
        self._original = self._said(locales, report)
        if self._original != original:
            setting = Setting(original=self._original, locales=locales, authoring=authoring)
            self._articles(setting)
        found = report.diagnostics
        found.extend(self._listed())
        units = self._of_all()
        clean = not (found.has_errors or words.errors or units.errors)
        interfaces = index.interfaces = read_interfaces(files, self._packs, setting, index.interfaces)
        told = self._told(setting, clean=clean)
        if words.compared + interfaces.compared + report.compared + units.compared > MOST_COMPARED:
            raise Unfit
        joined = [one for loaded, _, _ in told.faults.values() for one in unpacked(loaded)]
        clean = clean and not interfaces.errors and not any(one.level == "error" for one in joined)
        found.extend(joined)
        for data in (words.loaded, interfaces.loaded, *units.loaded):
            found.extend(unpacked(data))
        if clean:
            for data in (interfaces.answers, *[said for _, said, _ in told.faults.values()], *units.answers):
                found.extend(unpacked(data))
        answers = clean and not found.has_errors
        if clean and authoring:
            for data in (*units.authoring, *[unused for _, _, unused in told.faults.values()]):
                found.extend(unpacked(data))
        files.settle()
        return Checked(diagnostics=found.sorted(), answers=answers)

    def _units(self) -> Iterator[Unit]:
        return chain(self._index.articles.values(), self._index.texts.values())

    def _of_all(self) -> Together:
        if self._together is None:
            self._together = taken_together(self._index.articles, self._index.texts.values())
        return self._together

    def _workshop(self, words: Words) -> Workshop:
        return Workshop(files=self._files, uses=self._declared.uses, words=words, packs=self._packs)

    def _told(self, setting: Setting, *, clean: bool) -> Told:
        """What the texts for facts come to together."""
        index = self._index
        told = look_at_texts(index, self._packs, self._declared, setting, self._altered, clean=clean)
        self._altered = Altered()
        if told is not index.told:
            index.told, self._files.changed = told, True
        return told

    def _said(self, locales: list[str], report: Report) -> str:
        """The locale that everything else was translated from."""
        said = self._of_all().named
        named = {translates for translates, _ in said}
        if len(named) == 1 and named <= set(locales) and not any(translates == locale for translates, locale in said):
            return named.pop()
        every = [(one.translates, Span(*one.place), one.locale) for unit in self._units() for one in unit.said]
        return original_of(every, locales, report)

    def _listed(self) -> Iterator[Diagnostic]:
        """What is wrong with files whatever is in them, and with source documents."""
        yield from unpacked(self._index.odd)
        for data in self._index.sources.values():
            if len(data) > _HASH:
                yield from unpacked(data[_HASH:])

    # --- articles, texts for facts, and source documents, each by itself ---

    def _articles(self, setting: Setting) -> None:
        index, files, words = self._index, self._files, self._index.words
        assert words is not None
        for gone in index.articles.keys() - files.articles.keys():
            self._article_replaced(index.articles.pop(gone), None)
        digest = setting.digest
        for article in sorted(self._articles_concerned(setting, words)):
            of_article, before = files.articles[article], index.articles.get(article)
            if not any(file.kind == "rulebook" for file in of_article):
                raise Unfit
            if before is not None and self._stands(before, files.made(of_article), digest):
                lacks = setting.authoring and before.authoring is None and not (before.errors or words.errors)
                if not lacks:
                    continue
            unit = index.articles[article] = article_unit(article, self._workshop(words), setting)
            self._article_replaced(before, unit)
        if files.moved:
            index.articles = dict(sorted(index.articles.items()))
        self._settled = _Settled(setting, None if self._settled is None else self._settled.every)

    def _articles_concerned(self, setting: Setting, words: Words) -> Iterable[str]:
        """The articles that may not stand any more."""
        files, settled, change = self._files, self._settled, self._declared.change
        if settled is None or settled.setting != setting or files.moved:
            return files.articles
        altered = files.altered_of("rulebook", "cases", "article")
        sources = {file.path for file in files.altered_of("source")}
        found = {file.name for file in altered}.union(self._of_all().unsettled)
        if sources:
            for article, unit in self._index.articles.items():
                if any(path in sources for path, _ in unit.made):
                    found.add(article)
        if change is not None:
            found |= self._concerned(change, self._index.articles, words)
        return found

    def _texts(self) -> None:
        index, files, words, settled = self._index, self._files, self._index.words, self._settled
        assert words is not None
        assert settled is not None
        every = self._of_all().derived
        of_texts = files.of("fact_text")
        if every is not None and settled.every == every and not files.moved:
            concerned = {file.path for file in files.altered_of("fact_text")}
            if self._declared.change is not None:
                concerned |= self._concerned(self._declared.change, index.texts, words)
            of_texts = [file for file in of_texts if file.path in concerned] if concerned else []
        else:
            paths = [file.path for file in of_texts]
            for gone in index.texts.keys() - set(paths):
                self._text_replaced(index.texts.pop(gone), None)
        for file in of_texts:
            before = index.texts.get(file.path)
            if before is not None and every is not None:
                setting = whole(every) if before.uses is None else concluded(before.concludes or (), every)
                if self._stands(before, files.made([file]), setting):
                    continue
            unit = index.texts[file.path] = text_unit(file, self._workshop(words), every)
            self._text_replaced(before, unit)
        if files.moved:
            index.texts = dict(sorted(index.texts.items()))
        settled.every = every

    def _concerned(self, change: Change, units: Mapping[str, Unit], words: Words) -> set[str]:
        """The units that a change of the vocabulary may matter to; the others stand with what it is now."""
        found = set()
        for name, unit in units.items():
            if change.bears_on(unit.uses):
                found.add(name)
            elif unit.vocabulary == change.since:
                unit.vocabulary = words.key
        return found

    def _stands(self, unit: Unit, made: tuple[tuple[str, bytes], ...], setting: bytes) -> bool:
        """Whether a unit is still what its files and the vocabulary would come to."""
        words, hashes, change = self._index.words, self._index.hashes, self._declared.change
        assert words is not None
        if unit.setting != setting or unit.made[: len(made)] != made:
            return False
        for path, hashed in unit.made[len(made) :]:
            if path not in hashes or hashes[path].raw != hashed:
                return False
        if unit.vocabulary == words.key:
            return True
        is_spared = change is not None and unit.vocabulary == change.since and not change.bears_on(unit.uses)
        if not is_spared and (unit.uses is None or self._declared.uses.digest(unit.uses) != unit.print):
            return False
        unit.vocabulary = words.key
        self._files.changed = True
        return True

    def _article_replaced(self, before: Unit | None, after: Unit | None) -> None:
        """Note what others have to know of, where an article has changed, has come, or has gone."""
        self._replaced(before, after)
        units = [unit for unit in (before, after) if unit is not None]
        if len({unit.derived for unit in units}) != 1 or len(units) != 2:
            for unit in units:
                self._altered.add(unit.topics)
        reads = [set() if unit is None or unit.outline is None else {*unit.outline.reads} for unit in (before, after)]
        self._altered.add(topics_of(reads[0] ^ reads[1]))

    def _text_replaced(self, before: Unit | None, after: Unit | None) -> None:
        """The same for texts."""
        self._replaced(before, after)
        for unit in (before, after):
            self._altered.add(() if unit is None else unit.topics)

    def _replaced(self, before: Unit | None, after: Unit | None) -> None:
        self._files.changed = True
        if not is_as_before(before, after):
            self._together = None

    def _sources(self) -> None:
        """Source documents are not judged, but they have to be text."""
        index, files = self._index, self._files
        of_sources = files.of("source")
        if len(index.sources) == len(of_sources) and not files.altered_of("source"):
            return
        found: dict[str, bytes] = {}
        for file in of_sources:
            raw, known = index.hashes[file.path].raw, index.sources.get(file.path)
            if known is None or known[:_HASH] != raw:
                report = Report(Diagnostics())
                files.loader([file], report).sources()
                known = raw + packed(report.diagnostics)
                files.changed = True
            found[file.path] = known
        index.sources = found

    # --- what comes of it ---

    def catalogue(self) -> CatalogueIndex:
        """The index of content that answers, as `check` has found it."""
        index = self._index
        self._declared.put_by()
        words, interfaces = index.words, index.interfaces
        assert words is not None
        assert words.place is not None
        assert interfaces is not None
        locales = {}
        for name, interface in interfaces.places.items():
            texts = [unit for unit in index.texts.values() if unit.locales[0] == name]
            locales[name] = LocaleIndex(
                articles=tuple(article for article, unit in index.articles.items() if name in unit.locales),
                facts={fact: number for number, unit in enumerate(texts) for fact in unit.concludes or ()},
                places=tuple(unit.place for unit in texts if unit.place is not None),
                interface=interface,
            )
        return CatalogueIndex(
            fingerprint=index.fingerprint,
            states=index.states,
            digest=digest_of({path: one.text for path, one in index.hashes.items()}),
            original=self._original,
            packs=tuple(self._packs.names),
            vocabulary=words.place,
            outlines={name: unit.outline for name, unit in index.articles.items() if unit.outline is not None},
            articles={name: unit.place for name, unit in index.articles.items() if unit.place is not None},
            locales=locales,
        )

    def content(self, recover: Recover) -> Content:
        """The content that answers, as `check` has found it; see `storing.catalogue`."""
        return content_of(self.catalogue(), self._packs, recover)

    def save(self, *, answers: bool) -> None:
        """Remember for the next process what is new; where that is not possible, nothing happens.

        `answers` is what `check` has said: only then there is a catalogue to be opened.
        """
        index = self._index
        if self._folder is None or index.words is None or index.interfaces is None:  # or it did not fit into parts
            return
        if not self._files.changed and not (answers and self._lacks_catalogue(self._folder)):
            return
        try:
            self._declared.put_by()
            self._packs, moved = self._packs.written(list(self._places()))
            self._declared.use(self._packs)
            self._verified = self._packs
            for unit in self._units():
                unit.place = None if unit.place is None else moved[unit.place]
            if index.words.place is not None:
                index.words.place = moved[index.words.place]
            index.interfaces.places = {name: moved[place] for name, place in index.interfaces.places.items()}
            index.packs = self._packs.names
            write_index(self._folder / CHECKED, index)
            if answers:
                write_catalogue(self._folder, self.catalogue())
            tidy(self._folder, index.packs)
        except OSError:
            return
        except Damaged:  # it cannot be carried on: let the next process begin anew
            forget(self._folder)
            return
        self._files.changed = False
        remove_unused(self._folder)

    def _lacks_catalogue(self, folder: Path) -> bool:
        """Whether there is no index to open the catalogue by, or that of another state."""
        index, found = self._index, read_catalogue(folder)
        return found is None or (found.fingerprint, found.packs, found.states) != (
            index.fingerprint,
            tuple(index.packs),
            index.states,
        )

    def _places(self) -> Iterator[Place]:
        index = self._index
        for unit in self._units():
            if unit.place is not None:
                yield unit.place
        if index.words is not None and index.words.place is not None:
            yield index.words.place
        if index.interfaces is not None:
            yield from index.interfaces.places.values()
