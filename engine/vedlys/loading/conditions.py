"""Conditions: from what the author wrote to literals with types and operands in normal form."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping as MappingOf
from typing import Any

import msgspec

from vedlys.loading.nodes import Broken, Entry, Mapping, Node, Scalar, Sequence, written
from vedlys.loading.report import Report, Unreadable, each
from vedlys.loading.values import field_of, read_boolean, read_scalar
from vedlys.loading.vocabulary import Vocabulary
from vedlys.model.conditions import (
    AllOf,
    Always,
    AnyOf,
    Condition,
    Fact,
    Field,
    Literal,
    Not,
    Operand,
    Quantified,
    Reference,
    Resolved,
)
from vedlys.model.operators import OPERATORS, Operator
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType, name_of
from vedlys.model.values import Scalar as ScalarValue
from vedlys.model.values import read_network
from vedlys.source import Span

_LISTS = {"all", "any", "none"}
_WORDS = [*_LISTS, "not", "resolved"]
_UNITS = {"hours": 1, "days": 24, "weeks": 7 * 24}
_COUNT = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_HOST = ScalarType(kind="hostname")
_HOST_PATTERN = ScalarType(kind="host_pattern")
_HOST_KINDS = {"hostname", "host_pattern"}


class Records(msgspec.Struct, frozen=True):
    """The records that `some` or `every` is about."""

    fact: str
    type: RecordsType


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a condition may name: facts, derived facts, sections that stand before it, fields of a record.

    `sections` is None inside a derived fact; `later` holds the sections that there are and that do not count.
    """

    vocabulary: Vocabulary
    derived: MappingOf[str, FactType]
    sections: tuple[str, ...] | None
    later: tuple[str, ...] = ()
    records: Records | None = None
    always: bool = False  # whether the whole condition may be `always`


def read_condition(node: Node, scope: Scope, report: Report) -> Condition:
    """The condition that a node says; Unreadable where a part is bad, after every part was looked at."""
    match node:
        case Broken():
            raise Unreadable
        case Scalar(text="always"):
            if not scope.always:
                raise report.fail("always-out-of-place", node.span)
            return Always(span=node.span)
        case Mapping() if node.entries:
            inner = msgspec.structs.replace(scope, always=False)
            return _joined(each(node, lambda entry: _read_entry(entry, inner, report)), node.span)
    raise report.fail("needs-condition", node.span)


def _joined(parts: list[Condition], span: Span) -> Condition:
    return parts[0] if len(parts) == 1 else AllOf(parts=tuple(parts), span=span)


def _read_entry(entry: Entry, scope: Scope, report: Report) -> Condition:
    word, node, span = entry.key.text, entry.value, entry.key.span
    if word in _LISTS:
        parts = tuple(_read_parts(entry, scope, report))
        if word == "all":
            return AllOf(parts=parts, span=span)
        return AnyOf(parts=parts, span=span) if word == "any" else Not(part=AnyOf(parts=parts, span=span), span=span)
    if word == "not":
        return Not(part=read_condition(node, scope, report), span=span)
    if word == "resolved":
        return _read_resolved(entry, scope, report)
    subject, fact_type = _read_subject(entry.key, scope, report)
    return _read_test(entry, subject, fact_type, scope, report)


def _read_parts(entry: Entry, scope: Scope, report: Report) -> list[Condition]:
    if isinstance(entry.value, Broken):
        raise Unreadable
    if not isinstance(entry.value, Sequence):
        raise report.fail("needs-list-of-conditions", entry.key.span, word=entry.key.text)
    if not entry.value.items:
        raise report.fail("empty-list", entry.key.span)
    return each(entry.value.items, lambda item: read_condition(item, scope, report))


def _read_resolved(entry: Entry, scope: Scope, report: Report) -> Resolved:
    if scope.sections is None or scope.records is not None:
        raise report.fail("resolved-out-of-place", entry.key.span)
    if isinstance(entry.value, Broken):
        raise Unreadable
    if not isinstance(entry.value, Sequence):
        raise report.fail("needs-list-of-sections", entry.key.span)
    if not entry.value.items:
        raise report.fail("empty-list", entry.key.span)
    earlier = scope.sections

    def read_section(item: Node) -> str:
        if not isinstance(item, Scalar):
            raise report.fail("needs-list-of-sections", item.span)
        if item.text in earlier:
            return item.text
        if item.text in scope.later:
            raise report.fail("section-not-earlier", item.span, section=item.text)
        suggestion = report.nearest(item.text, earlier)
        raise report.fail(
            "unknown-section", item.span, section=item.text, suggestion=suggestion, allowed=", ".join(earlier) or None
        )

    return Resolved(sections=tuple(each(entry.value.items, read_section)), span=entry.key.span)


def _read_subject(name: Scalar, scope: Scope, report: Report) -> tuple[Reference, FactType]:
    if scope.records is not None:
        if "." in name.text:
            raise report.fail("fact-inside-records", name.span, name=name.text)
        return Field(name.text), field_of(scope.records.type, scope.records.fact, name, report)
    if "." not in name.text:
        near = report.nearest(name.text, _WORDS)
        if near:
            raise report.fail("unknown-fact", name.span, name=name.text, suggestion=near)
    return Fact(name.text), scope.vocabulary.type_of(name, report, scope.derived)


def _read_test(entry: Entry, subject: Reference, fact_type: FactType, scope: Scope, report: Report) -> Condition:
    node = entry.value
    match node:
        case Broken():
            raise Unreadable
        case Scalar():
            if node.is_null:
                raise report.fail("null-in-condition", node.span, fact=subject.name)
            test = _Test(entry.key, node, subject, fact_type, scope, report)
            return test.literal(test.operator("is"))
        case Sequence():
            raise report.fail("list-in-condition", node.span, fact=subject.name, operators=_operators_for(fact_type))
        case Mapping() if not node.entries:
            raise report.fail("needs-condition", node.span)
        case Mapping():
            tests = each(
                node,
                lambda part: _read_operator(_Test(part.key, part.value, subject, fact_type, scope, report)),
            )
            return _joined(tests, entry.key.span)


def _operators_for(fact_type: FactType) -> str:
    return ", ".join(operator.name for operator in OPERATORS.values() if operator.takes(fact_type))


class _Test(msgspec.Struct, frozen=True):
    """One operator on one subject, while it is being read. `key` is what the author wrote it behind."""

    key: Scalar
    node: Node
    subject: Reference
    type: FactType
    scope: Scope
    report: Report

    def operator(self, name: str) -> Operator:
        """The operator of that name; Unreadable where there is none or it does not take the subject's type."""
        takes = {"fact": self.subject.name, "type": name_of(self.type), "operators": _operators_for(self.type)}
        operator = OPERATORS.get(name)
        if operator is None:
            suggestion = self.report.nearest(name, OPERATORS)
            raise self.report.fail("unknown-operator", self.key.span, name=name, suggestion=suggestion, **takes)
        if not operator.takes(self.type):
            raise self.report.fail("operator-not-for-type", self.key.span, operator=name, **takes)
        return operator

    def literal(self, operator: Operator) -> Literal:
        """The literal with its operand read; Unreadable where that does not fit."""
        return Literal(
            subject=self.subject,
            operator=operator.name,
            operand=self._operand(operator),
            type=self.type,
            span=self.key.span,
        )

    def _operand(self, operator: Operator) -> Operand:
        member = self.type.member if isinstance(self.type, SetType) else self.type
        if operator.shape in {"one", "many", "host", "patterns"} and isinstance(self.node, Mapping):
            return self._reference(operator)
        match operator.shape:
            case "truth":
                return read_boolean(self.node, self.report)
            case "duration":
                return self._duration()
            case "network":
                return self._network()
            case "phrase":
                return self._scalar(self.node, ScalarType(kind="text"))
            case "host":
                return self._scalar(self.node, _HOST)
            case "patterns":
                return self._list(_HOST_PATTERN)
            case "pair":
                assert isinstance(member, ScalarType)
                return self._pair(member)
            case "many":
                assert isinstance(member, ScalarType)
                return self._list(member)
            case _:
                assert isinstance(member, ScalarType)
                return self._scalar(self.node, member)

    def _scalar(self, node: Node, scalar_type: ScalarType) -> ScalarValue:
        if isinstance(node, Scalar) and node.is_null:
            raise self.report.fail("null-in-condition", node.span, fact=self.subject.name)
        return read_scalar(node, scalar_type, self.report)

    def _list(self, member: ScalarType) -> tuple[ScalarValue, ...]:
        if isinstance(self.node, Broken):
            raise Unreadable
        if not isinstance(self.node, Sequence):
            raise self.report.fail("wrong-type", self.node.span, value=written(self.node), expected="set")
        if not self.node.items:
            raise self.report.fail("empty-list", self.key.span)
        values = each(self.node.items, lambda item: self._scalar(item, member))
        seen: set[ScalarValue] = set()
        for value, item in zip(values, self.node.items, strict=True):
            if value in seen:
                raise self.report.fail("duplicate-item", item.span, value=written(item))
            seen.add(value)
        return tuple(values)

    def _pair(self, member: ScalarType) -> tuple[ScalarValue, ...]:
        if isinstance(self.node, Broken):
            raise Unreadable
        if not isinstance(self.node, Sequence) or len(self.node.items) != 2:
            raise self.report.fail("needs-two-values", self.node.span)
        low: Any  # both of one ordered kind, which a union of kinds cannot say
        high: Any
        low, high = each(self.node.items, lambda item: self._scalar(item, member))
        if low > high:
            raise self.report.fail("ends-swapped", self.node.span, low=low, high=high)
        return low, high

    def _duration(self) -> dt.timedelta:
        if isinstance(self.node, Broken):
            raise Unreadable
        if isinstance(self.node, Mapping) and len(self.node.entries) == 1:
            (entry,) = self.node
            count = entry.value
            if entry.key.text in _UNITS and isinstance(count, Scalar) and _COUNT.fullmatch(count.text):
                return dt.timedelta(hours=_UNITS[entry.key.text] * int(count.text))
        raise self.report.fail("malformed-duration", self.node.span, value=written(self.node))

    def _network(self) -> Operand:
        if isinstance(self.node, Broken):
            raise Unreadable
        text = self.node.text if isinstance(self.node, Scalar) else written(self.node)
        try:
            return read_network(text)
        except ValueError:
            raise self.report.fail("malformed-network", self.node.span, value=text) from None

    def _reference(self, operator: Operator) -> Fact | Field:
        """A fact or field in place of a value, of a type that can be compared with the subject's."""
        assert isinstance(self.node, Mapping)
        entries = list(self.node)
        word, name = (entries[0].key.text, entries[0].value) if len(entries) == 1 else ("", None)
        if word not in {"fact", "field"} or not isinstance(name, Scalar):
            if isinstance(name, Broken):
                raise Unreadable
            raise self.report.fail("needs-value-or-fact", self.node.span)
        records = self.scope.records
        other: FactType
        if word == "field":
            if records is None:
                raise self.report.fail("field-outside-records", entries[0].key.span)
            other = field_of(records.type, records.fact, name, self.report)
        else:
            other = self.scope.vocabulary.type_of(name, self.report, self.scope.derived)
        if not _comparable(operator, self.type, other):
            raise self.report.fail(
                "unlike-types",
                name.span,
                fact=self.subject.name,
                type=name_of(self.type),
                other=name.text,
                other_type=name_of(other),
            )
        return Field(name.text) if word == "field" else Fact(name.text)


def _comparable(operator: Operator, subject: FactType, other: FactType) -> bool:
    member = subject.member if isinstance(subject, SetType) else subject
    match operator.shape, other:
        case "one", ScalarType():
            return isinstance(member, ScalarType) and _alike(member, other)
        case "many", SetType(member=others):
            return isinstance(member, ScalarType) and _alike(member, others)
        case "host", ScalarType():
            return other.kind == "hostname"
        case "patterns", SetType(member=others):
            return others.kind in _HOST_KINDS
    return False


def _alike(one: ScalarType, other: ScalarType) -> bool:
    numbers = {"integer", "number"}
    if one.kind == "enum" and other.kind == "enum":
        return set(one.values) == set(other.values)
    return one.kind == other.kind or {one.kind, other.kind} <= numbers


def _read_operator(test: _Test) -> Condition:
    operator = test.operator(test.key.text)
    if operator.shape != "condition":
        return test.literal(operator)
    assert isinstance(test.type, RecordsType)
    if isinstance(test.node, Scalar):
        raise test.report.fail("needs-condition", test.node.span)
    inside = msgspec.structs.replace(test.scope, records=Records(test.subject.name, test.type))
    return Quantified(
        quantifier=operator.name,
        fact=test.subject.name,
        key=test.type.key,
        part=read_condition(test.node, inside, test.report),
        span=test.key.span,
    )
