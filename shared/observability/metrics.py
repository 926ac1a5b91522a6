"""Every metric of the house in one table, and the registry of one process that counts them.

No label ever names a person, an item or a text: labels are few and known beforehand.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_HUMAN = (15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 43200.0, 86400.0, 259200.0)


@dataclass(frozen=True, slots=True)
class Spec:
    """One row: what it is called, what it says, how it is split up."""

    kind: Literal["counter", "gauge", "histogram"]
    name: str
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


def _counter(name: str, text: str, *labels: str) -> Spec:
    return Spec("counter", f"zhishou_{name}_total", text, labels)


def _gauge(name: str, text: str, *labels: str) -> Spec:
    return Spec("gauge", f"zhishou_{name}", text, labels)


def _times(name: str, text: str, *labels: str, buckets: tuple[float, ...] = _QUICK) -> Spec:
    return Spec("histogram", f"zhishou_{name}_seconds", text, labels, buckets)


class Metric(Enum):
    """The table. `docs/metrics.md` and the alert rules are checked against it."""

    ITEMS_RECEIVED = _counter("items_received", "Items stored in the log", "platform", "kind")
    ITEMS_DUPLICATE = _counter("items_duplicate", "Items the log already had", "platform")
    ITEMS_REJECTED = _counter("items_rejected", "Wire items that became no fact", "platform")
    ITEMS_SPOOLED = _counter("items_spooled", "Facts written to disk while the log was away")
    SPOOL_WAITING = _gauge("spool_waiting", "Facts on disk that wait for the log")
    POLLS = _counter("polls", "Polls of a source", "platform", "source", "result")
    SOURCE_OK = _gauge("source_ok", "1 while a source is well", "account", "source")
    SOURCE_NEWEST = _gauge(
        "source_newest_timestamp_seconds", "Time of the newest item of a source", "account"
    )
    WEBHOOKS = _counter("webhooks", "Webhook calls", "platform", "result")

    ITEMS_CLASSIFIED = _counter("items_classified", "Verdicts stored in the log", "degraded")
    LABELS_DECIDED = _counter("labels_decided", "Labels decided", "label")
    ABSTAINED = _counter("abstained", "Verdicts that ask for a person")
    CLASSIFY_BATCH = _times("classify_batch", "Time to judge one batch")
    CLASSIFY_LAG = _times(
        "classify_lag",
        "From received in the log to verdict sent, of the oldest item of each batch",
    )
    MODEL_REFUSED = _gauge("model_refused", "1 while the model in office cannot be loaded here")
    QUARANTINED = _counter("facts_quarantined", "Facts that could not be treated", "where")

    LEADER = _gauge("leader", "1 while this process leads")
    TERM = _gauge("term", "Term of the leader, as this process knows it")
    CURSOR = _gauge("cursor_sequence", "Sequence up to which facts are folded and committed")
    STREAM_END = _gauge("stream_sequence", "Last sequence of the log")
    COUNTS = _gauge("counts", "What the fold has counted since the log began", "what")
    FOLD_DELAY = _times("fold_delay", "From stored in the log to folded and committed")
    OLDEST_UNCLASSIFIED = _gauge(
        "oldest_unclassified_timestamp_seconds",
        "When the oldest item without a verdict came; 0: none",
    )
    NEXT_CLOCK = _gauge("next_clock_timestamp_seconds", "When the next clock falls due; 0: none")
    SNAPSHOTS = _counter("snapshots", "Snapshots of the state", "result")
    SNAPSHOT = _gauge("snapshot_sequence", "Sequence of the newest snapshot that counts; 0: none")
    SNAPSHOT_TIME = _times("snapshot", "From begun to read back, while folding goes on")
    OUTBOX = _gauge("outbox_waiting", "Decisions that wait to be recorded in the log")
    EFFECTS_OPEN = _gauge("effects_open", "Effects decided or in flight", "kind", "status")
    CASES_OPEN = _gauge("cases_open", "Open cases")
    CASES_OVERDUE = _gauge("cases_overdue", "Open cases past a clock, at most 200")
    CASES_OPENED = _counter("cases_opened", "Cases opened")
    CASES_RESOLVED = _counter("cases_resolved", "Cases resolved")
    BREACHES = _counter("breaches", "Clocks that ran out", "clock")
    PROMISES = _counter("promises", "Promises of sent replies, by what became of them", "status")
    HOLDS = _counter("holds", "Held replies, by what became of them", "policy", "status")
    QUESTIONS = _counter("questions", "Questions inside the house", "what", "status")
    EFFECTS = _counter("effects", "Effects finished", "kind", "status")
    EFFECT_TIME = _times("effect", "From decided to finished", "kind", buckets=_QUICK + _HUMAN[:3])
    PAGES_WAITING = _gauge("pages_waiting", "Pages nobody acknowledged yet")
    RATE_RECENT = _gauge("rate_recent_share", "Share of the newest verdicts", "what")
    RATE_BEFORE = _gauge("rate_before_share", "The same share in the week before", "what")
    RATE_ODD = _gauge("rate_odd", "1 while the two differ by more than chance", "what")
    SHADOW_LOOKED = _gauge(
        "shadow_looked", "Items and texts proposed rules looked at", "pack", "what"
    )
    SHADOW_DIFFERS = _gauge(
        "shadow_differences", "What proposed rules would have decided otherwise", "pack", "what"
    )
    ACTIONS = _counter("actions", "Operations of people", "kind", "result")

    ARCHIVED = _counter("facts_archived", "Facts written to the archive")
    ARCHIVE_CURSOR = _gauge("archive_cursor_sequence", "Sequence up to which the archive reaches")

    SEALED = _gauge("sealed_sequence", "Sequence up to which the log is sealed in segments")
    LOG_PURGED = _gauge("log_purged_sequence", "Sequence up to which sealed facts left the log")
    FACTS_PURGED = _counter("facts_purged", "Facts that left the log and stand in segments only")
    LOG_BYTES = _gauge("log_bytes", "Bytes the log holds")
    LOG_LIMIT = _gauge("log_limit_bytes", "Bytes the log may hold; 0: no limit is known")
    LOG_HOLD = _gauge("log_hold_sequence", "First sequence that somebody may still need", "who")

    PROMISES_OPEN = _gauge("promises_open", "What the watchdog waits to see kept or broken")
    PROMISES_OVERDUE = _gauge("promises_overdue", "Of those, past their time without a word")
    WATCHDOG_BEAT = _gauge(
        "watchdog_beat_timestamp_seconds", "Last beat of the watchdog, as respond saw it"
    )
    WATCHDOG_ALARMS = _counter("watchdog_alarms", "Alarms the watchdog told", "what", "state")

    BUS_CONNECTED = _gauge("bus_connected", "1 while the connection to the log stands")
    BUS_RECONNECTS = _counter("bus_reconnects", "Connections to the log made again")
    BUS_PUBLISH = _times("bus_publish", "Time to store one batch")
    FOLLOWER_REMADE = _counter(
        "bus_follower_remade", "Followers made again after a gap or silence"
    )
    LOOP_LAG = _gauge("loop_lag_seconds", "Longest lag of the event loop in the last seconds")
    HTTP_REQUESTS = _counter("http_requests", "HTTP requests", "route", "status")
    HTTP_OPEN = _gauge("http_requests_open", "Requests being answered; live streams stay", "route")
    HTTP_TIME = _times("http_request", "Time of HTTP requests", "route")


class Metrics:
    """The figures of one process. Not global: made at the top and passed down."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._counters: dict[Metric, Counter] = {}
        self._gauges: dict[Metric, Gauge] = {}
        self._histograms: dict[Metric, Histogram] = {}
        for metric in Metric:
            self._make(metric)

    def count(self, metric: Metric, amount: float = 1, **labels: str) -> None:
        """Add to a counter."""
        held = self._counters[metric]
        (held.labels(**labels) if labels else held).inc(amount)

    def set(self, metric: Metric, value: float, **labels: str) -> None:
        """Set a gauge."""
        held = self._gauges[metric]
        (held.labels(**labels) if labels else held).set(value)

    def add(self, metric: Metric, by: float, **labels: str) -> None:
        """Move a gauge up or down."""
        held = self._gauges[metric]
        (held.labels(**labels) if labels else held).inc(by)

    def observe(self, metric: Metric, seconds: float, **labels: str) -> None:
        """Put one duration into a histogram."""
        held = self._histograms[metric]
        (held.labels(**labels) if labels else held).observe(seconds)

    @contextmanager
    def timed(self, metric: Metric, **labels: str) -> Iterator[None]:
        """Observe how long the block takes."""
        held = self._histograms[metric]
        with (held.labels(**labels) if labels else held).time():
            yield

    def value(self, metric: Metric, **labels: str) -> float:
        """Return what a counter or gauge stands at (for tests and health)."""
        found = self.registry.get_sample_value(metric.value.name, labels)
        return 0.0 if found is None else found

    def text(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        return generate_latest(self.registry)

    def _make(self, metric: Metric) -> None:
        spec = metric.value
        match spec.kind:
            case "counter":
                counter = Counter(spec.name, spec.help, spec.labels, registry=self.registry)
                self._counters[metric] = counter
            case "gauge":
                gauge = Gauge(spec.name, spec.help, spec.labels, registry=self.registry)
                self._gauges[metric] = gauge
            case "histogram":
                self._histograms[metric] = Histogram(
                    spec.name, spec.help, spec.labels, registry=self.registry, buckets=spec.buckets
                )
