"""Generation: a rulebook as one Python function of straight-line code.

The function takes a row of facts and `as_of`, and gives what all rules say in one pass. Every truth is computed
once, by its text: a local is named for each different expression, and whoever needs the same expression gets the same
local; what is used once is written where it is used. Negation is pushed down to the comparisons, which cost the same
either way.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, assert_never

import msgspec

from vedlys.compiling.comparisons import by_days, compared, compared_with
from vedlys.compiling.dependencies import derived_order, derived_used
from vedlys.compiling.encoding import (
    APPLYING,
    FALSE,
    GIVEN_SHIFT,
    NEGATED,
    TRUE,
    UNDECIDED,
    UNKNOWN,
    UNLESS_SHIFT,
    VALUES,
)
from vedlys.digests import blake2b
from vedlys.model.conditions import (
    AllOf,
    Always,
    AnyOf,
    Condition,
    Fact,
    Field,
    Literal,
    Not,
    Quantified,
    Resolved,
)
from vedlys.model.rulebook import Rule, Rulebook, Section

# What generated code may name besides its own constants, which are called c0, c1, …
RUNTIME: dict[str, object] = {
    "NEGATED": NEGATED,
    "APPLYING": APPLYING,
    "UNDECIDED": UNDECIDED,
    "UTC": dt.UTC,
    "VALUES": VALUES,
    "__builtins__": {"int": int},
}

# Python's parser nests an `a & b & …` as deep as it is long.
_LONGEST = 100
_DEEPEST = 10
_LOCAL = re.compile(r"\bt[0-9]+\b")
_ALL = re.compile(r"t[0-9]+(?: & t[0-9]+)+")
_ASSIGNED = re.compile(r"(t[0-9]+|last) = (.+)")


class Generated(msgspec.Struct, frozen=True, kw_only=True):
    """The code of the function `run(row, as_of)`, and the values of its constants c0, c1, …

    The row holds the values of the facts in `row`, in that order, None where unknown; records are rows of the fields
    that stand there. The function gives the standing of every rule, in the article's order (see `encoding`).

    The same rulebook gives the same code. The code depends on the shape of the rules alone: names and values that
    authors wrote are all in `constants`.
    """

    lines: tuple[str, ...]  # once the row is in the locals v0, v1, …
    standings: str  # what the function gives, after these lines
    constants: tuple[object, ...]
    row: dict[str, tuple[str, ...]]  # the facts of the vocabulary that are read, with the fields that are

    @property
    def source(self) -> str:
        """The whole function."""
        row = "".join(f"v{number}, " for number in range(len(self.row)))
        head = ["def run(row, as_of):", *([f"({row}) = row"] if row else [])]
        return "\n    ".join([*head, *self.lines, f"return {self.standings}"]) + "\n"

    @property
    def reads_clock(self) -> bool:
        """Whether the moment matters."""
        return "as_of" in self.standings or any("as_of" in line for line in self.lines)

    @property
    def scope(self) -> dict[str, object]:
        """What the code may name."""
        return {**RUNTIME, **{f"c{number}": value for number, value in enumerate(self.constants)}}

    @property
    def digest(self) -> str:
        """What compiled code may be kept by."""
        return blake2b(self.source.encode(), digest_size=32).hexdigest()


def generate(book: Rulebook) -> Generated:
    """Write the rulebook's function. The rulebook must have passed its checks: no circles, no unknown sections."""
    return _Writer(book).write()


class _Block:
    """Lines of one indentation, and the names that hold in it by what they were computed from."""

    def __init__(self, outer: _Block | None, prefix: str) -> None:
        self.lines: list[str] = []
        self._outer = outer
        self._prefix = prefix
        self._names: dict[str, str] = {}

    def find(self, expression: str) -> str | None:
        """The name of an expression computed here or further out."""
        name = self._names.get(expression)
        return self._outer.find(expression) if name is None and self._outer is not None else name

    def name(self, expression: str) -> str:
        """A new name for an expression. A loop's names start from 0, so that equal loops have equal lines."""
        self._names[expression] = f"{self._prefix}{len(self._names)}"
        return self._names[expression]


class _Writer:
    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._constants: dict[tuple[type, object], str] = {}
        self._root = _Block(None, "t")
        self._block = self._root
        self._row: dict[str, list[str]] = {}
        self._records = ""  # the fact whose records a loop is over
        self._comparisons: dict[str, _Comparison] = {}  # by their expressions
        self._derived: dict[str, str] = {}
        self._standings: dict[str, str] = {}

    def write(self) -> Generated:
        used = derived_used(self._book)
        for name in derived_order(self._book.derived):
            if name in used:
                self._derived[name] = self._truth(self._book.derived[name].condition, positive=True)
        for section in self._book.sections:
            for rule in section.rules:
                self._standings[rule.id] = self._standing(section, rule)
        standings = f"({''.join(f'{standing}, ' for standing in self._standings.values())})"
        *lines, last = _put_where_used([*self._root.lines, f"last = {standings}"], self._comparisons)
        return Generated(
            lines=tuple(lines),
            standings=last.removeprefix("last = "),
            constants=tuple(value for _, value in self._constants),
            row={fact: tuple(fields) for fact, fields in self._row.items()},
        )

    # --- names ---

    def _constant(self, value: object) -> str:
        return self._constants.setdefault((type(value), value), f"c{len(self._constants)}")

    def _local(self, expression: str, block: _Block | None = None) -> str:
        """The local that holds an expression, computed in this block unless it was computed before."""
        block = block or self._block
        name = block.find(expression)
        if name is None:
            name = block.name(expression)
            block.lines.append(f"{name} = {expression}")
        return name

    def _compound(self, lines: list[str]) -> str:
        """The local that a compound statement leaves its truth in; in the lines it is called `@`."""
        text = "\n".join(lines)
        name = self._block.find(text)
        if name is None:
            name = self._block.name(text)
            self._block.lines += [line.replace("@", name) for line in lines]
        return name

    # --- rules ---

    def _standing(self, section: Section, rule: Rule) -> str:
        unless = [gate for gate in (section.unless, rule.unless) if gate is not None]
        given = [gate for gate in (section.given, rule.given) if gate is not None]
        parts = [
            self._shifted(self._joined(unless, positive=True, every=False), UNLESS_SHIFT),
            self._shifted(self._joined(given, positive=False, every=False), GIVEN_SHIFT),
            self._truth(rule.when, positive=True),
        ]
        return self._chain("|", [part for part in parts if part != "0"]) or "0"

    def _shifted(self, truth: str, by: int) -> str:
        return str(int(truth) << by) if truth.isdigit() else self._local(f"{truth} << {by}")

    # --- truths: each method gives a local, or the digit of a truth that is the same for all facts ---

    def _truth(self, condition: Condition, *, positive: bool) -> str:
        """The truth of a condition, or where not `positive`, of its negation."""
        match condition:
            case Literal():
                return self._literal(condition, positive=positive)
            case AllOf(parts=parts):
                return self._joined(parts, positive=positive, every=positive)
            case AnyOf(parts=parts):
                return self._joined(parts, positive=positive, every=not positive)
            case Not(part=part):
                return self._truth(part, positive=not positive)
            case Quantified():
                return self._signed(self._quantified(condition), positive=positive)
            case Resolved():
                return self._local_or_digit(self._resolved(condition, positive=positive))
            case Always():
                return str(TRUE if positive else FALSE)
            case _:
                assert_never(condition)

    def _signed(self, truth: str, *, positive: bool) -> str:
        if positive:
            return truth
        return str(NEGATED[int(truth)]) if truth.isdigit() else self._local(f"NEGATED[{truth}]")

    def _local_or_digit(self, expression: str) -> str:
        return expression if expression.isdigit() else self._local(expression)

    def _joined(self, parts: Sequence[Condition], *, positive: bool, every: bool) -> str:
        """Kleene's `all` (where `every`) or `any` of the parts, each negated where not `positive`.

        `resolved` looks at many rules, and is looked at only where the other parts leave it open.
        """
        operator, neutral, decided = ("&", TRUE, FALSE) if every else ("|", FALSE, TRUE)
        late = [part for part in parts if isinstance(part, Resolved)]
        found = {self._truth(part, positive=positive) for part in parts if not isinstance(part, Resolved)}
        if str(decided) in found:
            return str(decided)
        early = self._chain(operator, sorted(found - {str(neutral)})) or str(neutral)
        if not late:
            return early
        rest = [self._resolved(part, positive=positive) for part in late]
        if early == str(neutral):
            return self._local_or_digit(self._chain(operator, [self._local_or_digit(part) for part in rest]))
        return self._compound([f"@ = {early}", f"if @ != {decided}:", *(f"    @ {operator}= {part}" for part in rest)])

    def _chain(self, operator: str, atoms: list[str]) -> str:
        """The local of the atoms joined by an operator; empty where there are none."""
        while len(atoms) > 1:
            groups = [atoms[start : start + _LONGEST] for start in range(0, len(atoms), _LONGEST)]
            atoms = [self._local(f" {operator} ".join(group)) if len(group) > 1 else group[0] for group in groups]
        return "".join(atoms)

    def _resolved(self, condition: Resolved, *, positive: bool) -> str:
        """An expression that need not be computed."""
        standings = [
            self._standings[rule.id]
            for section in condition.sections
            for rule in self._book.section(section).rules
            if rule.severity != "info"
        ]
        if not standings:
            return str(TRUE if positive else FALSE)
        yes, no = (TRUE, FALSE) if positive else (FALSE, TRUE)
        waited = f"({''.join(f'{standing}, ' for standing in standings)})"
        undecided = f"{UNKNOWN} if not UNDECIDED.isdisjoint(w) else {yes}"
        return f"({no} if not APPLYING.isdisjoint(w := {waited}) else {undecided})"

    def _quantified(self, condition: Quantified) -> str:
        records = self._fact(condition.fact)
        self._records = condition.fact
        outer, self._block = self._block, _Block(self._block, "x")
        truth = self._truth(condition.part, positive=True)
        inner, self._block = self._block, outer
        start, join, decided = (FALSE, "|", TRUE) if condition.quantifier == "some" else (TRUE, "&", FALSE)
        return self._compound(
            [
                f"@ = {UNKNOWN}",
                f"if {records} is not None:",
                f"    @ = {start}",
                f"    for record in {records}:",
                *(f"        {line}" for line in inner.lines),
                f"        @ {join}= {truth}",
                f"        if @ == {decided}:",
                "            break",
            ]
        )

    # --- literals ---

    def _literal(self, literal: Literal, *, positive: bool) -> str:
        operator, operand = literal.operator, literal.operand
        derived = self._derived.get(literal.subject.name) if isinstance(literal.subject, Fact) else None
        if derived is not None and operator == "is" and isinstance(operand, bool):
            return self._signed(derived, positive=operand is positive)
        value = self._value(literal.subject)
        if operator == "known":
            yes, no = (TRUE, FALSE) if positive else (FALSE, TRUE)
            known, unknown = (yes, no) if operand is True else (no, yes)
            return self._local(f"{unknown} if {value} is None else {known}")
        if isinstance(operand, Fact | Field):
            needed = self._value(operand)
            test = compared(operator, value, needed, self._constant)
            return self._compared((value, needed), test, positive=positive)
        moment = self._local("as_of.astimezone(UTC).date()", self._root) if by_days(operator, literal.type) else "as_of"
        test = compared_with(operator, value, operand, moment, self._constant)
        return self._compared((value,), test, positive=positive)

    def _compared(self, values: tuple[str, ...], test: str, *, positive: bool) -> str:
        """The truth of a test, or of its negation, that is UNKNOWN where one of the values is."""
        yes, no = (TRUE, FALSE) if positive else (FALSE, TRUE)
        unknown = " or ".join(f"{value} is None" for value in values)
        expression = f"{UNKNOWN} if {unknown} else {yes} if {test} else {no}"
        self._comparisons[expression] = _Comparison(values, test, positive)
        return self._local(expression)

    def _value(self, reference: Fact | Field) -> str:
        if isinstance(reference, Field):
            return self._local(f"record[{_place(reference.name, self._row[self._records])}]")
        if reference.name in self._derived:
            return self._local(f"VALUES[{self._derived[reference.name]}]", self._root)
        return self._fact(reference.name)

    def _fact(self, name: str) -> str:
        self._row.setdefault(name, [])
        return f"v{_place(name, [*self._row])}"


def _place(name: str, names: list[str]) -> int:
    """The place of a name in a list, at whose end it is put where it is not there yet."""
    if name not in names:
        names.append(name)
    return names.index(name)


class _Comparison(NamedTuple):
    """A test of values that may be unknown, or its negation."""

    values: tuple[str, ...]
    test: str
    positive: bool

    @property
    def is_false(self) -> str:
        """An expression that is true where the comparison is FALSE."""
        value, *others = self.values
        if not others and self.test in {value, f"not {value}"}:
            # truth itself, which None is not
            return value if self.positive is (self.test != value) else f"{value} is False"
        known = " and ".join(f"{value} is not None" for value in self.values)
        return f"{known} and {'not ' if self.positive else ''}({self.test})"


def _all_of(names: list[str], put: Mapping[str, str], comparisons: Mapping[str, _Comparison]) -> str:
    """Kleene's `all` of several locals, `put` being the expressions of some; what decides it ends the looking.

    Of comparisons it is asked whether one is FALSE, and only if not, whether a value is unknown.
    """
    compared = [comparisons[put[name]] for name in names if put.get(name) in comparisons]
    others = [name for name in names if put.get(name) not in comparisons]
    others.sort(key=lambda name: name in put)  # what is there already comes first
    looked_at = [f"({name} := {put[name]})" if name in put else name for name in others]
    if compared:
        looked_at.append(f"not ({' or '.join(one.is_false for one in compared)})")
        unknown = dict.fromkeys(f"{value} is None" for one in compared for value in one.values)
        others.append(f"({UNKNOWN} if {' or '.join(unknown)} else {TRUE})")
    return f"{' & '.join(others)} if {' and '.join(looked_at)} else {FALSE}"


def _put_where_used(lines: list[str], comparisons: Mapping[str, _Comparison]) -> list[str]:
    """The same code with each local that is used once put there: to name it costs a fifth of computing it.

    A line that is part of a compound statement stays as it is.
    """
    is_plain = [not following.startswith(("if ", " ")) for following in [*lines[1:], ""]]
    assigned = [_ASSIGNED.fullmatch(line) if plain else None for line, plain in zip(lines, is_plain, strict=True)]
    uses = Counter(name for line in lines for name in _LOCAL.findall(line))
    uses.update(name for line, plain in zip(lines, assigned, strict=True) if not plain for name in _LOCAL.findall(line))
    waiting: dict[str, tuple[str, int]] = {}  # what is to be put somewhere, with how deep it is nested
    found = []
    for line, parts in zip(lines, assigned, strict=True):
        if parts is None:
            found.append(line)
            continue
        name, expression = parts.groups()
        put = {used: waiting.pop(used) for used in _LOCAL.findall(expression) if used in waiting}
        depth = 1 + max((deep for _, deep in put.values()), default=0)
        inner = {used: part for used, (part, _) in put.items()}
        if put and _ALL.fullmatch(expression):
            expression = _all_of(expression.split(" & "), inner, comparisons)
        else:
            expression = _with(inner, expression)
        if uses[name] == 2 and depth <= _DEEPEST:  # where it is named, and where it is used
            waiting[name] = (expression, depth)
        else:
            found.append(f"{name} = {expression}")
    return found


def _with(put: Mapping[str, str], expression: str) -> str:
    """The expression with those of some locals in their place."""
    return _LOCAL.sub(lambda local: f"({put[local[0]]})" if local[0] in put else local[0], expression)
