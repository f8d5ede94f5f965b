"""What the catalogue holds: articles, facts, and the catalogue itself."""

from __future__ import annotations

from typing import Any

import msgspec

from vedlys.assessment import Catalogue
from vedlys.messages.shown import visible
from vedlys.output.facts import facts_document
from vedlys.suggest import nearest
from vedlys.web.answers import HTML, JSON, MARKDOWN, Answer
from vedlys.web.call import Call
from vedlys.web.pages import Pages
from vedlys.web.problems import ProblemError
from vedlys.web.titles import title_of

_AS_JSON = (JSON,)
ARTICLE_FORMS = (JSON, MARKDOWN, HTML)


class CatalogueRoutes:
    """The operations that only read the catalogue."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    async def articles(self, call: Call) -> Answer:
        """Every article: what it is called, and how much is in it."""
        media_type = call.accepted(_AS_JSON)
        return self._pages.answer(call, media_type, "", lambda: msgspec.json.encode(articles_document(call.catalogue)))

    async def article(self, call: Call) -> Answer:
        """One whole article."""
        name = call.path_parameter("article")
        catalogue = call.catalogue
        if name not in catalogue.content.rulebooks:
            values = {"article": visible(name), "suggestion": nearest(name, catalogue.articles)}
            given = {key: value for key, value in values.items() if value is not None}
            raise ProblemError("article-not-found", values=given)
        call.info.articles = (name,)
        media_type = call.accepted(ARTICLE_FORMS)
        locale = call.language().used

        def make() -> bytes:
            return _article(catalogue, name, locale, media_type)

        if media_type == HTML:
            return await self._pages.answer_beside(call, media_type, locale, make)
        return self._pages.answer(call, media_type, locale, make)

    async def facts(self, call: Call) -> Answer:
        """Every fact: its type, what it is called, how to ask for it and how to find out."""
        media_type = call.accepted(_AS_JSON)
        locale = call.language().used
        catalogue = call.catalogue
        declared = catalogue.content.vocabulary.values()
        return self._pages.answer(
            call, media_type, locale, lambda: facts_document(declared, catalogue.edition(locale), in_full=True)
        )

    async def facts_schema(self, call: Call) -> Answer:
        """The JSON Schema of a request's facts."""
        media_type = call.accepted(_AS_JSON)
        locale = call.language().used
        catalogue = call.catalogue
        return self._pages.answer(call, media_type, locale, lambda: msgspec.json.encode(catalogue.facts_schema(locale)))

    async def catalogue(self, call: Call) -> Answer:
        """Which catalogue answers, how much it holds, and whether a newer one was refused."""
        media_type = call.accepted(_AS_JSON)
        body = _catalogue(call)
        return self._pages.answer(call, media_type, "", lambda: body, body.decode())


def articles_document(catalogue: Catalogue) -> dict[str, Any]:
    """Every article: its title by locale, and how much is in it."""
    locales = catalogue.content.guidance.locales
    listed = []
    for name, book in catalogue.content.rulebooks.items():
        written = [locale for locale in catalogue.locales if name in locales[locale].articles]
        listed.append(
            {
                "article": name,
                "titles": {locale: title_of(catalogue, name, locale) for locale in written},
                "locales": written,
                "sections": len(book.sections),
                "rules": len(book.rules),
            }
        )
    return {"version": 1, "articles": listed}


def article_document(catalogue: Catalogue, name: str, locale: str) -> dict[str, Any]:
    """One whole article."""
    return {
        "version": 1,
        "article": name,
        "locale": locale,
        "title": title_of(catalogue, name, locale),
        "markdown": catalogue.article_markdown(name, locale),
    }


def _article(catalogue: Catalogue, name: str, locale: str, media_type: str) -> bytes:
    document = article_document(catalogue, name, locale)
    match media_type:
        case "text/markdown":
            text: str = document["markdown"]
            return text.encode()
        case "text/html":
            from vedlys.output.html import page  # noqa: PLC0415 - lazy: few ask for it

            return page(document["title"], locale, [(document["markdown"], "")]).encode()
        case _:
            return msgspec.json.encode(document)


def _catalogue(call: Call) -> bytes:
    catalogue = call.catalogue
    state = call.service.catalogues.state
    books = catalogue.content.rulebooks.values()
    return msgspec.json.encode(
        {
            "version": catalogue.version,
            "digest": catalogue.digest,
            "articles": len(books),
            "rules": sum(len(book.rules) for book in books),
            "facts": len(catalogue.content.vocabulary),
            "locales": catalogue.locales,
            "loaded_at": state.loaded_at,
            "reload": {"state": state.state, "faults": state.faults},
        }
    )
