"""Invariants 2 and 3 on real servers: a leader that is suspended and goes on later says nothing."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial

import pytest
import pytest_asyncio

from services.cli.chaos.platform import REPLY
from shared.bus.port import FencedError, outgoing
from shared.contracts.facts import Stored
from shared.contracts.system import (
    ClockTicked,
    EffectFinished,
    EffectStarted,
    LeaderElected,
)
from shared.store.port import StaleTermError
from shared.store.redis_store import RedisStore
from tests.fakes.waiting import until
from tests.lasting.house import ANSWER, TIMES, Lasting, a_lasting_house, step

pytestmark = [
    pytest.mark.servers,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]
STEPPED_DOWN = '"event": "leader.stepped_down"'
CLEAR = timedelta(seconds=TIMES.lease + TIMES.deadline + TIMES.horizon)
"""What a new leader waits before it believes that an attempt of an older term is absent."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lasting]:
    async with a_lasting_house(tmp_path_factory.mktemp("zombie") / "data") as lasting:
        yield lasting


async def ended(lasting: Lasting, item: int) -> tuple[EffectFinished, datetime]:
    """Return how the effect for an item ended, and when that stood in the log."""
    [*_, (_, started)] = [
        each for each in await lasting.facts(EffectStarted) if each[1].target == str(item)
    ]
    stored, finished = await lasting.fact(
        EffectFinished, lambda fact: fact.effect_id == started.effect_id
    )
    return finished, stored.time


async def elected(lasting: Lasting) -> tuple[int, datetime]:
    """Return the newest term and when it began."""
    [*_, (stored, _)] = await lasting.facts(LeaderElected)
    return stored.seq, stored.time


@pytest.mark.parametrize(
    ("where", "attempts"),
    [
        ("stopped: at claim", 1),
        ("stopped: before the write", 2),
        ("stopped: after the write", 1),
    ],
)
async def test_invariant_02_no_zombie_speaks(lasting: Lasting, where: str, attempts: int) -> None:
    """Suspended there, followed by another, and let go on: one text in public, by one voice."""
    hidden = {
        "kind": "visible_after",
        "endpoint": REPLY,
        "seconds": TIMES.horizon * 0.9,
        "count": 1,
    }
    await lasting.platform.call("POST", "faults", {"faults": [hidden]})
    item = await lasting.say()
    with lasting.hand.held(step(where)) as hold:
        case_id = await lasting.approve(item)
        await hold.reached.wait()
        zombie = hold.wire.partition(":")[0]
        before = lasting.says(zombie).count(STEPPED_DOWN)
        with lasting.suspended(zombie):
            hold.let_go()
            await lasting.led_by(lasting.other(zombie))
            term, began = await elected(lasting)
            await lasting.reply_is(case_id, "sent")
            finished, concluded = await ended(lasting, item)
        await until(lambda: lasting.says(zombie).count(STEPPED_DOWN) > before)
    assert await lasting.written(item) == [ANSWER]
    assert (finished.status, finished.term, finished.attempt) == ("done", term, attempts)
    if where != "stopped: at claim":
        assert concluded - began >= CLEAR, "it believed too soon that nothing had arrived"
    assert await elected(lasting) == (term, began)
    assert await spoken_after(lasting, term) == {term}


async def spoken_after(lasting: Lasting, term: int) -> set[int]:
    """Return the terms in whose name anything stands in the log after this one began."""
    found: list[tuple[Stored, EffectStarted | EffectFinished | ClockTicked]] = [
        *await lasting.facts(EffectStarted),
        *await lasting.facts(EffectFinished),
        *await lasting.facts(ClockTicked),
    ]
    return {fact.term for stored, fact in found if stored.seq > term}


async def test_invariant_03_log_and_store_refuse_a_term_that_is_over(lasting: Lasting) -> None:
    leader = lasting.prober.leader()
    term, _ = await elected(lasting)
    await lasting.kill(leader)
    await until(partial(newer, lasting, term))
    store = await RedisStore.connect(lasting.house.addresses.redis_url)
    try:
        with pytest.raises(FencedError):
            await lasting.bus.publish([outgoing(ClockTicked(term=term, tick=9_999), term=term)])
        with pytest.raises(StaleTermError):
            await store.claim(term, "effect:any", stream_end=1, freeze=0)
        with pytest.raises(StaleTermError):
            await store.drop_outbox(term, 1)
    finally:
        await store.close()
    assert 9_999 not in {fact.tick for _, fact in await lasting.facts(ClockTicked)}


async def newer(lasting: Lasting, term: int) -> bool:
    return (await elected(lasting))[0] > term
