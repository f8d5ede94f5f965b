"""The workload that every engine gets: rules over typed facts, and environments, generated from a seed.

An article has some 25 rules over 20 facts of its own: 8 booleans, 6 integers, 3 enums, 3 versions. A rule is one to
four tests joined by `all`, of which some are an `any` of two and some a `not`. An article depends on nothing but the
seed, its number and its size, so that the first article of a large workload is the one of a small.

Engines other than vedlys have no versions: what they are posted holds one number instead, which compares alike. Making
that number of the text is not charged to them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

SEED = 20_261_122
SIZES = (32, 304, 3_008, 10_000)
RULES_PER_ARTICLE = 25
_KINDS = ("boolean",) * 8 + ("integer",) * 6 + ("enum",) * 3 + ("version",) * 3
ENUM = ("red", "green", "blue", "grey")
VERSIONS = ("1.0.9.0", "1.1.443.0", "1.4.0.2", "2.0.0.0", "2.5.76.0", "2.5.79.0", "3.1.4.1")

Kind = Literal["boolean", "integer", "enum", "version"]
Operator = Literal["is", "is_not", "one_of", "none_of", "at_least", "less_than", "at_most", "more_than"]
OPPOSITE: dict[Operator, Operator] = {
    "is": "is_not",
    "is_not": "is",
    "one_of": "none_of",
    "none_of": "one_of",
    "at_least": "less_than",
    "less_than": "at_least",
    "at_most": "more_than",
    "more_than": "at_most",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A typed fact; `plain` is the name without a dot, for engines that read a dot as a path."""

    name: str
    kind: Kind

    @property
    def plain(self) -> str:
        return self.name.replace(".", "_")


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of a fact."""

    fact: Fact
    operator: Operator
    operand: Any

    @property
    def plain_operand(self) -> Any:
        """The operand as engines without versions have it."""
        return number_of(self.operand) if self.fact.kind == "version" else self.operand


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Condition = Test | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Rule:
    """An id that no other rule of the workload has, and when it applies."""

    id: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Article:
    id: str
    facts: tuple[Fact, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Environment:
    """What is known of the articles of one request, and the bytes that are posted: to vedlys, and to the others."""

    articles: tuple[str, ...]
    values: dict[str, Any]
    body: bytes
    plain: bytes


@dataclass(frozen=True, slots=True)
class Workload:
    articles: tuple[Article, ...]
    seed: int

    @property
    def rules(self) -> Iterator[Rule]:
        return (rule for article in self.articles for rule in article.rules)

    def environments(self, count: int, *, known: float = 1.0, touched: int = 1) -> list[Environment]:
        """Environments that know that share of the facts of so many articles each, and nothing of the others."""
        chance = random.Random(f"{self.seed} {known} {touched}")
        return [self._environment(chance, known, touched) for _ in range(count)]

    def _environment(self, chance: random.Random, known: float, touched: int) -> Environment:
        articles = chance.sample(self.articles, touched)
        facts = [fact for article in articles for fact in article.facts if chance.random() < known]
        facts = facts or [articles[0].facts[0]]
        values = {fact.name: _value(chance, fact.kind) for fact in facts}
        plain = {
            fact.plain: number_of(values[fact.name]) if fact.kind == "version" else values[fact.name] for fact in facts
        }
        return Environment(
            articles=tuple(article.id for article in articles),
            values=values,
            body=json.dumps(values, separators=(",", ":")).encode(),
            plain=json.dumps(plain, separators=(",", ":")).encode(),
        )


def workload(rules: int, seed: int = SEED) -> Workload:
    """That many rules, in articles of about 25."""
    count = max(1, round(rules / RULES_PER_ARTICLE))
    sizes = [rules // count + (number < rules % count) for number in range(count)]
    return Workload(tuple(article(number, size, seed) for number, size in enumerate(sizes)), seed)


def article(number: int, rules: int, seed: int = SEED) -> Article:
    """The article of that number."""
    chance = random.Random(f"{seed} {number}")
    name = f"a{number:04}"
    facts = tuple(Fact(f"{name}.{kind}{order}", kind) for order, kind in enumerate(_KINDS))
    return Article(name, facts, tuple(Rule(f"{name}-r{order:03}", _condition(chance, facts)) for order in range(rules)))


def number_of(version: str) -> int:
    """A version of four parts below 1000 as a number that compares alike, exact as a double too."""
    total = 0
    for part in version.split("."):
        total = total * 1_000 + int(part)
    return total


def positive(condition: Condition, *, negated: bool = False) -> Condition:
    """The same condition with every `not` drawn into the tests.

    Of such a condition, an engine that takes every test of a missing fact for false says true exactly where
    three-valued logic does: that is how engines without an unknown are made to agree on what applies.
    """
    match condition:
        case Test(fact, operator, operand):
            return Test(fact, OPPOSITE[operator], operand) if negated else condition
        case Not(part):
            return positive(part, negated=not negated)
        case AllOf(parts) | AnyOf(parts):
            turned = tuple(positive(part, negated=negated) for part in parts)
            return AllOf(turned) if isinstance(condition, AllOf) is not negated else AnyOf(turned)


def _condition(chance: random.Random, facts: tuple[Fact, ...]) -> Condition:
    parts = tuple(_part(chance, facts) for _ in range(chance.choice((1, 2, 2, 3, 4))))
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _part(chance: random.Random, facts: tuple[Fact, ...]) -> Condition:
    drawn = chance.random()
    if drawn < 0.25:
        return AnyOf((_test(chance, facts), _test(chance, facts)))
    if drawn < 0.35:
        return Not(AllOf((_test(chance, facts), _test(chance, facts))))
    return _test(chance, facts)


def _test(chance: random.Random, facts: tuple[Fact, ...]) -> Test:
    fact = chance.choice(facts)
    match fact.kind:
        case "boolean":
            return Test(fact, "is", chance.random() < 0.5)
        case "enum":
            if chance.random() < 0.5:
                return Test(fact, "is", chance.choice(ENUM))
            return Test(fact, "one_of", tuple(sorted(chance.sample(ENUM, 2))))
        case "integer":
            return Test(fact, _order(chance), chance.choice((10, 25, 50, 75, 90)))
        case "version":
            return Test(fact, _order(chance), chance.choice(VERSIONS[1:-1]))


def _order(chance: random.Random) -> Operator:
    return chance.choice(("at_least", "less_than", "at_most", "more_than"))


def _value(chance: random.Random, kind: Kind) -> Any:
    match kind:
        case "boolean":
            return chance.random() < 0.5
        case "enum":
            return chance.choice(ENUM)
        case "integer":
            return chance.randrange(101)
        case "version":
            return chance.choice(VERSIONS)
