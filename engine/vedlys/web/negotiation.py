"""Which form and which language a request is answered in."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from functools import lru_cache

from vedlys.assessment import Catalogue
from vedlys.errors import RequestError

LANGUAGE_TAG = "^[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8})*$"  # as a regular expression of JSON Schema

_LONGEST = 1_000
_TAG = re.compile(LANGUAGE_TAG)


def choose(accept: str, offered: tuple[str, ...]) -> str | None:
    """The media type of those offered that an `Accept` header likes best (RFC 9110), or None where it admits none.

    Of equally liked ones the first offered. A header that cannot be read admits anything.
    """
    if not accept.strip() or len(accept) > _LONGEST:
        return offered[0]
    return _chosen(accept, offered)


@lru_cache(maxsize=1024)
def _chosen(accept: str, offered: tuple[str, ...]) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # WebOb imports `cgi`, which concerns nobody here
        from webob.acceptparse import create_accept_header  # noqa: PLC0415 - slow to import

    acceptable = create_accept_header(accept).acceptable_offers(list(offered))
    return acceptable[0][0] if acceptable else None


def is_tag(text: str) -> bool:
    """Whether the text is one language tag."""
    return _TAG.fullmatch(text) is not None


class Language:
    """The language of one answer: what was asked for, as it was asked for, and the locale that answers."""

    __slots__ = ("asked", "used")

    def __init__(self, asked: str, used: str) -> None:
        self.asked = asked
        self.used = used


def language(catalogue: Catalogue, wishes: Sequence[str]) -> Language:
    """The language that the first of these wishes asks for that asks for any, and can be read.

    A wish is a tag or an `Accept-Language` header; the last one is what the service's settings say.
    """
    for asked in wishes:
        if asked and not asked.isspace():
            try:
                return Language(asked, catalogue.locale_text(asked).locale)
            except RequestError:
                continue
    return Language("", catalogue.locale_text(None).locale)
