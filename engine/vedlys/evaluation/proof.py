"""Proofs: what made a rule apply and what stood out, said without judging it part by part.

`evidence` defines both on the judgement of the whole rule. Of a rule that is known to apply, most of that follows from
where a part stands: below an `all` that holds, everything holds. So each part is made ready once to tell what made it
as it is wanted, and asks no more of an environment than whether that part of an `any`, or that record, is among them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

import msgspec
from msgspec import UNSET, UnsetType

from vedlys.evaluation.evidence import decisive, members, told
from vedlys.evaluation.judge import Judge
from vedlys.model.conditions import AllOf, AnyOf, Condition, Fact, Field, Literal, Not, Quantified
from vedlys.model.judgement import Judgement, Match
from vedlys.model.operators import OPERATORS, holds
from vedlys.model.result import Evidence
from vedlys.model.rulebook import Rule, Rulebook
from vedlys.model.types import FactType, ScalarType
from vedlys.model.values import Record, plain

_AS_THEY_ARE = frozenset({"boolean", "integer", "number", "text", "enum", "hostname", "host_pattern"})  # in JSON


class Seen(msgspec.Struct):
    """An environment, and what was told of it so far."""

    judge: Callable[[], Judge]  # of what is not told otherwise
    values: Mapping[str, Any]
    references: frozenset[str]
    as_of: dt.datetime
    concluded: set[str]  # the derived facts that have said what made them so
    meeting: dict[int, list[Record]] = msgspec.field(default_factory=dict)  # by the identity of a `some` or `every`

    @classmethod
    def by(cls, judge: Judge) -> Seen:
        """What that judge judges."""
        environment = judge.environment
        return cls(lambda: judge, environment.values, environment.references, environment.as_of, set())


class Proof:
    """What makes one rule apply. Make it once, and keep it."""

    def __init__(self, rule: Rule, book: Rulebook) -> None:
        given, _ = book.gates(rule)
        self._parts = [_ready(part, book, None, wanted=True) for part in (given, rule.when) if part is not None]

    def because(self, seen: Seen) -> tuple[Evidence, ...]:
        """What `evidence.because` says where the rule applies."""
        found: list[Evidence] = []
        for part in self._parts:
            part.tell(seen, None, found)
        return tuple(found)

    def matched(self, seen: Seen) -> tuple[Match, ...]:
        """What `evidence.matched` says where the rule applies."""
        found: list[Match] = []
        self._parts[-1].match(seen, None, found)
        if len(found) < 2:
            return tuple(found)
        return tuple({(match.kind, match.fact, str(match.value)): match for match in found}.values())


class _Part(Protocol):
    """A part of a condition, and the truth that is wanted of it."""

    def holds(self, seen: Seen, record: Record | None) -> bool:
        """Whether it has that truth."""
        ...

    def tell(self, seen: Seen, record: Record | None, found: list[Evidence]) -> None:
        """What makes it so, where it has that truth."""
        ...

    def match(self, seen: Seen, record: Record | None, found: list[Match]) -> None:
        """What stands out in it, where it has that truth."""
        ...


def _ready(condition: Condition, book: Rulebook, fact: str | None, *, wanted: bool) -> _Part:
    """A part made ready; `fact` is set inside `some` and `every`."""
    match condition:
        case Literal(subject=Field()) if fact is not None and not _is_derived(condition.operand, book):
            return _Test(condition, fact, wanted=wanted)
        case Literal(subject=Fact() as subject) if fact is None and not (
            _is_derived(subject, book) or _is_derived(condition.operand, book)
        ):
            return _Test(condition, None, wanted=wanted)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            ready = [_ready(part, book, fact, wanted=wanted) for part in parts]
            return _Every(ready) if isinstance(condition, AllOf) is wanted else _Either(ready)
        case Not(part=part):
            return _ready(part, book, fact, wanted=not wanted)
        case Quantified():
            body = _ready(condition.part, book, condition.fact, wanted=wanted)
            if isinstance(body, _Judged):
                body.is_body = True
            kind = _EveryRecord if (condition.quantifier == "every") is wanted else _SomeRecords
            return kind(condition, body, wanted=wanted)
        case _:
            return _Judged(condition, fact, wanted=wanted)


def _is_derived(reference: object, book: Rulebook) -> bool:
    return isinstance(reference, Fact) and reference.name in book.derived


class _Test:
    """A literal on a fact, or on a field of the record at hand, none of them derived."""

    def __init__(self, literal: Literal, fact: str | None, *, wanted: bool) -> None:
        subject, operand = literal.subject, literal.operand
        self._name = subject.name
        self._fact = subject.name if fact is None else fact
        self._field = UNSET if fact is None else subject.name
        self._operator = literal.operator
        self._holds = _deciding(literal.operator)
        self._wanted = wanted
        self._negated = UNSET if wanted else True
        self._operand = operand
        self._other = operand if isinstance(operand, Fact | Field) else None
        self._needed_fact: str | UnsetType = UNSET if self._other is None else self._other.name
        self._needed = None if self._other is not None else plain(operand)
        self._is_copied = isinstance(self._needed, list | dict)
        self._observes: Callable[[Any], Any] = _as_it_is if _is_as_it_is(literal.type) else plain
        sides = (self._fact, operand.name if isinstance(operand, Fact) else self._fact)
        self._reads = frozenset(sides)

    def holds(self, seen: Seen, record: Record | None) -> bool:
        observed = self._value(seen, record)
        if self._operator == "known":
            return ((observed is not None) is self._operand) is self._wanted
        needed = self._operand if self._other is None else _side(self._other, seen, record)
        if observed is None or needed is None:
            return False
        return self._holds(observed, needed, seen.as_of) is self._wanted

    def tell(self, seen: Seen, record: Record | None, found: list[Evidence]) -> None:
        needed = self._needed
        if self._other is not None:
            needed = plain(_side(self._other, seen, record))
        elif self._is_copied:
            needed = plain(self._operand)
        found.append(
            Evidence(
                fact=self._fact,
                operator=self._operator,
                needed=needed,
                observed=self._observes(self._value(seen, record)),
                record=UNSET if record is None else record.key,
                field=self._field,
                negated=self._negated,
                needed_fact=self._needed_fact,
                reference=UNSET if not seen.references or seen.references.isdisjoint(self._reads) else True,
            )
        )

    def match(self, seen: Seen, record: Record | None, found: list[Match]) -> None:
        observed = self._value(seen, record)
        needed = self._operand if self._other is None else _side(self._other, seen, record)
        for kind, value in members(self._operator, observed, needed, wanted=self._wanted):
            found.append(Match(kind=kind, fact=self._fact, value=value))

    def _value(self, seen: Seen, record: Record | None) -> Any:
        return (seen.values if record is None else record.fields).get(self._name)


class _Every:
    """Parts that are all as wanted where the whole is."""

    def __init__(self, parts: list[_Part]) -> None:
        self._parts = parts

    def holds(self, seen: Seen, record: Record | None) -> bool:
        return all(part.holds(seen, record) for part in self._parts)

    def tell(self, seen: Seen, record: Record | None, found: list[Evidence]) -> None:
        for part in self._parts:
            part.tell(seen, record, found)

    def match(self, seen: Seen, record: Record | None, found: list[Match]) -> None:
        for part in self._parts:
            part.match(seen, record, found)


class _Either:
    """Parts of which one suffices."""

    def __init__(self, parts: list[_Part]) -> None:
        self._parts = parts

    def holds(self, seen: Seen, record: Record | None) -> bool:
        return any(part.holds(seen, record) for part in self._parts)

    def tell(self, seen: Seen, record: Record | None, found: list[Evidence]) -> None:
        for part in self._parts:
            if part.holds(seen, record):
                part.tell(seen, record, found)

    def match(self, seen: Seen, record: Record | None, found: list[Match]) -> None:
        if len(self._parts) == 1:
            self._parts[0].match(seen, record, found)
            return
        leaves: list[Evidence] = []
        self.tell(msgspec.structs.replace(seen, concluded=set()), record, leaves)
        found += [Match(kind="fact", fact=leaf.fact, value=leaf.fact) for leaf in leaves]


class _OverRecords:
    """`some` or `every`."""

    def __init__(self, condition: Quantified, body: _Part, *, wanted: bool) -> None:
        self._fact = condition.fact
        self._quantifier = condition.quantifier
        self._body = body
        self._wanted = wanted

    def _records(self, seen: Seen) -> tuple[Record, ...]:
        return cast("tuple[Record, ...]", seen.values.get(self._fact, ()))

    def _match(self, records: list[Record] | tuple[Record, ...], found: list[Match]) -> None:
        found += [Match(kind="record", fact=self._fact, value=record.key) for record in records]


class _SomeRecords(_OverRecords):
    """Records of which one suffices."""

    def holds(self, seen: Seen, _: Record | None) -> bool:
        return any(self._body.holds(seen, record) for record in self._records(seen))

    def tell(self, seen: Seen, _: Record | None, found: list[Evidence]) -> None:
        for record in self._meeting(seen):
            self._body.tell(seen, record, found)

    def match(self, seen: Seen, _: Record | None, found: list[Match]) -> None:
        self._match(self._meeting(seen), found)

    def _meeting(self, seen: Seen) -> list[Record]:
        found = seen.meeting.get(id(self))
        if found is None:
            found = [record for record in self._records(seen) if self._body.holds(seen, record)]
            seen.meeting[id(self)] = found
        return found


class _EveryRecord(_OverRecords):
    """Records that are all as wanted where the whole is."""

    def holds(self, seen: Seen, _: Record | None) -> bool:
        return self._fact in seen.values and all(self._body.holds(seen, record) for record in self._records(seen))

    def tell(self, seen: Seen, _: Record | None, found: list[Evidence]) -> None:
        records = self._records(seen)
        for record in records:
            self._body.tell(seen, record, found)
        if not records:
            found.append(
                Evidence(
                    fact=self._fact,
                    operator=self._quantifier,
                    needed=None,
                    observed=[],
                    negated=UNSET if self._wanted else True,
                    reference=True if self._fact in seen.references else UNSET,
                )
            )

    def match(self, seen: Seen, _: Record | None, found: list[Match]) -> None:
        self._match(self._records(seen), found)


class _Judged:
    """Any other part, left to the judge: what is seldom met, or hangs on derived facts or other rules."""

    def __init__(self, condition: Condition, fact: str | None, *, wanted: bool) -> None:
        self._condition = condition
        self._fact = fact
        self._wanted = wanted
        self.is_body = False  # of `some` or `every`: then it is about the record, whatever it tests

    def holds(self, seen: Seen, record: Record | None) -> bool:
        return self._judgement(seen, record).truth is self._wanted

    def tell(self, seen: Seen, record: Record | None, found: list[Evidence]) -> None:
        leaves = decisive(self._judgement(seen, record), wanted=self._wanted)
        found += told(leaves, seen.concluded, depth=0)

    def match(self, seen: Seen, record: Record | None, found: list[Match]) -> None:
        condition, judgement = self._condition, self._judgement(seen, record)
        if isinstance(condition, Literal):
            for kind, value in members(condition.operator, judgement.observed, judgement.needed, wanted=self._wanted):
                found.append(Match(kind=kind, fact=judgement.fact or "", value=value))

    def _judgement(self, seen: Seen, record: Record | None) -> Judgement:
        judgement = seen.judge().condition(self._condition, self._fact, record)
        if self.is_body and record is not None:
            return msgspec.structs.replace(judgement, record=record.key)
        return judgement


def _side(reference: Fact | Field, seen: Seen, record: Record | None) -> Any:
    if isinstance(reference, Fact):
        return seen.values.get(reference.name)
    assert record is not None  # decoding admits fields only inside `some` and `every`
    return record.fields.get(reference.name)


def _deciding(operator: str) -> Callable[[Any, Any, dt.datetime], bool]:
    """`holds` of one operator."""
    decide = OPERATORS[operator].holds
    if decide is None:
        return lambda observed, needed, as_of: holds(operator, observed, needed, as_of)
    return lambda observed, needed, _: decide(observed, needed)


def _is_as_it_is(kind: FactType) -> bool:
    """Whether values of that type are in JSON as they are here."""
    return isinstance(kind, ScalarType) and kind.kind in _AS_THEY_ARE


def _as_it_is(value: Any) -> Any:
    return value
