"""One decision as it is kept: the facts of one environment and every verdict of one article on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from vedlys.answering.answer import Answer
from vedlys.assessment import Catalogue
from vedlys.intake import Reading
from vedlys.model.rulebook import Status, Verdict
from vedlys.model.values import plain
from vedlys.web.masking import MASK
from vedlys.web.parts import Decision

# The supplied facts of a reading by dotted name, as JSON values, with what is sensitive hidden.
Masked = Callable[[Catalogue, Reading], Mapping[str, Any]]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the log. Fields are only ever added.

    `facts` are those that the caller gave, by dotted name; null was said to be unknown. `masked` names those of them
    whose value was hidden: what was decided of them cannot be decided again.
    """

    version: Literal[1] = 1
    id: str
    time: dt.datetime
    request: str  # the id of the request
    line: int | None = None  # of a batch, from 1
    caller: str | None = None
    catalogue: str  # its digest
    vedlys: str = ""  # its version
    article: str
    locale: str
    as_of: str
    skip: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()  # unknown names that were passed over, which may say anything: masked like facts
    facts: dict[str, Any]
    masked: tuple[str, ...] = ()
    status: Status
    verdicts: dict[str, Verdict]  # by rule


class Outcome(msgspec.Struct, frozen=True):
    """What is kept of an answer; its texts are let go at once, for they are what takes room."""

    article: str
    locale: str
    as_of: str
    status: Status
    verdicts: dict[str, Verdict]


def outcome_of(answer: Answer) -> Outcome:
    """The part of an answer that is kept."""
    parts = answer.parts
    verdicts: dict[str, Verdict] = dict.fromkeys((one.finding.rule for one in parts.told), "applies")
    verdicts.update(dict.fromkeys((one.undecided.rule for one in parts.unknown), "unknown"))
    verdicts.update(dict.fromkeys(parts.clear, "clear"))
    verdicts.update(dict.fromkeys(parts.not_applicable, "not_applicable"))
    return Outcome(answer.article, answer.locale.used, answer.as_of, answer.status, verdicts)


# What a waiting decision takes of memory, estimated and rather too high: facts take up to 20 times the bytes they came
# in as, and a verdict is a place in a mapping.
_BYTES = 2048
_BYTES_A_BYTE = 20
_BYTES_A_VERDICT = 100


class Waiting(msgspec.Struct, frozen=True):
    """A decision on its way into the log: all that its records need."""

    decision: Decision  # without its answers
    outcomes: tuple[Outcome, ...]
    size: int  # bytes of memory, estimated

    @classmethod
    def of(cls, decision: Decision) -> Waiting:
        """What is to be kept of a decision; quick, as it is done while the caller waits."""
        outcomes = tuple(map(outcome_of, decision.answers))
        verdicts = sum([len(outcome.verdicts) for outcome in outcomes])
        size = _BYTES + _BYTES_A_BYTE * decision.size + _BYTES_A_VERDICT * verdicts
        return cls(msgspec.structs.replace(decision, answers=()), outcomes, size)

    def records(self, number: Callable[[], str], masked: Masked | None) -> Iterator[Record]:
        """One record for each article; `number` gives each its id."""
        decision = self.decision
        reading = decision.reading
        values = reading.environment.values
        facts = {name: plain(values.get(name)) for name in sorted(reading.supplied)}
        hidden: tuple[str, ...] = ()
        if masked is not None:
            shown = masked(decision.catalogue, reading)
            hidden = tuple(name for name, value in facts.items() if name not in shown or shown[name] != value)
            facts.update({name: shown.get(name) for name in hidden})
        for outcome in self.outcomes:
            yield Record(
                id=number(),
                time=decision.at,
                request=decision.request_id,
                line=decision.line,
                caller=decision.caller,
                catalogue=decision.catalogue.digest,
                vedlys=decision.catalogue.version,
                article=outcome.article,
                locale=outcome.locale,
                as_of=outcome.as_of,
                skip=tuple(sorted(reading.environment.skip)),
                ignored=reading.ignored if masked is None else (MASK,) * len(reading.ignored),
                facts=facts,
                masked=hidden,
                status=outcome.status,
                verdicts=outcome.verdicts,
            )
