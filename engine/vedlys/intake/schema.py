"""The JSON Schema of posted facts, for those who build or check a request before they send it.

It says what JSON Schema can say. `Intake` refuses besides: a key that stands twice, one fact in two spellings with
different values, 3.0 for 3, two records with one key, and texts that look like a date or a host but are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedlys.intake.names import Names, Vocabulary
from vedlys.intake.scalars import INTEGER_LEAST, INTEGER_MOST, TEXT_LIMIT
from vedlys.markup.template import CodeSpan, Grid, Slot, Template, Text
from vedlys.model.guidance import FactText, LocaleText
from vedlys.model.rulebook import FactDeclaration
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType
from vedlys.model.values import plain

Schema = dict[str, Any]

_HOST = r"[^\s/:@*]+"
_PATTERNS = {
    "version": r"^[0-9]{1,5}(\.[0-9]{1,5}){1,3}$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "datetime": (
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
    ),
    "hostname": f"^{_HOST}$",
    "host_pattern": rf"^(\*|(\*\.)?{_HOST})$",
    "ip": r"^[0-9A-Fa-f:.]+$",
}


def request_schema(vocabulary: Mapping[str, FactDeclaration], locale_text: LocaleText | None = None) -> Schema:
    """The schema (draft 2020-12) of the facts of one request: every fact in every spelling, null for unknown.

    With the text of a locale each fact has its label as title, and its question as description.
    """
    texts = {} if locale_text is None else locale_text.facts
    names = Vocabulary(vocabulary)
    definitions: Schema = {name: _fact(fact, texts) for name, fact in sorted(vocabulary.items())}
    topics: Schema = {}
    root = _object(names.root, topics)
    definitions |= {name: topics[name] for name in sorted(topics)}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **root, "$defs": definitions}


def _object(names: Names, topics: Schema) -> Schema:
    """What may stand in an object; the topics in it are defined on the way, each once."""
    properties: Schema = {}
    for rest, (name, *_) in names.facts.items():
        properties[rest] = {"$ref": f"#/$defs/{name}"}
    for rest, topic in names.topics.items():
        # no fact's name ends with a dot: the two kinds of definition cannot be mistaken
        properties[rest] = {"$ref": f"#/$defs/{topic.prefix}"}
        if topic.prefix not in topics:
            topics[topic.prefix] = {}
            topics[topic.prefix] = _object(topic, topics)
    return {
        "type": "object",
        "properties": {name: properties[name] for name in sorted(properties)},
        "additionalProperties": False,
    }


def _fact(fact: FactDeclaration, texts: Mapping[str, FactText]) -> Schema:
    schema = _or_null(_type(fact.name, fact.type, texts))
    if fact.reference is not None:
        schema["default"] = plain(fact.reference.value)
    return _described(schema, texts.get(fact.name))


def _described(schema: Schema, text: FactText | None) -> Schema:
    if text is None:
        return schema
    return {"title": text.label, "description": _description(text), **schema}


def _description(text: FactText) -> str:
    lines = [_plain_text(text.question)]
    lines += [f"`{value}`: {label}" for value, label in text.values.items()]
    return "\n".join(lines)


def _plain_text(template: Template) -> str:
    """A question without values: each slot by its name. A question is one paragraph, so there are no tables in it."""
    written = []
    for part in template:
        match part:
            case Text(text=text):
                written.append(text)
            case Slot(name=name):
                written.append(f"‹{name}›")
            case CodeSpan(parts=parts):
                written.append(f"`{_plain_text(parts)}`")
            case Grid():
                pass
    return "".join(written).strip()


def _or_null(schema: Schema) -> Schema:
    nullable = dict(schema)
    nullable["type"] = [schema["type"], "null"]
    if "enum" in schema:
        nullable["enum"] = [*schema["enum"], None]
    return nullable


def _type(name: str, fact_type: FactType, texts: Mapping[str, FactText]) -> Schema:
    match fact_type:
        case ScalarType():
            return _scalar(fact_type)
        case SetType(member=member):
            return {"type": "array", "items": _scalar(member)}
        case RecordsType():
            return {"type": "array", "items": _record(name, fact_type, texts)}


def _record(name: str, records: RecordsType, texts: Mapping[str, FactText]) -> Schema:
    properties = {}
    for field, field_type in records.fields.items():
        schema = _type(name, field_type, texts)
        nullable = schema if field == records.key else _or_null(schema)
        properties[field] = _described(nullable, texts.get(f"{name}.{field}"))
    return {"type": "object", "properties": properties, "required": [records.key], "additionalProperties": False}


def _scalar(scalar: ScalarType) -> Schema:
    match scalar.kind:
        case "boolean":
            return {"type": "boolean"}
        case "integer":
            least, most = scalar.minimum, scalar.maximum
            return {
                "type": "integer",
                "minimum": INTEGER_LEAST if least is None else least,
                "maximum": INTEGER_MOST if most is None else most,
            }
        case "number":
            schema: Schema = {"type": "number"}
            if scalar.minimum is not None:
                schema["minimum"] = scalar.minimum
            if scalar.maximum is not None:
                schema["maximum"] = scalar.maximum
            return schema
        case "text":
            return {"type": "string", "maxLength": TEXT_LIMIT}
        case "enum":
            return {"type": "string", "enum": list(scalar.values)}
        case kind:
            return {"type": "string", "pattern": _PATTERNS[kind], **_FORMATS.get(kind, {})}


# Only formats that say no more than what is accepted here: `date-time` wants seconds, `hostname` knows no underscore.
_FORMATS: dict[str, Schema] = {
    "date": {"format": "date"},
    "ip": {"anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]},
}
