"""The rules of an article as answers see them: what is said of each, what that follows from, and what was said before.

A finding follows from the values of the few facts that its rule and its texts read, and most environments share most
of those. So each finding is worked out and written once for all environments with the same values there; the same goes
for what is left to find out of a rule that is open. What is remembered is bounded, and changes no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import chain
from operator import itemgetter

import msgspec
from msgspec.json import encode

from vedlys.answering.memory import Drawer, Memory
from vedlys.answering.prints import Aspect, Key, Printed, Prints
from vedlys.compiling.dependencies import facts_behind
from vedlys.evaluation.ask import Bearing, Questions
from vedlys.evaluation.evidence import waits
from vedlys.evaluation.proof import Proof
from vedlys.guidance.compose import Piece, Written
from vedlys.guidance.edition import ArticleEdition
from vedlys.model.conditions import (
    Condition,
    Field,
    Literal,
    Quantified,
    Resolved,
    facts_of,
    parts_of,
)
from vedlys.model.operators import AGES
from vedlys.model.result import Finding, Question, Undecided
from vedlys.model.rulebook import FactDeclaration, Rule, Rulebook
from vedlys.model.types import RecordsType


class Told(msgspec.Struct, frozen=True, gc=False):
    """A finding, and what the document says of it."""

    finding: Finding
    written: Written
    json: bytes  # of the finding


class Left(msgspec.Struct, frozen=True, gc=False):
    """What is left to find out of a rule that is open, and what is said of it where it is undecided."""

    bearing: Bearing
    undecided: Undecided
    json: bytes  # of the latter


class AskedQuestion(msgspec.Struct, frozen=True, gc=False):
    """A question, and how the document asks it."""

    question: Question
    written: Piece
    json: bytes  # of the question


class AnsweredRule:
    """One rule, and what was told of it before, by what that follows from."""

    def __init__(
        self, rule: Rule, text: ArticleEdition, book: Rulebook, vocabulary: Mapping[str, FactDeclaration]
    ) -> None:
        self.rule = rule
        self.id = rule.id
        self.severity = rule.severity
        self.json = encode(rule.id)
        self.proof = Proof(rule, book)
        self.is_ordered = waits(rule.when)
        names = text.named(rule.id)
        given, unless = book.gates(rule)
        conditions = [condition for condition in (given, rule.when) if condition is not None]
        nodes = [node for condition in conditions for node in _nodes_of(condition, book)]
        derived = [book.derived[name].condition for name in names if name in book.derived]
        self.shows_derived = bool(derived)
        shown = [node for condition in derived for node in _nodes_of(condition, book)]
        # A finding follows from these …
        facts = facts_behind([*chain.from_iterable(map(facts_of, conditions)), *names], book)
        fields = _fields_read([*nodes, *shown])
        matched, columns = text.columns(rule.id)
        if matched is not None:
            fields.setdefault(matched, set()).update(columns)
        whole = {*names, *_facts_compared([*nodes, *shown])}
        self.aspects = tuple([_aspect(fact, fields, vocabulary, whole=fact in whole) for fact in facts])
        # … and from whether these sections are resolved: the places of the rules that decide that.
        sections = dict.fromkeys(node.sections for node in nodes if isinstance(node, Resolved))
        self.waits = tuple([_picker(_serious(book, each)) for each in sections])
        # … and from the moment, where ages are measured.
        self.reads_clock = any(map(_is_aged, [*nodes, *shown]))
        self.is_plain = not (self.waits or self.reads_clock)
        # What is left to find out follows from no more than these, and the moment; `Distinctions` says what from.
        if unless is not None:
            conditions.append(unless)
            nodes += _nodes_of(unless, book)
        facts = facts_behind(chain.from_iterable(map(facts_of, conditions)), book)
        fields = _fields_read(nodes)
        self.left_aspects = tuple([_aspect(fact, fields, vocabulary) for fact in facts])
        self.left_reads_clock = any(map(_is_aged, nodes))
        self.waits_for_others = any(isinstance(node, Resolved) for node in nodes)

    def remember(self, prints: Prints, questions: Questions, memory: Memory) -> None:
        """Make ready to remember what is told."""
        self._key = prints.picker(self.aspects)
        self._projects = prints.projects(self.aspects)
        self.heavy = prints.heavy(self.aspects)
        left_key = questions.distinctions.picker(self.id)
        self.left_key: Callable[[Key], Hashable] = _nothing if left_key is None else left_key
        self.is_kept = left_key is not None and not (self.waits_for_others or self.left_reads_clock)
        self.told: Drawer[Told] = memory.drawer()
        self.left: Drawer[Left] = memory.drawer()
        self.later: Drawer[bool] = memory.drawer()
        # what was told by the key alone: nothing where it follows from more
        self.told_before: Callable[[Hashable], Told | None] = self.told.get if self.is_plain else _nothing
        self.left_before: Callable[[Hashable], Left | None] = self.left.get if self.is_kept else _nothing

    def key_of(self, prints: Printed) -> Hashable:
        """What a finding follows from, besides what the rule waits for and the moment."""
        return self._key(prints.every if self._projects else prints.key)


def _is_aged(node: Condition) -> bool:
    """Whether a part of a condition measures an age."""
    return isinstance(node, Literal) and node.operator in AGES


def _nothing(_: Hashable) -> None:
    return None


def _aspect(
    fact: str, fields: Mapping[str, set[str]], vocabulary: Mapping[str, FactDeclaration], *, whole: bool = False
) -> Aspect:
    """What of a fact is read: of records no more than some fields, unless they are shown as a whole."""
    declared = vocabulary[fact].type
    if whole or not isinstance(declared, RecordsType):
        return Aspect(fact)
    wanted = fields.get(fact, ())
    return Aspect(fact, tuple([field for field in declared.fields if field in wanted]))


def _facts_compared(nodes: Iterable[Condition]) -> Iterator[str]:
    """The facts that conditions read as a whole."""
    return (name for node in nodes if isinstance(node, Literal) for name in facts_of(node))


def _fields_read(nodes: Iterable[Condition]) -> dict[str, set[str]]:
    """The fields that conditions read, by the fact of their records."""
    found: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, Quantified):
            fields = found.setdefault(node.fact, set())
            for part in parts_of(node.part):
                if isinstance(part, Literal):
                    fields.update(side.name for side in (part.subject, part.operand) if isinstance(side, Field))
    return found


def _picker(places: tuple[int, ...]) -> Callable[[bytes], tuple[int, ...]]:
    """The function that picks what stands at these places."""
    return (lambda _: ()) if not places else itemgetter(*places, places[0])  # of several it is a tuple


def _serious(book: Rulebook, sections: Iterable[str]) -> tuple[int, ...]:
    """The places of the rules that decide whether sections are resolved."""
    return tuple(
        [place for place, rule in enumerate(book.rules) if rule.section in sections and rule.severity != "info"]
    )


def _nodes_of(condition: Condition, book: Rulebook) -> Iterator[Condition]:
    """All parts of a condition, those of the derived facts that it comes from too."""
    waiting_for: list[Condition] = [condition]
    followed: set[str] = set()
    while waiting_for:
        for node in parts_of(waiting_for.pop()):
            yield node
            if isinstance(node, Literal):
                for name in facts_of(node):
                    if name in book.derived and name not in followed:
                        followed.add(name)
                        waiting_for.append(book.derived[name].condition)
