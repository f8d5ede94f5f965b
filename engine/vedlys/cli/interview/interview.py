"""The conversation: asks what is worth knowing next, takes the answer, tells what it decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import msgspec

from vedlys.cli.interview.answers import COMMANDS, Command, Words, choices, value_of
from vedlys.cli.interview.talk import Talk
from vedlys.cli.session import TOPIC, Session
from vedlys.errors import FactsError
from vedlys.guidance.edition import fact_name
from vedlys.guidance.phrases import Phrases
from vedlys.guidance.render import Scope
from vedlys.messages import describe
from vedlys.messages.shown import visible
from vedlys.model.result import Assessment, Question
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType
from vedlys.output.terminal import inline_text, markdown_lines
from vedlys.output.text import Text
from vedlys.output.wrapping import wrap

if TYPE_CHECKING:
    from vedlys.assessment import Catalogue

Facts = dict[str, Any]  # by dotted name, as JSON has them

_MEANINGS = ("yes", "no", "none", *COMMANDS)
_STYLES = {"✗": "bold red", "!": "bold yellow", "i": "bold blue", "✓": "green", "–": "dim"}
_MARKS = {"blocker": "✗", "warning": "!", "info": "i"}
_TOLD = 5  # rules that are told of by name after an answer


class State(msgspec.Struct, frozen=True):
    """Where the interview stands: what is known, and what was passed over: facts, and fields of single records."""

    facts: Facts
    skipped: frozenset[str] = frozenset()
    passed: frozenset[tuple[str, str, str]] = frozenset()


class Interview:
    """One interview about one article. `keep` is called with the facts after every answer."""

    def __init__(self, session: Session, article: str, state: State, talk: Talk, keep: Callable[[Facts], None]) -> None:
        self._catalogue: Catalogue = session.catalogue
        self._article = article
        self._locale = session.locale
        self._edition = session.edition
        self._messages = session.messages
        self._say: Phrases = session.say
        self._talk = talk
        self._keep = keep
        self._words = Words.read(_meanings(session, locale) for locale in session.catalogue.locales)
        self._asked: list[Question] = []  # in the order of asking
        self._again: int | None = None  # which of them is asked again
        self.state = state

    def run(self) -> None:
        """Ask until nothing more can be decided, or until whoever answers stops; `state` holds what is known then."""
        self._head()
        try:
            self._ask_on()
        except EOFError:
            self._tell(self._say("ask.ended"))

    def assess(self) -> Assessment:
        """How things stand now."""
        state = self.state
        return self._catalogue.assess(state.facts, self._article, locale=self._locale, skip=state.skipped)

    def _ask_on(self) -> None:
        before = self.assess()
        while True:
            waiting = [one for one in before.ask_next if _place(one) not in self.state.passed]
            if self._again is not None:
                question = self._asked[self._again]
            elif waiting:
                question = waiting[0]
            else:
                self._tell(self._say("ask.done" if not before.undecided else "ask.no_more"))
                return
            self._show(question, len(waiting) + (self._again is not None))
            state = self._answered(question)
            if state is None:
                return
            if state is self.state:  # asked again, or on from where it was
                continue
            known = state.facts != self.state.facts
            self.state = state
            if known:
                self._keep(state.facts)
            after = self.assess()
            self._talk.tell(self._decided(before, after))
            before = after

    def _answered(self, question: Question) -> State | None:
        """The state after an answer, the same one after going back or on; None to stop.

        Going back takes nothing away: the earlier answer stands until there is another.
        """
        kind = self._type(question)
        while True:
            text = self._talk.listen()
            command = self._command(text, kind)
            match command:
                case "stop":
                    return None
                case "how":
                    self._how(question)
                case "back":
                    if self._goes_back():
                        return self.state
                case "unknown":
                    self._onwards(question)
                    return self._without(question)
                case None if not text and self._again is None:
                    self._tell(self._hint(question, kind))
                case None:
                    state = self._with(question, kind, text) if text else self.state
                    if state is not None:
                        self._onwards(question)
                        return state

    def _onwards(self, question: Question) -> None:
        """The question is answered; the next is one that has not been asked."""
        if self._again is None:
            self._asked.append(question)
        self._again = None

    def _goes_back(self) -> bool:
        """Turn to the question before this one, past those about records that are there no more; told where none is."""
        before = len(self._asked) if self._again is None else self._again
        earlier = next((number for number in reversed(range(before)) if self._is_there(self._asked[number])), None)
        if earlier is None:
            self._tell(self._say("ask.no_back"))
            return False
        self._again = earlier
        return True

    def _is_there(self, question: Question) -> bool:
        return not isinstance(question.field, str) or self._record(self.state.facts, question) is not None

    def _command(self, text: str, kind: FactType) -> Command | None:
        """The command that the text is, unless it is a value that can be chosen."""
        return None if text in choices(kind) else self._words.command(text)

    def _with(self, question: Question, kind: FactType, text: str) -> State | None:
        """The state with that answer; None where the answer cannot be accepted, which is told."""
        if self._is_no_name(text, kind):
            phrase = "ask.not_name" if isinstance(kind, ScalarType) else "ask.not_names"
            self._tell(self._say(phrase, answer=visible(text)))
            return None
        labels = self._labels(question)
        value = value_of(text, kind, self._words, labels)
        scalar = kind if isinstance(kind, ScalarType) else None
        if scalar is not None and scalar.kind in {"boolean", "enum"} and value == text and text not in scalar.values:
            self._tell(self._say(f"ask.not_{scalar.kind}", n=len(scalar.values), answer=visible(text)))
            return None
        facts = deepcopy(self.state.facts)
        if isinstance(question.field, str):
            record = self._record(facts, question)
            assert record is not None
            record[question.field] = value
        else:
            facts[question.fact] = _renewed(facts.get(question.fact), value, kind)
        try:
            self._catalogue.read(facts)
        except FactsError as error:
            for fault in error.faults:
                self._tell(describe(fault, self._messages))
            return None
        return State(facts, self.state.skipped - {question.fact}, self.state.passed - {_place(question)})

    def _is_no_name(self, text: str, kind: FactType) -> bool:
        """Whether the text says yes or no where names of hosts or records are wanted: it would become such a name."""
        scalar = kind.fields[kind.key] if isinstance(kind, RecordsType) else kind
        scalar = scalar.member if isinstance(scalar, SetType) else scalar
        named = isinstance(kind, RecordsType) or scalar.kind in {"hostname", "host_pattern"}
        return named and (self._words.mean(text, "yes") or self._words.mean(text, "no"))

    def _without(self, question: Question) -> State:
        """The state with the question passed over, and without an earlier answer to it."""
        facts = deepcopy(self.state.facts)
        if isinstance(question.field, str):
            (self._record(facts, question) or {}).pop(question.field, None)
            return State(facts, self.state.skipped, self.state.passed | {_place(question)})
        facts.pop(question.fact, None)
        return State(facts, self.state.skipped | {question.fact}, self.state.passed)

    def _answer(self, question: Question) -> str:
        """The earlier answer to a question, as it may be typed."""
        if isinstance(question.field, str):
            value = (self._record(self.state.facts, question) or {}).get(question.field)
        else:
            value = self.state.facts.get(question.fact)
        labels = self._labels(question)
        match value:
            case None:
                return self._say("ask.not_known")
            case bool():
                return self._say("ask.words.yes" if value else "ask.words.no").partition(",")[0]
            case []:
                return self._say("ask.words.none").partition(",")[0]
            case list():
                kind = self._type(question)
                names = (one[kind.key] if isinstance(kind, RecordsType) else one for one in value)
                return ", ".join(visible(labels.get(name, str(name))) for name in names)
            case _:
                return visible(labels.get(value, str(value)))

    def _type(self, question: Question) -> FactType:
        kind = self._catalogue.content.vocabulary[question.fact].type
        if isinstance(question.field, str):
            assert isinstance(kind, RecordsType)
            return kind.fields[question.field]
        return kind

    def _record(self, facts: Facts, question: Question) -> dict[str, Any] | None:
        """The record that the question is about; None where it is there no more."""
        kind = self._catalogue.content.vocabulary[question.fact].type
        assert isinstance(kind, RecordsType)
        records: list[dict[str, Any]] = facts.get(question.fact) or []
        return next((record for record in records if str(record[kind.key]) == question.record), None)

    def _labels(self, question: Question) -> Mapping[str, str]:
        name = fact_name(question)
        show = self._edition.words.display(name, "plain", member=question.type.startswith("set"))
        return {value: show(value) for value in choices(self._type(question))}

    # what is told

    def _head(self) -> None:
        title = self._edition.article(self._article).title.render(Scope())
        self._talk.tell(
            [
                Text(title, "bold"),
                *wrap(Text(self._say("ask.intro"), "dim"), self._talk.look.columns),
                *wrap(Text(self._say("ask.commands"), "dim"), self._talk.look.columns, Text("  ")),
            ]
        )

    def _show(self, question: Question, left: int) -> None:
        """The question, and what may be answered."""
        look, kind = self._talk.look, self._type(question)
        lead = Text.assemble(("? ", "bold magenta"))
        title = inline_text(question.question, look, "bold")
        lines = [Text(), *wrap(title, look.columns, lead, Text("  "))]
        for number, (value, label) in enumerate(self._labels(question).items(), 1):
            listed = Text.assemble((f"  {number}  ", "cyan"), label, (f"  {value}" if label != value else "", "dim"))
            lines.append(listed)
        hint = f"{self._hint(question, kind)} · {self._say('ask.left', n=left)}"
        lines += wrap(Text(hint, "dim"), look.columns, Text("  "))
        if self._again is not None:
            answer = self._say("ask.your_answer", answer=self._answer(question))
            lines += wrap(Text(answer), look.columns, Text("  "))
        self._talk.tell(lines)

    def _hint(self, question: Question, kind: FactType) -> str:
        """How an answer may be written."""
        match kind:
            case ScalarType(kind="integer" | "number", unit=str() as unit) if unit != "count":
                example = self._edition.words.formats.unit(90, unit)
                return self._say("ask.hint.number_with_unit", example=example)
            case ScalarType(kind=name):
                return self._say(f"ask.hint.{name}")
            case SetType(member=ScalarType(kind="enum")):
                return self._say("ask.hint.set_of_enum")
            case SetType():
                return self._say("ask.hint.set")
            case RecordsType(key=key):
                label = self._edition.words.label(f"{question.fact}.{key}", "plain")
                return self._say("ask.hint.records", key=label)

    def _how(self, question: Question) -> None:
        if question.how:
            narrow = msgspec.structs.replace(self._talk.look, width=self._talk.look.columns - 2)
            self._talk.tell(
                Text.assemble("  ", line) if line else line for line in markdown_lines(question.how, narrow)
            )
        else:
            self._tell(self._say("ask.no_how"))

    def _decided(self, before: Assessment, after: Assessment) -> Iterator[Text]:
        """What an answer decided: rules that apply now, that are in order now, and that do not matter any more."""
        known = {finding.rule for finding in before.findings}
        lists: list[tuple[str, list[str]]] = [
            (_MARKS[finding.severity], [finding.rule]) for finding in after.findings if finding.rule not in known
        ]
        lists.append(("✓", [rule for rule in after.clear if rule not in before.clear]))
        lists.append(("–", [rule for rule in after.not_applicable if rule not in before.not_applicable]))
        for mark, rules in lists:
            if rules:
                titles = [self._title(rule) for rule in rules[:_TOLD]]
                if len(rules) > _TOLD:
                    titles.append(self._say("ask.more", n=len(rules) - _TOLD))
                style = _STYLES[mark]
                text = Text("; ".join(titles), "dim" if mark == "–" else "")
                yield from wrap(text, self._talk.look.columns, Text.assemble("  ", (mark, style), " "), Text("    "))

    def _title(self, rule: str) -> str:
        passage = self._edition.article(self._article).rules[rule].passage
        return passage.plain.render(Scope(blank=True))

    def _tell(self, sentence: str) -> None:
        self._talk.tell(wrap(inline_text(sentence, self._talk.look), self._talk.look.columns, Text("  ")))


def _meanings(session: Session, locale: str) -> dict[str, str]:
    """The words with a meaning in one language."""
    say = session.phrases(TOPIC, locale)
    return {meaning: say(f"ask.words.{meaning}") for meaning in _MEANINGS}


def _renewed(old: Any, value: Any, kind: FactType) -> Any:
    """The value; of records that were named before, with what is known of them."""
    if not isinstance(kind, RecordsType) or not isinstance(old, list) or not isinstance(value, list):
        return value
    known = {record[kind.key]: record for record in old}
    return [{**known.get(record[kind.key], {}), **record} for record in value]


def _place(question: Question) -> tuple[str, str, str]:
    record = question.record if isinstance(question.record, str) else ""
    return (question.fact, record, question.field if isinstance(question.field, str) else "")
