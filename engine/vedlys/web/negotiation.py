"""Which form and which language a request is answered in."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from functools import lru_cache

from vedlys.assessment import Catalogue
from vedlys.errors import RequestError
from vedlys.guidance.locale import negotiate

LANGUAGE_TAG = "^[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8})*$"  # as a regular expression of JSON Schema

_LONGEST = 1_000
_TAG = re.compile(LANGUAGE_TAG)


def choose(accept: str, offered: tuple[str, ...]) -> str | None:
    """The media type of those offered that an `Accept` header likes best (RFC 9110), or None where it admits none.

    Of equally liked ones the first offered. Parameters of a type (`charset`, `variant`, …) make no difference. A header
    that cannot be read admits anything.
    """
    if not accept.strip() or len(accept) > _LONGEST:
        return offered[0]
    return _chosen(accept, offered)


@lru_cache(maxsize=1024)
def _chosen(accept: str, offered: tuple[str, ...]) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # WebOb imports `cgi`, which concerns nobody here
        from webob.acceptparse import Accept, create_accept_header  # noqa: PLC0415 - slow to import

    try:
        ranges = [(media.partition(";")[0].strip(), q) for media, q, *_ in Accept.parse(accept)]
    except ValueError:
        return offered[0]
    plain = ", ".join(f"{media};q={q}" for media, q in ranges)
    acceptable = create_accept_header(plain).acceptable_offers(list(offered))
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

    A wish is a tag or an `Accept-Language` header; the last one is what the service's settings say. A header that names
    nothing that there is, but takes any language (`*`), asks for none.
    """
    for asked in wishes:
        if asked and not asked.isspace():
            try:
                if "*" in asked and not negotiate(asked, catalogue.locales, "").used:
                    continue
                return Language(asked, catalogue.locale_text(asked).locale)
            except RequestError:
                continue
    return Language("", catalogue.locale_text(None).locale)
