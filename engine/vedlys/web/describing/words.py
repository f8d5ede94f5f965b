"""What the description says in sentences of its own."""

from __future__ import annotations

from typing import Any

from vedlys.web.negotiation import LANGUAGE_TAG
from vedlys.web.problems import STATUSES

TAGS: dict[str, str] = {
    "Assessments": "Facts in, the parts of articles that apply out.",
    "Catalogue": "What can be asked: articles, facts, and which catalogue answers.",
    "Operation": "For those who run the service.",
    "Description": "What you are reading.",
}

INTRODUCTION = """\
Post the facts of an environment, and get the parts of support articles that apply to it: with the evidence, with what \
is still unknown, and with the questions worth asking next.

**Promise.** Within `/v1`, what works goes on working. Addresses, members of requests, the codes and `type` of \
problems, and the meaning of every member stay. Only these may come: new addresses, new optional members of requests, \
new members of answers, new problems and codes of faults, new articles, facts and locales. So pass over members that \
you do not know, go by `type` and `code` and not by sentences, and treat a problem that you do not know by its status. \
What breaks this comes under another prefix, and `/v1` is then answered for at least a year beside it.

**Languages.** Sentences are in the language that `locale` or `Accept-Language` asks for (RFC 4647 lookup); \
`Content-Language` says which locale answered.

**Problems.** Everything else than an answer is `application/problem+json` (RFC 9457). Its `type` is an address below \
the service that explains it. Wrong requests list every fault at once.

**Caching.** What changes only with the catalogue carries an `ETag`: send it back as `If-None-Match`, and 304 says \
that what you hold is still right. Answers to facts are never stored.
"""


PARAMETERS: dict[str, Any] = {
    "article": {
        "name": "article",
        "in": "path",
        "required": True,
        "description": "The name of an article, as `/v1/articles` lists it.",
        "schema": {"type": "string", "minLength": 1},
    },
    "code": {
        "name": "code",
        "in": "path",
        "required": True,
        "description": "What the `type` of a problem ends with.",
        "schema": {"type": "string", "enum": list(STATUSES)},
    },
    "locale": {
        "name": "locale",
        "in": "query",
        "description": "The language of the answer, before `Accept-Language`: a tag such as `lt` or `en-GB`.",
        "schema": {"type": "string", "pattern": LANGUAGE_TAG},
    },
    "Accept-Language": {
        "name": "Accept-Language",
        "in": "header",
        "description": "The languages that are wanted (RFC 9110). What cannot be read asks for the default.",
        "schema": {"type": "string"},
    },
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The `ETag` of what the caller holds.",
        "schema": {"type": "string"},
    },
}
