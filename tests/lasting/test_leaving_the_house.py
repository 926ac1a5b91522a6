"""Invariants 1, 4 and 17 on real servers: what must stand before a text may leave, and what stops it."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
import redis.asyncio

from services.cli.chaos.house import PACK
from services.cli.chaos.steps import CANDIDATES
from shared.bus.port import outgoing
from shared.contracts.org import PolicyActivated
from shared.contracts.system import EffectFinished, EffectStarted
from shared.policy.model import Pack, Taboo
from tests.fakes.waiting import until
from tests.lasting.house import ANSWER, Lasting, a_lasting_house, step

pytestmark = [
    pytest.mark.servers,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]
CLAIM = step("respond: decided, not claimed")
INTENT = step("respond: claimed, effect.started not stored")
SOON_FORBIDDEN = "工程师已经出发"
WRITE = step("respond: started, not written")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lasting]:
    async with a_lasting_house(tmp_path_factory.mktemp("leaving") / "data") as lasting:
        yield lasting


async def intents(lasting: Lasting, item: int) -> list[EffectStarted]:
    found = await lasting.facts(EffectStarted)
    return [fact for _, fact in found if fact.target == str(item)]


async def test_invariant_01_the_whole_intent_stands_in_the_log_before_the_platform_is_called(
    lasting: Lasting,
) -> None:
    item = await lasting.say()
    with lasting.hand.held(WRITE) as hold:
        case_id = await lasting.approve(item)
        await hold.reached.wait()
        [intent] = await intents(lasting, item)
        assert (intent.body, intent.attempt) == (ANSWER, 1)
        assert intent.pack_hash
        assert await lasting.written(item) == []
        hold.let_go()
        await lasting.reply_is(case_id, "sent")
    assert await lasting.written(item) == [ANSWER]


async def empty_the_store(lasting: Lasting) -> None:
    client = redis.asyncio.Redis.from_url(lasting.house.addresses.redis_url)
    await client.flushall()
    await client.aclose()


async def test_invariant_01_what_was_decided_before_a_rebuild_is_shown_to_a_person_not_sent(
    lasting: Lasting,
) -> None:
    item = await lasting.say()
    with lasting.hand.held(INTENT) as hold:
        case_id = await lasting.approve(item)
        await hold.reached.wait()
        await empty_the_store(lasting)
        for each in CANDIDATES:
            await lasting.kill(each)
        hold.drop()
    await lasting.reply_is(case_id, "returned")
    assert (await lasting.reply(case_id))["note"] == "rebuilt"
    assert await intents(lasting, item) == []
    assert await lasting.written(item) == []


async def test_invariant_01_pages_owed_at_a_rebuild_go_out_once_as_one_and_say_that_they_are_late(
    lasting: Lasting,
) -> None:
    told = len(lasting.receiver.pages)
    with lasting.hand.held(INTENT) as hold:
        item = await lasting.say()
        case = await lasting.case_of(item)
        await hold.reached.wait()
        raised = await lasting.decisions("page.raised")
        assert case["case_id"] in {each["case_id"] for each in raised}
        await empty_the_store(lasting)
        for each in CANDIDATES:
            await lasting.kill(each)
        hold.drop()
    await until(lambda: len(lasting.receiver.pages) > told)
    [page] = lasting.receiver.pages[told:]
    assert page["late"] is True
    assert "补发" in str(page["title"])


async def test_invariant_04_a_stop_that_comes_while_the_claim_is_on_its_way_wins(
    lasting: Lasting,
) -> None:
    item = await lasting.say()
    with lasting.hand.held(CLAIM) as hold:
        case_id = await lasting.approve(item)
        await hold.reached.wait()
        assert await stopped(lasting, paused=True) == "accepted"
        hold.let_go()
        await lasting.reply_is(case_id, "returned")
    assert await stopped(lasting, paused=False) == "accepted"
    assert await intents(lasting, item) == []
    assert await lasting.written(item) == []


async def stopped(lasting: Lasting, *, paused: bool) -> str:
    """Press the red button, or let go of it; return what was answered."""
    return (await lasting.second.ask("pause", "", {"paused": paused, "reason": "演练"})).outcome


async def test_invariant_17_rules_that_change_after_the_approval_are_asked_again_on_the_final_bytes(
    lasting: Lasting,
) -> None:
    item = await lasting.say()
    [*_, (_, active)] = await lasting.facts(PolicyActivated)
    body = await lasting.bus.get_object(active.pack_hash)
    assert body is not None
    stricter = stricter_than(Pack.model_validate_json(body))
    with lasting.hand.held(CLAIM) as hold:
        case_id = await lasting.approve(item, f"{ANSWER}{SOON_FORBIDDEN}")
        await hold.reached.wait()
        pack_hash = await lasting.bus.put_object(stricter.canonical())
        fact = PolicyActivated(pack=PACK, pack_hash=pack_hash, activated_by="admin")
        [ack] = await lasting.bus.publish([outgoing(fact)])
        await until(partial(folded, lasting, ack.seq))
        hold.let_go()
        await lasting.reply_is(case_id, "returned")
    assert (await lasting.reply(case_id))["note"] == "policy_changed"
    ends = [fact for _, fact in await lasting.facts(EffectFinished) if fact.status == "returned"]
    assert ends[-1].reason == "policy_changed"
    assert await lasting.written(item) == []


def stricter_than(pack: Pack) -> Pack:
    """Return the pack with a ban on what was approved."""
    banned = Taboo(category="promise", level="block", reason="不许诺", phrases=(SOON_FORBIDDEN,))
    return pack.model_copy(update={"taboos": (*pack.taboos, banned)})


async def folded(lasting: Lasting, seq: int) -> bool:
    health = await lasting.writer.read("/api/health")
    return health is not None and health["cursor_seq"] >= seq
