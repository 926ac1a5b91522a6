"""One batch of deliveries in, one batch of verdicts out; acked only once they are stored."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Literal

from services.classify.core.needs import BatchJudge, LastResort
from services.classify.shell.carrying import Item, items_of, kept, told
from shared.bus.port import Ack, Bus, Delivery, LogFullError, WorkQueue, outgoing
from shared.contracts.facts import UndecodableError
from shared.contracts.items import ItemClassified
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
MANY_OUTSIDE: Final = 3
"""By then two processes died with these items in hand, or one of them raised twice."""
RETRY_SECONDS: Final = 1.0


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
                async for batch in batches(queue, stop, self._clock):
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
        left = again if await self._together(queue, fresh) else [*fresh, *again]
        async with kept(queue, left, self._clock):
            while left:
                await self._alone(queue, left[0])
                del left[0]

    async def _together(self, queue: WorkQueue, fresh: Sequence[Delivery]) -> bool:
        """Judge all at once; False if one of them spoils it."""
        if not fresh:
            return True
        try:
            items = [item for each in fresh for item in items_of(each)]
            verdicts = await self._judged([item.text for item in items])
        except TransientError:
            raise
        except Exception as error:  # noqa: BLE001 - each is then tried alone, and named there
            self._log.failed(Event.LOOP_RETRIES, error, size=len(fresh))
            return False
        await self._store_verdicts(queue, fresh, items, verdicts)
        await queue.ack(fresh)
        return True

    async def _alone(self, queue: WorkQueue, delivery: Delivery) -> None:
        """Judge each item of one delivery by itself; what fails comes back, or is put aside."""
        try:
            items = items_of(delivery)
        except (UndecodableError, PermanentError) as error:
            await self._quarantine(queue, delivery, "decode", error)
            await queue.ack([delivery])
            return
        answers = await self._answers(delivery, items)
        known = [(a, b) for a, b in zip(items, answers, strict=True) if isinstance(b, Verdict)]
        if known:
            await self._store_one_by_one(queue, delivery, known)
        back = False
        for part, (item, answer) in enumerate(zip(items, answers, strict=True)):
            if not isinstance(answer, Exception):
                continue
            with log_context(trace_id=trace_id(item.item_id)):
                if isinstance(answer, PermanentError):
                    place = part if len(items) > 1 else None
                    await self._quarantine(queue, delivery, "classify", answer, place)
                else:  # a bug on this text; it comes back, others go on
                    self._log.failed(Event.LOOP_RETRIES, answer, seq=delivery.message.seq)
                    back = True
        await (queue.nak([delivery], RETRY_SECONDS) if back else queue.ack([delivery]))

    async def _answers(
        self, delivery: Delivery, items: Sequence[Item]
    ) -> Sequence[Verdict | Exception]:
        """Return the verdict on each text, or what went wrong; at the last attempt from outside.

        For many together that attempt comes earlier: they are not to wait for the one that kills.
        """
        if delivery.attempt >= (MAX_DELIVER if len(items) == 1 else MANY_OUTSIDE):
            return await self._last_resort.judge([each.text for each in items])
        answers: list[Verdict | Exception] = []
        for each in items:
            try:
                answers += await self._judged([each.text])
            except Exception as error:  # noqa: BLE001 - told as what this text came to
                answers.append(error)
        return answers

    async def _judged(self, texts: Sequence[str]) -> list[Verdict]:
        loop = asyncio.get_running_loop()
        with self._metrics.timed(Metric.CLASSIFY_BATCH):
            return await loop.run_in_executor(self._thread, self._judge.judge, texts)

    async def _quarantine(
        self,
        queue: WorkQueue,
        delivery: Delivery,
        where: Literal["classify", "decode"],
        error: Exception,
        part: int | None = None,
    ) -> None:
        seq = delivery.message.seq
        self._log.failed(Event.FACT_QUARANTINED, error, seq=seq)
        self._metrics.count(Metric.QUARANTINED, where=where)
        name = type(error).__name__ if where == "decode" else str(error)
        fact = FactQuarantined(seq=seq, part=part, where=where, error=name)
        await self._publish(queue, [delivery], [fact])

    async def _store_verdicts(
        self,
        queue: WorkQueue,
        deliveries: Sequence[Delivery],
        items: Sequence[Item],
        verdicts: Sequence[Verdict],
    ) -> None:
        """Publish what was judged together as one fact: a reader pays by the fact."""
        named = [(item.item_id, item.item_version) for item in items]
        facts = tuple(told(named, verdicts))
        await self._publish(queue, deliveries, facts)
        self._tell(deliveries, facts, verdicts)

    async def _store_one_by_one(
        self, queue: WorkQueue, delivery: Delivery, known: Sequence[tuple[Item, Verdict]]
    ) -> None:
        """Publish a fact for each: the log knows it again when poison brings its neighbours back.

        What it knew is not counted again.
        """
        facts = [ItemClassified.of([(a.item_id, a.item_version)], [b]) for a, b in known]
        acks = await self._publish(queue, [delivery], facts)
        first = delivery.attempt == 1
        fresh = [b for (_, b), ack in zip(known, acks, strict=True) if first or not ack.duplicate]
        if fresh:
            self._tell([delivery], facts, fresh)

    def _tell(
        self,
        deliveries: Sequence[Delivery],
        facts: Sequence[ItemClassified],
        verdicts: Sequence[Verdict],
    ) -> None:
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
    ) -> Sequence[Ack]:
        """Publish; a full log is waited for, and the items held meanwhile.

        Given back, they would use up their attempts on something that is no fault of theirs.
        Raises: TransientError when the log is away; then its server counts no attempt either.
        """
        while True:
            try:
                return await self._bus.publish([outgoing(each) for each in facts])
            except LogFullError as error:
                self._log.warning(Event.BUS_FULL, why=str(error), size=len(deliveries))
                await queue.in_progress(deliveries)
                await self._clock.sleep(RETRY_SECONDS)

    def _count(self, verdicts: Sequence[Verdict]) -> None:
        for degraded, count in Counter(each.degraded for each in verdicts).items():
            named = ",".join(degraded) or "no"
            self._metrics.count(Metric.ITEMS_CLASSIFIED, count, degraded=named)
        for held, count in Counter(each.held for each in verdicts).items():
            for label in labels_of(held):
                self._metrics.count(Metric.LABELS_DECIDED, count, label=label.value)
        self._metrics.count(Metric.ABSTAINED, sum(each.abstained for each in verdicts))
