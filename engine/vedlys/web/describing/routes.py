"""The operations that answer with the description of the service."""

from __future__ import annotations

import msgspec

from vedlys.messages import MESSAGES, sentence
from vedlys.messages.shown import visible
from vedlys.web.answers import HTML, JSON, MARKDOWN, Answer
from vedlys.web.call import Call
from vedlys.web.describing.operation import Operation
from vedlys.web.pages import Pages
from vedlys.web.problems import STATUSES, TYPE_PREFIX, ProblemError

_LANGUAGE = "en"  # of the description itself


class Description:
    """The description as a document and as a page, and what each problem means."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.operations: tuple[Operation, ...] = ()

    async def openapi(self, call: Call) -> Answer:
        """The OpenAPI document."""
        media_type = call.accepted((JSON,))
        asks_who = _asks_who(call)
        return self._pages.answer(call, media_type, _LANGUAGE, lambda: self._document(call), str(asks_who))

    async def documentation(self, call: Call) -> Answer:
        """The page made of it."""
        media_type = call.accepted((HTML,))
        asks_who = _asks_who(call)
        return self._pages.answer(call, media_type, _LANGUAGE, lambda: self._page(call), str(asks_who))

    async def problems(self, call: Call) -> Answer:
        """Every problem, in the language that is asked for."""
        media_type = call.accepted((HTML, MARKDOWN))
        locale = call.language().used
        translations = call.catalogue.messages(locale)

        def make() -> bytes:
            listed = [
                f"- [{sentence(f'problem-{code}', {}, translations)[0]}]({TYPE_PREFIX}{code}): `{status}` · `{code}`"
                for code, status in STATUSES.items()
            ]
            return _written("vedlys", locale, media_type, "\n".join(("# vedlys", "", *listed)) + "\n")

        return self._pages.answer(call, media_type, locale, make)

    async def problem(self, call: Call) -> Answer:
        """What a problem means, in the language that is asked for."""
        code = call.path_parameter("code")
        if code not in STATUSES:
            raise ProblemError("not-found", values={"path": TYPE_PREFIX + visible(code)})
        media_type = call.accepted((HTML, MARKDOWN))
        locale = call.language().used

        def make() -> bytes:
            blanks = dict.fromkeys(MESSAGES[f"problem-{code}"].names, "…")  # they differ from time to time
            title, details = sentence(f"problem-{code}", blanks, call.catalogue.messages(locale))
            text = "\n\n".join((f"# {title}", f"`{STATUSES[code]}` · `{TYPE_PREFIX}{code}`", *details)) + "\n"
            return _written(title, locale, media_type, text)

        return self._pages.answer(call, media_type, locale, make)

    def _document(self, call: Call) -> bytes:
        from vedlys.web.describing.openapi import openapi_document  # noqa: PLC0415 - lazy: few ask for it

        locale = call.catalogue.locale_text(_LANGUAGE).locale
        document = openapi_document(self.operations, call.catalogue, locale, asks_who=_asks_who(call))
        return msgspec.json.encode(document)

    def _page(self, call: Call) -> bytes:
        from vedlys.web.describing.page import documentation_page  # noqa: PLC0415 - lazy: few ask for it

        return documentation_page(msgspec.json.decode(self._document(call))).encode()


def _written(title: str, locale: str, media_type: str, markdown: str) -> bytes:
    if media_type == MARKDOWN:
        return markdown.encode()
    from vedlys.output.html import page  # noqa: PLC0415 - lazy: few ask for it

    return page(title, locale, [(markdown, "")]).encode()


def _asks_who(call: Call) -> bool:
    return not call.service.settings.auth.no_auth
