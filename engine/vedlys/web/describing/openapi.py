"""The table of operations as an OpenAPI 3.1 document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from vedlys.assessment import Catalogue
from vedlys.messages import MESSAGES
from vedlys.output.facts import facts_document
from vedlys.web.answers import HTML, MARKDOWN
from vedlys.web.describing.examples import Examples, problem_example, shortened
from vedlys.web.describing.operation import ANYWHERE, Operation
from vedlys.web.describing.schemas import schemas
from vedlys.web.describing.words import INTRODUCTION, PARAMETERS, TAGS
from vedlys.web.problems import MEDIA_TYPE, STATUSES
from vedlys.web.routes.catalogue import article_document, articles_document

Document = dict[str, Any]

_HEADERS: Document = {
    "Allow": {"description": "The methods that the address knows.", "schema": {"type": "string"}},
    "ETag": {"description": "Changes with the catalogue, the language and the form.", "schema": {"type": "string"}},
    "Content-Language": {"description": "The locale that answers.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
    "WWW-Authenticate": {"description": "Which credentials are wanted.", "schema": {"type": "string"}},
}
_TITLES = {
    400: "The request cannot be read.",
    401: "Nobody is known by the credentials.",
    403: "Not allowed.",
    404: "There is no such thing.",
    405: "The address does not know the method.",
    406: "No form of the answer is acceptable.",
    408: "The request took too long.",
    413: "The request is too large.",
    414: "The address is too long.",
    415: "The request is of a type that is not read here.",
    422: "The request was read, but is not valid.",
    429: "There are too many requests.",
    431: "The headers are too large.",
    500: "The service failed.",
    503: "The service has too much to do, or is stopping.",
}


def openapi_document(operations: Sequence[Operation], catalogue: Catalogue, locale: str, *, asks_who: bool) -> Document:
    """The description of the service as it answers from that catalogue; `asks_who` where it wants credentials."""
    described = _Describer(catalogue, locale, asks_who=asks_who)
    paths: Document = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = described.operation(operation)
    document: Document = {
        "openapi": "3.1.0",
        "info": {
            "title": "vedlys",
            "version": catalogue.version,
            "summary": "Facts of an environment in, the parts of support articles that apply to it out.",
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas(catalogue, locale),
            "parameters": PARAMETERS,
            "headers": _HEADERS,
            "responses": {f"Problem{status}": _problems_of(status) for status in _TITLES},
        },
    }
    if asks_who:
        document["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, or a token (JWT)."}
        }
    return document


class _Describer:
    """Describes operations with examples from one catalogue."""

    def __init__(self, catalogue: Catalogue, locale: str, *, asks_who: bool) -> None:
        self._asks_who = asks_who
        self._examples = _examples(catalogue, locale)

    def operation(self, operation: Operation) -> Document:
        """One operation."""
        described: Document = {
            "operationId": operation.id,
            "tags": [operation.tag],
            "summary": operation.summary,
            "description": operation.description,
        }
        if operation.parameters:
            described["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in operation.parameters]
        if operation.request is not None:
            media_type, schema = operation.request
            described["requestBody"] = {"required": True, "content": {media_type: self._content(schema)}}
        described["responses"] = self._responses(operation)
        if self._asks_who:
            described["security"] = [] if operation.is_open else [{"bearer": []}]
        return described

    def _responses(self, operation: Operation) -> Document:
        headers = {"Content-Language": {"$ref": "#/components/headers/Content-Language"}}
        if operation.cached:
            headers = {"ETag": {"$ref": "#/components/headers/ETag"}}
        responses: Document = {}
        for status in operation.statuses:
            responses[str(status)] = {
                "description": "The answer." if status < 300 else "Not ready, with the reasons.",
                "headers": headers,
                "content": {
                    media_type: self._content(schema, f"{operation.id} {media_type}")
                    for media_type, schema in operation.answers.items()
                },
            }
        if operation.cached:
            responses["304"] = {"description": "What the caller holds is still right.", "headers": headers}
        codes = [*operation.problems, *ANYWHERE]
        if self._asks_who and not operation.is_open:
            codes.append("unauthenticated")
        for status in sorted({STATUSES[code] for code in codes}):
            if str(status) in responses:
                problems = _problems_of(status)["content"]
                responses[str(status)]["content"].update(problems)
            else:
                responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
        return responses

    def _content(self, schema: str | None, place: str = "") -> Document:
        content: Document = {
            "schema": {"type": "string"} if schema is None else {"$ref": f"#/components/schemas/{schema}"}
        }
        example = self._examples.get(schema or place)
        if example is not None:
            content["examples"] = {"example": {"value": example()}}
        return content


def _examples(catalogue: Catalogue, locale: str) -> dict[str, Callable[[], Any]]:
    """What makes an example: by schema, or for texts by operation and media type."""
    examples = Examples(catalogue, locale)
    name = catalogue.articles[0]
    article = article_document(catalogue, name, locale)
    facts = facts_document(catalogue.content.vocabulary.values(), catalogue.edition(locale), in_full=True)
    catalogue_state = {
        "version": catalogue.version,
        "digest": catalogue.digest,
        "articles": len(catalogue.articles),
        "rules": sum(len(book.rules) for book in catalogue.content.rulebooks.values()),
        "facts": len(catalogue.content.vocabulary),
        "locales": list(catalogue.locales),
        "loaded_at": "2026-11-22T10:00:00Z",
        "reload": {"state": "current", "faults": []},
    }
    state = {"digest": catalogue.digest, "loaded_at": "2026-11-22T10:00:00Z", "state": "current"}
    return {
        "Request": examples.request,
        "RequestLines": examples.request_lines,
        "Assessments": examples.assessments,
        "AnswerLines": examples.answer_lines,
        "Articles": lambda: shortened(articles_document(catalogue)),
        "Article": lambda: shortened(article),
        "FactList": lambda: shortened(msgspec.json.decode(facts)),
        "JsonSchema": lambda: {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"},
        "OpenapiDocument": lambda: {"openapi": "3.1.0", "info": {"title": "vedlys"}},
        "Catalogue": lambda: catalogue_state,
        "Alive": lambda: {"status": "alive"},
        "Ready": lambda: {"ready": True, "reasons": {}, "notes": {}, "catalogue": state},
        **{f"assess {form}": (lambda form=form: examples.text(form)) for form in (MARKDOWN, HTML)},  # type: ignore[misc]
        f"readArticle {MARKDOWN}": lambda: shortened(article["markdown"]),
        f"readArticle {HTML}": lambda: examples.text(HTML),
        f"readDocumentation {HTML}": lambda: examples.text(HTML),
        f"readProblem {HTML}": lambda: examples.text(HTML),
        f"listProblems {HTML}": lambda: examples.text(HTML),
        f"listProblems {MARKDOWN}": lambda: (
            "# vedlys\n\n- [There is nothing at this address](/problems/not-found): …\n"
        ),
        f"readProblem {MARKDOWN}": lambda: "# There are too many requests\n\n`429` · `/problems/rate-limited`\n",
        "readMetrics text/plain": lambda: "# TYPE vedlys_requests_total counter\n",
    }


def _problems_of(status: int) -> Document:
    """All problems of one status, each with an example."""
    codes = [code for code, of in STATUSES.items() if of == status]
    content: Document = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": {
            code: {"summary": MESSAGES[f"problem-{code}"].text, "value": problem_example(code)} for code in codes
        },
    }
    headers: Document = {"Content-Language": {"$ref": "#/components/headers/Content-Language"}}
    if status in {429, 503}:
        headers["Retry-After"] = {"$ref": "#/components/headers/Retry-After"}
    if status == 405:
        headers["Allow"] = {"$ref": "#/components/headers/Allow"}
    if status == 401:
        headers["WWW-Authenticate"] = {"$ref": "#/components/headers/WWW-Authenticate"}
    return {"description": _TITLES[status], "headers": headers, "content": {MEDIA_TYPE: content}}
