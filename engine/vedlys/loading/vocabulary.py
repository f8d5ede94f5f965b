"""The vocabulary: `rules/facts/<topic>.yaml`, all topics together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingOf

import msgspec

from vedlys.loading.nodes import Broken, Entry, Mapping, Node, Scalar, mapping, scalar, sequence
from vedlys.loading.report import Report, Unreadable, each
from vedlys.loading.values import BOOLEANS, read_number, read_value
from vedlys.model.rulebook import COSTS, FactDeclaration, ReferenceValue
from vedlys.model.types import KINDS, FactType, FieldType, Kind, RecordsType, ScalarType, SetType
from vedlys.model.values import read_date
from vedlys.source import Span


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """All declared facts, in authored order.

    `broken` holds the facts whose declaration is bad: they exist, nothing is known of their type, and what
    uses them is left out without a word. Where `complete` is False, a file of facts could not be read: then
    no name can be said to be unknown.
    """

    facts: dict[str, FactDeclaration]
    broken: frozenset[str]
    complete: bool
    prefixes: frozenset[str]  # what the names begin with, up to a dot: `connect` for `connect.version`

    def type_of(self, name: Scalar, report: Report, extra: MappingOf[str, FactType] | None = None) -> FactType:
        """The type of a fact, those of `extra` among them; Unreadable where there is none of that name."""
        if name.text in self.facts:
            return self.facts[name.text].type
        if extra and name.text in extra:
            return extra[name.text]
        if name.text in self.broken or not self.complete:
            raise Unreadable
        known = [*self.facts, *self.broken, *(extra or ())]
        raise report.fail("unknown-fact", name.span, name=name.text, suggestion=report.nearest(name.text, known))


def read_vocabulary(files: MappingOf[str, Node | None], report: Report) -> Vocabulary:
    """The facts of all files, given by topic; a file that could not be read is None."""
    declared: dict[str, FactDeclaration] = {}
    broken: set[str] = set()
    spans: dict[str, Span] = {}
    complete = True
    for topic, root in files.items():
        facts = root.get("facts") if isinstance(root, Mapping) else None
        if not isinstance(facts, Mapping):
            complete = False
            continue
        for entry in facts:
            name = entry.key.text
            if name in spans:
                report.add("duplicate-fact", entry.key.span, name=name, place=str(spans[name]))
                continue
            spans[name] = entry.key.span
            try:
                declared[name] = _read_fact(entry, topic, len(declared), report)
            except Unreadable:
                broken.add(name)
    for name, span in spans.items():
        for prefix in prefixes_of(name):
            if prefix in spans:
                report.add("fact-inside-fact", span, name=name, other=prefix)
    return Vocabulary(facts=declared, broken=frozenset(broken), complete=complete, prefixes=all_prefixes(spans))


def all_prefixes(names: Iterable[str]) -> frozenset[str]:
    """What dotted names begin with, up to each of their dots."""
    found: set[str] = set()
    longer = names
    while shorter := {name.rpartition(".")[0] for name in longer} - found - {""}:
        found |= shorter
        longer = shorter
    return frozenset(found)


def prefixes_of(name: str) -> Iterator[str]:
    """What a dotted name begins with, up to each of its dots, the shortest first."""
    parts = name.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts)))


def _read_fact(entry: Entry, topic: str, order: int, report: Report) -> FactDeclaration:
    body = mapping(entry.value)
    name = entry.key.text
    fact_type = _read_type(body, name, report)
    cost = scalar(body.get("cost") or Scalar("medium", entry.key.span, plain=True)).text
    if cost not in COSTS:
        raise Unreadable
    reference = body.entries.get("reference")
    return FactDeclaration(
        name=name,
        type=fact_type,
        topic=topic,
        order=order,
        cost=cost,
        informative=_is_yes(body.get("informative")),
        sensitive=_is_yes(body.get("sensitive")),
        sensitive_fields=_sensitive_fields(body) if isinstance(fact_type, RecordsType) else frozenset(),
        reference=_read_reference(reference, name, fact_type, report) if reference else None,
        span=entry.key.span,
    )


def _is_yes(node: Node | None) -> bool:
    return node is not None and BOOLEANS.get(scalar(node).text, False)


def _sensitive_fields(body: Mapping) -> frozenset[str]:
    fields = mapping(body.get("fields"))
    return frozenset(
        entry.key.text for entry in fields if isinstance(entry.value, Mapping) and _is_yes(entry.value.get("sensitive"))
    )


def _read_reference(entry: Entry, fact: str, fact_type: FactType, report: Report) -> ReferenceValue:
    body = mapping(entry.value)
    value = body.get("value")
    if value is None:
        raise Unreadable
    read_on = scalar(body.get("read_on"))
    known = read_value(value, fact, fact_type, report)
    if known is None:
        raise report.fail("empty-reference", value.span, fact=fact)
    try:
        date = read_date(read_on.text)
    except ValueError:
        raise report.fail("malformed-date", read_on.span, value=read_on.text) from None
    return ReferenceValue(value=known, read_on=date, source=scalar(body.get("source")).text, span=entry.key.span)


def _read_type(body: Mapping, fact: str, report: Report) -> FactType:
    if scalar(body.get("type")).text != "records":
        return _read_field_type(body, report)
    fields = dict(
        each(mapping(body.get("fields")), lambda entry: (entry.key.text, _read_field_type(entry.value, report)))
    )
    key = scalar(body.get("key"))
    if not fields:
        raise Unreadable
    if key.text not in fields:
        raise report.fail(
            "unknown-field",
            key.span,
            fact=fact,
            name=key.text,
            suggestion=report.nearest(key.text, fields),
            allowed=", ".join(fields),
        )
    if isinstance(fields[key.text], SetType):
        raise report.fail("key-field-is-set", key.span, fact=fact, field=key.text)
    return RecordsType(key=key.text, fields=fields)


def _read_field_type(node: Node, report: Report) -> FieldType:
    if isinstance(node, Broken):
        raise Unreadable
    body = mapping(node)
    kind = scalar(body.get("type")).text
    if kind == "set":
        return SetType(member=_read_scalar_type(body, scalar(body.get("of")).text, report))
    return _read_scalar_type(body, kind, report)


def _read_scalar_type(body: Mapping, name: str, report: Report) -> ScalarType:
    kind: Kind | None = next((kind for kind in KINDS if kind == name), None)
    if kind is None:
        raise Unreadable
    low, high = (_read_bound(body.get(bound), kind, report) for bound in ("min", "max"))
    if low is not None and high is not None and low > high:
        raise report.fail("ends-swapped", body.entries["min"].key.span, low=low, high=high)
    unit = body.get("unit")
    values: tuple[str, ...] = ()
    if kind == "enum":
        named = each(sequence(body.get("values")).items, lambda value: scalar(value).text)
        values = tuple(dict.fromkeys(named))  # one that is there twice is reported by its shape
    return ScalarType(
        kind=kind,
        minimum=low,
        maximum=high,
        unit=None if unit is None else scalar(unit).text,
        values=values,
    )


def _read_bound(node: Node | None, kind: Kind, report: Report) -> int | float | None:
    return None if node is None else read_number(scalar(node), kind, report)
