"""Which of the available locales answers a request: RFC 4647 lookup."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from functools import lru_cache

from vedlys.errors import RequestError
from vedlys.model.result import LocaleChoice

_LONGEST = 500
_PLAIN_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_](?:[A-Za-z]{2}|[0-9]{3}))?")
_TAG = re.compile(r"[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8})*")


def negotiate(requested: str | Sequence[str] | None, available: Sequence[str], default: str) -> LocaleChoice:
    """Choose among the available locales, `default` being one of them.

    `requested` is a language tag (`lt-LT`, also as `lt_LT`), the value of an Accept-Language header, or several
    tags, the most wanted first; None and an empty one ask for the default. RequestError where it is none of these.
    """
    if requested is not None and not isinstance(requested, str):
        requested = ", ".join(requested)
    if requested is None or not requested.strip():
        return LocaleChoice(requested=default, used=default)
    return _negotiated(requested.strip(), tuple(available), default)


@lru_cache(maxsize=256)
def _negotiated(requested: str, available: tuple[str, ...], default: str) -> LocaleChoice:
    if _PLAIN_TAG.fullmatch(requested):
        # one language, perhaps with a region: the tag itself, or without its region
        tag = requested.replace("_", "-").lower()
        known = {name.lower(): name for name in reversed(available)}
        return LocaleChoice(requested=requested, used=known.get(tag) or known.get(tag.partition("-")[0]) or default)
    return _looked_up(requested, available, default)


def _looked_up(requested: str, available: tuple[str, ...], default: str) -> LocaleChoice:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # WebOb imports `cgi`, which concerns nobody here
        from webob.acceptparse import AcceptLanguageValidHeader, create_accept_language_header  # noqa: PLC0415 - slow

    header = requested.replace("_", "-") if _TAG.fullmatch(requested) else requested
    ranges = create_accept_language_header(header) if len(header) <= _LONGEST else None
    if not isinstance(ranges, AcceptLanguageValidHeader) or not ranges.parsed:
        raise RequestError("malformed-locale", locale=requested[:80])
    used = ranges.lookup(available, default_tag=default)
    return LocaleChoice(requested=requested, used=used or default)
