"""Keeps the health of one source and publishes it when it changes."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from services.ingest.core.health import Health, Source, State, judge
from services.ingest.core.silence import Activity, is_silent, observe
from shared.contracts.facts import Fact
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric, Metrics

Accept = Callable[[Sequence[Fact]], Awaitable[bool]]


class SourceWatch:
    """One source of one account. A report that could not be kept is owed until it can."""

    def __init__(self, source: Source, accept: Accept, metrics: Metrics) -> None:
        self._source = source
        self._accept = accept
        self._metrics = metrics
        self._health = Health()
        self._activity = Activity()
        self._log = Log("ingest")

    async def saw(self, state: State, count: int, now: datetime, detail: str = "") -> None:
        """Take note of one look at the source that brought `count` facts."""
        self._activity = observe(self._activity, count, now)
        if state == "ok" and is_silent(self._activity, now):
            state = "silent"
        health, report = judge(self._health, self._source, state, now, detail)
        self._metrics.set(
            Metric.SOURCE_OK,
            1 if state in ("ok", "gap") else 0,
            account=self._source.account_id,
            source=self._source.name,
        )
        if report is not None:
            self._log.info(
                Event.SOURCE_REPORTED,
                account=self._source.account_id,
                source=self._source.name,
                state=report.state,
            )
            try:
                await self._accept([report])
            except OSError as error:
                self._log.failed(Event.SOURCE_REPORTED, error)
                return
        self._health = health
