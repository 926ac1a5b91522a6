"""One account's reading loop: hold the lease, poll, publish, and only then move the cursor."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.ingest.core.pacing import next_pause
from services.ingest.shell.cursors import CursorBook
from services.ingest.shell.intake import Intake
from services.ingest.shell.watch import SourceWatch
from shared.bus.timing import wait_or
from shared.contracts.items import ItemReceived
from shared.errors import PermanentError, TransientError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric, Metrics
from shared.platforms.account import Account
from shared.platforms.port import Incoming, Page, Poller, Rejected
from shared.runtime.clock import Clock
from shared.runtime.retry import Backoff
from shared.store.port import Leases, StoreAwayError

LEASE_SECONDS = 6.0
RENEW_SECONDS = 2.0
STANDBY_SECONDS = 1.0
DISTRUST_SECONDS = 30.0
"""How often the log's end is compared with what was acked, even when all seems well."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What every account's loop shares with the others."""

    intake: Intake
    leases: Leases
    clock: Clock
    metrics: Metrics
    holder: str


class AccountReader:
    """Reads one account for as long as this process holds its lease; else stands by."""

    def __init__(
        self,
        account: Account,
        poller: Poller,
        cursors: CursorBook,
        watch: SourceWatch,
        parts: Parts,
    ) -> None:
        self._account = account
        self._poller = poller
        self._cursors = cursors
        self._watch = watch
        self._parts = parts
        self._lease = f"ingest:{account.account_id}"
        self._holding = False
        self._checked_at = 0.0
        self._source_backoff = Backoff(first_seconds=0.5, most_seconds=30.0)
        self._log_backoff = Backoff(first_seconds=0.1, most_seconds=1.0)
        self._log = Log("ingest")

    async def run(self, stop: asyncio.Event) -> None:
        """Read until told to stop; what is in hand is finished first."""
        while not stop.is_set():
            held = await self._hold()
            pause = await self.turn() if held else STANDBY_SECONDS
            await self._wait(stop, pause)
        if self._holding:
            try:
                await self._parts.leases.release(self._lease, self._parts.holder)
            except StoreAwayError:
                return

    async def turn(self) -> float:
        """Poll once; return the seconds until the next time."""
        clock = self._parts.clock
        if clock.monotonic() - self._checked_at >= DISTRUST_SECONDS:
            self._checked_at = clock.monotonic()
            self._cursors.distrust()
        if self._parts.intake.spooling:
            # What is said meanwhile waits on the platform, which costs neither disk nor quota.
            await self._watch.saw("spooling", 0, clock.now(), "the log is away")
            return STANDBY_SECONDS
        try:
            await self._parts.intake.look(self._account.platform, self._account.account_id)
            cursor = await self._cursors.current()
        except TransientError as error:
            return self._log_failed(error)
        try:
            page = await self._poller.poll(cursor)
        except (TransientError, PermanentError) as error:
            self._cursors.distrust()
            await self._watch.saw("failing", 0, clock.now(), str(error))
            return self._source_failed(error)
        try:
            await self._take(page)
        except (TransientError, OSError) as error:
            self._cursors.distrust()
            return self._log_failed(error)
        self._source_backoff = self._source_backoff.succeeded()
        self._log_backoff = self._log_backoff.succeeded()
        return next_pause(page.next_poll_seconds)

    async def _take(self, page: Page) -> None:
        """Log first, cursor second. While facts wait on the disk the cursor stays."""
        now = self._parts.clock.now()
        stored = await self._parts.intake.accept(page.incoming)
        self._count(page)
        self._note(page.rejected)
        if stored and not self._parts.intake.spooling:
            await self._cursors.move(page.cursor)
            await self._watch.saw(page.state, len(page.incoming), now, page.detail)
        else:
            self._cursors.distrust()
            await self._watch.saw("spooling", len(page.incoming), now, "the log is away")

    async def _hold(self) -> bool:
        """Take or renew the lease; with the store away, who held it goes on.

        Two readers at once are harmless: the cursor's revision and the log's refusal of
        duplicates see to that.
        """
        parts = self._parts
        try:
            held = await parts.leases.acquire(self._lease, parts.holder, LEASE_SECONDS)
        except StoreAwayError:
            held = self._holding
        if held != self._holding:
            event = Event.LEASE_TAKEN if held else Event.LEASE_LOST
            self._log.info(event, lease=self._lease)
            self._cursors.distrust()
        self._holding = held
        return held

    async def _wait(self, stop: asyncio.Event, seconds: float) -> None:
        """Wait, but renew the lease on the way."""
        left = seconds
        while left > RENEW_SECONDS and not stop.is_set():
            await wait_or(stop, RENEW_SECONDS, self._parts.clock)
            left -= RENEW_SECONDS
            if not self._holding or not await self._hold():
                return
        await wait_or(stop, left, self._parts.clock)

    def _source_failed(self, error: Exception) -> float:
        """Be patient with a platform that fails; its own word on when to come back goes first."""
        self._source_backoff = self._source_backoff.failed()
        self._note_failure("source", error)
        return self._source_backoff.pause_seconds(
            error if isinstance(error, TransientError) else None
        )

    def _log_failed(self, error: Exception) -> float:
        """Come back soon: the log is ours, and what was said meanwhile waits on the platform."""
        self._log_backoff = self._log_backoff.failed()
        self._note_failure("log", error)
        return self._log_backoff.pause_seconds()

    def _note_failure(self, part: str, error: Exception) -> None:
        self._parts.metrics.count(
            Metric.POLLS, platform=self._account.platform, source="poll", result=f"{part}_failed"
        )
        self._log.warning(
            Event.LOOP_RETRIES,
            loop=self._lease,
            part_failed=part,
            why=type(error).__name__,
            detail=str(error),
        )

    def _count(self, page: Page) -> None:
        metrics, platform = self._parts.metrics, self._account.platform
        metrics.count(Metric.POLLS, platform=platform, source="poll", result=page.state)
        if newest := _newest(page.incoming):
            account = self._account.account_id
            metrics.set(Metric.SOURCE_NEWEST, newest, account=account)

    def _note(self, rejected: Sequence[Rejected]) -> None:
        for one in rejected:
            self._parts.metrics.count(Metric.ITEMS_REJECTED, platform=self._account.platform)
            self._log.info(Event.ITEM_REJECTED, reason=one.reason, native_id=one.native_id)


def _newest(incoming: Sequence[Incoming]) -> float | None:
    times = [fact.published_at.timestamp() for fact in incoming if isinstance(fact, ItemReceived)]
    return max(times, default=None)
