"""Clauses as rulesets that the library holds.

In a ruleset each clause is a rule: the symbols that came in as columns of the one wide message are tested in it, and
each symbol concluded in the same ruleset is joined as a fact of its own. What an earlier ruleset concluded comes in as
a column. Conditions on the wide message stand below bucketing tests that are always true, so that few tests wait at
once while it is matched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from vedlys.errors import RequestError
from vedlys.evaluation.durable import limits
from vedlys.evaluation.durable.names import BUCKET, SENTINEL, WIDE, Names
from vedlys.evaluation.durable.rails import Clause

# One test of a message: its text in a rule.
Test = str
Path = tuple[Test, ...]


class Ruleset(msgspec.Struct, frozen=True, array_like=True):
    """One ruleset as the worker gets it: generated names and small integers, nothing of what authors wrote.

    The rule of number n is called `r` and n. A symbol of `joined` is asserted under its name when it is concluded.
    """

    definition: str  # JSON
    columns: dict[int, str]  # symbol to property of the wide message
    heads: tuple[tuple[int, ...], ...]  # by rule: the symbols that it concludes
    joined: dict[int, str]  # symbol to the name of its fact


def fit(clauses: Sequence[Clause]) -> tuple[Ruleset, ...]:
    """The clauses as rulesets, to be run in this order. RequestError `engine-limit` where one cannot be made to fit."""
    return tuple(_write(part) for part in _packed(clauses))


class _Part:
    """The clauses of one ruleset to be."""

    def __init__(self) -> None:
        self.clauses: list[Clause] = []
        self.columns: dict[int, None] = {}  # in order of first use
        self.concluded: Counter[int] = Counter()


def _packed(clauses: Sequence[Clause]) -> Iterator[_Part]:
    """The clauses in order, cut where a ruleset is full.

    A symbol is joined only where all clauses that conclude it stand in the same ruleset.
    """
    total = Counter(head for clause in clauses for head in clause.heads)
    part = _Part()
    for clause in clauses:
        incoming = [symbol for symbol in clause.body if part.concluded[symbol] != total[symbol] or not total[symbol]]
        split = any(part.concluded[symbol] for symbol in incoming)
        columns = part.columns | dict.fromkeys(sorted(incoming))
        full = len(part.clauses) == limits.RULES_USED or len(columns) > limits.COLUMNS_USED
        if part.clauses and (split or full):
            yield part
            part = _Part()
            columns = dict.fromkeys(sorted(clause.body))
        part.columns = columns
        part.clauses.append(clause)
        part.concluded.update(clause.heads)
    if part.clauses:
        yield part


def _write(part: _Part) -> Ruleset:
    names = Names()
    columns = dict(zip(part.columns, names.supply("c"), strict=False))
    bodies = [clause.body for clause in part.clauses]
    joined_symbols = sorted({symbol for body in bodies for symbol in body} - part.columns.keys())
    joined = dict(zip(joined_symbols, names.supply("d"), strict=False))
    aliases = tuple(islice(names.supply("x"), limits.JOINED))
    uses = Counter(symbol for body in bodies for symbol in body)
    # what many rules test comes first: they share the node
    tests = {
        index: tuple(sorted((s for s in body if s in columns), key=lambda s: (-uses[s], s)))
        for index, body in enumerate(bodies)
    }
    paths = _bucketed(sorted({path for path in tests.values() if path}), columns)
    parts = [
        ([paths[tests[index]]] if tests[index] else [], [joined[s] for s in sorted(body) if s in joined])
        for index, body in enumerate(bodies)
    ]
    _check(part, parts, columns)
    rules = [_rule(index, wide, facts, aliases) for index, (wide, facts) in enumerate(parts)]
    sentinel = f'"{SENTINEL}":{{"all":[{{"{WIDE}":{{"{SENTINEL}":1}}}}]}}'
    return Ruleset(
        definition="{" + ",".join([sentinel, *rules]) + "}",
        columns=columns,
        heads=tuple(clause.heads for clause in part.clauses),
        joined=joined,
    )


def _bucketed(paths: Sequence[tuple[int, ...]], columns: dict[int, str]) -> dict[tuple[int, ...], Path]:
    """Each path's tests, behind as many bucketing tests as keep the fan-out low."""
    depth = 0
    while limits.FAN_OUT ** (depth + 1) < len(paths):
        depth += 1
    found = {}
    for index, path in enumerate(paths):
        buckets = [index // limits.FAN_OUT**level % limits.FAN_OUT for level in range(depth, 0, -1)]
        found[path] = (
            *(f'{{"$lte":{{"{BUCKET}":{bucket}}}}}' for bucket in buckets),
            *(f'{{"{columns[symbol]}":1}}' for symbol in path),
        )
    return found


def _rule(index: int, wide: Sequence[Path], facts: Sequence[str], aliases: Sequence[str]) -> str:
    messages = [f'{{"{WIDE}":{_all(path)}}}' for path in wide]
    messages += (f'{{"{alias}":{{"{name}":1}}}}' for alias, name in zip(aliases, facts, strict=False))
    return f'"r{index}":{{"all":[{",".join(messages)}]}}'


def _all(path: Path) -> str:
    return path[0] if len(path) == 1 else f'{{"$and":[{",".join(path)}]}}'


# --- the limits, looked at in what was written ---


class _Node:
    """A test and those behind it, as the library will arrange them."""

    def __init__(self) -> None:
        self.behind: dict[Test, _Node] = {}
        self.ends = 0

    def waiting(self) -> int:
        """How many tests may wait at once while a message that passes them all is matched."""
        if not self.behind:
            return 1
        return len(self.behind) - 1 + max(node.waiting() for node in self.behind.values())


def _check(part: _Part, parts: Sequence[tuple[Sequence[Path], Sequence[str]]], columns: dict[int, str]) -> None:
    root = _Node()
    joins: Counter[str] = Counter()
    for clause, (wide, facts) in zip(part.clauses, parts, strict=True):
        node = root
        for test in (test for path in wide for test in path):
            node = node.behind.setdefault(test, _Node())
        node.ends += bool(wide)
        joins.update(facts)
        _hold("joined", len(facts), limits.JOINED, clause)
        _hold("identical", max([node.ends, *(joins[name] for name in facts)]), limits.IDENTICAL, clause)
    last = part.clauses[-1]
    _hold("rules", len(parts) + 1, limits.RULES, last)
    _hold("columns", len(columns), limits.COLUMNS, last)
    _hold("tests", _widest(root) + len(joins) + 1, limits.TESTS, last)
    _hold("together", root.waiting(), limits.TOGETHER, last)


def _widest(node: _Node) -> int:
    return max([len(node.behind), *(_widest(behind) for behind in node.behind.values())])


def _hold(what: str, found: int, limit: int, clause: Clause) -> None:
    if found > limit:
        raise RequestError("engine-limit", engine="durable", rule=clause.rule, limit=what, most=str(limit))
