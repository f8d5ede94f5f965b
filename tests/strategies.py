"""Random vocabularies, rulebooks and environments, small enough to shrink and crowded enough to meet at every boundary.

Values come from short pools, so that literals and facts often hit the same value. What is drawn keeps the rules that
loading enforces: operands fit their operator, derived facts make no circle, `resolved` names earlier sections only.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st

import building
from vedlys.model.conditions import AllOf, Always, AnyOf, Condition, Fact, Field, Literal, Not, Operand, Quantified
from vedlys.model.content import Content
from vedlys.model.environment import Environment
from vedlys.model.operators import OPERATORS, Shape
from vedlys.model.rulebook import COSTS, SEVERITIES, FactDeclaration, Rule, Rulebook, Section
from vedlys.model.types import BOOLEAN, KINDS, FactType, Kind, RecordsType, ScalarType, SetType
from vedlys.model.values import Record, Scalar, Value, Version, plain, read_host_pattern, read_hostname

AS_OF = building.AS_OF
_DAY = dt.timedelta(days=1)
_TODAY = AS_OF.date()

POOLS: dict[Kind, tuple[Scalar, ...]] = {
    "boolean": (False, True),
    "integer": (0, 1, 119, 120),
    "number": (0.5, 1, 1.5, 2.0),
    "text": ("", "Straße", "STRASSE dvi", "x"),
    "enum": ("red", "green", "blue"),
    "version": tuple(map(Version.read, ("1.1.442.9", "1.1.443", "1.1.443.0", "1.10"))),
    "date": tuple(_TODAY - days * _DAY for days in (0, 29, 30, 31)),
    "datetime": (
        AS_OF,
        AS_OF - 30 * _DAY,
        AS_OF - 30 * _DAY - dt.timedelta(microseconds=1),
        (AS_OF - 30 * _DAY + dt.timedelta(microseconds=1)).astimezone(dt.timezone(dt.timedelta(hours=3))),
    ),
    "hostname": tuple(map(read_hostname, ("a", "a.b", "x.a.b", "xa.b"))),
    "host_pattern": tuple(map(read_host_pattern, ("*", "*.b", "*.a.b", "a.b", "x.a.b"))),
    "ip": tuple(map(ipaddress.ip_address, ("192.0.2.1", "192.0.3.1", "2001:db8::1", "::ffff:192.0.2.1"))),
}
DURATIONS = (dt.timedelta(days=30), dt.timedelta(days=29), dt.timedelta(hours=12), dt.timedelta(0))
NETWORKS = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32", "::/0")))
PHRASES = ("strasse", "a", "", "X")

ENUM = ScalarType(kind="enum", values=("red", "green", "blue"))


def scalar_type(kind: Kind) -> ScalarType:
    """The one scalar type of that kind that random facts have."""
    return ENUM if kind == "enum" else ScalarType(kind=kind)


_FIELDS: dict[str, ScalarType | SetType] = {
    "name": scalar_type("hostname"),
    "up": BOOLEAN,
    "other": scalar_type("hostname"),
    "count": scalar_type("integer"),
    "limit": scalar_type("integer"),
    "hosts": SetType(member=scalar_type("hostname")),
    "seen": scalar_type("datetime"),
}

# every fact that a random vocabulary may hold; two of each kind, so that facts can be compared with facts
ALL_FACTS: dict[str, FactType] = {
    **{f"{place}.{kind}": scalar_type(kind) for kind in KINDS for place in ("here", "there")},
    **{f"here.set_of_{kind}": SetType(member=scalar_type(kind)) for kind in KINDS},
    "there.set_of_host_pattern": SetType(member=scalar_type("host_pattern")),
    "here.records": RecordsType(key="name", fields=_FIELDS),
    "there.records": RecordsType(key="count", fields={"count": scalar_type("integer"), "up": BOOLEAN}),
}

Vocabulary = dict[str, FactDeclaration]


@st.composite
def vocabularies(draw: st.DrawFn, min_size: int = 2, max_size: int = 8) -> Vocabulary:
    """A few declared facts, in random order, with random costs; some have reference data.

    `here.boolean` is always one of them, so that a rulebook has something to test that is not records.
    """
    others = sorted(ALL_FACTS.keys() - {"here.boolean"})
    drawn = draw(st.lists(st.sampled_from(others), min_size=min_size - 1, max_size=max_size - 1, unique=True))
    found: Vocabulary = {}
    for order, name in enumerate(draw(st.permutations(["here.boolean", *drawn]))):
        fact_type = ALL_FACTS[name]
        reference = None
        if not isinstance(fact_type, RecordsType) and draw(st.integers(0, 4)) == 0:
            reference = draw(values(fact_type))
        found[name] = building.declared(name, fact_type, order, reference, cost=draw(st.sampled_from(COSTS)))
    return found


def types_of(vocabulary: Vocabulary) -> dict[str, FactType]:
    return {name: declaration.type for name, declaration in vocabulary.items()}


# --- values and environments ---------------------------------------------------------------------------------------


def scalars(fact_type: ScalarType) -> st.SearchStrategy[Scalar]:
    return st.sampled_from(POOLS[fact_type.kind])


def values(fact_type: FactType) -> st.SearchStrategy[Any]:
    """A known value of the type, in normal form."""
    match fact_type:
        case ScalarType():
            return scalars(fact_type)
        case SetType(member=member):
            return st.frozensets(scalars(member), max_size=3)
        case RecordsType():
            return _records(fact_type)


@st.composite
def _records(draw: st.DrawFn, fact_type: RecordsType) -> tuple[Record, ...]:
    keys = draw(st.lists(scalars(_scalar(fact_type.fields[fact_type.key])), max_size=3, unique=True))
    others = {name: field for name, field in fact_type.fields.items() if name != fact_type.key}
    found = []
    for key in keys:
        fields: dict[str, Any] = {fact_type.key: key}
        for name, field in others.items():
            if draw(st.booleans()):
                fields[name] = draw(values(field))
        found.append(Record(key=str(plain(key)), fields=fields))
    return tuple(found)


def _scalar(fact_type: ScalarType | SetType) -> ScalarType:
    assert isinstance(fact_type, ScalarType)
    return fact_type


@st.composite
def environments(draw: st.DrawFn, vocabulary: Vocabulary, *, skips: bool = False) -> Environment:
    """Some facts known, some not; reference data used where a fact was left out, and at times declared unknown."""
    found: dict[str, Value] = {}
    references = set()
    for name, declaration in vocabulary.items():
        match draw(st.integers(0, 3)):
            case 0 if declaration.reference is not None:
                found[name] = declaration.reference.value
                references.add(name)
            case 0:
                pass  # omitted, or an explicit null
            case 1 if declaration.reference is not None:
                pass  # an explicit null
            case _:
                found[name] = draw(values(declaration.type))
    skip = draw(st.frozensets(st.sampled_from(sorted(vocabulary)), max_size=2)) if skips else frozenset()
    return Environment(values=found, as_of=AS_OF, references=frozenset(references), skip=skip)


@st.composite
def completions(draw: st.DrawFn, vocabulary: Vocabulary, environment: Environment) -> Environment:
    """The environment with more learnt: some unknown facts and unknown fields of records now have a value."""
    found: dict[str, Value] = dict(environment.values)
    for name, declaration in vocabulary.items():
        if name not in found:
            if draw(st.booleans()):
                found[name] = draw(values(declaration.type))
        elif isinstance(declaration.type, RecordsType):
            found[name] = tuple(draw(_completed(record, declaration.type)) for record in _as_records(found[name]))
    return msgspec.structs.replace(environment, values=found)


@st.composite
def _completed(draw: st.DrawFn, record: Record, fact_type: RecordsType) -> Record:
    fields = dict(record.fields)
    for name, field in fact_type.fields.items():
        if name not in fields and draw(st.booleans()):
            fields[name] = draw(values(field))
    return Record(key=record.key, fields=fields)


def _as_records(value: Value) -> tuple[Record, ...]:
    assert isinstance(value, tuple)
    return tuple(part for part in value if isinstance(part, Record))


@st.composite
def full_environments(draw: st.DrawFn, vocabulary: Vocabulary, environment: Environment) -> Environment:
    """The environment with everything learnt."""
    found: dict[str, Value] = dict(environment.values)
    for name, declaration in vocabulary.items():
        if name not in found:
            found[name] = draw(values(declaration.type))
        if isinstance(declaration.type, RecordsType):
            fields = declaration.type.fields
            found[name] = tuple(
                Record(
                    key=record.key,
                    fields={
                        field: record.fields[field] if field in record.fields else draw(values(of))
                        for field, of in fields.items()
                    },
                )
                for record in _as_records(found[name])
            )
    return msgspec.structs.replace(environment, values=found)


# --- conditions ----------------------------------------------------------------------------------------------------


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a condition may name: facts, derived facts, sections before it, and inside records, fields."""

    facts: dict[str, FactType]
    derived: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    fields: dict[str, ScalarType | SetType] = {}
    known: bool = True  # whether `known` may be used


def _fits(shape: Shape, subject: FactType) -> Callable[[FactType], bool]:
    """Whether a fact of some type may be the operand of a literal with that shape and subject."""
    if isinstance(subject, RecordsType):
        return lambda _other: False
    member = subject.member if isinstance(subject, SetType) else subject
    match shape:
        case "one":
            return lambda other: isinstance(other, ScalarType) and other.kind == member.kind
        case "many":
            return lambda other: isinstance(other, SetType) and other.member.kind == member.kind
        case "host":
            return lambda other: isinstance(other, ScalarType) and other.kind == "hostname"
        case "patterns":
            return lambda other: isinstance(other, SetType) and other.member.kind in {"hostname", "host_pattern"}
        case _:
            return lambda _other: False


def _constants(shape: Shape, subject: FactType) -> st.SearchStrategy[Operand]:
    kind: Kind = "boolean"
    if not isinstance(subject, RecordsType):
        kind = subject.member.kind if isinstance(subject, SetType) else subject.kind
    pool = st.sampled_from(POOLS[kind])
    match shape:
        case "one":
            return pool
        case "many":
            return st.lists(pool, min_size=1, max_size=3, unique=True).map(tuple)
        case "pair":
            return st.lists(pool, min_size=2, max_size=2).map(lambda pair: tuple(sorted(pair)))
        case "phrase":
            return st.sampled_from(PHRASES)
        case "duration":
            return st.sampled_from(DURATIONS)
        case "network":
            return st.sampled_from(NETWORKS)
        case "host":
            return st.sampled_from(POOLS["hostname"])
        case "patterns":
            return st.lists(st.sampled_from(POOLS["host_pattern"]), min_size=1, max_size=3, unique=True).map(tuple)
        case "truth":
            return st.booleans()
        case "condition":
            raise AssertionError("a quantifier is no literal")


@st.composite
def literals(draw: st.DrawFn, scope: Scope) -> Literal:
    """One comparison that fits the scope; inside records its subject is a field."""
    subjects: dict[str, FactType] = (
        dict(scope.fields) if scope.fields else {**scope.facts, **dict.fromkeys(scope.derived, BOOLEAN)}
    )
    if not scope.known:  # nothing but `known` tests records as a whole
        subjects = {name: of for name, of in subjects.items() if not isinstance(of, RecordsType)}
    name = draw(st.sampled_from(sorted(subjects)))
    subject_type = subjects[name]
    taken = [
        operator
        for operator in OPERATORS.values()
        if operator.takes(subject_type) and operator.shape != "condition" and (scope.known or operator.name != "known")
    ]
    operator = draw(st.sampled_from(taken))
    fits = _fits(operator.shape, subject_type)
    derived: dict[str, FactType] = dict.fromkeys(scope.derived, BOOLEAN)
    references: list[Fact | Field] = [
        *(Fact(other) for other, of in {**scope.facts, **derived}.items() if fits(of)),
        *(Field(other) for other, of in scope.fields.items() if fits(of)),
    ]
    operand: Operand
    if references and draw(st.integers(0, 2)) == 0:
        operand = draw(st.sampled_from(references))
    else:
        operand = draw(_constants(operator.shape, subject_type))
    return building.literal(Field(name) if scope.fields else Fact(name), operator.name, operand, subject_type)


@st.composite
def conditions(draw: st.DrawFn, scope: Scope, depth: int = 3) -> Condition:
    """A formula over the scope: literals, all, any, not, none, some, every, resolved."""
    records = {name: of for name, of in scope.facts.items() if isinstance(of, RecordsType)}
    forms = ["literal", "literal"]
    if depth > 0:
        forms += ["all", "any", "not", "none"]
    if records and not scope.fields:
        forms += ["some", "every"]
    if scope.sections and not scope.fields:
        forms += ["resolved"]
    match draw(st.sampled_from(forms)):
        case "literal":
            return draw(literals(scope))
        case "all":
            return building.all_of(*draw(_parts(scope, depth)))
        case "any":
            return building.any_of(*draw(_parts(scope, depth)))
        case "not":
            return building.not_(draw(conditions(scope, depth - 1)))
        case "none":
            return building.none_of(*draw(_parts(scope, depth)))
        case "resolved":
            return building.resolved(*draw(st.lists(st.sampled_from(scope.sections), min_size=1, unique=True)))
        case quantifier:
            name = draw(st.sampled_from(sorted(records)))
            inner = msgspec.structs.replace(scope, fields=records[name].fields, sections=())
            part = draw(conditions(inner, min(depth, 2)))
            return Quantified(quantifier=quantifier, fact=name, key=records[name].key, part=part, span=building.SPAN)


def _parts(scope: Scope, depth: int) -> st.SearchStrategy[list[Condition]]:
    return st.lists(conditions(scope, depth - 1), min_size=1, max_size=3)


# --- rulebooks -----------------------------------------------------------------------------------------------------


@st.composite
def rulebooks(
    draw: st.DrawFn,
    vocabulary: Vocabulary,
    *,
    article: str = "sample",
    known: bool = True,
    resolved: bool = True,
    max_rules: int = 3,
) -> Rulebook:
    """Up to three derived facts and three sections; without `known` and `resolved` every condition is monotone."""
    facts = types_of(vocabulary)
    derived: dict[str, Condition] = {}
    for number in range(draw(st.integers(0, 3))):
        scope = Scope(facts=facts, derived=tuple(derived), known=known)
        derived[f"concluded.d{number}"] = draw(conditions(scope, 2))
    names: tuple[str, ...] = tuple(derived)
    sections: list[Section] = []
    for place in range(draw(st.integers(1, 3))):
        earlier = tuple(section.id for section in sections) if resolved else ()
        scope = Scope(facts=facts, derived=names, sections=earlier, known=known)
        gates = _gates(scope)
        section_id = f"section-{place}"
        count = draw(st.integers(1, max_rules))
        rules = [draw(_rules(scope, f"rule-{place}-{number}", section_id)) for number in range(count)]
        sections.append(building.section(section_id, *rules, given=draw(gates), unless=draw(gates)))
    # authored order need not be the order of dependence
    shuffled = {name: derived[name] for name in draw(st.permutations(names))}
    return building.book(*sections, derived=shuffled, article=article)


def _gates(scope: Scope) -> st.SearchStrategy[Condition | None]:
    """Rarer than not: behind many gates few rules say anything."""
    return st.integers(0, 3).flatmap(lambda number: conditions(scope, 1) if number == 3 else st.none())


@st.composite
def _rules(draw: st.DrawFn, scope: Scope, rule_id: str, section: str) -> Rule:
    severity = draw(st.sampled_from(SEVERITIES))
    gates = _gates(scope)
    if severity == "info" and draw(st.integers(0, 5)) == 0:
        when: Condition = Always(span=building.SPAN)
    else:
        when = draw(conditions(scope))
    return building.rule(rule_id, when, given=draw(gates), unless=draw(gates), severity=severity, section=section)


class World(msgspec.Struct, frozen=True, kw_only=True):
    """One rulebook and one environment over one vocabulary."""

    vocabulary: Vocabulary
    book: Rulebook
    environment: Environment

    @property
    def content(self) -> Content:
        return building.content(self.book, vocabulary=self.vocabulary)


@st.composite
def worlds(draw: st.DrawFn, *, known: bool = True, resolved: bool = True, skips: bool = False) -> World:
    """What most properties are about."""
    vocabulary = draw(vocabularies())
    return World(
        vocabulary=vocabulary,
        book=draw(rulebooks(vocabulary, known=known, resolved=resolved)),
        environment=draw(environments(vocabulary, skips=skips)),
    )


def literals_in(condition: Condition) -> list[Literal]:
    """Every literal of a condition, those inside records included."""
    match condition:
        case Literal():
            return [condition]
        case Not(part=part) | Quantified(part=part):
            return literals_in(part)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return [found for part in parts for found in literals_in(part)]
        case _:
            return []
