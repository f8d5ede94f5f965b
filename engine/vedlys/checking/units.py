"""One article, or one file of texts for facts, read and checked by itself: its files, the facts it names, no more."""

from __future__ import annotations

import marshal
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from vedlys.checking import OF_ANSWERS, OF_ARTICLES, check
from vedlys.checking.changes import Files
from vedlys.checking.known import NOTHING, Said, Unit, Words, digest_of, packed, topics_of
from vedlys.checking.watched import Uses
from vedlys.compiling.generation import generate
from vedlys.compiling.program import code_of, outline_of
from vedlys.diagnostics import Diagnostics
from vedlys.loading.layout import ContentFile
from vedlys.loading.report import Report
from vedlys.model.content import Content, SourceText
from vedlys.model.guidance import ArticleText, FactText, Guidance, LocaleText
from vedlys.model.rulebook import Rulebook
from vedlys.source import Span
from vedlys.storing.packing import pack
from vedlys.storing.packs import Packs

_CHECKS = tuple(one for one in OF_ARTICLES if one in OF_ANSWERS)
_CHECKS_OF_AUTHORING = tuple(one for one in OF_ARTICLES if one not in OF_ANSWERS)


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What an article depends on besides its files and the vocabulary, and whether all is checked."""

    original: str
    locales: Sequence[str]
    authoring: bool

    @property
    def digest(self) -> bytes:
        """What of it the content of an article depends on."""
        return digest_of([(self.original, b""), *((locale, b"") for locale in self.locales)])


class Workshop(msgspec.Struct, frozen=True, kw_only=True):
    """What units are made with."""

    files: Files
    uses: Uses
    words: Words
    packs: Packs


def article_unit(article: str, of: Workshop, setting: Setting) -> Unit:
    """What an article comes to. Raises `Unfit` where its files are changing just now."""
    uses, files = of.uses, of.files.articles[article]
    uses.watched.begin()
    report = Report(Diagnostics())
    loader = of.files.loader(files, report)
    seen = loader.articles(uses.vocabulary)[article]
    texts = loader.texts({article: seen}, uses.vocabulary)
    of.files.see(loader)
    by_locale = {text.locale: text for text, _ in texts}
    book, errors = seen.book, report.diagnostics.has_errors
    unit = Unit(
        made=of.files.made(files),
        setting=setting.digest,
        vocabulary=of.words.key,
        uses=None,
        print=NOTHING,
        compared=report.compared,
        loaded=packed(report.diagnostics),
        answers=NOTHING,
        authoring=None,
        errors=errors or book is None,
        faults=False,
        said=_said((text.translates, span, text.locale) for text, span in texts),
        concludes=None if seen.derived is None else tuple(seen.derived),
        topics=topics_of(seen.derived or ()),
        locales=tuple(by_locale),
    )
    if book is None or errors or of.words.errors:
        return unit
    source = None if book.source is None else of.files.documents.get(book.source.document)
    if source is not None:
        unit.made += of.files.made([source])
    sources = {} if book.source is None else _sources(of.files, source)
    content = _content(book, by_locale, sources, uses, setting)
    answers = check(content, _CHECKS)
    unit.answers, unit.faults = packed(answers), answers.has_errors
    if setting.authoring:
        unit.authoring = packed(check(content, _CHECKS_OF_AUTHORING))
    unit.outline = outline_of(book)
    if book.derived:
        unit.derived = pack(tuple((name, fact.span) for name, fact in book.derived.items()))
    generated = generate(book)
    code = (generated.digest, marshal.dumps(code_of(generated)))
    unit.place = of.packs.add(pack((_lean(book), by_locale, code)))
    if not (unit.loaded or unit.answers or unit.authoring or uses.watched.all_asked):
        unit.uses = tuple(sorted(uses.watched.asked))
        unit.print = uses.digest(unit.uses)
    if book.source is not None and source is None:
        unit.setting = NOTHING  # it depends on which source documents there are: never taken for known
    return unit


def text_unit(file: ContentFile, of: Workshop, derived: Collection[str] | None) -> Unit:
    """What a file of texts for facts comes to; `derived` are all derived facts, None where they are not all known."""
    uses = of.uses
    uses.watched.begin()
    report = Report(Diagnostics())
    loader = of.files.loader([file], report)
    texts = [texts for _, texts in loader.fact_texts(uses.vocabulary, derived)]
    of.files.see(loader)
    facts: dict[str, FactText] = texts[0].facts if texts else {}
    unit = Unit(
        made=of.files.made([file]),
        setting=NOTHING,
        vocabulary=of.words.key,
        uses=None,
        print=NOTHING,
        compared=report.compared,
        loaded=packed(report.diagnostics),
        answers=NOTHING,
        authoring=NOTHING,
        errors=report.diagnostics.has_errors,
        faults=False,
        said=_said((one.translates, one.span, file.locale) for one in texts),
        concludes=tuple(facts),
        topics=topics_of(facts),
        locales=(file.locale,),
        place=of.packs.add(pack(facts)),
    )
    # where facts are at fault, what is missing may be among them
    if derived is not None and not (unit.loaded or uses.watched.all_asked or of.words.errors):
        unit.uses = tuple(sorted(uses.watched.asked))
        unit.print = uses.digest(unit.uses)
        unit.setting = concluded(facts, derived)
    else:
        unit.setting = whole(derived)
    return unit


def whole(derived: Collection[str] | None) -> bytes:
    """The setting of texts that depend on all derived facts."""
    return NOTHING if derived is None else digest_of((name, b"") for name in sorted(derived))


def concluded(names: Iterable[str], derived: Collection[str]) -> bytes:
    """The setting of texts that depend on no more than which of them are for derived facts."""
    return digest_of((name, b"") for name in sorted({name for name in names if name in derived}))


def _sources(files: Files, named: ContentFile | None) -> Mapping[str, SourceText]:
    """The source document that a rulebook names; where it is not there, the names of those that are."""
    if named is not None:
        return files.loader([named], Report(Diagnostics())).sources()
    return {name: SourceText(document=name, lines=(), sha256="", front_matter=0) for name in files.documents}


def _content(
    book: Rulebook,
    by_locale: Mapping[str, ArticleText],
    sources: Mapping[str, SourceText],
    uses: Uses,
    setting: Setting,
) -> Content:
    """The article as content of its own."""
    article = book.article
    locales = {
        locale: LocaleText(
            locale=locale,
            articles={article: by_locale[locale]} if locale in by_locale else {},
            facts={},
            phrases={},
        )
        for locale in setting.locales
    }
    return Content(
        vocabulary=uses.vocabulary.facts,
        rulebooks={article: book},
        guidance=Guidance(locales=locales, original=setting.original),
        sources=sources,
        digest="",
    )


def _said(found: Iterable[tuple[str | None, Span, str]]) -> tuple[Said, ...]:
    return tuple([Said(named, locale, span.place) for named, span, locale in found if named is not None])


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
