"""Generation: a rulebook as one Python function of straight-line code.

The function takes the known facts and `as_of`, and gives what all rules say in one pass. Every truth is computed
once, by its text: a local is named for each different expression, and whoever needs the same expression gets the same
local. Negation is pushed down to the comparisons, which cost the same either way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import assert_never

import msgspec

from vedlys.compiling.comparisons import by_days, compared, compared_with
from vedlys.compiling.dependencies import derived_order, derived_used
from vedlys.compiling.encoding import (
    FALSE,
    GIVEN_SHIFT,
    NEGATED,
    RESOLVES,
    TRUE,
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
    "RESOLVES": RESOLVES,
    "UTC": dt.UTC,
    "VALUES": VALUES,
    "__builtins__": {"int": int},
}

# Python's parser nests an `a & b & …` as deep as it is long.
_LONGEST = 100


class Generated(msgspec.Struct, frozen=True, kw_only=True):
    """The source of the function `run(values, as_of)`, and the values of its constants c0, c1, …

    It gives the standing of every rule, in the article's order (see `encoding`).

    The same rulebook gives the same source. The source depends on the shape of the rules alone: names and values
    that authors wrote are all in `constants`.
    """

    source: str
    constants: tuple[object, ...]

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
        return Generated(
            source="\n    ".join(
                [
                    "def run(values, as_of):",
                    "get = values.get",
                    *self._root.lines,
                    f"return ({''.join(f'{standing}, ' for standing in self._standings.values())})",
                ]
            )
            + "\n",
            constants=tuple(value for _, value in self._constants),
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
            f"RESOLVES[{self._standings[rule.id]}]"
            for section in condition.sections
            for rule in self._book.section(section).rules
            if rule.severity != "info"
        ]
        if not standings:
            return str(TRUE if positive else FALSE)
        if len(standings) > _LONGEST:
            return self._signed(self._chain("&", standings), positive=positive)
        expression = " & ".join(standings)
        return expression if positive else f"NEGATED[{expression}]"

    def _quantified(self, condition: Quantified) -> str:
        records = self._fact(condition.fact)
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
                "        field = record.fields.get",
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
        yes, no = (TRUE, FALSE) if positive else (FALSE, TRUE)
        if operator == "known":
            known, unknown = (yes, no) if operand is True else (no, yes)
            return self._local(f"{unknown} if {value} is None else {known}")
        if isinstance(operand, Fact | Field):
            needed = self._value(operand)
            test = compared(operator, value, needed, self._constant)
            return self._local(f"{UNKNOWN} if {value} is None or {needed} is None else {yes} if {test} else {no}")
        moment = self._local("as_of.astimezone(UTC).date()", self._root) if by_days(operator, literal.type) else "as_of"
        test = compared_with(operator, value, operand, moment, self._constant)
        return self._local(f"{UNKNOWN} if {value} is None else {yes} if {test} else {no}")

    def _value(self, reference: Fact | Field) -> str:
        if isinstance(reference, Field):
            return self._local(f"field({self._constant(reference.name)})")
        if reference.name in self._derived:
            return self._local(f"VALUES[{self._derived[reference.name]}]", self._root)
        return self._fact(reference.name)

    def _fact(self, name: str) -> str:
        return self._local(f"get({self._constant(name)})", self._root)
