"""Cases: `rules/articles/<article>.cases.yaml`, whole environments with what an article must say of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from vedlys.loading.examples import FactReader, Given, starting_case
from vedlys.loading.nodes import Entry, Mapping, Scalar, mapping, scalar, sequence
from vedlys.loading.report import Report, Unreadable, each, readable
from vedlys.model.rulebook import Case, Status, Verdict
from vedlys.model.types import RecordsType

_LISTED: tuple[Verdict, ...] = ("applies", "unknown", "not_applicable")
_STATUSES: tuple[Status, ...] = ("not_applicable", "action_needed", "attention", "undetermined", "clear")


class CaseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of an article's cases by name, what each starts from laid beneath.

    `broken` holds the cases whose facts are not known: they exist. Where `complete` is False, the file could not
    be read: then no name can be said to be unknown.
    """

    given: dict[str, Given]
    broken: Collection[str]
    complete: bool = True

    def of(self, name: Scalar, report: Report) -> Given:
        """The facts of the case of that name; Unreadable where there is none."""
        if name.text in self.given:
            return self.given[name.text]
        if name.text in self.broken or not self.complete:
            raise Unreadable
        suggestion = report.nearest(name.text, [*self.given, *self.broken])
        raise report.fail("unknown-case", name.span, name=name.text, suggestion=suggestion)


def read_case_facts(cases: Mapping | None, reader: FactReader, *, complete: bool) -> CaseFacts:
    """The facts of all cases; a case behind a bad one is read too."""
    own: dict[str, Given] = {}
    starts: dict[str, Scalar] = {}
    names = set(cases.entries) if cases else set()
    broken: set[str] = set()
    for entry in cases or ():
        try:
            body = mapping(entry.value)
            start = starting_case(body)
            if start is not None:
                starts[entry.key.text] = start
            own[entry.key.text] = reader.read(body.get("facts"), body.get("as_of"))
        except Unreadable:
            broken.add(entry.key.text)
    layers = _Layers(own=own, starts=starts, names=names, broken=broken, report=reader.report)
    for name in own:
        layers.lay(name)
    return CaseFacts(given=layers.laid, broken=broken, complete=complete)


class _Layers(msgspec.Struct, frozen=True, kw_only=True):
    """Lays each case over the one that it starts from."""

    own: dict[str, Given]
    starts: dict[str, Scalar]
    names: Collection[str]
    broken: set[str]
    report: Report
    laid: dict[str, Given] = {}

    def lay(self, name: str) -> None:
        """Put the case with all beneath it into `laid`, or into `broken` those that cannot be laid out."""
        chain = {name: None}  # each starts from the next
        case = name
        while case in self.starts and case not in self.laid and case not in self.broken:
            start = self.starts[case]
            if start.text not in self.names:
                suggestion = self.report.nearest(start.text, self.names)
                self.report.add("unknown-case", start.span, name=start.text, suggestion=suggestion)
                self.broken.add(case)
            elif start.text in chain:
                names = list(chain)
                self._circle(names[names.index(start.text) :])
            else:
                case = start.text
                chain[case] = None
        for above in reversed(chain):
            self._lay_one(above)

    def _lay_one(self, name: str) -> None:
        if name in self.laid or name in self.broken:
            return
        if name not in self.starts:
            self.laid[name] = self.own[name]
        elif self.starts[name].text in self.laid:
            self.laid[name] = self.own[name].over(self.laid[self.starts[name].text])
        else:
            self.broken.add(name)

    def _circle(self, circle: list[str]) -> None:
        first = min(circle, key=lambda case: self.starts[case].span.place)
        at = circle.index(first)
        names = [*circle[at:], *circle[:at], first]
        self.report.add("cases-in-circle", self.starts[first].span, name=first, circle=" → ".join(names))
        self.broken.update(circle)


class Rules(msgspec.Struct, frozen=True):
    """The ids of an article's rules; not `complete` where one of them is called what no rule may be called."""

    ids: tuple[str, ...]
    complete: bool


def read_cases(
    article: str, cases: Mapping | None, facts: CaseFacts, reader: FactReader, rules: Rules
) -> dict[str, Case]:
    """The cases of one article."""
    report = reader.report

    def read_case(entry: Entry) -> Case:
        body = mapping(entry.value)
        listed = [(verdict, item) for verdict in _LISTED for item in _items(body, verdict)]
        verdicts = _read_verdicts(listed, rules, report)
        asks = body.get("asks")
        if asks is not None:
            _check_question(scalar(asks), reader, report)
        status = scalar(body.get("status")).text
        given = facts.given.get(entry.key.text)
        known = next((known for known in _STATUSES if known == status), None)
        if given is None or known is None:
            raise Unreadable
        return Case(
            name=entry.key.text,
            article=article,
            environment=reader.environment(given),
            status=known,
            verdicts=verdicts,
            asks=None if asks is None else scalar(asks).text,
            span=entry.key.span,
        )

    return {case.name: case for case in readable(cases or (), read_case)}


def _items(body: Mapping, verdict: Verdict) -> Iterable[Scalar]:
    node = body.get(verdict)
    return [] if node is None else each(sequence(node).items, scalar)


def _read_verdicts(listed: Iterable[tuple[Verdict, Scalar]], rules: Rules, report: Report) -> dict[str, Verdict]:
    verdicts: dict[str, Verdict] = {}

    def read_one(item: tuple[Verdict, Scalar]) -> None:
        verdict, rule = item
        if rule.text not in rules.ids:
            if not rules.complete:
                raise Unreadable
            suggestion = report.nearest(rule.text, rules.ids)
            raise report.fail("unknown-rule", rule.span, rule=rule.text, suggestion=suggestion)
        if rule.text in verdicts:
            raise report.fail("rule-listed-twice", rule.span, rule=rule.text)
        verdicts[rule.text] = verdict

    each(listed, read_one)
    return {rule: verdicts.get(rule, "clear") for rule in rules.ids}


def _check_question(name: Scalar, reader: FactReader, report: Report) -> None:
    """A question is for a fact, or for a field of a record: `ad.domains.pdc_reachable`."""
    if name.text in reader.derived:
        raise report.fail("derived-fact-given", name.span, name=name.text)
    fact, _, field = name.text.rpartition(".")
    if fact in reader.vocabulary.broken:
        return
    declared = reader.vocabulary.facts.get(fact)
    if declared is not None and isinstance(declared.type, RecordsType) and field in declared.type.fields:
        return
    reader.vocabulary.type_of(name, report)
