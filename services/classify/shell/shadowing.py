"""Feeds a shadow from the log as it grows. It can read the log, and nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from services.classify.core.needs import BatchJudge
from services.classify.core.shadow import Shadow
from shared.bus.port import MAX_BATCH, LogState, Message
from shared.contracts.facts import Fact, UndecodableError, decode, singly
from shared.contracts.items import ItemClassified, ItemEdited, ItemReceived
from shared.contracts.subjects import ITEMS_AND_VERDICTS
from shared.runtime.clock import Clock


class ReadableLog(Protocol):
    """The side of the log from which nothing can be written."""

    def follow(
        self, after_seq: int, *, limit: int = MAX_BATCH, subject: str = ""
    ) -> AbstractAsyncContextManager[AsyncIterator[Sequence[Message]]]: ...
    async def state(self) -> LogState: ...


class Shadowing:
    """One run of a candidate beside the live model."""

    def __init__(self, candidate: BatchJudge) -> None:
        self._candidate = candidate
        self.shadow = Shadow()
        self._texts, self._seconds = 0, 0.0

    async def follow(self, log: ReadableLog, clock: Clock, *, items: int, seconds: float) -> None:
        """Compare what comes from now on, until so many items or so much time. Raises BusAwayError."""
        until = clock.monotonic() + seconds
        async with log.follow((await log.state()).last_seq, subject=ITEMS_AND_VERDICTS) as batches:
            async for batch in batches:
                facts = [fact for each in batch if (fact := _fact(each)) is not None]
                await asyncio.to_thread(self.take, facts)
                if self.shadow.pairs >= items or clock.monotonic() >= until:
                    return

    def take(self, facts: Sequence[Fact]) -> None:
        """Judge the items among the facts, and compare with the verdicts among them."""
        facts = [single for each in facts for single in singly(each)]
        fresh = [each for each in facts if isinstance(each, ItemReceived | ItemEdited)]
        began = time.thread_time()
        verdicts = self._candidate.judge([each.text for each in fresh])
        self._seconds += time.thread_time() - began
        self._texts += len(fresh)
        for item, verdict in zip(fresh, verdicts, strict=True):
            self.shadow.judged(item.item_id, item.item_version, verdict)
        for fact in facts:
            if isinstance(fact, ItemClassified):
                for each in fact.verdicts:
                    self.shadow.classified(each.item_id, each.item_version, each)

    def report(self) -> dict[str, object]:
        """Return the figures with who was compared, and how fast it was."""
        speed = round(self._texts / self._seconds, 1) if self._seconds else 0.0
        return {
            "candidate": self._candidate.model,
            **self.shadow.report(),
            "texts_per_cpu_second": speed,
        }


def _fact(message: Message) -> Fact | None:
    try:
        return decode(message.data)
    except UndecodableError:  # whoever folds it has said so; a comparison passes it over
        return None
