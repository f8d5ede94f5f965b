"""Values of facts as rule files write them: texts, read by the declared type into their normal form."""

from __future__ import annotations

import math
import re

from vedlys.loading.nodes import Broken, Entry, Mapping, Node, Scalar, Sequence, written
from vedlys.loading.report import Report, Unreadable, each
from vedlys.model.types import FactType, FieldType, RecordsType, ScalarType, SetType
from vedlys.model.values import READERS, Record, Value
from vedlys.model.values import Scalar as ScalarValue

BOOLEANS = {"yes": True, "true": True, "no": False, "false": False}

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?\.?(?:inf|infinity|nan)", re.ASCII | re.IGNORECASE)
_LARGEST = 2**63 - 1  # what every reader of JSON can hold


def read_value(node: Node, fact: str, fact_type: FactType, report: Report) -> Value | None:
    """The value of a fact in normal form; None where the author wrote `null`: it is unknown."""
    if isinstance(node, Scalar) and node.is_null:
        return None
    if isinstance(fact_type, RecordsType):
        return _read_records(node, fact, fact_type, report)
    return _read_field(node, fact_type, report)


def read_scalar(node: Node, scalar_type: ScalarType, report: Report) -> ScalarValue:
    """One value of that type in normal form; Unreadable where it is none."""
    if isinstance(node, Broken):
        raise Unreadable
    if not isinstance(node, Scalar):
        raise report.fail("wrong-type", node.span, value=written(node), expected=scalar_type.kind)
    if scalar_type.kind in READERS:
        read, code = READERS[scalar_type.kind]
        try:
            return read(node.text)
        except ValueError:
            raise report.fail(code, node.span, value=node.text) from None
    match scalar_type.kind:
        case "boolean":
            return read_boolean(node, report)
        case "integer" | "number":
            return _read_number(node, scalar_type, report)
        case "enum":
            return _read_enum(node, scalar_type, report)
        case _:
            return node.text


def read_boolean(node: Node, report: Report) -> bool:
    """Yes or no; Unreadable where it is neither."""
    text = node.text if isinstance(node, Scalar) else None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if isinstance(node, Broken):
        raise Unreadable
    near = BOOLEANS.get(text.lower()) if text else None
    right = None if near is None else "yes" if near else "no"
    raise report.fail("wrong-type", node.span, value=written(node), expected="yes-or-no", right=right)


def read_set(node: Node, set_type: SetType, report: Report) -> frozenset[ScalarValue]:
    """The members of a list, equal ones once; Unreadable where it is no list or a member is bad."""
    if isinstance(node, Broken):
        raise Unreadable
    if not isinstance(node, Sequence):
        raise report.fail("wrong-type", node.span, value=written(node), expected="set")

    def read_member(member: Node) -> ScalarValue:
        if isinstance(member, Scalar) and member.is_null:
            raise report.fail("null-member", member.span)
        return read_scalar(member, set_type.member, report)

    return frozenset(each(node.items, read_member))


def _read_field(node: Node, field_type: FieldType, report: Report) -> ScalarValue | frozenset[ScalarValue]:
    if isinstance(field_type, SetType):
        return read_set(node, field_type, report)
    return read_scalar(node, field_type, report)


def read_number(node: Scalar, kind: str, report: Report) -> int | float:
    """An integer or a number, no range considered; Unreadable where it is none."""
    text = node.text
    if kind == "number" and _NOT_FINITE.fullmatch(text):
        raise report.fail("not-a-finite-number", node.span, value=text)
    if _INTEGER.fullmatch(text):
        if len(text) > 20 or abs(int(text)) > _LARGEST:
            raise report.fail("out-of-range", node.span, value=text, allowed=f"{-_LARGEST} … {_LARGEST}")
        return int(text)
    if kind == "integer" or not _NUMBER.fullmatch(text):
        raise report.fail("wrong-type", node.span, value=text, expected=kind)
    number = float(text)
    if not math.isfinite(number):
        raise report.fail("not-a-finite-number", node.span, value=text)
    return number


def _read_number(node: Scalar, scalar_type: ScalarType, report: Report) -> int | float:
    number = read_number(node, scalar_type.kind, report)
    low, high = scalar_type.minimum, scalar_type.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        allowed = f"≥ {low}" if high is None else f"≤ {high}" if low is None else f"{low} … {high}"
        raise report.fail("out-of-range", node.span, value=node.text, allowed=allowed)
    return number


def _read_enum(node: Scalar, scalar_type: ScalarType, report: Report) -> str:
    if node.text not in scalar_type.values:
        raise report.fail(
            "unknown-value",
            node.span,
            value=node.text,
            suggestion=report.nearest(node.text, scalar_type.values),
            allowed=", ".join(scalar_type.values),
        )
    return node.text


def _read_records(node: Node, fact: str, records: RecordsType, report: Report) -> tuple[Record, ...]:
    if isinstance(node, Broken):
        raise Unreadable
    if not isinstance(node, Sequence):
        raise report.fail("wrong-type", node.span, value=written(node), expected="records")
    seen: set[object] = set()

    def read_record(item: Node) -> Record:
        if isinstance(item, Broken):
            raise Unreadable
        if not isinstance(item, Mapping):
            raise report.fail("wrong-type", item.span, value=written(item), expected="record")
        record, key = _read_record(item, fact, records, report)
        if key in seen:
            span = item.entries[records.key].value.span
            raise report.fail("duplicate-record", span, fact=fact, field=records.key, value=record.key)
        seen.add(key)
        return record

    return tuple(each(node.items, read_record))


def _read_record(
    item: Mapping, fact: str, records: RecordsType, report: Report
) -> tuple[Record, ScalarValue | frozenset[ScalarValue]]:
    def read_entry(entry: Entry) -> tuple[str, ScalarValue | frozenset[ScalarValue]]:
        field_type = field_of(records, fact, entry.key, report)
        return entry.key.text, _read_field(entry.value, field_type, report)

    known = [entry for entry in item if not (isinstance(entry.value, Scalar) and entry.value.is_null)]
    unknown = [entry for entry in item if isinstance(entry.value, Scalar) and entry.value.is_null]
    each(unknown, lambda entry: field_of(records, fact, entry.key, report))
    fields = dict(each(known, read_entry))
    if records.key not in fields:
        raise report.fail("missing-key-field", item.span, fact=fact, field=records.key)
    key = item.entries[records.key].value
    assert isinstance(key, Scalar)
    return Record(key.text, fields), fields[records.key]


def field_of(records: RecordsType, fact: str, name: Scalar, report: Report) -> FieldType:
    """The type of a field of a record fact; Unreadable where the records have none of that name."""
    field_type = records.fields.get(name.text)
    if field_type is None:
        raise report.fail(
            "unknown-field",
            name.span,
            fact=fact,
            name=name.text,
            suggestion=report.nearest(name.text, records.fields),
            allowed=", ".join(records.fields),
        )
    return field_type
