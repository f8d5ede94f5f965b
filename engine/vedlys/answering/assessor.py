"""One article in one locale: what its rules say of an environment, made into an assessment.

A finding follows from the values of the few facts that its rule and its texts read, and most environments share most
of those. So each finding is worked out and written once for all environments with the same values there; the same goes
for what is missing and what to ask. What is remembered is bounded, and changes no answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any, get_args

import msgspec
from msgspec import UNSET
from msgspec.json import encode

from vedlys.answering.memory import LARGEST_KEY, Drawer, Memory, weight
from vedlys.answering.prints import Prints, is_bounded
from vedlys.compiling.dependencies import facts_behind
from vedlys.compiling.encoding import Outcome
from vedlys.evaluation.ask import Asked, Bearing, Questions, Standing
from vedlys.evaluation.evidence import waiting, waits
from vedlys.evaluation.judge import Judge, resolved
from vedlys.evaluation.proof import Proof, Seen
from vedlys.evaluation.status import status_of
from vedlys.guidance.compose import Composer, Piece, Said, Written
from vedlys.guidance.edition import Edition
from vedlys.guidance.render import Scope
from vedlys.intake import Reading
from vedlys.model.conditions import AllOf, AnyOf, Condition, Literal, Not, Quantified, Resolved, Truth, facts_of
from vedlys.model.content import Content
from vedlys.model.environment import Environment
from vedlys.model.operators import AGES
from vedlys.model.result import (
    Assessment,
    CatalogueReference,
    Finding,
    LocaleChoice,
    Missing,
    Question,
    SourceReference,
    Undecided,
)
from vedlys.model.rulebook import FactDeclaration, Rule, Rulebook, Status, Verdict
from vedlys.model.types import name_of
from vedlys.model.values import as_text

_STATUS: dict[Status, bytes] = {status: b',"status":%b,"findings":[' % encode(status) for status in get_args(Status)}


class _Told(msgspec.Struct, frozen=True):
    """A finding, and what the document says of it."""

    finding: Finding
    written: Written
    json: bytes  # of the finding


class _Left(msgspec.Struct, frozen=True):
    """What is left to find out of a rule that is open, and what is said of it where it is undecided."""

    bearing: Bearing
    undecided: Undecided
    json: bytes  # of the latter


class _Asked(msgspec.Struct, frozen=True):
    """A question, and how the document asks it."""

    question: Question
    written: Piece
    json: bytes  # of the question


class _Questions(msgspec.Struct, frozen=True):
    """All questions of an environment."""

    questions: tuple[Question, ...] = ()
    written: tuple[Piece, ...] = ()
    json: bytes = b""


class _Rule:
    """One rule, and what was told of it before, by what that follows from."""

    __slots__ = (
        "facts",
        "id",
        "is_bounded",
        "is_left_bounded",
        "is_ordered",
        "key",
        "later",
        "left",
        "left_facts",
        "left_key",
        "proof",
        "reads_clock",
        "rule",
        "shows_derived",
        "told",
        "waits",
    )

    def __init__(
        self,
        rule: Rule,
        names: list[str],
        book: Rulebook,
        vocabulary: Mapping[str, FactDeclaration],
        *,
        memory: Memory,
    ) -> None:
        self.rule = rule
        self.id = rule.id
        self.proof = Proof(rule, book)
        self.is_ordered = waits(rule.when)
        self.shows_derived = any(name in book.derived for name in names)
        given, unless = book.gates(rule)
        conditions = [condition for condition in (given, rule.when) if condition is not None]
        nodes = [node for condition in conditions for node in nodes_of(condition, book)]
        # A finding follows from the values of these facts …
        self.facts = facts_behind([*chain.from_iterable(map(facts_of, conditions)), *names], book)
        # … and from whether these sections are resolved …
        self.waits = tuple(dict.fromkeys(node.sections for node in nodes if isinstance(node, Resolved)))
        # What is left to find out follows from these facts …
        conditions += [] if unless is None else [unless]
        awaited = _awaited({section for sections in self.waits for section in sections}, book)
        self.left_facts = facts_behind(chain.from_iterable(map(facts_of, (*conditions, *awaited))), book)
        # … and both from the moment, where ages are measured.
        every = chain(nodes, *(nodes_of(condition, book) for condition in (*conditions, *awaited)))
        self.reads_clock = any(isinstance(node, Literal) and node.operator in AGES for node in every)
        self.key = _getter(self.facts)
        self.left_key = _getter(self.left_facts)
        unbounded = {name for name in (*self.facts, *self.left_facts) if not is_bounded(vocabulary[name].type)}
        self.is_bounded = unbounded.isdisjoint(self.facts)  # so that all keys are worth keeping
        self.is_left_bounded = unbounded.isdisjoint(self.left_facts)
        self.told: Drawer[_Told] = memory.drawer()
        self.left: Drawer[_Left] = memory.drawer()
        self.later: Drawer[bool] = memory.drawer()


class _Answer(msgspec.Struct, frozen=True):
    """An assessment, and its JSON up to the moment that it is of."""

    assessment: Assessment
    json: bytes

    def at(self, moment: dt.datetime) -> Assessment:
        """The same of another moment, where none is measured from."""
        as_of = as_text(moment)
        assessment = msgspec.structs.replace(self.assessment, as_of=as_of)
        assessment.remember_json((self.json, as_of.encode(), b'"}'))
        return assessment


class _Sorted(msgspec.Struct, frozen=True):
    """The rules of an article by what they say; `open` those that more facts could still turn."""

    applies: tuple[_Rule, ...]
    open: tuple[_Rule, ...]
    unknown: tuple[bool, ...]  # of each of the open ones, whether that is its verdict
    ordered: tuple[_Rule, ...]  # clear, but perhaps only because of what comes first
    clear: tuple[str, ...]
    not_applicable: tuple[str, ...]
    status: Status
    clear_json: bytes
    not_applicable_json: bytes


_NO_QUESTIONS = _Questions()


class _Known:
    """One environment, and what is worked out of it only where it is needed."""

    def __init__(
        self,
        book: Rulebook,
        environment: Environment,
        outcome: Outcome,
        rules: tuple[str, ...],
        questions: Questions,
    ) -> None:
        self._book = book
        self._questions = questions
        self._rules = rules
        self._outcome = outcome
        self.environment = environment

        self.open_rules: dict[str, Bearing] = {}  # those that were looked at

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        return dict(zip(self._rules, self._outcome.verdicts, strict=True))

    @cached_property
    def standing(self) -> Standing:
        return self._questions.about(self.environment)

    @cached_property
    def judge(self) -> Judge:
        return Judge(self._book, self.environment, self.verdicts)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The known facts, derived ones too."""
        concluded = {name: self.judge.derived(name).truth for name in self._book.derived}
        known = {name: truth for name, truth in concluded.items() if truth is not None}
        return {**self.environment.values, **known}


class Assessor:
    """Makes the assessments of one article in one locale. Make it once, and keep it."""

    def __init__(
        self,
        content: Content,
        article: str,
        edition: Edition,
        questions: Questions,
        *,
        catalogue: CatalogueReference,
        memory: Memory,
        answers: Memory,
    ) -> None:
        """`memory` is for what answers are made of, `answers` for whole ones."""
        self._book = book = content.rulebooks[article]
        self._edition = edition
        self._text = edition.article(article)
        self._questions = questions
        self._catalogue = catalogue
        self.composer = Composer(self._text)
        vocabulary = content.vocabulary
        self._rules = tuple(
            _Rule(rule, self._text.named(rule.id), book, vocabulary, memory=memory) for rule in book.rules
        )
        self._ids = tuple(rule.id for rule in book.rules)
        facts = dict.fromkeys(name for rule in self._rules for name in (*rule.facts, *rule.left_facts))
        self._prints = Prints(facts, vocabulary)
        self._key = _members(tuple(facts))
        self._unbounded = tuple(name for name in facts if not is_bounded(vocabulary[name].type))
        self._reads_clock = any(rule.reads_clock for rule in self._rules)
        self._answers: Drawer[_Answer] = answers.drawer()
        self._sorted: Drawer[_Sorted] = memory.drawer()
        self._asked_for: Drawer[_Asked] = memory.drawer()
        self._asked: Drawer[_Questions] = memory.drawer()
        self._head = b'{"version":1,"article":%b,"locale":' % encode(book.article)
        self._tail = b'\\n","catalogue":%b,"as_of":"' % encode(catalogue)

    def recall(self, reading: Reading, locale: LocaleChoice) -> Assessment | None:
        """The assessment of facts that were assessed before, with the same values wherever it follows from them."""
        if not self._remembers(reading):
            return None
        answer = self._answers.get((locale.requested, self._key(self._prints.of(reading.environment))))
        return None if answer is None else answer.at(reading.environment.as_of)

    def assess(
        self, reading: Reading, outcome: Outcome, locale: LocaleChoice, *, is_default: bool = True
    ) -> Assessment:
        """The assessment of accepted facts, of which the rules say `outcome`.

        It is remembered for `recall` where that outcome is the default engine's: what another one says stays apart.
        """
        prints = self._prints.of(reading.environment)
        assessment, pieces = self._assess(reading, outcome, locale, prints)
        if (
            is_default
            and self._remembers(reading)
            and (size := _weight_of(prints, self._unbounded)) <= LARGEST_KEY
            # what a question or a heading shows may be a fact that no rule reads
            and all(map(self._edition.asks_the_same, assessment.ask_next))
        ):
            answer = _Answer(assessment, b"".join(pieces))
            size += 30 * len(prints) + len(answer.json) + 2 * len(assessment.markdown)
            self._answers.keep((locale.requested, self._key(prints)), answer, size)
        assessment.remember_json((*pieces, assessment.as_of.encode(), b'"}'))
        return assessment

    def _remembers(self, reading: Reading) -> bool:
        """Whether the assessment follows from the values of facts alone."""
        return self.composer.is_fixed and not (self._reads_clock or reading.environment.skip or reading.ignored)

    def _assess(
        self, reading: Reading, outcome: Outcome, locale: LocaleChoice, prints: dict[str, Hashable]
    ) -> tuple[Assessment, tuple[bytes, ...]]:
        """The assessment, and its JSON in pieces up to `as_of`."""
        environment = reading.environment
        known = _Known(self._book, environment, outcome, self._ids, self._questions)
        rules = self._sort(outcome)
        told = [self._tell(rule, known, prints) for rule in rules.applies]
        left = [self._leave(rule, known, prints) for rule in rules.open]
        unknown = [one for one, is_unknown in zip(left, rules.unknown, strict=True) if is_unknown]
        asked = self._ask(known, rules.open, left) if left else _NO_QUESTIONS
        findings = tuple([one.finding for one in told])
        undecided = tuple([one.undecided for one in unknown])
        said = Said(
            status=rules.status,
            findings=findings,
            written=tuple([one.written for one in told]),
            undecided=undecided,
            questions=asked.questions,
            asked=asked.written,
            clear=rules.clear,
            later=tuple([rule.id for rule in rules.ordered if self._comes_later(rule, known, prints)]),
            not_applicable=rules.not_applicable,
            values=environment.values if self.composer.is_fixed else known.values,
        )
        document = self.composer.piece(said)
        assessment = Assessment(
            article=self._book.article,
            locale=locale,
            status=rules.status,
            findings=findings,
            undecided=undecided,
            clear=rules.clear,
            not_applicable=rules.not_applicable,
            ask_next=asked.questions,
            ignored=reading.ignored,
            markdown=document.text + "\n",
            catalogue=self._catalogue,
            as_of=as_text(environment.as_of),
        )
        return (
            assessment,
            (
                *(self._head, encode(locale), _STATUS[rules.status], b",".join([one.json for one in told])),
                *(b'],"undecided":[', b",".join([one.json for one in unknown]), b'],"clear":', rules.clear_json),
                *(b',"not_applicable":', rules.not_applicable_json, b',"ask_next":[', asked.json),
                *(b'],"ignored":', encode(reading.ignored), b',"markdown":"', document.json),
                self._tail,
            ),
        )

    def _sort(self, outcome: Outcome) -> _Sorted:
        """The rules by what they say; remembered by that."""
        found = self._sorted.get(outcome)
        if found is None:
            by: dict[Verdict, list[_Rule]] = {"applies": [], "unknown": [], "clear": [], "not_applicable": []}
            for rule, verdict in zip(self._rules, outcome.verdicts, strict=True):
                by[verdict].append(rule)
            still_open = tuple(rule for rule, is_open in zip(self._rules, outcome.open, strict=True) if is_open)
            severities = (rule.rule.severity for rule in self._rules)
            found = _Sorted(
                applies=tuple(by["applies"]),
                open=still_open,
                unknown=tuple(rule in by["unknown"] for rule in still_open),
                ordered=tuple(rule for rule in by["clear"] if rule.is_ordered),
                clear=tuple(rule.id for rule in by["clear"]),
                not_applicable=tuple(rule.id for rule in by["not_applicable"]),
                clear_json=encode([rule.id for rule in by["clear"]]),
                not_applicable_json=encode([rule.id for rule in by["not_applicable"]]),
                status=status_of(zip(severities, outcome.verdicts, strict=True)),
            )
            self._sorted.keep(outcome, found, 100 * len(self._rules))
        return found

    def _tell(self, rule: _Rule, known: _Known, prints: dict[str, Hashable]) -> _Told:
        """The finding of a rule that applies."""
        key = rule.key(prints)
        if rule.waits:
            key = (key, *self._resolved(rule, known))
        if rule.reads_clock:
            key = (key, known.environment.as_of)
        told = rule.told.get(key)
        if told is None:
            told = self._told(rule, known)
            size = _size_of(key, is_bounded=rule.is_bounded)
            if size <= LARGEST_KEY:
                rule.told.keep(key, told, size + 2 * len(told.json) + 3 * len(told.written.text.json))
        return told

    def _resolved(self, rule: _Rule, known: _Known) -> list[Truth]:
        """Whether what the rule waits for is resolved."""
        return [resolved(self._book, sections, known.verdicts) for sections in rule.waits]

    def _told(self, of: _Rule, known: _Known) -> _Told:
        rule = of.rule
        seen = Seen.by(known.judge)
        stood_out = tuple([match.value for match in of.proof.matched(seen)])
        values = known.values if of.shows_derived else known.environment.values
        scope = self._text.scope(rule.id, values, stood_out)
        title, guidance, erratum, translation = self._text.finding_texts(rule.id, scope)
        source = self._book.source
        finding = Finding(
            rule=rule.id,
            section=rule.section,
            severity=rule.severity,
            title=title,
            guidance=guidance,
            because=of.proof.because(seen),
            matched=stood_out,
            source=None if source is None else SourceReference(document=source.document, lines=rule.lines),
            erratum=erratum,
            translation=translation,
        )
        return _Told(finding, self.composer.write(finding, Scope(values=values)), encode(finding))

    def _comes_later(self, rule: _Rule, known: _Known, prints: dict[str, Hashable]) -> bool:
        """Whether a rule is clear only because earlier sections are not resolved yet."""
        key = (rule.key(prints), *self._resolved(rule, known))
        found = None if rule.reads_clock else rule.later.get(key)
        if found is None:
            found = bool(waiting(known.judge, [rule.rule]))
            size = _size_of(key, is_bounded=rule.is_bounded)
            if size <= LARGEST_KEY:
                rule.later.keep(key, found, size)
        return found

    def _leave(self, rule: _Rule, known: _Known, prints: dict[str, Hashable]) -> _Left:
        """What is left to find out of a rule that is open."""
        key = None if rule.waits else rule.left_key(prints)
        found = None if rule.waits or rule.reads_clock else rule.left.get(key)
        if found is None:
            of, bearing = rule.rule, known.standing.bearing(rule.id, known.open_rules)
            undecided = Undecided(rule=of.id, section=of.section, severity=of.severity, missing=bearing.missing)
            found = _Left(bearing, undecided, encode(undecided))
            # of what waits for other rules, nearly all values are behind it: it is seldom met twice
            size = _size_of(key, is_bounded=rule.is_left_bounded)
            if not (rule.waits or rule.reads_clock) and size <= LARGEST_KEY:
                rule.left.keep(key, found, size + 2 * len(found.json) + 300 * len(bearing.left))
        known.open_rules[rule.id] = found.bearing
        return found

    def _ask(self, known: _Known, rules: Iterable[_Rule], left: list[_Left]) -> _Questions:
        """The questions worth asking next, and how the document asks them."""
        asked = known.standing.ask([rule.id for rule in rules], bearings=[one.bearing for one in left])
        told = [self._question(one, known) for one in asked]
        return _Questions(
            tuple([one.question for one in told]),
            tuple([one.written for one in told]),
            b",".join([one.json for one in told]),
        )

    def _question(self, asked: Asked, known: _Known) -> _Asked:
        key = (asked.fact, asked.record, asked.field, asked.decides)
        found = self._asked_for.get(key)
        if found is None:
            found = self._made(asked, Scope(values=known.values))
            # it names rules by their titles
            if self.composer.is_fixed and self._edition.asks_the_same(found.question):
                self._asked_for.keep(key, found, 2 * len(found.json) + 3 * len(found.written.json))
        return found

    def _made(self, asked: Asked, scope: Scope) -> _Asked:
        record = UNSET if asked.record is None else asked.record
        field = UNSET if asked.field is None else asked.field
        text, how = self._edition.question_texts(Missing(fact=asked.fact, record=record, field=field), scope)
        name = asked.fact if asked.field is None else f"{asked.fact}.{asked.field}"
        fact_type = self._edition.words.type(name)
        assert fact_type is not None  # only facts of the vocabulary are asked
        question = Question(
            fact=asked.fact,
            record=record,
            field=field,
            question=text,
            how=how,
            type=name_of(fact_type),
            decides=asked.decides,
        )
        return _Asked(question, self.composer.ask(question, scope), encode(question))


def _getter(facts: tuple[str, ...]) -> Callable[[dict[str, Hashable]], Hashable]:
    """The function that picks the prints of these facts."""
    return itemgetter(*facts) if facts else lambda _: None


def _size_of(key: Hashable, *, is_bounded: bool) -> int:
    """About how many bytes a key takes; the one of values that are all short need not be looked through."""
    return (30 * len(key) if isinstance(key, tuple) else 30) if is_bounded else weight(key)


def _weight_of(prints: dict[str, Hashable], facts: Iterable[str]) -> int:
    return sum(weight(prints[name]) for name in facts)


def _members(facts: tuple[str, ...]) -> Callable[[dict[str, Hashable]], tuple[Hashable, ...]]:
    """The same, always as a tuple."""
    get = _getter(facts)
    return get if len(facts) > 1 else lambda prints: (get(prints),)  # type: ignore[return-value]  # of several it is one


def _awaited(sections: set[str], book: Rulebook) -> Iterator[Condition]:
    """Every condition that hangs on whether these sections are resolved, those of the sections they wait for too."""
    waiting_for = list(sections)
    for name in waiting_for:  # it grows
        for rule in book.section(name).rules:
            for condition in (*book.gates(rule), rule.when):
                if condition is not None:
                    yield condition
                    more = (node.sections for node in nodes_of(condition, book) if isinstance(node, Resolved))
                    waiting_for += [one for one in chain.from_iterable(more) if one not in waiting_for]


def nodes_of(condition: Condition, book: Rulebook) -> Iterator[Condition]:
    """All parts of a condition, those of the derived facts that it comes from too."""
    waiting_for: list[Condition] = [condition]
    followed: set[str] = set()
    while waiting_for:
        node = waiting_for.pop()
        yield node
        match node:
            case AllOf(parts=parts) | AnyOf(parts=parts):
                waiting_for += parts
            case Not(part=part) | Quantified(part=part):
                waiting_for.append(part)
            case Literal():
                for name in facts_of(node):
                    if name in book.derived and name not in followed:
                        followed.add(name)
                        waiting_for.append(book.derived[name].condition)
            case _:
                pass
