"""Posted facts of one article, decoded straight into values: the fastest walk, for what is asked again and again.

msgspec reads the JSON into structs whose fields are the spellings of the article's facts, each of its type. What is
left is written once for the article as straight code, which brings the spellings together and reads versions, hosts
and the like. It knows nothing of faults. Whatever it does not accept at once, a fact of another article for one, is
left to the other walks; what it accepts, they accept with the same result.

Each member of an object has a colon. So where a document has as many colons as values have come out of it, nothing was
lost on the way: no key stood twice, no fact in two spellings. Most documents have no null either, and then what was not
posted needs no second look; for the others there is a second function, which tells null from nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, Protocol

import msgspec
from msgspec import UNSET, UnsetType

from vedlys.intake.faults import NotPlainError
from vedlys.intake.forms import Forms
from vedlys.intake.scalars import REMEMBERED, scalar_reader
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType
from vedlys.model.values import Record, Value, rows_of

# What was posted: the known values, and the names of the facts that were posted as null.
Posted = tuple[dict[str, Value], tuple[str, ...]]
# Each takes the bytes of a document with nothing wrong in it, and raises anything on all others. Threads may share it.
Values = Callable[[bytes], Posted]
Decider = Callable[[bytes, dt.datetime | None], Any]

_AS_DECODED = frozenset({"boolean", "integer", "enum"})  # nothing is left to do once their type is right

_FEW_FIELDS = 8  # of so many, each is fetched faster by itself


def value_reader(forms: Forms, *, body_limit: int) -> Values:
    """Make the reader of the values of facts; it leaves a document over `body_limit` bytes to others."""
    return _reader(partial(_ValuesWriter, forms, body_limit))


def decider(code: Code, forms: Forms, references: Mapping[str, Value], *, body_limit: int) -> Decider:
    """Make the function that reads facts and goes straight on with `code`, and gives what that returns.

    The forms are of all facts that may be posted, those that the code reads and others; `references` are the values
    that reference data has for those that were not.
    """
    return _reader(partial(_RowWriter, forms, body_limit, code, references))


class Code(Protocol):
    """Straight code over a row of facts."""

    @property
    def row(self) -> Mapping[str, Sequence[str]]:
        """The facts that stand in locals v0, v1, …, with the fields of those that are records: rows of these fields."""

    @property
    def lines(self) -> Sequence[str]:
        """The code, which may read the moment `as_of` too and ends with a return; none of its names begins with p."""

    @property
    def scope(self) -> Mapping[str, object]:
        """What it may name."""


def _reader(writer: Callable[..., _Writer]) -> Callable[..., Any]:
    @cache
    def telling_nulls() -> Callable[..., Any]:
        return writer(absent=UNSET).function(refuse)

    def again(body: bytes, *more: object) -> Any:
        return telling_nulls()(body, *more)

    def refuse(*_: object) -> Any:
        raise NotPlainError

    return writer(absent=None).function(again)


class _Writer:
    """Writes the function that decodes a document and gathers the values of facts out of its structs.

    A fact's value, and the object of a topic, is in a local of its own: `absent` until it was met. Where that is UNSET,
    null is told from nothing.
    """

    def __init__(self, forms: Forms, body_limit: int, *, absent: UnsetType | None) -> None:
        self._forms = forms
        self._facts = {name: f"p{number}" for number, name in enumerate(forms.types)}
        self._topics = {topic: f"p_topic{number}" for number, topic in enumerate(forms.topics)}
        self._body_limit = body_limit
        self._absent = absent
        self._tells_nulls = absent is UNSET
        self._scope: dict[str, Any] = {
            "UNSET": UNSET,
            "Record": Record,
            "astuple": msgspec.structs.astuple,
            **{known.__name__: known for known in (frozenset, int, len, map, set, str, sum, tuple)},
        }

    # --- what becomes of the values ---

    arguments = "body"

    def _taken_record(self, fact: str, fields: Mapping[str, str], of: RecordsType) -> Iterator[str]:
        """Add one record to those of the fact; `fields` has the local of each of its fields."""
        raise NotImplementedError

    def _unposted(self, name: str, local: str) -> Iterator[str]:
        """Make something of a fact that was not posted."""
        del name, local
        return iter(())

    def _taken(self) -> Iterator[str]:
        """Take the values together."""
        return iter(())

    def _ending(self) -> Iterator[str]:
        """End the function, once it is certain that nothing was lost."""
        raise NotImplementedError

    # --- the function ---

    def function(self, otherwise: Callable[..., Any]) -> Callable[..., Any]:
        """The function; where a colon is left over, it leaves the document to `otherwise`."""
        source = "\n    ".join([f"def read({self.arguments}):", *self._lines()])
        scope = {**self._scope, "decode": self._forms.decoder(self._absent), "otherwise": otherwise, "__builtins__": {}}
        exec(compile(source, "<facts>", "exec"), scope)  # noqa: S102 - nothing in it was written by an author
        read: Callable[..., Any] = scope.pop("read")  # in its own globals it would never be freed
        return read

    def _lines(self) -> Iterator[str]:
        leave = f"return otherwise({self.arguments})"
        yield f"if len(body) > {self._body_limit}: {leave}"
        yield "p_root = decode(body)"
        yield from _unpacked([*self._facts.values(), *self._topics.values()], "p_root")
        yield "p_found = 0"  # members, and colons in texts
        if self._tells_nulls:
            yield "p_nulls = ()"
        for topic, local in self._topics.items():
            targets = [self._facts.get(name) or self._topics[name] for name in self._forms.members(topic)]
            yield f"if {local} is not {self._absent}:"
            yield "    p_found += 1"
            yield from _indented(self._spread(local, targets))
        yield from self._counted()
        settled = [line for name, local in self._facts.items() for line in self._settled(name, local)]
        if any("p_texts" in line for line in settled):
            settled = [
                "p_texts = False",
                *settled,
                f"if p_texts and b'\\\\' in body: {leave}",
            ]  # a colon may be escaped
        yield from settled
        yield from self._taken()
        yield f"if body.count(b':') != p_found: {leave}"
        yield from self._ending()

    def _counted(self) -> Iterator[str]:
        """Count the facts that were posted; where null is told from nothing, each is counted as it is settled."""
        if not self._tells_nulls:
            yield f"p_found += {len(self._facts)} - {_tuple(self._facts.values())}.count(None)"

    def _spread(self, local: str, targets: list[str]) -> Iterator[str]:
        """Put the members of a topic where they belong."""
        if not self._tells_nulls:
            # what is overwritten was posted in two spellings, or will be looked at again: its colon is left over
            yield from _unpacked(targets, local)
            return
        for number, target in enumerate(targets):
            yield f"p_x = {local}.f{number}"
            yield f"if p_x is not UNSET: {target} = p_x"

    def _settled(self, name: str, local: str) -> Iterator[str]:
        """Make of the value of one fact, posted or not, what is told of it."""
        valued = [*self._valued(name, self._forms.types[name], local)]
        unposted = [*self._unposted(name, local)]
        if not self._tells_nulls:
            yield from _branch(f"if {local} is not None:", valued)
            yield from _branch(f"if {local} is None:", unposted)
            return
        yield f"if {local} is UNSET:"
        yield from _indented([f"{local} = None", *unposted])
        yield "else:"
        yield "    p_found += 1"
        yield f"    if {local} is None: p_nulls += ({self._constant(name)},)"
        yield from _indented(_branch("else:", valued))

    def _valued(self, name: str, of: FactType, local: str) -> Iterator[str]:
        """Make of a posted value its normal form."""
        match of:
            case ScalarType():
                if _may_hold_colon(of):
                    yield f"p_found += {local}.count(':')"
                    yield "p_texts = True"
                if of.kind in REMEMBERED:
                    yield f"{local} = {self._constant(REMEMBERED[of.kind])}[{local}]"
                elif of.kind not in _AS_DECODED:
                    yield f"{local} = {self._constant(scalar_reader(of))}({local})"
            case SetType(member=member):
                if _may_hold_colon(member):
                    yield f"p_found += sum([p_x.count(':') for p_x in {local}])"
                    yield "p_texts = True"
                read = REMEMBERED[member.kind].__getitem__ if member.kind in REMEMBERED else scalar_reader(member)
                members = local if member.kind in _AS_DECODED else f"map({self._constant(read)}, {local})"
                yield f"{local} = frozenset({members})"
            case RecordsType():
                yield from self._records(name, of, local)

    def _records(self, name: str, of: RecordsType, local: str) -> Iterator[str]:
        fields = {field: f"p_x{number}" for number, field in enumerate(of.fields)}
        key = fields[of.key]
        yield "p_records = []"
        yield "p_keys = set()"
        yield f"for p_item in {local}:"
        yield from _indented(_unpacked([*fields.values()], "p_item"))
        yield f"    p_found += {len(fields)}"
        yield f"    p_key = {key}"
        for field, one in fields.items():
            yield from _indented(self._field(one, [*self._valued(field, of.fields[field], one)]))
        yield f"    if {key} is None: return otherwise({self.arguments})"
        yield f"    p_keys.add({key})"
        yield from _indented(self._taken_record(name, fields, of))
        yield f"if len(p_keys) != len(p_records): return otherwise({self.arguments})"
        yield f"{local} = tuple(p_records)"

    def _field(self, local: str, valued: list[str]) -> Iterator[str]:
        """Deal with one field of a record, which was counted as posted."""
        yield f"if {local} is {self._absent}:"
        yield "    p_found -= 1"
        if self._tells_nulls:
            yield f"    {local} = None"
        yield from _branch(f"elif {local} is not None:" if self._tells_nulls else "else:", valued)

    def _constant(self, value: object) -> str:
        for name, known in self._scope.items():
            if known is value:
                return name
        name = f"p_constant{len(self._scope)}"
        self._scope[name] = value
        return name


class _ValuesWriter(_Writer):
    """Gives the values by name."""

    def _taken_record(self, fact: str, fields: Mapping[str, str], of: RecordsType) -> Iterator[str]:
        del fact
        pairs = ", ".join(f"{self._constant(name)}: {local}" for name, local in fields.items())
        yield f"p_fields = {{{pairs}}}"
        for name, local in fields.items():
            yield f"if {local} is None: del p_fields[{self._constant(name)}]"
        # a record goes by its key as it was posted
        key = "p_key" if _is_text(of.fields[of.key]) else "str(p_key)"
        yield f"p_records.append(Record({key}, p_fields))"

    def _counted(self) -> Iterator[str]:
        return iter(())

    def _taken(self) -> Iterator[str]:
        yield "p_values = {}"
        for name, local in self._facts.items():
            yield f"if {local} is not None: p_values[{self._constant(name)}] = {local}"
        if not self._tells_nulls:
            yield "p_found += len(p_values)"

    def _ending(self) -> Iterator[str]:
        yield f"return p_values, {'p_nulls' if self._tells_nulls else '()'}"


class _RowWriter(_Writer):
    """Goes on with the values in the locals that the code has for them."""

    arguments = "body, as_of"

    def __init__(
        self,
        forms: Forms,
        body_limit: int,
        code: Code,
        references: Mapping[str, Value],
        *,
        absent: UnsetType | None,
    ) -> None:
        super().__init__(forms, body_limit, absent=absent)
        self._references = references
        self._code = code
        self._facts |= {name: f"v{number}" for number, name in enumerate(code.row)}
        self._scope |= code.scope

    def _taken_record(self, fact: str, fields: Mapping[str, str], of: RecordsType) -> Iterator[str]:
        del of
        yield f"p_records.append({_tuple(fields[name] for name in self._code.row.get(fact, ()))})"

    def _unposted(self, name: str, local: str) -> Iterator[str]:
        if name in self._references:
            value: Any = self._references[name]
            if isinstance(self._forms.types[name], RecordsType):
                value = rows_of(value, self._code.row.get(name, ()))
            yield f"{local} = {self._constant(value)}"

    def _ending(self) -> Iterator[str]:
        yield from self._code.lines


def _may_hold_colon(scalar: ScalarType) -> bool:
    match scalar.kind:
        case "text" | "datetime" | "ip":
            return True
        case "enum":
            return any(":" in value for value in scalar.values)
        case _:
            return False


def _is_text(of: FactType) -> bool:
    """Whether a value is decoded as text."""
    return isinstance(of, ScalarType) and of.kind not in {"boolean", "integer", "number"}


def _unpacked(locals_: list[str], struct: str) -> Iterator[str]:
    """Put the fields of a struct into locals."""
    if len(locals_) > _FEW_FIELDS:
        yield f"{_tuple(locals_)} = astuple({struct})"
        return
    for number, local in enumerate(locals_):
        yield f"{local} = {struct}.f{number}"


def _tuple(names: Iterable[str]) -> str:
    return f"({''.join(f'{name}, ' for name in names)})"


def _branch(head: str, lines: Iterable[str]) -> list[str]:
    """The lines under a head; nothing where there are none."""
    indented = [*_indented(lines)]
    return [head, *indented] if indented else []


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
