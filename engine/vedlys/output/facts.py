"""The vocabulary as Markdown: all facts as a table by topic, or some of them in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from vedlys.guidance.edition import Edition
from vedlys.guidance.phrases import Phrases
from vedlys.guidance.render import Scope
from vedlys.markup.escape import code_span, table
from vedlys.model.result import Missing
from vedlys.model.rulebook import FactDeclaration
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType, name_of
from vedlys.model.values import plain


def facts_json(facts: Iterable[FactDeclaration], edition: Edition) -> bytes:
    """The facts as JSON: name, type, label, cost, and the fields of records."""
    return msgspec.json.format(facts_document(facts, edition))


def facts_document(facts: Iterable[FactDeclaration], edition: Edition, *, in_full: bool = False) -> bytes:
    """`facts_json` in one line; `in_full` adds the question, how to find out, and what values are called."""
    listed = [_plain(fact, edition, in_full=in_full) for fact in facts]
    return msgspec.json.encode({"version": 1, "facts": listed})


def _plain(fact: FactDeclaration, edition: Edition, *, in_full: bool) -> dict[str, object]:
    entry: dict[str, object] = {
        "fact": fact.name,
        "type": name_of(fact.type),
        **_limits(fact.type),
        "label": edition.words.label(fact.name, "plain"),
        "cost": fact.cost,
    }
    if in_full:
        entry |= _said(fact.name, fact.type, Missing(fact=fact.name), edition)
    if isinstance(fact.type, RecordsType):
        entry["key"] = fact.type.key
        entry["fields"] = [
            _field(fact, name, kind, edition, in_full=in_full) for name, kind in fact.type.fields.items()
        ]
    if fact.reference is not None:
        value, read_on = plain(fact.reference.value), fact.reference.read_on.isoformat()
        entry["reference"] = {"value": value, "read_on": read_on, "source": fact.reference.source}
    return entry


def _field(fact: FactDeclaration, name: str, kind: FactType, edition: Edition, *, in_full: bool) -> dict[str, object]:
    full = f"{fact.name}.{name}"
    entry = {"field": name, "type": name_of(kind), **_limits(kind), "label": edition.words.label(full, "plain")}
    if in_full:
        entry |= _said(full, kind, Missing(fact=fact.name, field=name, record="…"), edition)
    return entry


def _said(name: str, kind: FactType, asked: Missing, edition: Edition) -> dict[str, object]:
    """The question and how to find out, both Markdown, and of an enum what each value is called."""
    question, how = edition.question_texts(asked, Scope(blank=True))
    said: dict[str, object] = {"question": question, "how": how}
    scalar = kind.member if isinstance(kind, SetType) else kind
    if isinstance(scalar, ScalarType) and scalar.values:
        show = edition.words.display(name, "plain", member=isinstance(kind, SetType))
        said["labels"] = {value: show(value) for value in scalar.values}
    return said


def _limits(kind: object) -> dict[str, object]:
    scalar = kind.member if isinstance(kind, SetType) else kind
    if not isinstance(scalar, ScalarType):
        return {}
    limits = {"values": scalar.values, "unit": scalar.unit, "min": scalar.minimum, "max": scalar.maximum}
    return {name: limit for name, limit in limits.items() if limit not in (None, ())}


def facts_table(facts: Iterable[FactDeclaration], edition: Edition, say: Phrases) -> str:
    """All facts, a table a topic: name, type, what it is called, how costly it is to find out."""
    head = [say(f"facts.{column}") for column in ("name", "type", "label", "cost")]
    parts = [f"# {say('facts.title')}"]
    for topic, group in groupby(facts, key=lambda fact: fact.topic):
        rows = [head, *(row for fact in group for row in _rows(fact, edition, say))]
        parts += [f"## {topic}", table(rows, ["", "", "", ""])]
    return "\n\n".join(parts) + "\n"


def _rows(fact: FactDeclaration, edition: Edition, say: Phrases) -> Iterator[list[str]]:
    words = edition.words
    yield [code_span(fact.name), name_of(fact.type), words.label(fact.name, "cell"), say(f"facts.costs.{fact.cost}")]
    if isinstance(fact.type, RecordsType):
        for name, kind in fact.type.fields.items():
            label = words.label(f"{fact.name}.{name}", "cell")
            yield [f"· {code_span(name)}", name_of(kind), label, say("facts.key") if name == fact.type.key else ""]


def facts_in_full(facts: Iterable[FactDeclaration], edition: Edition, say: Phrases) -> str:
    """These facts with the question, how to find out, and what may be answered."""
    parts: list[str] = []
    for fact in facts:
        parts += [f"# {code_span(fact.name)}", *_texts(fact.name, fact.name, None, edition)]
        parts.append(say("facts.of_type", type=name_of(fact.type), cost=say(f"facts.costs.{fact.cost}")))
        parts += _values(fact.name, fact.type, edition)
        if fact.reference is not None:
            value = edition.words.display(fact.name)(fact.reference.value)
            date = edition.words.formats.date(fact.reference.read_on)
            parts.append(say("facts.reference", value=value, date=date, source=fact.reference.source))
        if isinstance(fact.type, RecordsType):
            for name, kind in fact.type.fields.items():
                parts += [f"## {code_span(name)}", *_texts(fact.name, f"{fact.name}.{name}", name, edition)]
                parts.append(say("facts.field_of_type", type=name_of(kind)))
                parts += _values(f"{fact.name}.{name}", kind, edition)
    return "\n\n".join(parts) + "\n"


def _texts(fact: str, name: str, field: str | None, edition: Edition) -> Iterator[str]:
    asked = Missing(fact=fact) if field is None else Missing(fact=fact, field=field, record="…")
    question, how = edition.question_texts(asked, Scope(blank=True))
    yield f"**{edition.words.label(name)}**"
    yield question
    if how:
        yield how


def _values(name: str, kind: object, edition: Edition) -> Iterator[str]:
    """The values of an enum with what they are called."""
    scalar = kind.member if isinstance(kind, SetType) else kind
    if isinstance(scalar, ScalarType) and scalar.values:
        show = edition.words.display(name, member=isinstance(kind, SetType))
        yield "\n".join(f"- {code_span(value)}: {show(value)}" for value in scalar.values)
