"""Prints: what tells two values of a fact apart in an answer.

Values that conditions cannot tell apart may still be shown differently: a version is shown as it was written, and
1.0 is not shown as 1. And of records, what nobody reads need not be the same. So what is said of an environment is
remembered by the prints of those aspects of it that it follows from.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any

import msgspec

from vedlys.answering.memory import LARGEST_KEY
from vedlys.model.environment import Environment
from vedlys.model.rulebook import FactDeclaration
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType
from vedlys.model.values import Record

Print = Callable[[Any], Hashable]
Weigh = Callable[[Any], int]
Key = tuple[Hashable, ...]

# about how many bytes are taken by
_VALUE = 60  # a value, besides its letters
_NAME = 120  # a field of a record: most are names, which cannot be long
_RECORD = 100  # a record, besides its fields


class Aspect(msgspec.Struct, frozen=True, gc=False):
    """What something follows from: the value of a fact, or of its records, the keys and some fields."""

    fact: str
    fields: tuple[str, ...] | None = None


class _Held(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A print whose hash takes long: several keys hold it, and each is looked up and kept."""

    value: Hashable


class Printed:
    """The prints of one environment, None of what is unknown.

    `key` has one of each fact, of records with all that is read of them; `every` goes on with those of their aspects.
    """

    __slots__ = ("_environment", "_every", "_projections", "_weighs", "_weights", "key")

    def __init__(
        self,
        key: Key,
        environment: Environment,
        projections: Sequence[tuple[str, Print]],
        weighs: Mapping[str, Weigh],
    ) -> None:
        self.key = key
        self._environment = environment
        self._projections = projections
        self._weighs = weighs
        self._every: Key | None = None
        self._weights: dict[str, int] | None = None

    @property
    def every(self) -> Key:
        """What `Prints.picker` picks from."""
        if self._every is None:
            values, references = self._environment.values, self._environment.references
            prints: list[Hashable] = []
            for fact, taker in self._projections:
                value = values.get(fact)
                found = None if value is None else taker(value)
                prints.append(("reference", found) if fact in references else found)
            self._every = (*self.key, *prints)
        return self._every

    def weight(self, facts: Iterable[str] | None = None) -> int:
        """About how many bytes those values take that may be long, of some facts or of all."""
        if self._weights is None:
            values = self._environment.values
            self._weights = {name: weigh(values[name]) for name, weigh in self._weighs.items() if name in values}
        weights = self._weights
        return sum(weights.values()) if facts is None else sum([weights.get(name, 0) for name in facts])


class Prints:
    """Takes the prints of some aspects of environments; `vocabulary` declares their facts."""

    def __init__(self, aspects: Iterable[Aspect], vocabulary: Mapping[str, FactDeclaration]) -> None:
        wanted = list(dict.fromkeys(aspects))
        types = {aspect.fact: vocabulary[aspect.fact].type for aspect in wanted}
        merged = [_merged(name, of, [one for one in wanted if one.fact == name]) for name, of in types.items()]
        projected = [aspect for aspect in wanted if aspect not in merged]
        self._places = {aspect: place for place, aspect in enumerate((*merged, *projected))}
        self._facts = {fact: place for place, fact in enumerate(types)}
        # of most types the value is its own print
        takers = [(place, _print_of(types[of.fact], of.fields)) for place, of in enumerate(merged)]
        self._takers = [(place, taker) for place, taker in takers if taker is not None]
        takes = [(of.fact, _print_of(types[of.fact], of.fields)) for of in projected]
        self._projections = [(fact, taker) for fact, taker in takes if taker is not None]
        self._weighs = {name: weigh_of(of) for name, of in types.items() if not is_bounded(of)}

    def of(self, environment: Environment, key: Key | None = None) -> Printed:
        """The prints of what is known; `key` where it was taken before."""
        key = self.key(environment) if key is None else key
        return Printed(key, environment, self._projections, self._weighs)

    def key(self, environment: Environment) -> Key:
        """The prints of whole facts. That of a reference value is not that of a posted one."""
        prints: list[Any] = list(map(environment.values.get, self._facts))
        for place, taker in self._takers:
            if prints[place] is not None:
                prints[place] = taker(prints[place])
        for name in environment.references:
            if name in self._facts:
                place = self._facts[name]
                prints[place] = ("reference", prints[place])
        return tuple(prints)

    def projects(self, aspects: Iterable[Aspect]) -> bool:
        """Whether one of these aspects is not among the prints of whole facts."""
        return any(self._places[aspect] >= len(self._facts) for aspect in aspects)

    def picker(self, aspects: Iterable[Aspect]) -> Callable[[Key], Hashable]:
        """The function that picks the prints of these aspects, where one `projects` out of every one."""
        places = [self._places[aspect] for aspect in aspects]
        return itemgetter(*places) if places else lambda _: None

    def heavy(self, aspects: Iterable[Aspect]) -> tuple[str, ...]:
        """The facts of these aspects whose values may be so long that they are not worth keeping."""
        return tuple([aspect.fact for aspect in aspects if aspect.fact in self._weighs])


def _merged(fact: str, of: FactType, aspects: Sequence[Aspect]) -> Aspect:
    """All that is read of a fact."""
    if not isinstance(of, RecordsType) or any(aspect.fields is None for aspect in aspects):
        return Aspect(fact)
    fields = set().union(*[aspect.fields or () for aspect in aspects])
    return Aspect(fact, tuple([name for name in of.fields if name in fields]))


def is_bounded(of: FactType) -> bool:
    """Whether the values of a type are all short: callers decide how long texts, names and lists are."""
    return isinstance(of, ScalarType) and of.kind not in {"text", "hostname", "host_pattern"}


def _print_of(of: FactType, wanted: tuple[str, ...] | None = None) -> Print | None:
    """The function that takes the print of a value, of records of the `wanted` fields; None where it is one itself."""
    match of:
        case ScalarType(kind="version"):
            return attrgetter("text")
        case ScalarType(kind="number"):
            return repr
        case ScalarType(kind="datetime"):
            return lambda moment: moment.isoformat()
        case ScalarType():
            return None
        case SetType(member=member):
            one = _print_of(member)
            return None if one is None else lambda members: frozenset(map(one, members))
        case RecordsType(fields=fields):
            names = tuple(fields) if wanted is None else wanted
            print_all = _records_print(names, [_print_of(fields[name]) for name in names])

            def printed(records: Any) -> Hashable:
                if len(records) * _RECORD > LARGEST_KEY:
                    return object()  # too many to be remembered: like no others
                return _Held(tuple(print_all(records)))

            return printed


def _records_print(
    names: tuple[str, ...], takers: list[Print | None]
) -> Callable[[Iterable[Record]], list[tuple[Hashable, ...]]]:
    """The order in which a record's fields were posted shows nowhere; that of records does."""
    taken = [(place, taker) for place, taker in enumerate(takers) if taker is not None]
    if not taken:
        if len(names) == 1:
            [name] = names
            return lambda records: [(record.key, record.fields.get(name)) for record in records]
        return lambda records: [(record.key, *map(record.fields.get, names)) for record in records]

    def printed(record: Record) -> tuple[Hashable, ...]:
        fields: list[Any] = list(map(record.fields.get, names))
        for place, taker in taken:
            if fields[place] is not None:
                fields[place] = taker(fields[place])
        return (record.key, *fields)

    return lambda records: list(map(printed, records))


def weigh_of(of: FactType) -> Weigh:
    """The function that tells about how many bytes a value of a type takes, and about how many its print."""
    match of:
        case ScalarType():
            return (lambda _: _VALUE) if is_bounded(of) else (lambda text: _VALUE + 2 * len(text))
        case SetType(member=member):
            if is_bounded(member):
                return lambda members: _VALUE * (1 + len(members))
            return lambda members: _VALUE * (1 + len(members)) + 2 * sum(map(len, members))
        case RecordsType(fields=fields):
            each = _RECORD + _NAME * len(fields)
            long = [(name, weigh_of(kind)) for name, kind in fields.items() if _may_be_long(kind)]

            def records_weigh(records: Any) -> int:
                total = _VALUE + each * len(records)
                if total <= LARGEST_KEY:
                    for name, weigh in long:
                        total += sum([weigh(record.fields[name]) for record in records if name in record.fields])
                return total

            return records_weigh


def _may_be_long(of: ScalarType | SetType) -> bool:
    return isinstance(of, SetType) or of.kind == "text"
