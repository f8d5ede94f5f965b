"""One article in one locale: what its rules say of an environment, made into an assessment.

A finding follows from the values of the few facts that its rule and its texts read, and most environments share most
of those. So each finding is worked out and written once for all environments with the same values there; the same goes
for what is missing and what to ask. What is remembered is bounded, and changes no answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import chain, compress
from operator import attrgetter, itemgetter
from typing import Any, get_args

import msgspec
from msgspec import UNSET
from msgspec.json import encode

from vedlys.answering.memory import LARGEST_KEY, Drawer, Memory
from vedlys.answering.prints import Printed, Prints, is_bounded
from vedlys.compiling.dependencies import facts_behind
from vedlys.compiling.encoding import Outcome
from vedlys.evaluation.ask import Asked, Bearing, Questions, Standing
from vedlys.evaluation.evidence import waiting, waits
from vedlys.evaluation.judge import Judge, resolved_of
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
from vedlys.model.rulebook import VERDICTS, FactDeclaration, Rule, Rulebook, Status, Verdict
from vedlys.model.types import RecordsType, name_of
from vedlys.model.values import as_text

_ID, _JSON = attrgetter("id"), attrgetter("json")
_QUESTION, _UNDECIDED, _WRITTEN = attrgetter("question"), attrgetter("undecided"), attrgetter("written")
_STATUS: dict[Status, bytes] = {status: b',"status":%b,"findings":[' % encode(status) for status in get_args(Status)}


class _Told(msgspec.Struct, frozen=True, gc=False):
    """A finding, and what the document says of it."""

    finding: Finding
    written: Written
    json: bytes  # of the finding


class _Left(msgspec.Struct, frozen=True, gc=False):
    """What is left to find out of a rule that is open, and what is said of it where it is undecided."""

    bearing: Bearing
    undecided: Undecided
    json: bytes  # of the latter


class _Asked(msgspec.Struct, frozen=True, gc=False):
    """A question, and how the document asks it."""

    question: Question
    written: Piece
    json: bytes  # of the question


class _Rule:
    """One rule, and what was told of it before, by what that follows from."""

    __slots__ = (
        "facts",
        "heavy",
        "id",
        "is_kept",
        "is_ordered",
        "json",
        "key",
        "later",
        "left",
        "left_facts",
        "left_heavy",
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
        self.json = encode(rule.id)
        self.proof = Proof(rule, book)
        self.is_ordered = waits(rule.when)
        self.shows_derived = any(name in book.derived for name in names)
        given, unless = book.gates(rule)
        conditions = [condition for condition in (given, rule.when) if condition is not None]
        nodes = [node for condition in conditions for node in nodes_of(condition, book)]
        # A finding follows from the values of these facts …
        self.facts = facts_behind([*chain.from_iterable(map(facts_of, conditions)), *names], book)
        # … and from whether these sections are resolved: the places of the rules that decide that.
        sections = dict.fromkeys(node.sections for node in nodes if isinstance(node, Resolved))
        self.waits = tuple([_picker(_serious(book, each)) for each in sections])
        # What is left to find out follows from the values of these facts, unless the rule waits for others …
        conditions += [] if unless is None else [unless]
        nodes += [] if unless is None else nodes_of(unless, book)
        self.left_facts = facts_behind(chain.from_iterable(map(facts_of, conditions)), book)
        # … and both from the moment, where ages are measured.
        self.reads_clock = any(isinstance(node, Literal) and node.operator in AGES for node in nodes)
        self.is_kept = not (self.reads_clock or any(isinstance(node, Resolved) for node in nodes))
        self.key = _getter(self.facts)
        self.left_key = _getter(self.left_facts)
        # the facts whose values may be so long that they are not worth keeping
        self.heavy = tuple([name for name in self.facts if not is_bounded(vocabulary[name].type)])
        self.left_heavy = tuple([name for name in self.left_facts if not is_bounded(vocabulary[name].type)])
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


class _Known:
    """One environment, and what is worked out of it only where it is needed."""

    def __init__(self, book: Rulebook, environment: Environment, outcome: Outcome, questions: Questions) -> None:
        self._book = book
        self._questions = questions
        self._judge: Judge | None = None
        self._standing: Standing | None = None
        self.outcome = outcome
        self.environment = environment

    @property
    def standing(self) -> Standing:
        if self._standing is None:
            self._standing = self._questions.about(self.environment)
        return self._standing

    def judged(self) -> Judge:
        if self._judge is None:
            verdicts = dict(zip([rule.id for rule in self._book.rules], self.outcome.verdicts, strict=True))
            self._judge = Judge(self._book, self.environment, verdicts)
        return self._judge

    @property
    def values(self) -> dict[str, Any]:
        """The known facts, derived ones too."""
        concluded = {name: self.judged().derived(name).truth for name in self._book.derived}
        known = {name: truth for name, truth in concluded.items() if truth is not None}
        return {**self.environment.values, **known}

    def resolved(self, rule: _Rule) -> tuple[Truth, ...]:
        """Whether what the rule waits for is resolved."""
        verdicts = self.outcome.verdicts
        return tuple([resolved_of(set(said(verdicts))) for said in rule.waits])


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
        self._ordered = [(place, rule) for place, rule in enumerate(self._rules) if rule.is_ordered]
        self._severities = tuple(rule.severity for rule in book.rules)
        facts = dict.fromkeys(name for rule in self._rules for name in (*rule.facts, *rule.left_facts))
        self._prints = Prints(facts, vocabulary)
        self._printed: tuple[Environment, Printed] | None = None  # of what was just looked for in vain
        self._key = _members(tuple(facts))
        self._reads_clock = any(rule.reads_clock for rule in self._rules)
        # whether what a document shows besides findings is no value, which might be that of a fact that no rule reads:
        # in a title, a heading or a question
        self._is_fixed = self.composer.is_fixed and all(map(edition.asks_the_same, _askable(facts, vocabulary)))
        self._answers: Drawer[_Answer] = answers.drawer()
        self._asked: Drawer[_Asked] = memory.drawer()
        self._head = b'{"version":1,"article":%b,"locale":' % encode(book.article)
        self._tail = b'\\n","catalogue":%b,"as_of":"' % encode(catalogue)

    def recall(self, reading: Reading, locale: LocaleChoice) -> Assessment | None:
        """The assessment of facts that were assessed before, with the same values wherever it follows from them."""
        if not self._remembers(reading):
            return None
        environment = reading.environment
        prints = self._prints.of(environment)
        answer = self._answers.get((locale.requested, self._key(prints)))
        if answer is not None:
            return answer.at(environment.as_of)
        self._printed = (environment, prints)
        return None

    def assess(
        self, reading: Reading, outcome: Outcome, locale: LocaleChoice, *, is_default: bool = True
    ) -> Assessment:
        """The assessment of accepted facts, of which the rules say `outcome`.

        It is remembered for `recall` where that outcome is the default engine's: what another one says stays apart.
        """
        printed, self._printed = self._printed, None
        if printed is None or printed[0] is not reading.environment:
            printed = (reading.environment, self._prints.of(reading.environment))
        prints = printed[1]
        assessment, json = self._assess(reading, outcome, locale, prints)
        size = prints.weight()
        if is_default and size <= LARGEST_KEY and self._remembers(reading):
            size += 30 * len(prints) + len(json) + 2 * len(assessment.markdown)
            self._answers.keep((locale.requested, self._key(prints)), _Answer(assessment, json), size)
        assessment.remember_json((json, assessment.as_of.encode(), b'"}'))
        return assessment

    def _remembers(self, reading: Reading) -> bool:
        """Whether the assessment follows from the values of facts alone."""
        return self._is_fixed and not (self._reads_clock or reading.environment.skip or reading.ignored)

    def _assess(
        self, reading: Reading, outcome: Outcome, locale: LocaleChoice, prints: Printed
    ) -> tuple[Assessment, bytes]:
        """The assessment, and its JSON up to `as_of`."""
        environment = reading.environment
        known = _Known(self._book, environment, outcome, self._questions)
        by = {verdict: list(compress(self._rules, map(verdict.__eq__, outcome.verdicts))) for verdict in VERDICTS}
        told = [self._tell(rule, known, prints) for rule in by["applies"]]
        still_open = list(compress(self._rules, outcome.open))
        left = self._leave(still_open, known, prints) if still_open else []
        unknown = left if len(left) == len(by["unknown"]) else self._unknown(left, outcome)
        asked = self._ask(still_open, left, known) if still_open else []
        ordered = [rule for place, rule in self._ordered if outcome.verdicts[place] == "clear"]
        said = Said(
            status=status_of(zip(self._severities, outcome.verdicts, strict=True)),
            findings=tuple([one.finding for one in told]),
            written=tuple([one.written for one in told]),
            undecided=tuple(map(_UNDECIDED, unknown)),
            questions=tuple(map(_QUESTION, asked)),
            asked=tuple(map(_WRITTEN, asked)),
            clear=tuple(map(_ID, by["clear"])),
            later=tuple([rule.id for rule in ordered if self._comes_later(rule, known, prints)]),
            not_applicable=tuple(map(_ID, by["not_applicable"])),
            values=environment.values if self.composer.is_fixed else known.values,
        )
        document = self.composer.piece(said)
        assessment = Assessment(
            article=self._book.article,
            locale=locale,
            status=said.status,
            findings=said.findings,
            undecided=said.undecided,
            clear=said.clear,
            not_applicable=said.not_applicable,
            ask_next=said.questions,
            ignored=reading.ignored,
            markdown=document.text + "\n",
            catalogue=self._catalogue,
            as_of=as_text(environment.as_of),
        )
        pieces = (
            *(self._head, encode(locale), _STATUS[said.status], b",".join(map(_JSON, told))),
            *(b'],"undecided":[', b",".join(map(_JSON, unknown))),
            *(b'],"clear":[', b",".join(map(_JSON, by["clear"]))),
            *(b'],"not_applicable":[', b",".join(map(_JSON, by["not_applicable"]))),
            *(b'],"ask_next":[', b",".join(map(_JSON, asked))),
            *(b'],"ignored":', encode(reading.ignored), b',"markdown":"', document.json, self._tail),
        )
        return assessment, b"".join(pieces)

    def _unknown(self, left: list[_Left], outcome: Outcome) -> list[_Left]:
        """Those of the open rules that are unknown; others apply on an undecided `unless`."""
        return [
            one
            for one, verdict in zip(left, compress(outcome.verdicts, outcome.open), strict=True)
            if verdict == "unknown"
        ]

    def _tell(self, rule: _Rule, known: _Known, prints: Printed) -> _Told:
        """The finding of a rule that applies."""
        key = rule.key(prints)
        if rule.waits:
            key = (key, *known.resolved(rule))
        if rule.reads_clock:
            key = (key, known.environment.as_of)
        told = rule.told.get(key)
        if told is None:
            told = self._told(rule, known)
            size = prints.weight(rule.heavy)
            if size <= LARGEST_KEY:
                size += 30 * len(rule.facts) + 2 * len(told.json) + 3 * len(told.written.text.json)
                rule.told.keep(key, told, size)
        return told

    def _told(self, of: _Rule, known: _Known) -> _Told:
        rule = of.rule
        environment = known.environment
        seen = Seen(known.judged, environment.values, environment.references, environment.as_of, set())
        stood_out = tuple([match.value for match in of.proof.matched(seen)])
        values = known.values if of.shows_derived else environment.values
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

    def _comes_later(self, rule: _Rule, known: _Known, prints: Printed) -> bool:
        """Whether a rule is clear only because earlier sections are not resolved yet."""
        key = (rule.key(prints), *known.resolved(rule))
        found = None if rule.reads_clock else rule.later.get(key)
        if found is None:
            found = bool(waiting(known.judged(), [rule.rule]))
            size = prints.weight(rule.heavy)
            if size <= LARGEST_KEY and not rule.reads_clock:
                rule.later.keep(key, found, size + 30 * len(rule.facts))
        return found

    def _leave(self, rules: list[_Rule], known: _Known, prints: Printed) -> list[_Left]:
        """What is left to find out of the rules that are open."""
        found: list[_Left] = []
        for rule in rules:
            left = rule.left.get(rule.left_key(prints)) if rule.is_kept else None
            if left is None:
                before = {one.undecided.rule: one.bearing for one in found} if rule.waits else None
                left = self._left(rule, known, before)
                if rule.is_kept and (size := prints.weight(rule.left_heavy)) <= LARGEST_KEY:
                    size += 30 * len(rule.left_facts) + 2 * len(left.json) + 300 * len(left.bearing.left)
                    rule.left.keep(rule.left_key(prints), left, size)
            found.append(left)
        return found

    def _left(self, rule: _Rule, known: _Known, before: Mapping[str, Bearing] | None) -> _Left:
        of, bearing = rule.rule, known.standing.bearing(rule.id, before)
        undecided = Undecided(rule=of.id, section=of.section, severity=of.severity, missing=bearing.missing)
        return _Left(bearing, undecided, encode(undecided))

    def _ask(self, rules: list[_Rule], left: list[_Left], known: _Known) -> list[_Asked]:
        """The questions worth asking next, and how the document asks them."""
        asked = known.standing.ask([rule.id for rule in rules], bearings=[one.bearing for one in left])
        found = []
        for one in asked:
            made = self._asked.get(one)
            if made is None:
                made = self._made(one, Scope() if self._is_fixed else Scope(values=known.values))
                if self._is_fixed:
                    self._asked.keep(one, made, 2 * len(made.json) + 3 * len(made.written.json))
            found.append(made)
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


def _getter(facts: tuple[str, ...]) -> Callable[[Printed], Hashable]:
    """The function that picks the prints of these facts."""
    return itemgetter(*facts) if facts else lambda _: None


def _members(facts: tuple[str, ...]) -> Callable[[Printed], tuple[Hashable, ...]]:
    """The same, always as a tuple."""
    get = _getter(facts)
    return get if len(facts) > 1 else lambda prints: (get(prints),)  # type: ignore[return-value]  # of several it is one


def _picker(places: tuple[int, ...]) -> Callable[[tuple[Verdict, ...]], tuple[Verdict, ...]]:
    """The function that picks what stands at these places."""
    return (lambda _: ()) if not places else itemgetter(*places, places[0])  # of several it is a tuple


def _serious(book: Rulebook, sections: Iterable[str]) -> tuple[int, ...]:
    """The places of the rules that decide whether sections are resolved."""
    return tuple(
        [place for place, rule in enumerate(book.rules) if rule.section in sections and rule.severity != "info"]
    )


def _askable(facts: Iterable[str], vocabulary: Mapping[str, FactDeclaration]) -> Iterator[str]:
    """The names that questions have for facts and the fields of their records."""
    for name in facts:
        yield name
        fact_type = vocabulary[name].type
        if isinstance(fact_type, RecordsType):
            yield from (f"{name}.{field}" for field in fact_type.fields)


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
