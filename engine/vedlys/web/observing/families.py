"""The metrics: what each is called, what it says, and how counts become what Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from vedlys.web.observing.tally import Name

# upper ends in seconds; what is slower is in the last bucket, which has none
BUCKETS = (
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
)  # fmt: skip


class Family(msgspec.Struct, frozen=True):
    """One metric. Counts of a histogram have the number of a bucket, or `sum` in nanoseconds, as their last label."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    says: str
    labels: tuple[str, ...] = ()


FAMILIES = (
    Family("vedlys_requests", "counter", "Requests answered.", ("method", "route", "status")),
    Family("vedlys_request_seconds", "histogram", "Time from the head of a request to its end.", ("route",)),
    Family("vedlys_stage_seconds", "histogram", "Time of one stage of a request.", ("stage",)),
    Family("vedlys_requests_under_way", "gauge", "Requests that have begun and not ended."),
    Family("vedlys_answer_bytes", "counter", "Bytes of body sent.", ("route",)),
    Family("vedlys_batch_lines", "counter", "Lines of batches answered."),
    Family("vedlys_problems", "counter", "Requests answered with a problem.", ("problem",)),
    Family("vedlys_assessments", "counter", "Assessments made.", ("article", "status")),
    Family("vedlys_verdicts", "counter", "Verdicts of each rule.", ("article", "rule", "verdict")),
    Family("vedlys_missing_facts", "counter", "Assessments with a rule that waited for the fact.", ("article", "fact")),
    Family("vedlys_catalogue_info", "gauge", "Workers that answer from this catalogue.", ("digest", "version")),
    Family("vedlys_catalogue_articles", "gauge", "Articles of the catalogue, in each worker."),
    Family("vedlys_content_refused", "gauge", "Workers whose content has changed and cannot be used."),
    Family("vedlys_decisions_written", "counter", "Decisions written to the decision log."),
    Family("vedlys_decisions_dropped", "counter", "Decisions that the decision log had no room for."),
    Family("vedlys_log_lines_dropped", "counter", "Lines of the log that nobody took."),
    Family("vedlys_workers", "gauge", "Living workers."),
    Family("overflow", "counter", "Events that had too many different names to be counted apart."),
)
GAUGES = frozenset(family.name for family in FAMILIES if family.kind == "gauge")


def rendered(counts: Mapping[Name, int]) -> bytes:
    """The counts as Prometheus reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Counted(counts))
    return generate_latest(registry)


class _Counted(Collector):
    def __init__(self, counts: Mapping[Name, int]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        by_family: dict[str, list[tuple[Name, int]]] = {}
        for name, count in sorted(self._counts.items()):
            by_family.setdefault(name[0], []).append((name[1:], count))
        for family in FAMILIES:
            yield _metric(family, by_family.get(family.name, ()))


def _metric(family: Family, counts: Iterable[tuple[Name, int]]) -> Metric:
    name = "vedlys_metrics_overflow" if family.name == "overflow" else family.name
    match family.kind:
        case "counter":
            counter = CounterMetricFamily(name, family.says, labels=family.labels)
            for labels, count in counts:
                counter.add_metric(labels, count)
            return counter
        case "gauge":
            gauge = GaugeMetricFamily(name, family.says, labels=family.labels)
            for labels, count in counts:
                if count or not family.labels:  # a catalogue that nobody answers from any more
                    gauge.add_metric(labels, count)
            return gauge
        case "histogram":
            return _histogram(family, counts)


def _histogram(family: Family, counts: Iterable[tuple[Name, int]]) -> Metric:
    histogram = HistogramMetricFamily(family.name, family.says, labels=family.labels)
    cells: dict[Name, dict[str, int]] = {}
    for labels, count in counts:
        cells.setdefault(labels[:-1], {})[labels[-1]] = count
    for labels, own in cells.items():
        buckets: list[tuple[str, float]] = []
        total = 0
        for number in range(len(BUCKETS) + 1):
            total += own.get(str(number), 0)
            end = f"{BUCKETS[number]:g}" if number < len(BUCKETS) else "+Inf"
            buckets.append((end, total))
        histogram.add_metric(labels, buckets, own.get("sum", 0) / 1e9)
    return histogram
