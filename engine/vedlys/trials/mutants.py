"""Mutants: conditions that differ from the authored one in one small way. Examples must notice each of them.

A mutant's name says what was done to which part:

    name   = operation " " part [ " " step ]
    part   = root                       the whole condition: `when`, `given`, `unless`, or `condition` of a derived fact
           | root "." node              one node in it
    node   = fact "." operator          a comparison: `connect.version.less_than`
           | fact ".some" | fact ".every"
           | fact ".some." node         a node inside: `ad.domains.some.pdc_reachable.is`
           | "all" | "any" | "none" | "not" | "resolved"
    each node that occurs again under the same root has `#2`, `#3` … behind it, counted in authored order;
    one member of a list follows in brackets, `.low` and `.high` are the ends of `between`.

- `drop` leaves the part out; a whole `when` is then always TRUE, a whole gate is gone: `drop when.sspr.scope.is`.
  With a member in brackets it leaves one member of a list or one section out: `drop when.resolved[configuration]`.
- `negate` turns the part round, so that `is` becomes `is_not` and `has` becomes `lacks`: `negate unless`.
- `swap` puts all for any, some for every, at_least for more_than, at_most for less_than, has_any for has_all, and the
  other way round: `swap when.any`.
- `shift` moves a value by one step: a whole number by 1, a decimal by its last digit, a version by its last written
  part, a date by a day, a moment by a second, a length of time by its unit, an address by one, a network by one bit:
  `shift when.net.idle_timeout_seconds.less_than +1`.
- `replace` puts another value in the place of an enum's, a text or a host: `replace when.sspr.scope.is`.

In `drop` and `negate` the whole condition is named by its root alone, in the others by its node. Mutants that mean the
same are made once: whole numbers have no `swap` of a boundary, which a `shift` is too, and what stands under a `not` is
not negated on its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Literal as OneOf

import msgspec

from vedlys.model.conditions import (
    AllOf,
    Always,
    AnyOf,
    Condition,
    Field,
    Literal,
    Not,
    Quantified,
    Resolved,
)
from vedlys.model.types import ScalarType
from vedlys.source import Span
from vedlys.trials.operands import neighbours

Root = OneOf["when", "given", "unless", "condition"]

_SWAPPED = {
    "at_least": "more_than",
    "more_than": "at_least",
    "at_most": "less_than",
    "less_than": "at_most",
    "has_any": "has_all",
    "has_all": "has_any",
    "some": "every",
    "every": "some",
}
_BOUNDARIES = frozenset({"at_least", "more_than", "at_most", "less_than"})


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """A changed condition; `condition` is None where a whole gate is dropped, `span` is that of the changed part."""

    name: str
    condition: Condition | None
    span: Span


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A comparison, `some`, `every` or `resolved` with its name; `key` marks a comparison of a record's key."""

    name: str
    condition: Literal | Quantified | Resolved
    key: bool = False


def mutants(root: Root, condition: Condition) -> Iterator[Mutant]:
    """All mutants of one condition, in authored order."""
    for change in _Walk(root).changes(condition, root, whole=root):
        mutated = change.condition
        if mutated is None and root in {"when", "condition"}:
            mutated = Always(span=condition.span)
        yield Mutant(name=change.name, condition=mutated, span=change.span)


def nodes(root: Root, condition: Condition) -> Iterator[Node]:
    """Everything in a condition that has a truth of its own, under the names that mutants use."""
    return _nodes(_Walk(root), condition, root, None)


class _Walk:
    """One walk through a condition: hands out the names, in authored order."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._taken: Counter[str] = Counter()

    def name(self, condition: Condition, within: str) -> str:
        name = f"{within}.{_label(condition)}"
        self._taken[name] += 1
        count = self._taken[name]
        return name if count == 1 else f"{name}#{count}"

    def changes(
        self, condition: Condition, within: str, *, whole: str | None = None, alone: bool = True
    ) -> Iterator[Mutant]:
        """Mutants of a condition and its parts; a `condition` of None leaves it out.

        `whole` names the condition where it is a root; `alone` says whether it may be dropped and negated itself.
        """
        if isinstance(condition, Always):
            return
        if isinstance(condition, AllOf | AnyOf) and len(condition.parts) == 1:
            yield from self.changes(condition.parts[0], within, whole=whole, alone=alone)
            return
        name = self.name(condition, within)
        if alone:
            negated = Not(part=condition, span=condition.span)
            yield Mutant(name=f"drop {whole or name}", condition=None, span=condition.span)
            yield Mutant(name=f"negate {whole or name}", condition=negated, span=condition.span)
        yield from self._inside(condition, name, within)

    def _inside(self, condition: Condition, name: str, within: str) -> Iterator[Mutant]:
        """What `changes` does to the parts of a condition, and to how they are joined."""
        match condition:
            case Literal():
                yield from _literal(condition, name)
            case Resolved():
                yield from _resolved(condition, name)
            case Quantified():
                yield from self._quantified(condition, name)
            case AllOf() | AnyOf():
                yield from self._joined(condition, name, within)
            case Not(part=AnyOf() as none) if len(none.parts) > 1:
                for change in self._joined(none, name, within):
                    yield _wrapped(change, lambda part: Not(part=part, span=condition.span))
            case Not(part=part):
                for change in self.changes(part, within, alone=False):
                    yield _wrapped(change, lambda part: Not(part=part, span=condition.span))

    def _joined(self, joined: AllOf | AnyOf, name: str, within: str) -> Iterator[Mutant]:
        other = AnyOf if isinstance(joined, AllOf) else AllOf
        parts = joined.parts
        yield Mutant(name=f"swap {name}", condition=other(parts=parts, span=joined.span), span=joined.span)
        for index, part in enumerate(parts):
            for change in self.changes(part, within):
                changed = () if change.condition is None else (change.condition,)
                rest = (*parts[:index], *changed, *parts[index + 1 :])
                yield _with(change, msgspec.structs.replace(joined, parts=rest))

    def _quantified(self, quantified: Quantified, name: str) -> Iterator[Mutant]:
        swapped = msgspec.structs.replace(quantified, quantifier=_SWAPPED[quantified.quantifier])
        yield Mutant(name=f"swap {name}", condition=swapped, span=quantified.span)
        for change in self.changes(quantified.part, name):
            inner = Always(span=quantified.part.span) if change.condition is None else change.condition
            yield _with(change, msgspec.structs.replace(quantified, part=inner))


def _resolved(resolved: Resolved, name: str) -> Iterator[Mutant]:
    if len(resolved.sections) > 1:
        for section in resolved.sections:
            rest = tuple(other for other in resolved.sections if other != section)
            changed = Resolved(sections=rest, span=resolved.span)
            yield Mutant(name=f"drop {name}[{section}]", condition=changed, span=resolved.span)


def _literal(literal: Literal, name: str) -> Iterator[Mutant]:
    whole_number = isinstance(literal.type, ScalarType) and literal.type.kind == "integer"
    shifted_instead = whole_number and literal.operator in _BOUNDARIES and isinstance(literal.operand, int)
    single = isinstance(literal.operand, tuple) and len(literal.operand) == 1  # any of one is all of it
    if literal.operator in _SWAPPED and not shifted_instead and not single:
        swapped = msgspec.structs.replace(literal, operator=_SWAPPED[literal.operator])
        yield Mutant(name=f"swap {name}", condition=swapped, span=literal.span)
    for near in neighbours(literal):
        step = f" {near.step}" if near.step else ""
        yield Mutant(
            name=f"{near.operation} {name}{near.suffix}{step}",
            condition=msgspec.structs.replace(literal, operand=near.operand),
            span=literal.span,
        )


def _wrapped(change: Mutant, wrap: Callable[[Condition], Condition]) -> Mutant:
    assert change.condition is not None  # nothing drops all that stands under a `not`
    return _with(change, wrap(change.condition))


def _with(change: Mutant, condition: Condition) -> Mutant:
    return Mutant(name=change.name, condition=condition, span=change.span)


def _label(condition: Condition) -> str:
    match condition:
        case Literal(subject=subject, operator=operator):
            return f"{subject.name}.{operator}"
        case Quantified(fact=fact, quantifier=quantifier):
            return f"{fact}.{quantifier}"
        case AllOf():
            return "all"
        case AnyOf():
            return "any"
        case Not(part=AnyOf(parts=parts)) if len(parts) > 1:
            return "none"
        case Not():
            return "not"
        case Resolved():
            return "resolved"
        case Always():
            return "always"


def _nodes(walk: _Walk, condition: Condition, within: str, key: str | None) -> Iterator[Node]:
    match condition:
        case Literal(subject=subject):
            is_key = isinstance(subject, Field) and subject.name == key
            yield Node(name=walk.name(condition, within), condition=condition, key=is_key)
        case Resolved():
            yield Node(name=walk.name(condition, within), condition=condition)
        case Quantified():
            name = walk.name(condition, within)
            yield Node(name=name, condition=condition)
            yield from _nodes(walk, condition.part, name, condition.key)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _nodes(walk, part, within, key)
        case Not(part=part):
            yield from _nodes(walk, part, within, key)
        case Always():
            return
