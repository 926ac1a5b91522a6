"""One batch of deliveries in, one batch of verdicts out; acked only once they are stored."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from services.classify.core.needs import BatchJudge, LastResort
from shared.bus.port import Bus, Delivery, LogFullError, WorkQueue, outgoing
from shared.contracts.facts import UndecodableError, decode
from shared.contracts.items import ItemClassified, ItemEdited, ItemReceived
from shared.contracts.received import ItemText, read_text
from shared.contracts.subjects import CLASSIFY_CONSUMER, DELETIONS, ITEMS_TO_CLASSIFY
from shared.contracts.system import FactQuarantined
from shared.contracts.verdicts import Verdict, labels_of
from shared.errors import PermanentError, TransientError
from shared.observability.catalog import Event
from shared.observability.logging import Log, log_context
from shared.observability.metrics import Metric, Metrics
from shared.observability.traces import links, trace_id
from shared.runtime.clock import Clock
from shared.runtime.consume import batches

MAX_DELIVER: Final = 5
RETRY_SECONDS: Final = 1.0
ALIVE_SECONDS: Final = 1.0
MAX_REASONS: Final = 300_000
"""Characters of reasons in one fact: with all else far below the 1 MiB that a server takes."""

Item = ItemText | ItemReceived | ItemEdited


class Handler:
    """The whole service. An item that cannot be judged never holds up another."""

    def __init__(
        self, bus: Bus, judge: BatchJudge, last_resort: LastResort, clock: Clock, metrics: Metrics
    ) -> None:
        self._bus, self._judge, self._last_resort = bus, judge, last_resort
        self._clock, self._metrics = clock, metrics
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="judge")
        self._log = Log("classify")

    async def run(self, stop: asyncio.Event) -> None:
        """Judge until told to stop; what is in hand then is finished."""
        try:
            async with self._bus.consume(
                CLASSIFY_CONSUMER, ITEMS_TO_CLASSIFY, max_deliver=MAX_DELIVER
            ) as queue:
                async for batch in batches(queue, stop):
                    await self._handle_or_wait(queue, batch)
        finally:
            self._thread.shutdown(wait=True)

    async def _handle_or_wait(self, queue: WorkQueue, batch: Sequence[Delivery]) -> None:
        try:
            await self.handle(queue, batch)
        except TransientError as error:
            self._log.failed(Event.LOOP_RETRIES, error)
            await self._clock.sleep(RETRY_SECONDS)

    async def handle(self, queue: WorkQueue, batch: Sequence[Delivery]) -> None:
        """Judge a batch. What was delivered before is treated alone, in case it did the harm.

        Raises:
            TransientError: verdicts could not be stored; the batch will be delivered again.
        """
        gone = [each for each in batch if each.message.subject.startswith(DELETIONS)]
        if gone:  # nothing to judge, but they come with the items
            await queue.ack(gone)
            batch = [each for each in batch if each not in gone]
        again = [each for each in batch if each.attempt > 1]
        fresh = [each for each in batch if each.attempt == 1] if again else batch
        if not await self._together(queue, fresh):
            for delivery in fresh:
                await self._alone(queue, delivery)
        for delivery in again:
            await self._alone(queue, delivery)

    async def _together(self, queue: WorkQueue, fresh: Sequence[Delivery]) -> bool:
        """Judge all at once; False if one of them spoils it."""
        if not fresh:
            return True
        try:
            items = [_item(each) for each in fresh]
            verdicts = await self._judged([item.text for item in items])
        except TransientError:
            raise
        except Exception as error:  # noqa: BLE001 - each is then tried alone, and named there
            self._log.failed(Event.LOOP_RETRIES, error, size=len(fresh))
            return False
        await self._store_verdicts(queue, fresh, items, verdicts)
        return True

    async def _alone(self, queue: WorkQueue, delivery: Delivery) -> None:
        """Judge one item; at its last attempt in a process of its own, else given back."""
        try:
            item = _item(delivery)
        except (UndecodableError, PermanentError) as error:
            await self._quarantine(queue, delivery, "decode", error)
            return
        try:
            verdict = await self._alone_judged(queue, delivery, item.text)
        except PermanentError as error:
            with log_context(trace_id=trace_id(item.item_id)):
                await self._quarantine(queue, delivery, "classify", error)
        except Exception as error:  # noqa: BLE001 - a bug on this text; it comes back, others go on
            trace, seq = trace_id(item.item_id), delivery.message.seq
            self._log.failed(Event.LOOP_RETRIES, error, trace_id=trace, seq=seq)
            await queue.nak([delivery], RETRY_SECONDS)
        else:
            await self._store_verdicts(queue, [delivery], [item], [verdict])

    async def _alone_judged(self, queue: WorkQueue, delivery: Delivery, text: str) -> Verdict:
        if delivery.attempt < MAX_DELIVER:
            return (await self._judged([text]))[0]
        async with asyncio.TaskGroup() as group:
            alive = group.create_task(self._keep(queue, delivery), name="keep")
            try:
                return await self._last_resort.judge(text)
            except PermanentError as error:
                failure = error
            finally:
                alive.cancel()
        raise failure

    async def _keep(self, queue: WorkQueue, delivery: Delivery) -> None:
        while True:
            await queue.in_progress([delivery])
            await self._clock.sleep(ALIVE_SECONDS)

    async def _judged(self, texts: Sequence[str]) -> list[Verdict]:
        loop = asyncio.get_running_loop()
        with self._metrics.timed(Metric.CLASSIFY_BATCH):
            return await loop.run_in_executor(self._thread, self._judge.judge, texts)

    async def _quarantine(
        self, queue: WorkQueue, delivery: Delivery, where: str, error: Exception
    ) -> None:
        seq = delivery.message.seq
        self._log.failed(Event.FACT_QUARANTINED, error, seq=seq)
        self._metrics.count(Metric.QUARANTINED, where=where)
        name = type(error).__name__ if where == "decode" else str(error)
        fact = FactQuarantined(
            seq=seq, where="decode" if where == "decode" else "classify", error=name
        )
        await self._publish(queue, [delivery], [fact])
        await queue.ack([delivery])

    async def _store_verdicts(
        self,
        queue: WorkQueue,
        deliveries: Sequence[Delivery],
        items: Sequence[Item],
        verdicts: Sequence[Verdict],
    ) -> None:
        """Publish what was judged together as one fact, then ack: a reader pays by the fact."""
        named = [(item.item_id, item.item_version) for item in items]
        facts = tuple(_facts(named, verdicts))
        await self._publish(queue, deliveries, facts)
        await queue.ack(deliveries)
        self._count(verdicts)
        if self._log.says_debug:
            traces = [trace for fact in facts for trace in links(fact)]
            self._log.debug(Event.BATCH_CLASSIFIED, trace_id=traces)
        oldest = min(delivery.message.time for delivery in deliveries)
        lag = (self._clock.now() - oldest).total_seconds()
        self._metrics.observe(Metric.CLASSIFY_LAG, max(0.0, lag))

    async def _publish(
        self,
        queue: WorkQueue,
        deliveries: Sequence[Delivery],
        facts: Sequence[ItemClassified | FactQuarantined],
    ) -> None:
        """Publish; a full log is waited for, and the items held meanwhile.

        Given back, they would use up their attempts on something that is no fault of theirs.
        Raises: TransientError when the log is away; then its server counts no attempt either.
        """
        while True:
            try:
                await self._bus.publish([outgoing(each) for each in facts])
            except LogFullError as error:
                self._log.warning(Event.BUS_FULL, why=str(error), size=len(deliveries))
                await queue.in_progress(deliveries)
                await self._clock.sleep(RETRY_SECONDS)
            else:
                return

    def _count(self, verdicts: Sequence[Verdict]) -> None:
        for degraded, count in Counter(each.degraded for each in verdicts).items():
            named = ",".join(degraded) or "no"
            self._metrics.count(Metric.ITEMS_CLASSIFIED, count, degraded=named)
        for held, count in Counter(each.held for each in verdicts).items():
            for label in labels_of(held):
                self._metrics.count(Metric.LABELS_DECIDED, count, label=label.value)
        self._metrics.count(Metric.ABSTAINED, sum(each.abstained for each in verdicts))


def _item(delivery: Delivery) -> Item:
    item = read_text(delivery.message.data)
    if item is not None:
        return item
    fact = decode(delivery.message.data)
    if not isinstance(fact, ItemReceived | ItemEdited):
        raise PermanentError(f"a {fact.kind} is no item to classify")
    return fact


def _facts(
    named: Sequence[tuple[str, str]], verdicts: Sequence[Verdict]
) -> Iterator[ItemClassified]:
    """Yield one fact; more if not all are degraded alike, or have more reasons than the log takes."""
    for degraded in sorted({each.degraded for each in verdicts})[1:]:
        apart = [place for place, each in enumerate(verdicts) if each.degraded == degraded]
        yield from _facts([named[each] for each in apart], [verdicts[each] for each in apart])
        rest = [place for place, each in enumerate(verdicts) if each.degraded != degraded]
        named, verdicts = [named[each] for each in rest], [verdicts[each] for each in rest]
    size = sum(len(each.why) for each in verdicts)
    if len(verdicts) > 1 and size > MAX_REASONS:
        half = len(verdicts) // 2
        yield from _facts(named[:half], verdicts[:half])
        yield from _facts(named[half:], verdicts[half:])
    else:
        yield ItemClassified.of(named, verdicts)
