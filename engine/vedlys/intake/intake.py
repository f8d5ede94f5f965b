"""The door for posted facts: bytes, text or a mapping in; a `Reading`, or every fault at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import msgspec

from vedlys.errors import FactsError, Fault, RequestError
from vedlys.intake.account import Account
from vedlys.intake.document import count_keys, decode, repeats
from vedlys.intake.faults import EnoughError, NotPlainError
from vedlys.intake.names import Names, Vocabulary
from vedlys.intake.scalars import display, wrong_type
from vedlys.intake.tame import tame
from vedlys.messages.shown import visible
from vedlys.model.environment import Environment
from vedlys.model.rulebook import FactDeclaration
from vedlys.model.values import Value

if TYPE_CHECKING:
    from vedlys.intake.forms import Forms
    from vedlys.intake.typed import Code, Decider, Values

UnknownFacts = Literal["reject", "ignore"]
_CHOICES: tuple[UnknownFacts, ...] = get_args(UnknownFacts)

BODY_LIMIT = 1024 * 1024
_SKIP = "/skip"
_FEW_FACTS, _MOST_FACTS = 64, 512
_NOTHING: frozenset[str] = frozenset()
_COLLECTIONS = (list, tuple, set, frozenset)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Posted facts as accepted."""

    environment: Environment
    nulls: frozenset[str] = frozenset()  # the facts that the caller said to be unknown
    ignored: tuple[str, ...] = ()  # unknown names that were passed over, sorted

    @property
    def supplied(self) -> frozenset[str]:
        """The facts that the caller gave, as a value or as null."""
        return self.nulls.union(self.environment.values) - self.environment.references


class Intake:
    """Reads posted facts against one vocabulary. Built once; safe to share between threads."""

    def __init__(
        self, vocabulary: Mapping[str, FactDeclaration], derived: Collection[str] = (), *, body_limit: int = BODY_LIMIT
    ) -> None:
        """`derived` names the facts that rules conclude; a document over `body_limit` bytes is refused."""
        self._vocabulary = Vocabulary(vocabulary, derived)
        self.levels = self._vocabulary.levels
        self._body_limit = body_limit
        self._references: dict[str, Value] = {
            name: fact.reference.value for name, fact in vocabulary.items() if fact.reference is not None
        }
        self._referenced = frozenset(self._references)

    def read(
        self,
        facts: Mapping[str, Any] | bytes | str,
        *,
        as_of: dt.datetime | None = None,
        skip: Collection[str] = (),
        unknown_facts: UnknownFacts = "reject",
        at: str = "",
    ) -> Reading:
        """Read the facts of one environment: a mapping, or the JSON of one.

        `as_of` has an offset; None is now. `skip` names facts that the caller cannot find out. `at` is the
        pointer to the facts in the document that was sent, where they are only a part of it.
        Raises `FactsError` with every fault, and `RequestError` for an `as_of` without an offset or an unknown choice.
        """
        moment = dt.datetime.now(dt.UTC) if as_of is None else moment_of(as_of)
        if unknown_facts not in _CHOICES:
            known = ", ".join(_CHOICES)
            raise RequestError("unknown-choice", option="unknown_facts", value=visible(str(unknown_facts)), known=known)
        ignore_unknown = unknown_facts == "ignore"
        text = facts if type(facts) is bytes else _text(facts)
        if text is not None:
            facts = self._body(text, at)
        try:
            return self._fast(facts, moment, skip, ignore_unknown=ignore_unknown)
        except Exception:  # noqa: BLE001 - whatever it was, the careful walk says what is wrong, if anything
            return self._careful(facts, moment, skip, ignore_unknown=ignore_unknown, at=at)

    def _body(self, facts: str | bytes, at: str) -> str | bytes:
        """The document as bytes; as text where it has no bytes, for half of a surrogate pair in it."""
        if len(facts) <= self._body_limit and isinstance(facts, str):
            try:
                facts = str.encode(facts)
            except UnicodeEncodeError:
                return facts
        if len(facts) > self._body_limit:
            values = {"limit": str(self._body_limit)}
            raise FactsError([Fault(code="document-too-large", pointer=at, values=values)])
        return facts

    def forms(self, facts: Collection[str]) -> Forms | None:
        """The forms of documents of these facts and of those likely to come with them; None where there are too many.

        All facts of a small vocabulary may come, else those of the same topics. Each costs a little, posted or not.
        """
        from vedlys.intake.forms import forms_of, may_be_typed  # noqa: PLC0415 - lazy: a command that answers once needs none

        declarations = self._vocabulary.declarations
        topics = {declarations[name].topic for name in facts}
        is_small = len(declarations) <= _FEW_FACTS
        beside = [name for name, one in declarations.items() if (is_small or one.topic in topics) and name not in facts]
        is_worth_it = is_small or len(beside) <= max(_FEW_FACTS, len(facts))
        chosen = (*facts, *beside) if is_worth_it else (*facts,)
        if len(chosen) > _MOST_FACTS:
            return None
        return forms_of({name: declarations[name].type for name in chosen}) if may_be_typed(chosen) else None

    def value_reader(self, forms: Forms) -> Values:
        """The reader of documents that have one of these forms."""
        from vedlys.intake.typed import value_reader  # noqa: PLC0415 - lazy, as above

        return value_reader(forms, body_limit=self._body_limit)

    def decider(self, code: Code, forms: Forms) -> Decider:
        """The function that reads documents that have one of these forms and goes on with the code."""
        from vedlys.intake.typed import decider  # noqa: PLC0415 - lazy, as above

        return decider(code, forms, self._references, body_limit=self._body_limit)

    def read_typed(
        self,
        read: Values,
        body: bytes,
        *,
        as_of: dt.datetime | None = None,
        skip: Collection[str] = (),
        unknown_facts: UnknownFacts = "reject",
    ) -> Reading:
        """Read the JSON of facts with a reader of values, where nothing is wrong with it; raises anything otherwise."""
        if unknown_facts not in _CHOICES:
            raise NotPlainError
        values, nulls = read(body)
        moment = dt.datetime.now(dt.UTC) if as_of is None else moment_of(as_of)
        return self._reading(values, frozenset(nulls) if nulls else _NOTHING, moment, self._plain_skip(skip), None)

    def _plain_skip(self, skip: Collection[str]) -> frozenset[str]:
        if not skip and isinstance(skip, _COLLECTIONS):
            return _NOTHING
        skipped = frozenset(skip)
        if isinstance(skip, str | bytes) or not skipped <= self._vocabulary.readers.keys():
            raise NotPlainError
        return skipped

    def _fast(self, facts: object, moment: dt.datetime, skip: Collection[str], *, ignore_unknown: bool) -> Reading:
        """Read facts with nothing wrong in them; raises anything on all others."""
        is_text = type(facts) is bytes
        document = decode(facts) if is_text else facts  # type: ignore[arg-type]  # its type was just asked for
        if type(document) is not dict:
            raise NotPlainError
        ignored: list[str] | None = [] if ignore_unknown else None
        values, nulls, met, found = _walk(self._vocabulary.root, document, ignored)
        if len(values) + len(nulls) != met or not nulls.isdisjoint(values):
            raise NotPlainError  # a fact in two spellings
        if is_text:
            keys = count_keys(document) if ignored else found
            if keys is None or repeats(facts, keys):  # type: ignore[arg-type]  # as above
                raise NotPlainError
        elif ignored:
            raise NotPlainError  # a Python caller's names need not be text
        return self._reading(values, frozenset(nulls) if nulls else _NOTHING, moment, self._plain_skip(skip), ignored)

    def _careful(self, facts: object, moment: dt.datetime, skip: object, *, ignore_unknown: bool, at: str) -> Reading:
        """Read any facts; every fault at once."""
        from vedlys.intake.careful import CarefulWalk  # noqa: PLC0415 - lazy: only where something may be wrong
        from vedlys.intake.scan import ABSENT, scan  # noqa: PLC0415 - lazy, as above

        account = Account(ignore_unknown=ignore_unknown)
        posted: dict[str, Value | None] = {}
        skipped: frozenset[str] = _NOTHING
        complete = True
        try:
            skipped = self._skipped(skip, account)
            document = scan(facts, at, account.faults) if type(facts) is str or type(facts) is bytes else facts
            if document is not ABSENT:
                posted = CarefulWalk(self._vocabulary, account).run(document, at)
        except EnoughError:
            complete = False
        if account.faults:
            raise FactsError(account.faults.sorted(complete=complete))
        values = {name: value for name, value in posted.items() if value is not None}
        return self._reading(values, frozenset(posted.keys() - values.keys()), moment, skipped, account.ignored)

    def _reading(
        self,
        values: dict[str, Value],
        nulls: frozenset[str],
        moment: dt.datetime,
        skipped: frozenset[str],
        ignored: Collection[str] | None,
    ) -> Reading:
        """What was read, reference data put in for what was not said."""
        referenced = self._referenced
        for name, value in self._references.items():
            if name in values or name in nulls:
                referenced -= {name}
            else:
                values[name] = value
        environment = Environment(values=values, as_of=moment, references=referenced, skip=skipped)
        return Reading(environment=environment, nulls=nulls, ignored=tuple(sorted(set(ignored))) if ignored else ())

    def _skipped(self, skip: object, account: Account) -> frozenset[str]:
        """The facts to skip. Of a name that is no fact's, a caller wants to know before it asks in vain."""
        listed = _listed(skip)
        if listed is None:
            refusal = wrong_type("names", tame(skip))
            account.faults.add(refusal.code, _SKIP, **refusal.values)
            return _NOTHING
        skipped = set()
        for place, item in enumerate(listed):
            here = f"{_SKIP}/{place}"
            name = account.name(item, here)
            if name is None or name in self._vocabulary.derived:
                continue
            if name in self._vocabulary.readers:
                skipped.add(name)
            else:
                account.unknown_fact(name, here, self._vocabulary.facts)
        return frozenset(skipped)


def _text(facts: object) -> str | bytes | None:
    """The document, where it is text: exactly str or bytes. A mock that says it is one is none."""
    kind = type(facts)
    if kind is bytes or kind is str:
        return cast("str | bytes", facts)
    if issubclass(kind, str):
        return str.__str__(cast("str", facts))
    if issubclass(kind, bytes):
        return bytes.__add__(cast("bytes", facts), b"")
    return None


def _walk(  # noqa: C901 - one loop on purpose: a call for each fact would cost more than all the rest
    root: Names, document: dict[str, Any], ignored: list[str] | None
) -> tuple[dict[str, Value], set[str], int, int]:
    """The known facts of a document in which nothing may be wrong, those posted as null, and how many were met.

    Last, how many keys its objects have, where no name was ignored; `ignored` is None where none may be unknown.
    """
    values: dict[str, Value] = {}
    nulls: set[str] = set()
    met = keys = 0
    objects = [(root, document)]
    for names, members in objects:  # it grows by each topic that is met
        facts, topics = names.facts, names.topics
        keys += len(members)
        for key, posted in members.items():
            if key in facts:
                name, read, is_objects = facts[key]
                met += 1
                if read is None:
                    if posted is True or posted is False:
                        values[name] = posted
                        continue
                    if posted is not None:
                        raise NotPlainError
                if posted is None:
                    nulls.add(name)
                    continue
                values[name] = read(posted)  # type: ignore[misc]  # None was dealt with above
                if is_objects:
                    keys += sum(map(len, posted))
            elif key in topics and type(posted) is dict:
                objects.append((topics[key], posted))
            elif ignored is None or key in topics or key in names.derived:
                raise NotPlainError
            else:
                ignored.append(names.prefix + key)
    return values, nulls, met, keys


def _listed(skip: object) -> list[object] | None:
    # a text is a collection of texts as well, but not of names
    if isinstance(skip, str | bytes) or not isinstance(skip, Iterable):
        return None
    try:
        return list(skip)
    except Exception:  # noqa: BLE001 - a caller's own collection may raise anything at all
        return None


def moment_of(as_of: object) -> dt.datetime:
    """The moment to measure ages at: now where None; RequestError for what is no moment, or has no offset."""
    if as_of is None:
        return dt.datetime.now(dt.UTC)
    if not isinstance(as_of, dt.datetime):
        raise RequestError("malformed-datetime", value=display(tame(as_of)))
    if as_of.tzinfo is dt.UTC:
        return as_of
    if as_of.utcoffset() is None:
        raise RequestError("moment-without-offset", value=visible(as_of.isoformat()))
    try:
        as_of.astimezone(dt.UTC)
    except OverflowError:  # year 1 with an offset has no instant in UTC
        raise RequestError("malformed-datetime", value=visible(as_of.isoformat())) from None
    return as_of
