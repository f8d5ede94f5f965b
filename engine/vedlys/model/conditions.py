"""Conditions: what rules, gates and derived facts are made of.

A condition's truth is TRUE, FALSE or UNKNOWN, written True, False and None.
Authored forms that mean the same are one form here: a bare scalar is `is`, a mapping of several facts is an
`AllOf`, several operators on one fact are an `AllOf`, and `none: […]` is `Not(AnyOf(…))`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import assert_never

import msgspec

from vedlys.model.types import FactType
from vedlys.model.values import IpNetwork, Scalar
from vedlys.source import Span

Truth = bool | None


class Fact(msgspec.Struct, frozen=True, tag="fact"):
    """A fact of the environment by name, derived facts included."""

    name: str


class Field(msgspec.Struct, frozen=True, tag="field"):
    """A field of the record at hand, inside `some` and `every`."""

    name: str


Reference = Fact | Field

# What a literal compares with, in normal form, by operator:
#   one scalar           is is_not at_least at_most more_than less_than has lacks contains has_under known
#   a tuple of scalars   one_of none_of between has_any has_all lacks_any covers   (authored order)
#   a length of time     older_than newer_than
#   a network            within
#   another fact/field   wherever one scalar or a tuple of scalars may stand, except known, contains and within
Operand = Scalar | tuple[Scalar, ...] | dt.timedelta | IpNetwork | Fact | Field


class Literal(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison: the smallest part of a condition that has a truth of its own."""

    subject: Reference
    operator: str  # a name of model.operators
    operand: Operand
    type: FactType  # of the subject
    span: Span


class AllOf(msgspec.Struct, frozen=True, kw_only=True):
    """TRUE when every part is, FALSE when one is FALSE."""

    parts: tuple[Condition, ...]
    span: Span


class AnyOf(msgspec.Struct, frozen=True, kw_only=True):
    """TRUE when a part is, FALSE when every part is FALSE."""

    parts: tuple[Condition, ...]
    span: Span


class Not(msgspec.Struct, frozen=True, kw_only=True):
    """TRUE when its part is FALSE, and the other way round."""

    part: Condition
    span: Span


class Quantified(msgspec.Struct, frozen=True, kw_only=True):
    """`some` (an `any` over the records of a fact) or `every` (an `all` over them)."""

    quantifier: str  # "some" or "every"
    fact: str
    key: str  # the field that tells the records apart
    part: Condition  # its literals' subjects are fields of the record
    span: Span


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """Whether every warning or blocker of these sections is clear or not applicable."""

    sections: tuple[str, ...]
    span: Span


class Always(msgspec.Struct, frozen=True, kw_only=True):
    """TRUE whatever the facts."""

    span: Span


Condition = Literal | AllOf | AnyOf | Not | Quantified | Resolved | Always


def facts_of(condition: Condition) -> Iterator[str]:
    """The facts that a condition names, derived ones too, in authored order, each as often as it is named."""
    match condition:
        case Literal(subject=subject, operand=operand):
            yield from (part.name for part in (subject, operand) if isinstance(part, Fact))
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from facts_of(part)
        case Not(part=part):
            yield from facts_of(part)
        case Quantified(fact=fact, part=part):
            yield fact
            yield from facts_of(part)
        case Resolved() | Always():
            return
        case _:
            assert_never(condition)


def parts_of(condition: Condition) -> Iterator[Condition]:
    """A condition and all parts of it, in no order."""
    waiting_for: list[Condition] = [condition]
    while waiting_for:
        node = waiting_for.pop()
        yield node
        match node:
            case AllOf(parts=parts) | AnyOf(parts=parts):
                waiting_for += parts
            case Not(part=part) | Quantified(part=part):
                waiting_for.append(part)
            case _:
                pass


def sections_of(condition: Condition) -> Iterator[str]:
    """The sections that a condition waits for, each as often as it is named."""
    return (section for part in parts_of(condition) if isinstance(part, Resolved) for section in part.sections)
