"""An operation as it is described."""

from __future__ import annotations

from typing import Literal

import msgspec

from vedlys.web.endpoints import Handler

Tag = Literal["Assessments", "Catalogue", "Operation", "Description"]
Parameter = Literal["article", "code", "locale", "Accept-Language", "If-None-Match"]

# what any operation may be answered with, by whoever stands in front of it
ANYWHERE = (
    "invalid-header",
    "forbidden",
    "not-acceptable",
    "request-timeout",
    "uri-too-long",
    "headers-too-large",
    "rate-limited",
    "internal-error",
    "overloaded",
)


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path.

    `answers` are the schemas of an answer by media type, None for text; `problems` are what it may be answered with
    besides what any operation may. `cached` says that it changes only with the catalogue and carries an entity tag.
    """

    id: str
    method: Literal["GET", "POST"]
    path: str  # as OpenAPI writes it: `/v1/articles/{article}`
    handler: Handler
    tag: Tag
    summary: str
    description: str
    parameters: tuple[Parameter, ...] = ()
    request: tuple[str, str] | None = None  # media type and schema
    answers: dict[str, str | None]
    statuses: tuple[int, ...] = (200,)
    problems: tuple[str, ...] = ()
    is_open: bool = False  # answered without credentials
    cached: bool = False
