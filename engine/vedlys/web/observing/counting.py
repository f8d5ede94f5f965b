"""Counts what requests and decisions say."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

from vedlys.answering.answer import Parts
from vedlys.bounded import Bounded
from vedlys.web.observing.families import BUCKETS, GAUGES, rendered
from vedlys.web.observing.tally import Tally
from vedlys.web.parts import Decision, RequestInfo

_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
NOWHERE = "(none)"  # the route of a request that reached none
_LAST = len(BUCKETS)
_MOST_SEEN = 4096  # answers that are told from others
_Seen = tuple[tuple[int, ...], object]


class Counting:
    """The counts of one worker. Looking a count up by its labels costs once; then it is one addition."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is where all workers keep theirs; without one, counts are this worker's alone."""
        self.tally = Tally(folder, GAUGES)
        slot = self.tally.slot
        self._cells = self.tally.cells
        self._requests: dict[tuple[str, str, int], int] = {}
        self._routes: dict[str, tuple[int, list[int]]] = {}  # bytes sent; buckets and sum
        self._stages: dict[str, list[int]] = {}
        self._problems: dict[str, int] = {}
        self._articles: dict[str, _Article] = {}
        self._seen: Bounded[int, _Seen] = Bounded(_MOST_SEEN)
        self._under_way = slot("vedlys_requests_under_way")
        self._lines = slot("vedlys_batch_lines")
        self._catalogue: int | None = None
        self._cells[slot("vedlys_workers")] = 1

    def begun(self) -> None:
        """A request has begun."""
        self._cells[self._under_way] += 1

    def answered(self, info: RequestInfo, method: str, status: int, sent: int, seconds: float) -> None:
        """A request has ended, so long after it began."""
        cells = self._cells
        if cells[self._under_way]:
            cells[self._under_way] -= 1
        route = info.route or NOWHERE
        key = (method, route, status)
        request = self._requests.get(key)
        if request is None:
            shown = method if method in _METHODS else "other"
            request = self._requests[(shown, route, status)] = self.tally.slot(
                "vedlys_requests", shown, route, str(status)
            )
        cells[request] += 1
        own = self._routes.get(route)
        if own is None:
            histogram = self._histogram("vedlys_request_seconds", route)
            own = self._routes[route] = (self.tally.slot("vedlys_answer_bytes", route), histogram)
        cells[own[0]] += sent
        self._observe(own[1], seconds)
        for stage, spent in info.stages.items():
            histogram = self._stages.get(stage) or self._stage(stage)
            self._observe(histogram, spent)
        if info.problem:
            self.count("vedlys_problems", info.problem)
        if info.lines:
            cells[self._lines] += info.lines

    def decided(self, decision: Decision) -> None:
        """A decision was made."""
        cells = self._cells
        for one in decision.answers:
            # an answer that was given before is made of the same parts, which have one list of what is clear
            seen = self._seen.get(id(one.parts.clear)) or self._look(one.parts)
            for slot in seen[0]:
                cells[slot] += 1

    def _look(self, parts: Parts) -> _Seen:
        """Where an answer counts; and that list, which is held so that nothing else gets its identity."""
        article = self._articles.get(parts.article)
        if article is None:
            article = self._articles[parts.article] = _Article(self.tally, parts.article)
        slots = self.tally.together(tuple(sorted(article.slots(parts))))  # in one order in every worker
        seen: _Seen = (slots, parts.clear)
        self._seen.keep(id(parts.clear), seen)
        return seen

    def count(self, *name: str, by: int = 1) -> None:
        """Count something that is rare enough to be looked up each time."""
        self._cells[self.tally.slot(*name)] += by

    def catalogue(self, digest: str, version: str, articles: int, *, refused: bool) -> None:
        """From now on the worker answers from this catalogue."""
        self._seen.clear()  # other articles may have other rules behind the same parts
        if self._catalogue is not None:
            self._cells[self._catalogue] = 0
        self._catalogue = self.tally.slot("vedlys_catalogue_info", digest, version)
        self._cells[self._catalogue] = 1
        self._cells[self.tally.slot("vedlys_catalogue_articles")] = articles
        self._cells[self.tally.slot("vedlys_content_refused")] = int(refused)

    def rendered(self) -> bytes:
        """The metrics of all workers, as Prometheus reads them."""
        return rendered(self.tally.counts())

    def _stage(self, stage: str) -> list[int]:
        self._stages[stage] = histogram = self._histogram("vedlys_stage_seconds", stage)
        return histogram

    def _histogram(self, name: str, label: str) -> list[int]:
        ends = [*(str(number) for number in range(_LAST + 1)), "sum"]
        return [self.tally.slot(name, label, end) for end in ends]

    def _observe(self, histogram: list[int], seconds: float) -> None:
        cells = self._cells
        cells[histogram[bisect_left(BUCKETS, seconds)]] += 1
        cells[histogram[-1]] += int(seconds * 1e9)


class _Article:
    """The places of the counts of one article."""

    __slots__ = (
        "_applies",
        "_article",
        "_clear",
        "_facts",
        "_not_applicable",
        "_statuses",
        "_tally",
        "_unknown",
    )

    def __init__(self, tally: Tally, article: str) -> None:
        self._tally = tally
        self._article = article
        self._statuses: dict[str, int] = {}
        self._facts: dict[str, int] = {}
        self._applies: dict[str, int] = {}
        self._unknown: dict[str, int] = {}
        self._clear: dict[str, int] = {}
        self._not_applicable: dict[str, int] = {}

    def slots(self, parts: Parts) -> Iterator[int]:
        """What an answer on the article adds one to."""
        status = parts.status
        yield self._statuses.get(status) or self._status(status)
        applies, unknown = self._applies, self._unknown
        for told in parts.told:
            rule = told.finding.rule
            yield applies.get(rule) or self._rule(applies, "applies", rule)
        missing = set()
        for left in parts.unknown:
            undecided = left.undecided
            yield unknown.get(undecided.rule) or self._rule(unknown, "unknown", undecided.rule)
            for one in undecided.missing:
                missing.add(one.fact if type(one.field) is not str else f"{one.fact}.{one.field}")
        own = self._clear
        for rule in parts.clear:
            yield own.get(rule) or self._rule(own, "clear", rule)
        own = self._not_applicable
        for rule in parts.not_applicable:
            yield own.get(rule) or self._rule(own, "not_applicable", rule)
        for fact in missing:
            yield self._facts.get(fact) or self._fact(fact)

    def _status(self, status: str) -> int:
        slot = self._statuses[status] = self._tally.slot("vedlys_assessments", self._article, status)
        return slot

    def _rule(self, own: dict[str, int], verdict: str, rule: str) -> int:
        slot = own[rule] = self._tally.slot("vedlys_verdicts", self._article, rule, verdict)
        return slot

    def _fact(self, fact: str) -> int:
        slot = self._facts[fact] = self._tally.slot("vedlys_missing_facts", self._article, fact)
        return slot
