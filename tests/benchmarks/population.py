"""Environments drawn from a vocabulary, the same for a seed: what posted facts look like, in all their variety.

How much is known differs from one environment to the next, as does how the facts are spelt: nested, dotted, or both.
Values come from short pools around the numbers and versions that rules ask for, so that rules apply, are clear, and
are cut short by what is missing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

from vedlys.model.rulebook import FactDeclaration
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType

SEED = 20_261_122
KNOWN_SHARES = (0.2, 0.5, 0.8, 0.95)
_POOLS: dict[str, tuple[Any, ...]] = {
    "boolean": (False, True),
    "integer": (0, 1, 2, 25, 119, 120, 600),
    "number": (0, 0.5, 1, 119.5, 300),
    "text": ("", "Vilnius", "a *text* with `marks` | and <tags>", "įrašas"),
    "version": ("1.0.9125", "1.1.442.9", "1.1.443", "2.5.76.0", "2.5.79.0", "2.6.1"),
    "date": ("2024-05-01", "2025-09-29", "2026-11-01"),
    "datetime": ("2024-05-01T10:00:00Z", "2026-11-01T10:00:00+02:00"),
    "hostname": ("dc1.example.lt", "dc2.example.lt", "dc1.filialas.example.lt", "senas"),
    "host_pattern": (
        "*.windows.net",
        "*.passwordreset.microsoftonline.com",
        "passwordreset.microsoftonline.com",
        "*.servicebus.windows.net",
        "servicebus.windows.networks",
        "*",
    ),
    "ip": ("192.0.2.1", "10.1.2.3", "2001:db8::1"),
}


def population(vocabulary: Mapping[str, FactDeclaration], count: int, seed: int = SEED) -> list[dict[str, Any]]:
    """That many environments, as documents of JSON."""
    chance = random.Random(seed)
    return [_document(chance, vocabulary) for _ in range(count)]


def bodies(vocabulary: Mapping[str, FactDeclaration], count: int, seed: int = SEED) -> list[bytes]:
    """The same as the bytes that would be posted."""
    return [json.dumps(one, ensure_ascii=False).encode() for one in population(vocabulary, count, seed)]


def nested(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same facts, each topic an object."""
    document: dict[str, Any] = {}
    for name, value in facts.items():
        *topics, last = name.split(".")
        place = document
        for topic in topics:
            place = place.setdefault(topic, {})
        place[last] = value
    return document


def _document(chance: random.Random, vocabulary: Mapping[str, FactDeclaration]) -> dict[str, Any]:
    share = chance.choice(KNOWN_SHARES)
    facts = {
        name: _value(chance, declaration.type) for name, declaration in vocabulary.items() if chance.random() < share
    }
    match chance.randrange(3):
        case 0:
            return facts
        case 1:
            return nested(facts)
        case _:
            topics = {name.partition(".")[0] for name in facts}
            whole = {topic for topic in sorted(topics) if chance.random() < 0.5}
            apart = {name: value for name, value in facts.items() if name.partition(".")[0] not in whole}
            return apart | nested({name: value for name, value in facts.items() if name not in apart})


def _value(chance: random.Random, fact_type: FactType) -> Any:
    match fact_type:
        case ScalarType():
            return _scalar(chance, fact_type)
        case SetType(member=member):
            return sorted({_scalar(chance, member) for _ in range(chance.randint(0, 3))}, key=str)
        case RecordsType(key=key, fields=fields):
            return [_record(chance, number, key, fields) for number in range(chance.randint(0, 4))]


def _record(chance: random.Random, number: int, key: str, fields: Mapping[str, FactType]) -> dict[str, Any]:
    found: dict[str, Any] = {key: f"vieta{number}.example.lt"}
    for name, fact_type in fields.items():
        if name != key and chance.random() < 0.7:
            found[name] = _value(chance, fact_type)
    return found


def _scalar(chance: random.Random, fact_type: ScalarType) -> Any:
    if fact_type.kind == "enum":
        return chance.choice(fact_type.values)
    pool = _POOLS[fact_type.kind]
    if fact_type.kind in {"integer", "number"}:
        low, high = fact_type.minimum, fact_type.maximum
        pool = tuple(value for value in pool if (low is None or value >= low) and (high is None or value <= high)) or (
            low if low is not None else high,
        )
    return chance.choice(pool)
