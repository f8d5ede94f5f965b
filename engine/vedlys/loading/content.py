"""A content root, loaded: every file read and decoded, every fault of every file in one run."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from vedlys.diagnostics import Diagnostics
from vedlys.loading.articles import Known, read_article
from vedlys.loading.fact_texts import FactTexts, read_fact_texts
from vedlys.loading.interface import MESSAGES_TOPIC, Interface, read_messages, read_phrases
from vedlys.loading.layout import ContentFile, Kind, find_files, find_interface_files
from vedlys.loading.nodes import Mapping, Node
from vedlys.loading.report import Report
from vedlys.loading.rulebook import (
    ArticleFiles,
    Outline,
    check_article_name,
    derived_names,
    ids_known,
    read_outline,
    read_rulebook,
)
from vedlys.loading.schema_check import SchemaName, check_shape
from vedlys.loading.sources import read_source
from vedlys.loading.text_reader import read_file, read_text
from vedlys.loading.vocabulary import Vocabulary, read_vocabulary
from vedlys.loading.yaml_reader import read_yaml
from vedlys.model.content import Content, SourceText
from vedlys.model.guidance import ArticleText, FactText, Guidance, LocaleText
from vedlys.model.rulebook import Rulebook
from vedlys.shipped import content_root
from vedlys.source import Source, Span

_DEFAULT_ORIGINAL = "en"  # where nothing says what was translated from what


def load(root: Path) -> tuple[Content | None, Diagnostics]:
    """Load everything below `rules/` and `kb/` of a root; no content where anything is an error.

    The phrases are those of the root alone: a root need not have any.
    """
    diagnostics = Diagnostics()
    report = Report(diagnostics)
    content = Loader(root, find_files(root, report), report).load()
    return (None if diagnostics.has_errors else content), diagnostics


def load_phrases(root: Path) -> tuple[dict[str, Interface], Diagnostics]:
    """The engine's own phrases below `kb/<locale>/interface/` of a root, by locale, and nothing else."""
    diagnostics = Diagnostics()
    report = Report(diagnostics)
    return Loader(root, find_interface_files(root, report), report).interfaces(), diagnostics


def with_shipped_phrases(guidance: Guidance) -> Guidance:
    """The guidance with the engine's shipped phrases below its own, which may say any of them in other words."""
    shipped, _ = load_phrases(content_root())
    nothing = Interface(phrases={}, messages={})
    english = shipped.get("en", nothing)
    locales = {}
    for name, own in guidance.locales.items():
        interface = shipped.get(name, nothing)
        locales[name] = msgspec.structs.replace(
            own,
            phrases={**english.phrases, **interface.phrases, **own.phrases},
            messages={**interface.messages, **own.messages},
        )
    return msgspec.structs.replace(guidance, locales=locales)


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """A file with its bytes, and its text where it has one that can be worked on."""

    file: ContentFile
    data: bytes
    source: Source | None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an article once its files are decoded; None where nothing can be said."""

    book: Rulebook | None
    outline: Outline | None
    derived: dict[str, None] | None


class Loader:
    """One run over the files of a root. Each is read when its turn comes, and let go: a root may hold thousands.

    `load` does all of it; who knows some parts already takes the others one by one. `hashes` are those of the files
    that were read, by path, whatever line ends they have.
    """

    def __init__(self, root: Path, files: Iterable[ContentFile], report: Report) -> None:
        self._report = report
        self._files = tuple(files)
        self._root = root
        self.hashes: dict[str, bytes] = {}

    def load(self) -> Content | None:
        """The content as far as it can be read; the caller looks for errors."""
        report = self._report
        vocabulary = self.vocabulary()
        articles = self.articles(vocabulary)
        if not articles:
            report.add("no-articles", Span.whole_line("rules/articles", 1))
        guidance = self._guidance(articles, vocabulary)
        sources = self.sources()
        books = {article: seen.book for article, seen in sorted(articles.items()) if seen.book is not None}
        if len(books) < len(articles):
            return None
        return Content(
            vocabulary=vocabulary.facts,
            rulebooks=books,
            guidance=guidance,
            sources=sources,
            digest=digest_of(self.hashes),
        )

    def vocabulary(self) -> Vocabulary:
        """The facts of all topics."""
        topics = {read.file.name: self._tree(read, "facts")[0] for read in self._of("facts")}
        return read_vocabulary(topics, self._report)

    def interfaces(self) -> dict[str, Interface]:
        """The phrases and messages of every locale that has any."""
        found: dict[str, Interface] = {}
        for read in self._of("interface"):
            interface = found.setdefault(read.file.locale, Interface(phrases={}, messages={}))
            is_messages = read.file.name == MESSAGES_TOPIC
            tree, _ = self._tree(read, "messages" if is_messages else "interface")
            if not isinstance(tree, Mapping) or read.source is None:
                continue
            if is_messages:
                interface.messages.update(read_messages(tree, self._report))
            else:
                interface.phrases.update(read_phrases(read.file.name, tree, read.source, self._report))
        return found

    def _of(self, kind: Kind) -> Iterator[_Read]:
        """The files of a kind, misnamed ones first: one that is called right counts where there are both."""
        return map(self._read, self._named(kind))

    def _named(self, kind: Kind) -> list[ContentFile]:
        found = [file for file in self._files if file.kind == kind]
        return sorted(found, key=lambda file: not file.misnamed)

    def _read(self, file: ContentFile) -> _Read:
        if file.misnamed:
            return _Read(file=file, data=b"", source=None)
        try:
            data = read_file(self._root / file.path)
        except OSError as error:
            self._report.add("unreadable-file", Span.whole_line(file.path, 1), reason=error.strerror or "")
            return _Read(file=file, data=b"", source=None)
        # two machines agree whatever line ends their checkouts have
        self.hashes[file.path] = hashlib.sha256(data.replace(b"\r\n", b"\n")).digest()
        return _Read(file=file, data=data, source=read_text(file.path, data, self._report))

    def _tree(self, read: _Read, schema: SchemaName) -> tuple[Node | None, bool]:
        """What a file holds, and whether everything in it has a name that it may have."""
        tree = None if read.source is None else read_yaml(read.source, self._report)
        return tree, tree is None or check_shape(tree, schema, self._report)

    def articles(self, vocabulary: Vocabulary) -> dict[str, Seen]:
        """Each article, out of its rules and its cases: both files are named after it."""
        with_cases = {file.name: file for file in self._named("cases")}
        found: dict[str, Seen] = {}
        for read in self._of("rulebook"):
            article = read.file.name
            tree, named = self._tree(read, "rulebook")
            named = named and ids_known(tree)
            check_article_name(tree, article, self._report)
            files = ArticleFiles(article=article, root=tree, named=named)
            if article in with_cases:
                cases = self._cases(self._read(with_cases.pop(article)))
                files = msgspec.structs.replace(files, cases=cases, cases_read=cases is not None)
            found[article] = Seen(
                book=read_rulebook(files, vocabulary, self._report),
                outline=read_outline(tree) if named else None,
                derived=derived_names(tree),
            )
        for file in with_cases.values():
            read = self._read(file)
            self._cases(read)
            self._unknown_article(read, found)
        return found

    def _cases(self, read: _Read) -> Mapping | None:
        """The mapping of case names of a file; None where there is none to be had."""
        tree, _ = self._tree(read, "cases")
        check_article_name(tree, read.file.name, self._report)
        cases = tree.get("cases") if isinstance(tree, Mapping) else None
        return cases if isinstance(cases, Mapping) else None

    def _unknown_article(self, read: _Read, articles: Iterable[str]) -> None:
        suggestion = self._report.nearest(read.file.name, list(articles))
        self._report.add(
            "unknown-article", Span.whole_line(read.file.path, 1), article=read.file.name, suggestion=suggestion
        )

    def _guidance(self, seen: dict[str, Seen], vocabulary: Vocabulary) -> Guidance:
        interfaces = self.interfaces()
        articles = self.texts(seen, vocabulary)
        derived = [article.derived for article in seen.values()]
        every = {name for names in derived for name in names or ()} if None not in derived else None
        originals: list[tuple[str, Span, str]] = [
            (text.translates, span, text.locale) for text, span in articles if text.translates is not None
        ]
        facts: dict[str, dict[str, FactText]] = {}
        for locale, texts in self.fact_texts(vocabulary, every):
            if texts.translates is not None:
                originals.append((texts.translates, texts.span, locale))
            join_fact_texts(facts.setdefault(locale, {}), texts, self._report)
        locales = self.locales
        return Guidance(
            locales={
                locale: LocaleText(
                    locale=locale,
                    articles={text.article: text for text, _ in articles if text.locale == locale},
                    facts=facts.get(locale, {}),
                    phrases=interfaces[locale].phrases if locale in interfaces else {},
                    messages=interfaces[locale].messages if locale in interfaces else {},
                )
                for locale in locales
            },
            original=original_of(originals, locales, self._report),
        )

    @property
    def locales(self) -> list[str]:
        """The locales that there are files of, sorted."""
        return sorted({file.locale for file in self._files if file.locale})

    def fact_texts(self, vocabulary: Vocabulary, derived: Collection[str] | None) -> Iterator[tuple[str, FactTexts]]:
        """What each file says of facts, with its locale. `derived` is None where not all derived facts are known."""
        for read in self._of("fact_text"):
            if read.source is not None:
                yield read.file.locale, read_fact_texts(read.source, vocabulary, derived, self._report)

    def texts(self, seen: dict[str, Seen], vocabulary: Vocabulary) -> list[tuple[ArticleText, Span]]:
        """The guidance of all articles in all locales, and where each says what it was translated from."""
        texts: list[tuple[ArticleText, Span]] = []
        for read in self._of("article"):
            article = seen.get(read.file.name)
            if article is None:
                self._unknown_article(read, seen)
            if read.source is None:
                continue
            nameable: tuple[Collection[str], ...] | None = None
            if article is not None and article.derived is not None and vocabulary.complete:
                nameable = (article.derived, vocabulary.facts, vocabulary.broken)
            known = Known(outline=article.outline if article else None, facts=nameable)
            texts.append(read_article(read.file.name, read.file.locale, read.source, known, self._report))
        return texts

    def sources(self) -> dict[str, SourceText]:
        """The source documents by name."""
        return {
            read.file.name: read_source(read.file.name, read.source, read.data)
            for read in self._of("source")
            if read.source is not None
        }


def digest_of(hashes: dict[str, bytes]) -> str:
    """One hash over the paths of all files with their hashes, by path."""
    total = hashlib.sha256()
    for path, hashed in sorted(hashes.items()):
        total.update(hashed)
        total.update(path.encode() + b"\n")
    return f"sha256:{total.hexdigest()}"


def join_fact_texts(told: dict[str, FactText], texts: FactTexts, report: Report) -> None:
    """Add what a file says to what files before it have said in the same locale."""
    for name, text in texts.facts.items():
        if name in told:
            report.add("duplicate-fact-text", text.span, name=name, place=str(told[name].span))
        told.setdefault(name, text)


def original_of(said: list[tuple[str, Span, str]], locales: list[str], report: Report) -> str:
    """The locale that everything else was translated from: every translation of a root names the same one."""
    if not said:
        return _DEFAULT_ORIGINAL if _DEFAULT_ORIGINAL in locales or not locales else locales[0]
    counts = Counter(original for original, _, _ in said)
    # the one that most name; the first in the alphabet of those that as many name
    original = min(counts, key=lambda locale: (-counts[locale], locale))
    for named, span, locale in said:
        if named not in locales:
            report.add("unknown-locale", span, name=named, suggestion=report.nearest(named, locales))
        elif locale == original or named != original:
            report.add("several-originals", span, name=named, original=original)
    return original
