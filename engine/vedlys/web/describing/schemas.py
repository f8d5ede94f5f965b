"""The JSON Schemas of everything that is sent and answered.

Those of facts and of assessments stand elsewhere, and are taken from there with their references turned.
"""

from __future__ import annotations

from typing import Any

import msgspec

from vedlys.assessment import Catalogue
from vedlys.shipped import content_root
from vedlys.web.negotiation import LANGUAGE_TAG
from vedlys.web.problems import STATUSES, TYPE_PREFIX

Schema = dict[str, Any]

_DIGEST = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$", "description": "The hash of all content."}
_LOADED_AT = {"type": "string", "format": "date-time", "description": "When the catalogue was loaded."}
_COUNT = {"type": "integer", "minimum": 0}
_FORMAT = {"const": 1, "description": "The version of this format."}


def schemas(catalogue: Catalogue, locale: str) -> dict[str, Schema]:
    """All schemas by name; facts are described in `locale`."""
    return {
        "Request": _request(catalogue),
        "Facts": _component("Facts", catalogue.facts_schema(locale)),
        "RequestLines": {
            "type": "string",
            "description": "Lines that end in `\\n` or `\\r\\n`, each a Request as JSON without line breaks; UTF-8.",
        },
        "Assessments": _component("Assessments", _assessments()),
        "AnswerLines": {
            "type": "string",
            "description": "Lines that end in `\\n`, each Assessments or a ProblemLine as JSON; UTF-8.",
        },
        "Problem": problem_schema(),
        "ProblemLine": _problem_line(),
        "Articles": _articles(),
        "Article": _article(),
        "FactList": _fact_list(),
        "JsonSchema": {"type": "object", "description": "A JSON Schema, draft 2020-12."},
        "Catalogue": _catalogue(),
        "Alive": _object({"status": {"const": "alive"}}),
        "Ready": _ready(),
        "OpenapiDocument": {"type": "object", "description": "An OpenAPI document."},
    }


def problem_schema() -> Schema:
    """A problem (RFC 9457)."""
    return {
        "description": "Why there is no answer. A program goes by `type`; the sentences may change.",
        **_object(
            {
                "type": {
                    "type": "string",
                    "enum": [TYPE_PREFIX + code for code in STATUSES],
                    "description": "Which problem it is; as an address below the service it leads to an explanation.",
                },
                "title": {"type": "string", "description": "What the problem is called, in the language asked for."},
                "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "The status of it."},
                "detail": {"type": "string", "description": "What happened this time, and the way out."},
                "request_id": {"type": "string", "description": "What the service's operator finds the request by."},
                "faults": {
                    "type": "array",
                    "description": "Every fault of the request, sorted by pointer.",
                    "items": _object(
                        {
                            "pointer": {
                                "type": "string",
                                "description": "JSON Pointer (RFC 6901) to its place; empty for the whole document.",
                            },
                            "code": {"type": "string", "description": "The stable name of the fault."},
                            "detail": {"type": "string", "description": "What is wrong, and the way out."},
                        }
                    ),
                },
            },
            optional=("detail", "faults"),
        ),
    }


def _problem_line() -> Schema:
    schema = problem_schema()
    schema["description"] = "What a line of a batch is answered with instead of assessments."
    schema["properties"]["line"] = {
        "type": "integer",
        "minimum": 1,
        "description": "The number of the line; left out where what ended is not a line but the request.",
    }
    return schema


def _request(catalogue: Catalogue) -> Schema:
    articles = {"type": "string", "enum": list(catalogue.articles)}
    facts = {"type": "string", "enum": list(catalogue.content.vocabulary)}
    return {
        "type": "object",
        "description": "What is asked. Null stands for a member that is left out.",
        "properties": {
            "facts": {"$ref": "#/components/schemas/Facts"},
            "articles": {
                "type": ["array", "null"],
                "items": articles,
                "minItems": 1,
                "description": "The articles to apply. Left out: each that a posted fact bears on.",
            },
            "locale": {
                "type": ["string", "null"],
                "pattern": LANGUAGE_TAG,
                "description": "The language of the answer: a tag such as `lt` or `en-GB`. Left out: by "
                "`Accept-Language`.",
            },
            "unknown_facts": {
                "type": ["string", "null"],
                "enum": ["reject", "ignore", None],
                "description": "What to do with names that no fact has: refuse them (the default), or list them in "
                "`ignored`.",
            },
            "skip": {
                "type": ["array", "null"],
                "items": facts,
                "description": "Facts that cannot be found out: never asked for.",
            },
            "as_of": {
                "type": ["string", "null"],
                "format": "date-time",
                "description": "The moment that ages are measured at, with its offset from UTC. Left out: now.",
            },
        },
        "required": ["facts"],
        "additionalProperties": False,
    }


def _articles() -> Schema:
    article = _object(
        {
            "article": {"type": "string", "description": "The name of the article."},
            "titles": {"type": "object", "additionalProperties": {"type": "string"}, "description": "By locale."},
            "locales": {"type": "array", "items": {"type": "string"}},
            "sections": _COUNT,
            "rules": _COUNT,
        }
    )
    return _object({"version": _FORMAT, "articles": {"type": "array", "items": article}})


def _article() -> Schema:
    return _object(
        {
            "version": _FORMAT,
            "article": {"type": "string", "description": "The name of the article."},
            "locale": {"type": "string", "description": "The locale that answers."},
            "title": {"type": "string"},
            "markdown": {"type": "string", "description": "The whole article."},
        }
    )


def _fact_list() -> Schema:
    said: Schema = {
        "type": {"type": "string", "description": "As the vocabulary writes it: `version`, `set of hostname`, …"},
        "values": {"type": "array", "items": {"type": "string"}, "description": "Of an enum: the values allowed."},
        "unit": {"type": "string"},
        "min": {"type": "number"},
        "max": {"type": "number"},
        "label": {"type": "string", "description": "What it is called: plain text."},
        "question": {"type": "string", "description": "How to ask for it: one paragraph of Markdown."},
        "how": {"type": "string", "description": "How to find out: Markdown, or empty."},
        "labels": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Of an enum: what each value is called.",
        },
    }
    optional = ("values", "unit", "min", "max", "labels")
    field = _object({"field": {"type": "string"}, **said}, optional=optional)
    reference = _object({"value": {}, "read_on": {"type": "string", "format": "date"}, "source": {"type": "string"}})
    fact = _object(
        {
            "fact": {"type": "string", "description": "Its name."},
            **said,
            "cost": {"enum": ["low", "medium", "high"], "description": "How hard it is to find out."},
            "key": {"type": "string", "description": "Of records: the field that tells them apart."},
            "fields": {"type": "array", "items": field, "description": "Of records."},
            "reference": {**reference, "description": "What is used where the caller says nothing."},
        },
        optional=(*optional, "key", "fields", "reference"),
    )
    return _object({"version": _FORMAT, "facts": {"type": "array", "items": fact}})


def _catalogue() -> Schema:
    reload = _object(
        {
            "state": {"enum": ["current", "refused"], "description": "Whether changed content could be used."},
            "faults": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Of the refused content, each with file, line and column.",
            },
        }
    )
    return _object(
        {
            "version": {"type": "string", "description": "The version of vedlys."},
            "digest": _DIGEST,
            "articles": _COUNT,
            "rules": _COUNT,
            "facts": _COUNT,
            "locales": {"type": "array", "items": {"type": "string"}},
            "loaded_at": _LOADED_AT,
            "reload": reload,
        }
    )


def _ready() -> Schema:
    sentences = {"type": "object", "additionalProperties": {"type": "string"}}
    state = _object(
        {"digest": _DIGEST, "loaded_at": _LOADED_AT, "state": {"enum": ["current", "refused"]}},
    )
    return _object(
        {
            "ready": {"type": "boolean"},
            "reasons": {**sentences, "description": "Why it is not ready, by code."},
            "notes": {**sentences, "description": "What is worth knowing all the same, by code."},
            "catalogue": state,
        }
    )


def _object(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """An object. Members may be added to answers within a version, so others than these are not excluded."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _assessments() -> Schema:
    path = content_root() / "schemas" / "assessment.schema.json"
    schema: Schema = msgspec.json.decode(path.read_bytes())
    return schema


def _component(name: str, schema: Schema) -> Schema:
    """A schema as a component: what it refers to in itself is found there."""
    turned: Schema = _turned(schema, f"#/components/schemas/{name}/$defs/")
    return {key: value for key, value in turned.items() if key not in {"$schema", "$id"}}


def _turned(node: Any, definitions: str) -> Any:
    if isinstance(node, list):
        return [_turned(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        return {**node, "$ref": reference.replace("#/$defs/", definitions, 1)}
    return {key: _turned(value, definitions) for key, value in node.items()}
