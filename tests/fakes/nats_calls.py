"""What tests of the real bus ask of it, again and again."""

from collections.abc import AsyncIterator, Awaitable, Sequence

import pytest

from shared.bus.nats_bus import NatsBus
from shared.bus.port import (
    BusAwayError,
    Message,
    Outgoing,
)
from shared.contracts.subjects import ITEMS_TO_CLASSIFY


def items(first: int, last: int) -> Sequence[Outgoing]:
    head = ITEMS_TO_CLASSIFY[0].removesuffix(">")
    return [
        Outgoing(f"{head}weibo.a.{n}", f"body {n}".encode(), f"id{n}", once=True)
        for n in range(first, last)
    ]


async def publish_when_back(bus: NatsBus, batch: Sequence[Outgoing]) -> None:
    while True:
        try:
            await bus.publish(batch)
        except BusAwayError:
            continue
        return


async def skip_empty(batches: AsyncIterator[Sequence[Message]]) -> None:
    async for batch in batches:
        assert list(batch) == []


async def refuses(call: Awaitable[object]) -> None:
    with pytest.raises(BusAwayError):
        await call
