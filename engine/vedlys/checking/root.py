"""A content root that is checked again and again: only what a change bears on is read and checked anew.

What is found is what `loading.load` and `check` find. Every article is read and checked by itself, with the files it
is made of, the facts it names, and nothing else; so is every file of texts for facts. What articles share is looked
at when it has changed. What does not fit into that (a file without an article, files that cannot be read, names past
counting) is left to them.
"""

from __future__ import annotations

import hashlib
import marshal
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from vedlys.checking import CHECKS, OF_ANSWERS, OF_ARTICLES, OF_THE_REST, check
from vedlys.checking.known import NOTHING, Hashes, Index, Said, Shared, Unit, Words
from vedlys.checking.unused import report_unused_facts
from vedlys.checking.watched import Uses
from vedlys.compiling.generation import generate
from vedlys.compiling.program import code_of, outline_of
from vedlys.diagnostics import Diagnostic, Diagnostics
from vedlys.loading.content import Loader, digest_of, join_fact_texts, load, original_of, with_shipped_phrases
from vedlys.loading.fact_texts import FactTexts
from vedlys.loading.layout import ContentFile, find_files
from vedlys.loading.report import MOST_COMPARED, Report
from vedlys.loading.text_reader import SIZE_LIMIT
from vedlys.loading.vocabulary import Vocabulary, prefixes_of
from vedlys.markup.template import Template
from vedlys.model.conditions import Always
from vedlys.model.content import Content, SourceText
from vedlys.model.guidance import FactText, Guidance, LocaleText
from vedlys.model.rulebook import DerivedFact, FactDeclaration, Rulebook
from vedlys.source import Span
from vedlys.storing.catalogue import (
    FOLDERS,
    CatalogueIndex,
    LocaleIndex,
    Recover,
    content_of,
    read_catalogue,
    write_catalogue,
)
from vedlys.storing.engine_state import fingerprint
from vedlys.storing.files import UNSURE, State, state_of, states, trusted
from vedlys.storing.indexes import CHECKED, forget, read_index, write_index
from vedlys.storing.packing import Unpackable, pack, unpack
from vedlys.storing.packs import Damaged, Packs, Place, tidy
from vedlys.storing.unused import remove_unused


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of checking: every fault found, sorted, and whether the content answers all the same.

    `whole` is that content where it did not fit into parts: then nothing of it is remembered.
    """

    diagnostics: list[Diagnostic]
    answers: bool
    whole: Content | None = None


class _Known(msgspec.Struct):
    """What the last run in this process has settled, beyond what is remembered: with it only changes are looked at.

    `words` and `setting` are what articles depend on besides their files; `every` are all derived facts.
    """

    words: bytes
    setting: bytes
    authoring: bool
    every: set[str] | None = None
    texts: bool = False
    shared: tuple[list[str], str, bool] | None = None
    unused: Diagnostics | None = None


class _Unfit(Exception):  # noqa: N818 - it says what the root is
    """The root does not fit into parts."""


def _empty() -> Index:
    return Index(fingerprint(), [], [], NOTHING, {}, {}, None, {}, {}, {}, None)


class Root:
    """One content root and all that is known of it, from earlier processes too where there is a folder for that."""

    def __init__(self, root: Path, folder: Path | None = None) -> None:
        """`folder` is where to remember things, as `storing.place` has it; with None nothing outlives the process."""
        self._root = root
        self._folder = folder
        self._changed = False
        self._index, self._packs = self._remembered()
        self._verified: Packs | None = None
        self._original = ""
        self._altered: set[str] = set()  # the files that have changed since the last run
        self._known: _Known | None = None
        self._named: dict[str, list[ContentFile]] = {}  # by article, or by kind with a full stop
        self._files: dict[str, ContentFile] = {}  # by path
        self._documents: dict[str, ContentFile] = {}  # the source documents by name
        self._uses: Uses | None = None

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
        except (_Unfit, Damaged, Unpackable):
            self._forget()
            return self._plainly(authoring=authoring)
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
        return _empty(), Packs(self._folder)

    def _forget(self) -> None:
        """Begin anew. What there is then is nothing to be remembered."""
        self._index, self._packs, self._changed = _empty(), Packs(self._folder), False
        self._named, self._uses, self._known, self._altered = {}, None, None, set()

    def _verify(self) -> None:
        """See that what every content needs at once is there as it was put; raises `Damaged`."""
        index = self._index
        if index.shared is not None and self._packs is not self._verified:
            for place in index.shared.interfaces.values():
                self._packs.read(place)
            self._verified = self._packs

    # --- one run ---

    def _check(self, *, authoring: bool, changed: Collection[str] | None) -> Checked:
        index = self._index
        self._look_at_files(changed)
        words = self._words()
        locales = sorted({file.locale for file in index.files if file.locale})
        original = self._original or ("en" if "en" in locales else (locales or [""])[0])
        self._articles(original, locales, authoring=authoring)
        self._texts()
        self._sources()
        report = Report(Diagnostics())
        if not index.articles:
            report.add("no-articles", Span.whole_line("rules/articles", 1))
        self._original = self._said(locales, report)
        if self._original != original:
            self._articles(self._original, locales, authoring=authoring)
        units = [*index.articles.values(), *index.texts.values()]
        clean = not (
            report.diagnostics.has_errors
            or words.errors
            or any(unit.errors for unit in units)
            or any(one.level == "error" for one in self._listed())
        )
        shared = self._shared(locales, clean=clean)
        if sum([unit.compared for unit in units]) + words.compared + shared.compared + report.compared > MOST_COMPARED:
            raise _Unfit
        clean = clean and not shared.errors
        found = report.diagnostics
        found.extend(self._listed())
        for packed in (words.loaded, shared.loaded, *[unit.loaded for unit in units if unit.loaded]):
            found.extend(_read(packed))
        if clean:
            for packed in (shared.answers, *[unit.answers for unit in units if unit.answers]):
                found.extend(_read(packed))
        answers = clean and not found.has_errors
        if clean and authoring:
            for packed in [unit.authoring for unit in units if unit.authoring]:
                found.extend(_read(packed))
            found.extend(self._unused())
        self._altered = set()
        return Checked(diagnostics=found.sorted(), answers=answers)

    def _said(self, locales: list[str], report: Report) -> str:
        """The locale that everything else was translated from."""
        units = (*self._index.articles.values(), *self._index.texts.values())
        said = {(one.translates, one.locale) for unit in units for one in unit.said}
        named = {translates for translates, _ in said}
        if len(named) == 1 and named <= set(locales) and not any(translates == locale for translates, locale in said):
            return named.pop()
        every = [(one.translates, Span(*one.place), one.locale) for unit in units for one in unit.said]
        return original_of(every, locales, report)

    def _unused(self) -> Diagnostics:
        """The facts that no article reads."""
        known = self._known
        assert known is not None
        if known.unused is None:
            units = self._index.articles.values()
            read = {name for unit in units if unit.outline for name in unit.outline.reads}
            known.unused = Diagnostics()
            report_unused_facts(self._facts(), read, known.unused)
        return known.unused

    def _listed(self) -> Iterator[Diagnostic]:
        """What is wrong with files whatever is in them, and with source documents."""
        yield from _read(self._index.odd)
        for packed in self._index.sources.values():
            yield from _read(packed[32:])

    def _look_at_files(self, changed: Collection[str] | None) -> None:
        """Bring files, states and hashes up to date."""
        if changed is not None and self._named and all(path in self._index.hashes for path in changed):
            self._look_again(changed, {path: state_of(self._root / path) for path in changed})
            return
        index = self._index
        found = states(self._root, FOLDERS)
        if found.keys() != index.states.keys() or not index.files:
            report = Report(Diagnostics())
            index.files = find_files(self._root, report)
            index.odd = _packed(report.diagnostics)
            paths = {file.path for file in index.files}
            self._altered |= index.hashes.keys() - paths
            index.hashes = {path: one for path, one in index.hashes.items() if path in paths}
            # notes for whoever opens a folder are not read: nothing of theirs can change what is made of the others
            index.states = {path: index.states.get(path, UNSURE) if path in paths else found[path] for path in found}
            self._changed = True
            self._named = {}
        if any(file.misnamed for file in index.files):
            raise _Unfit
        known, hashes = index.states, index.hashes
        paths_now = (file.path for file in index.files)
        doubtful = [
            path
            for path in paths_now
            if path not in hashes or path not in found or found[path] != known[path] or found[path] == UNSURE
        ]
        self._look_again(doubtful, found)
        if len(found) > len(index.files):
            index.states.update((path, found[path]) for path in found.keys() - hashes.keys())
        if not self._named:
            self._sort()

    def _look_again(self, paths: Iterable[str], found: Mapping[str, State]) -> None:
        """Read files to see whether they have changed."""
        index, now = self._index, time.time_ns()
        for path in paths:
            hashes = self._hashed(path)
            state = trusted(found.get(path, UNSURE), now)
            if hashes != index.hashes.get(path):
                index.hashes[path] = hashes
                self._altered.add(path)
                self._changed = True
            if state != index.states.get(path):
                index.states[path] = state
                self._changed = True

    def _sort(self) -> None:
        """Find out anew which file is for what."""
        index = self._index
        self._known = None
        for file in index.files:
            self._named.setdefault(file.name if file.kind in _OF_ARTICLE else f"{file.kind}.", []).append(file)
        self._files = {file.path: file for file in index.files}
        self._documents = {file.name: file for file in self._of("source")}
        self._altered &= self._files.keys()

    def _hashed(self, path: str) -> Hashes:
        try:
            with (self._root / path).open("rb") as file:
                data = file.read(SIZE_LIMIT + 1)
        except OSError as error:
            raise _Unfit from error
        raw = hashlib.sha256(data).digest()
        if b"\r\n" not in data:
            return Hashes(raw, raw)
        return Hashes(raw, hashlib.sha256(data.replace(b"\r\n", b"\n")).digest())

    def _of(self, kind: str) -> list[ContentFile]:
        return self._named.get(f"{kind}.", [])

    def _altered_any(self, *kinds: str) -> bool:
        """Whether a file of one of these kinds has changed since the last run."""
        return any(self._files[path].kind in kinds for path in self._altered)

    def _made(self, files: Iterable[ContentFile]) -> list[tuple[str, bytes]]:
        hashes = self._index.hashes
        return [(file.path, hashes[file.path].raw) for file in files]

    # --- the vocabulary ---

    def _words(self) -> Words:
        index = self._index
        files = self._of("facts")
        known = index.words
        settled = self._known is not None and self._uses is not None and not self._altered_any("facts")
        if known is not None and settled:
            return known
        key = _digest_of(self._made(files))
        if known is not None and known.key == key:
            if self._uses is None and not known.errors:
                facts: dict[str, FactDeclaration] = unpack(self._packs.read(known.place))
                self._uses = Uses(_vocabulary(facts))
            if self._uses is not None:
                return known
        report = Report(Diagnostics())
        loader = Loader(self._root, files, report)
        vocabulary = loader.vocabulary()
        self._same(loader)
        self._uses = Uses(vocabulary)
        index.words = Words(
            key=key,
            place=self._packs.add(pack(vocabulary.facts)),
            loaded=_packed(report.diagnostics),
            errors=report.diagnostics.has_errors,
            compared=report.compared,
        )
        self._changed = True
        return index.words

    def _facts(self) -> Mapping[str, FactDeclaration]:
        assert self._uses is not None
        return self._uses.facts

    def _same(self, loader: Loader) -> None:
        """What was read is what was hashed: whoever writes while we read has to be waited for."""
        hashes = self._index.hashes
        if any(hashes[path].text != hashed for path, hashed in loader.hashes.items()):
            raise _Unfit

    # --- articles ---

    def _articles(self, original: str, locales: list[str], *, authoring: bool) -> None:
        index, words = self._index, self._index.words
        assert words is not None
        setting = _digest_of([(original, b""), *((locale, b"") for locale in locales)])
        known = self._known
        if known is not None and (known.words, known.setting, known.authoring) == (words.key, setting, authoring):
            names: Iterable[str] = sorted(self._touched())
        else:
            known = self._known = _Known(words.key, setting, authoring)
            names = sorted(name for name in self._named if name[-1:] != ".")
            if index.articles.keys() != set(names):
                index.articles = {name: index.articles[name] for name in names if name in index.articles}
        found = index.articles
        for article in names:
            files, before = self._named[article], found.get(article)
            if not any(file.kind == "rulebook" for file in files):
                raise _Unfit
            stands = before is not None and self._stands(before, self._made(files), setting)
            if before is not None and stands and not self._lacks(before, authoring):
                continue
            unit = self._article(article, files, original, locales, setting, authoring=authoring)
            self._changed = True
            found[article] = unit
            if before is None or (before.derived, before.concludes) != (unit.derived, unit.concludes):
                known.texts, known.shared = False, None
            if before is None or before.outline != unit.outline:
                known.unused = None
        index.articles = found if list(found) == sorted(found) else dict(sorted(found.items()))

    def _touched(self) -> set[str]:
        """The articles that a changed file belongs to, and those that have to be looked at each time."""
        altered, found = self._altered, set()
        for path in altered:
            file = self._files[path]
            if file.kind in _OF_ARTICLE:
                found.add(file.name)
        sources = {path for path in altered if self._files[path].kind == "source"}
        for article, unit in self._index.articles.items():
            if not unit.setting or (sources and any(path in sources for path, _ in unit.made)):
                found.add(article)
        return found

    def _lacks(self, unit: Unit, authoring: bool) -> bool:  # noqa: FBT001 - an internal question with one answer
        return authoring and unit.authoring is None and not unit.errors and not self._broken

    @property
    def _broken(self) -> bool:
        words = self._index.words
        return words is None or words.errors

    def _stands(self, unit: Unit, made: list[tuple[str, bytes]], setting: bytes) -> bool:
        """Whether a unit is still what its files and the vocabulary would come to."""
        words, uses, hashes = self._index.words, self._uses, self._index.hashes
        assert words is not None
        assert uses is not None
        if unit.setting != setting or unit.made[: len(made)] != made:
            return False
        for path, hashed in unit.made[len(made) :]:
            if path not in hashes or hashes[path].raw != hashed:
                return False
        if unit.vocabulary == words.key:
            return True
        if unit.uses is None or uses.digest(unit.uses) != unit.print:
            return False
        unit.vocabulary = words.key
        self._changed = True
        return True

    def _article(
        self,
        article: str,
        files: list[ContentFile],
        original: str,
        locales: list[str],
        setting: bytes,
        *,
        authoring: bool,
    ) -> Unit:
        uses, words = self._uses, self._index.words
        assert uses is not None
        assert words is not None
        uses.watched.begin()
        report = Report(Diagnostics())
        loader = Loader(self._root, files, report)
        seen = loader.articles(uses.vocabulary)
        texts = loader.texts(seen, uses.vocabulary)
        self._same(loader)
        errors = report.diagnostics.has_errors
        book, made = seen[article].book, self._made(files)
        derived = seen[article].derived
        unit = Unit(
            made=made,
            setting=setting,
            vocabulary=words.key,
            uses=None,
            print=NOTHING,
            compared=report.compared,
            loaded=_packed(report.diagnostics),
            answers=NOTHING,
            authoring=None,
            errors=errors or book is None,
            faults=False,
            said=_said((text.translates, span, text.locale) for text, span in texts),
            concludes=None if derived is None else list(derived),
            locales=[text.locale for text, _ in texts],
        )
        if book is None or errors or words.errors:
            return unit
        by_locale = {text.locale: text for text, _ in texts}
        sources, solid = self._source_of(book, made)
        content = Content(
            vocabulary=uses.vocabulary.facts,
            rulebooks={article: book},
            guidance=Guidance(
                locales={
                    locale: LocaleText(
                        locale=locale,
                        articles={article: by_locale[locale]} if locale in by_locale else {},
                        facts={},
                        phrases={},
                    )
                    for locale in locales
                },
                original=original,
            ),
            sources=sources,
            digest="",
        )
        answers = check(content, tuple(one for one in OF_ARTICLES if one in OF_ANSWERS))
        unit.answers, unit.faults = _packed(answers), answers.has_errors
        if authoring:
            unit.authoring = _packed(check(content, tuple(one for one in OF_ARTICLES if one not in OF_ANSWERS)))
        unit.outline = outline_of(book)
        if book.derived:
            unit.derived = pack(tuple((name, fact.span) for name, fact in book.derived.items()))
        generated = generate(book)
        code = (generated.digest, marshal.dumps(code_of(generated)))
        unit.place = self._packs.add(pack((_lean(book), by_locale, code)))
        if not (unit.loaded or unit.answers or unit.authoring or uses.watched.all_asked):
            unit.uses = sorted(uses.watched.asked)
            unit.print = uses.digest(unit.uses)
        if not solid:
            unit.setting = NOTHING  # it depends on which source documents there are: never taken for known
        return unit

    def _source_of(self, book: Rulebook, made: list[tuple[str, bytes]]) -> tuple[Mapping[str, SourceText], bool]:
        """The source document that a rulebook names, among those there are; whether it is there. `made` gets it."""
        if book.source is None:
            return {}, True
        file = self._documents.get(book.source.document)
        if file is not None:
            made += self._made([file])
            return Loader(self._root, [file], Report(Diagnostics())).sources(), True
        return {name: SourceText(document=name, lines=(), sha256="", front_matter=0) for name in self._documents}, False

    # --- texts for facts, and source documents ---

    def _texts(self) -> None:
        index, uses, words = self._index, self._uses, self._index.words
        assert uses is not None
        assert words is not None
        known = self._known
        assert known is not None
        if known.texts and not self._altered_any("fact_text"):
            return
        names = [unit.concludes for unit in index.articles.values()]
        every = None if None in names else {name for part in names for name in part or ()}
        whole = NOTHING if every is None else _digest_of([(name, b"") for name in sorted(every)])
        found: dict[str, Unit] = {}
        for file in self._of("fact_text"):
            before = index.texts.get(file.path)
            made = self._made([file])
            if before is not None and every is not None:
                setting = whole if before.uses is None else _concluded(before.concludes or (), every)
                if self._stands(before, made, setting):
                    found[file.path] = before
                    continue
            found[file.path] = self._text(file, made, every, whole)
            self._changed = True
            known.shared = None
        index.texts = found
        known.texts = every is not None

    def _text(self, file: ContentFile, made: list[tuple[str, bytes]], every: set[str] | None, whole: bytes) -> Unit:
        uses, words = self._uses, self._index.words
        assert uses is not None
        assert words is not None
        uses.watched.begin()
        report = Report(Diagnostics())
        loader = Loader(self._root, [file], report)
        texts = [texts for _, texts in loader.fact_texts(uses.vocabulary, every)]
        self._same(loader)
        facts: dict[str, FactText] = texts[0].facts if texts else {}
        unit = Unit(
            made=made,
            setting=whole,
            vocabulary=words.key,
            uses=None,
            print=NOTHING,
            compared=report.compared,
            loaded=_packed(report.diagnostics),
            answers=NOTHING,
            authoring=NOTHING,
            errors=report.diagnostics.has_errors,
            faults=False,
            said=_said((one.translates, one.span, file.locale) for one in texts),
            concludes=list(facts),
            locales=[file.locale],
            place=self._packs.add(pack(facts)),
        )
        if every is not None and not unit.loaded and not uses.watched.all_asked:
            unit.uses = sorted(uses.watched.asked)
            unit.print = uses.digest(unit.uses)
            unit.setting = _concluded(facts, every)
        return unit

    def _sources(self) -> None:
        """Source documents are not judged, but they have to be text."""
        index = self._index
        files = self._of("source")
        if len(index.sources) == len(files) and not self._altered_any("source"):
            return
        found: dict[str, bytes] = {}
        for file in files:
            path, raw = file.path, index.hashes[file.path].raw
            known = index.sources.get(path)
            if known is None or known[:32] != raw:
                report = Report(Diagnostics())
                Loader(self._root, [file], report).sources()
                known = raw + _packed(report.diagnostics)
                self._changed = True
            found[path] = known
        index.sources = found

    # --- what articles share ---

    def _shared(self, locales: list[str], *, clean: bool) -> Shared:
        index, words = self._index, self._index.words
        assert words is not None
        known = self._known
        assert known is not None
        setting = (locales, self._original, clean)
        settled = known.shared == setting and not self._altered_any(*_SHARED)
        if index.shared is not None and settled:
            return index.shared
        known.shared = setting
        interfaces = self._of("interface")
        key = _digest_of(
            [
                *(("", unit.derived) for unit in index.articles.values() if unit.derived),
                *self._made([*self._of("facts"), *self._of("fact_text"), *interfaces]),
                *((locale, b"") for locale in locales),
                (self._original, b"clean" if clean else b""),
            ]
        )
        if index.shared is not None and index.shared.key == key:
            return index.shared
        report = Report(Diagnostics())
        loader = Loader(self._root, interfaces, report)
        words_of = loader.interfaces()
        self._same(loader)
        told: dict[str, dict[str, FactText]] = {locale: {} for locale in locales}
        for unit in index.texts.values():
            assert unit.place is not None
            facts = unpack(self._packs.read(unit.place))
            join_fact_texts(told[unit.locales[0]], FactTexts(facts=facts, translates=None, span=_NOWHERE), report)
        guidance = Guidance(
            locales={
                locale: LocaleText(
                    locale=locale,
                    articles={},
                    facts=told[locale],
                    phrases=words_of[locale].phrases if locale in words_of else {},
                    messages=words_of[locale].messages if locale in words_of else {},
                )
                for locale in locales
            },
            original=self._original,
        )
        errors = report.diagnostics.has_errors
        answers = Diagnostics()
        places: dict[str, Place] = {}
        if clean and not errors:
            content = Content(
                vocabulary=dict(self._facts()), rulebooks=self._stubs(), guidance=guidance, sources={}, digest=""
            )
            answers.extend(check(content, OF_THE_REST))
            for name, text in with_shipped_phrases(guidance).locales.items():
                places[name] = self._packs.add(pack((_by_topic(text.phrases), pack(text.messages))))
        index.shared = Shared(
            key=key,
            loaded=_packed(report.diagnostics),
            answers=_packed(answers),
            errors=errors,
            compared=report.compared,
            interfaces=places,
        )
        self._changed = True
        return index.shared

    def _stubs(self) -> dict[str, Rulebook]:
        """Every article with nothing but its derived facts: the texts of facts are for these too."""
        stubs = {}
        for article, unit in self._index.articles.items():
            derived = {
                name: DerivedFact(name=name, condition=Always(span=span), span=span)
                for name, span in _read(unit.derived)
            }
            stubs[article] = Rulebook(article=article, derived=derived, sections=(), file="", span=_NOWHERE)
        return stubs

    # --- what comes of it ---

    def catalogue(self) -> CatalogueIndex:
        """The index of content that answers, as `check` has found it."""
        index = self._index
        words, shared = index.words, index.shared
        assert words is not None
        assert shared is not None
        locales = {}
        for name, interface in shared.interfaces.items():
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
        if self._folder is None or index.words is None or index.shared is None:  # or it did not fit into parts
            return
        if not self._changed and not (answers and self._lacks_catalogue(self._folder)):
            return
        try:
            self._packs, moved = self._packs.written(list(self._places()))
            self._verified = self._packs
            for unit in (*index.articles.values(), *index.texts.values()):
                unit.place = None if unit.place is None else moved[unit.place]
            if index.words is not None:
                index.words.place = moved[index.words.place]
            if index.shared is not None:
                index.shared.interfaces = {name: moved[place] for name, place in index.shared.interfaces.items()}
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
        self._changed = False
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
        for unit in (*index.articles.values(), *index.texts.values()):
            if unit.place is not None:
                yield unit.place
        if index.words is not None:
            yield index.words.place
        if index.shared is not None:
            yield from index.shared.interfaces.values()


_OF_ARTICLE = frozenset({"rulebook", "cases", "article"})
_SHARED = frozenset({"facts", "fact_text", "interface"})
_NOWHERE = Span("", 1, 1, 1, 1)


def _packed(diagnostics: Diagnostics) -> bytes:
    return pack(tuple(diagnostics)) if len(diagnostics) else NOTHING


def _read(packed: bytes) -> tuple[Any, ...]:
    return unpack(packed) if packed else ()


def _said(found: Iterable[tuple[str | None, Span, str]]) -> list[Said]:
    return [Said(named, locale, span.place) for named, span, locale in found if named is not None]


def _digest_of(parts: Iterable[tuple[str, bytes]]) -> bytes:
    total = hashlib.blake2b(digest_size=16)
    for name, value in parts:
        total.update(name.encode() + b"\n" + value + b"\n")
    return total.digest()


def _concluded(names: Iterable[str], every: set[str]) -> bytes:
    """What texts for facts depend on besides the vocabulary: which of them are for derived facts."""
    return _digest_of((name, b"") for name in sorted(set(names) & every))


def _vocabulary(facts: dict[str, FactDeclaration]) -> Vocabulary:
    """The vocabulary of facts none of which is at fault."""
    prefixes = frozenset(prefix for name in facts for prefix in prefixes_of(name))
    return Vocabulary(facts=facts, broken=frozenset(), complete=True, prefixes=prefixes)


def _by_topic(phrases: Mapping[str, Template]) -> tuple[bytes, ...]:
    """The phrases of each topic packed apart, in order: who answers says those of one."""
    topics: dict[str, dict[str, Template]] = {}
    for name, phrase in sorted(phrases.items()):
        topics.setdefault(name.partition(".")[0], {})[name] = phrase
    return tuple(map(pack, topics.values()))


def _lean(book: Rulebook) -> Rulebook:
    """The rulebook without what only checks and trials read."""
    replace = msgspec.structs.replace
    sections = tuple(
        replace(
            section,
            rules=tuple(replace(rule, examples=(), equivalents=(), lines_span=None) for rule in section.rules),
        )
        for section in book.sections
    )
    return replace(book, sections=sections, unbound=(), cases={})
