"""One article in one locale: what its rules say of an environment, made into an answer.

What is said of each rule is remembered by what it follows from (`rules.py`), and whole answers by all of that together.
An answer is joined from pieces that have their JSON with them: nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import compress
from operator import attrgetter
from typing import Any, cast, get_args

from msgspec import UNSET
from msgspec.json import encode

from vedlys.answering.answer import Answer, Parts
from vedlys.answering.memory import LARGEST_KEY, Drawer, Memory
from vedlys.answering.prints import Aspect, Key, Printed, Prints
from vedlys.answering.rules import AnsweredRule, AskedQuestion, Left, Told
from vedlys.compiling.encoding import Outcome
from vedlys.evaluation.ask import Asked, Bearing, Questions, Standing
from vedlys.evaluation.evidence import waiting
from vedlys.evaluation.expansion import bulk
from vedlys.evaluation.judge import Judge, resolved_of
from vedlys.evaluation.proof import Seen
from vedlys.evaluation.status import status_from
from vedlys.guidance.compose import Composer, Said
from vedlys.guidance.edition import Edition
from vedlys.guidance.render import Scope
from vedlys.intake import Reading
from vedlys.model.conditions import Truth
from vedlys.model.content import Content
from vedlys.model.environment import Environment
from vedlys.model.result import (
    CatalogueReference,
    Finding,
    LocaleChoice,
    Missing,
    Question,
    SourceReference,
    Undecided,
)
from vedlys.model.rulebook import VERDICTS, FactDeclaration, Rulebook, Status
from vedlys.model.types import RecordsType, name_of

_ID, _SEVERITY, _JSON = attrgetter("id"), attrgetter("severity"), attrgetter("json")
_WRITTEN, _BEARING, _BEARS = attrgetter("written"), attrgetter("bearing"), attrgetter("bearing.bears")
_HEAVIEST = 64  # what tells environments apart in what is left of a rule, where it is remembered
_STATUS: dict[Status, bytes] = {status: b',"status":%b,"findings":[' % encode(status) for status in get_args(Status)}


class _Known:
    """One environment, and what is worked out of it only where it is needed."""

    def __init__(self, book: Rulebook, environment: Environment, outcome: Outcome, questions: Questions) -> None:
        self._book = book
        self._questions = questions
        self.outcome = outcome
        self.environment = environment

    @cached_property
    def standing(self) -> Standing:
        return self._questions.about(self.environment)

    @cached_property
    def judge(self) -> Judge:
        verdicts = dict(zip([rule.id for rule in self._book.rules], self.outcome.verdicts, strict=True))
        return Judge(self._book, self.environment, verdicts)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The known facts, derived ones too."""
        concluded = {name: self.judge.derived(name).truth for name in self._book.derived}
        known = {name: truth for name, truth in concluded.items() if truth is not None}
        return {**self.environment.values, **known}

    def resolved(self, rule: AnsweredRule) -> tuple[Truth, ...]:
        """Whether what the rule waits for is resolved."""
        codes = self.outcome.codes
        return tuple([resolved_of({VERDICTS[code] for code in set(said(codes))}) for said in rule.waits])


class Assessor:
    """Makes the answers of one article in one locale. Make it once, and keep it."""

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
        self._rules = tuple([AnsweredRule(rule, self._text, book, vocabulary) for rule in book.rules])
        aspects = dict.fromkeys(aspect for rule in self._rules for aspect in (*rule.aspects, *rule.left_aspects))
        self._prints = Prints(aspects, vocabulary)
        for rule in self._rules:
            rule.remember(self._prints, questions, memory)
        self._ordered = [(place, rule) for place, rule in enumerate(self._rules) if rule.is_ordered]
        self._reads_clock = any(rule.reads_clock or rule.left_reads_clock for rule in self._rules)
        # whether what a document shows besides findings is no value, which might be that of a fact that no rule reads:
        # in a title, a heading or a question
        self._is_fixed = self.composer.is_fixed and all(map(edition.asks_the_same, _askable(aspects, vocabulary)))
        self._answers: Drawer[Parts] = answers.drawer()
        self._asked: Drawer[AskedQuestion] = memory.drawer()
        self._missed: tuple[Environment, Key] | None = None  # what was just looked for in vain
        self._head = b'{"version":1,"article":%b,"locale":' % encode(book.article)
        self._tail = b'\\n","catalogue":%b,"as_of":' % encode(catalogue)

    def recall(self, reading: Reading, locale: LocaleChoice) -> Answer | None:
        """The answer on facts that were asked about before, with the same values wherever it follows from them."""
        if not self._remembers(reading):
            return None
        environment = reading.environment
        key = self._prints.key(environment)
        parts = self._answers.get((locale.requested, key))
        if parts is not None:
            return Answer(parts, environment.as_of)
        self._missed = (environment, key)
        return None

    def answer(self, reading: Reading, outcome: Outcome, locale: LocaleChoice, *, is_default: bool = True) -> Answer:
        """The answer on accepted facts, of which the rules say `outcome`.

        It is remembered for `recall` where that outcome is the default engine's: what another one says stays apart.
        """
        environment = reading.environment
        missed, self._missed = self._missed, None
        prints = self._prints.of(environment, missed[1] if missed is not None and missed[0] is environment else None)
        parts = self._parts(reading, outcome, locale, prints)
        if is_default and self._remembers(reading):
            size = prints.weight()
            if size <= LARGEST_KEY:
                # what it is made of may be forgotten elsewhere, but not here
                size += 30 * len(prints.key) + 2 * len(parts.json)
                self._answers.keep((locale.requested, prints.key), parts, size)
        return Answer(parts, environment.as_of)

    def _remembers(self, reading: Reading) -> bool:
        """Whether the answer follows from the values of facts alone."""
        return self._is_fixed and not (self._reads_clock or reading.environment.skip or reading.ignored)

    def _parts(self, reading: Reading, outcome: Outcome, locale: LocaleChoice, prints: Printed) -> Parts:
        environment = reading.environment
        known = _Known(self._book, environment, outcome, self._questions)
        rules, where = self._rules, outcome.where
        applies, unknown = list(compress(rules, where("applies"))), list(compress(rules, where("unknown")))
        clear, not_applicable = list(compress(rules, where("clear"))), list(compress(rules, where("not_applicable")))
        told = self._tell(applies, known, prints) if applies else []
        # open are those that are unknown, and those that apply on an undecided `unless`
        still_open = unknown
        if outcome.open.count(1) > len(unknown):
            still_open = list(compress(rules, outcome.open))
        left = self._leave(still_open, known) if still_open else []
        asked = self._ask(still_open, left, known) if still_open else []
        if still_open is not unknown:
            left = list(compress(left, compress(where("unknown"), outcome.open)))
        said = Said(
            status=status_from(list(map(_SEVERITY, applies)), list(map(_SEVERITY, unknown)), is_clear=bool(clear)),
            findings=list(map(_WRITTEN, told)),
            undecided=len(left),
            asked=list(map(_WRITTEN, asked)),
            never_asked=_never_asked(left, asked) if environment.skip or not all(map(_BEARS, left)) else (),
            clear=list(map(_ID, clear)),
            later=self._later(known, prints) if self._ordered and clear else (),
            not_applicable=tuple(map(_ID, not_applicable)),
            values=environment.values if self.composer.is_fixed else known.values,
        )
        document = self.composer.compose(said)
        json = b"".join(
            [
                *(self._head, encode(locale), _STATUS[said.status], b",".join(map(_JSON, told))),
                *(b'],"undecided":[', b",".join(map(_JSON, left))),
                *(b'],"clear":[', b",".join(map(_JSON, clear))),
                *(b'],"not_applicable":[', b",".join(map(_JSON, not_applicable))),
                *(b'],"ask_next":[', b",".join(map(_JSON, asked))),
                *(b'],"ignored":', encode(reading.ignored), b',"markdown":"', *map(_JSON, document), self._tail),
            ]
        )
        return Parts(
            article=self._book.article,
            locale=locale,
            status=said.status,
            told=told,
            unknown=left,
            clear=said.clear,
            not_applicable=said.not_applicable,
            asked=asked,
            ignored=reading.ignored,
            document=document,
            catalogue=self._catalogue,
            json=json,
        )

    def _tell(self, rules: list[AnsweredRule], known: _Known, prints: Printed) -> list[Told]:
        """The findings of the rules that apply."""
        found = [rule.told_before(rule.key_of(prints)) for rule in rules]
        return [self._told(rule, known, prints) if one is None else one for rule, one in zip(rules, found, strict=True)]

    def _told(self, rule: AnsweredRule, known: _Known, prints: Printed) -> Told:
        if rule.is_plain:
            return self._keep_told(rule, known, prints, rule.key_of(prints))
        key = (
            rule.key_of(prints),
            known.resolved(rule),
            known.environment.as_of if rule.reads_clock else None,
        )
        return rule.told.get(key) or self._keep_told(rule, known, prints, key)

    def _keep_told(self, rule: AnsweredRule, known: _Known, prints: Printed, key: Hashable) -> Told:
        told = self._find(rule, known)
        size = prints.weight(rule.heavy)
        if size <= LARGEST_KEY:
            size += 30 * len(rule.aspects) + 2 * len(told.json) + 3 * len(told.written.text.json)
            rule.told.keep(key, told, size)
        return told

    def _find(self, of: AnsweredRule, known: _Known) -> Told:
        """The finding of a rule that applies, worked out."""
        rule = of.rule
        environment = known.environment
        seen = Seen(lambda: known.judge, environment.values, environment.references, environment.as_of, set())
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
        return Told(finding, self.composer.write(finding, Scope(values=values)), encode(finding))

    def _later(self, known: _Known, prints: Printed) -> list[str]:
        """The rules that are clear only because earlier sections are not resolved yet."""
        is_clear = known.outcome.where("clear")
        return [rule.id for place, rule in self._ordered if is_clear[place] and self._comes_later(rule, known, prints)]

    def _comes_later(self, rule: AnsweredRule, known: _Known, prints: Printed) -> bool:
        key = (rule.key_of(prints), known.resolved(rule))
        found = None if rule.reads_clock else rule.later.get(key)
        if found is None:
            found = bool(waiting(known.judge, [rule.rule]))
            size = prints.weight(rule.heavy)
            if size <= LARGEST_KEY and not rule.reads_clock:
                rule.later.keep(key, found, size + 30 * len(rule.aspects))
        return found

    def _leave(self, rules: list[AnsweredRule], known: _Known) -> list[Left]:
        """What is left to find out of the rules that are open."""
        distinct = self._questions.distinctions.of(known.environment)
        found = [rule.left_before(rule.left_key(distinct)) for rule in rules]
        if None not in found:
            return cast("list[Left]", found)
        before: dict[str, Bearing] = {}
        left: list[Left] = []
        for rule, known_before in zip(rules, found, strict=True):
            one = known_before or self._left(rule, known, distinct, before if rule.waits else None)
            before[rule.id] = one.bearing
            left.append(one)
        return left

    def _left(self, of: AnsweredRule, known: _Known, distinct: Key, before: Mapping[str, Bearing] | None) -> Left:
        rule, bearing = of.rule, known.standing.bearing(of.id, before, is_new=of.is_kept)
        undecided = Undecided(rule=rule.id, section=rule.section, severity=rule.severity, missing=bearing.missing)
        left = Left(bearing, undecided, encode(undecided))
        key = of.left_key(distinct)
        if of.is_kept and (heaviness := bulk(key)) <= _HEAVIEST:
            size = 30 * len(of.left_aspects) + 512 * heaviness + 2 * len(left.json) + 300 * len(bearing.left)
            of.left.keep(key, left, size)
        return left

    def _ask(self, rules: list[AnsweredRule], left: list[Left], known: _Known) -> list[AskedQuestion]:
        """The questions worth asking next, and how the document asks them."""
        asked = self._questions.ask(known.environment, list(map(_ID, rules)), list(map(_BEARING, left)))
        found = list(map(self._asked.get, asked))
        return [self._asking(one, known) if made is None else made for one, made in zip(asked, found, strict=True)]

    def _asking(self, asked: Asked, known: _Known) -> AskedQuestion:
        made = self._question(asked, Scope() if self._is_fixed else Scope(values=known.values))
        if self._is_fixed:
            self._asked.keep(asked, made, 2 * len(made.json) + 3 * len(made.written.json))
        return made

    def _question(self, asked: Asked, scope: Scope) -> AskedQuestion:
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
        return AskedQuestion(question, self.composer.ask(question, scope), encode(question))


def _never_asked(left: list[Left], asked: list[AskedQuestion]) -> list[Undecided]:
    """Of what is left, that which no question bears on."""
    are_asked: set[str] = set().union(*[one.question.decides for one in asked])
    return [one.undecided for one in left if one.undecided.rule not in are_asked]


def _askable(aspects: Iterable[Aspect], vocabulary: Mapping[str, FactDeclaration]) -> Iterator[str]:
    """The names that questions have for facts and the fields of their records."""
    for name in dict.fromkeys(aspect.fact for aspect in aspects):
        yield name
        fact_type = vocabulary[name].type
        if isinstance(fact_type, RecordsType):
            yield from (f"{name}.{field}" for field in fact_type.fields)
