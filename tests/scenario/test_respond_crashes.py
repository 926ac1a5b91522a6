"""A respond process dies at each named step: never two writes, none lost, one voice."""

import asyncio

import pytest

from services.respond.core.decisions import CHAIN_START, chain
from services.respond.ports import QueueFilter
from shared.bus.port import Outgoing, outgoing
from shared.contracts.items import ItemEdited
from shared.contracts.operators import OutgoingPaused, PageAcknowledged
from shared.contracts.org import PolicyActivated
from shared.contracts.system import LeaderElected
from tests.fakes.respond_house import ANSWER, House, a_comment, a_house, a_verdict

UNDO_SECONDS = 16
RECOVERY_SECONDS = 40
"""Lease, deadline of a send and visibility horizon, with room."""


async def _new_leader_takes_over(house: House) -> None:
    house.bus.release()
    await house.lead("two")
    await house.clock.advance(RECOVERY_SECONDS)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("effect.started", ""),
        ("", "effect.started"),
        ("effect.finished", ""),
        ("", "effect.finished"),
        ("decisions.recorded", ""),
        ("", "decisions.recorded"),
    ],
)
async def test_a_death_around_a_fact_neither_loses_nor_repeats_the_reply(
    before: str, after: str
) -> None:
    async with a_house() as house:
        leader = await house.lead("one")
        await house.approve(await house.complaint())
        house.bus.hold_before, house.bus.hold_after = before, after
        await house.clock.advance(UNDO_SECONDS)
        assert house.bus.held.is_set()
        await house.kill(leader)
        await _new_leader_takes_over(house)
        assert [each.text for each in house.speaker.written] == [ANSWER]
        lines, newest = await house.ledger()
        assert chain(CHAIN_START, lines) == newest


@pytest.mark.parametrize("where", ["before_write", "after_write"])
async def test_a_death_around_the_write_neither_loses_nor_repeats_the_reply(where: str) -> None:
    async with a_house() as house:
        leader = await house.lead("one")
        await house.approve(await house.complaint())
        reached = asyncio.Event()

        async def die() -> None:
            reached.set()
            await asyncio.Event().wait()

        setattr(house.speaker, where, die)
        await house.clock.advance(UNDO_SECONDS)
        assert reached.is_set()
        await house.kill(leader)

        async def live() -> None:
            return

        setattr(house.speaker, where, live)
        await _new_leader_takes_over(house)
        assert [each.text for each in house.speaker.written] == [ANSWER]
        [effect] = await house.effects()
        assert effect.status == "done"


async def test_what_was_called_back_before_its_intent_stood_in_the_log_does_not_leave() -> None:
    async with a_house() as house:
        await house.lead("one")
        await house.approve(await house.complaint())
        house.bus.hold_before = "effect.started"
        await house.clock.advance(UNDO_SECONDS)
        assert house.bus.held.is_set()
        for paused in (True, False):
            await house.ok(
                OutgoingPaused(op_id=house.op(), person_id="li", paused=paused, reason="先停")
            )
        house.bus.let_go.set()
        await house.clock.advance(UNDO_SECONDS)
        assert house.speaker.written == []
        assert [each.status for each in await house.effects()] == ["returned"]
        assert await house.facts("effect.started"), "the intent came later and was ignored"


async def test_a_page_owed_at_a_death_still_goes_out() -> None:
    async with a_house() as house:
        leader = await house.lead("one")
        await house.complaint()
        await house.clock.advance(110)
        await house.kill(leader)
        await house.clock.advance(60)
        assert house.pager.pages == {}
        await house.lead("two")
        await house.clock.advance(5)
        assert len(house.pager.pages) == 1
        [page] = await house.read.pages()
        await house.ok(PageAcknowledged(op_id=house.op(), person_id="li", page_id=page.page_id))


async def test_a_standby_leads_once_the_lease_of_the_dead_ran_out() -> None:
    async with a_house() as house:
        leader = await house.lead("one")
        await house.lead("two")
        first = (await house.read.organisation()).term
        await house.kill(leader)
        await house.clock.advance(5)
        assert (await house.read.organisation()).term > first
        assert await house.store.holder("respond") == "two"


async def test_a_stale_leader_is_fenced_and_stops() -> None:
    async with a_house() as house:
        await house.lead("one")
        term = (await house.read.organisation()).term
        usurper = LeaderElected(holder="elsewhere", previous_term=term)
        await house.bus.publish([outgoing(usurper, term=term)])
        await house.store.take_office(term + 100)
        item = a_comment(1, house.clock.now())
        await house.put(item)
        cursor = await house.store.cursor()
        assert cursor is not None
        assert cursor.seq < (await house.bus.state()).last_seq


async def test_a_rebuild_from_an_emptied_store_gives_the_same_ledger_and_repeats_nothing() -> None:
    async with a_house() as house:
        leader = await house.lead("one")
        await house.approve(await house.complaint(1))
        await house.clock.advance(UNDO_SECONDS)
        await house.complaint(2)
        await house.clock.advance(130)
        before, chain_before = await house.ledger()
        await house.kill(leader)
        await house.store.reset((await house.read.organisation()).term)
        await house.clock.advance(4)
        await house.lead("two")
        await house.clock.advance(RECOVERY_SECONDS)
        after, chain_after = await house.ledger()
        assert after[: len(before)] == before
        assert chain(CHAIN_START, before) == chain_before
        assert chain(CHAIN_START, after) == chain_after
        assert len(house.speaker.written) == 1
        assert len(house.pager.pages) == 1


async def test_a_store_emptied_while_all_is_quiet_is_filled_again_before_the_next_fact() -> None:
    async with a_house() as house:
        await house.lead("one")
        case_id = await house.complaint()
        organisation = await house.read.organisation()
        await house.store.reset(organisation.term)
        assert await house.read.case(case_id) is None
        await house.clock.advance(4)
        assert (await house.case(case_id)).case_id == case_id
        assert (await house.read.organisation()).term > organisation.term


async def test_an_approved_reply_caught_by_a_rebuild_returns_to_its_owner() -> None:
    async with a_house() as house:
        leader = await house.lead("one")
        case_id = await house.complaint()
        await house.approve(case_id)
        house.bus.hold_before = "effect.started"
        await house.clock.advance(UNDO_SECONDS)
        await house.kill(leader)
        house.bus.release()
        await house.store.reset((await house.read.organisation()).term)
        await house.clock.advance(4)
        await house.lead("two")
        await house.clock.advance(RECOVERY_SECONDS)
        assert house.speaker.calls == 0
        case = await house.case(case_id)
        assert case.replies[0].status == "returned"


async def test_a_log_that_lost_its_tail_is_noticed_and_the_state_rebuilt() -> None:
    async with a_house() as house:
        leader = await house.lead("one")
        await house.complaint(1)
        end = (await house.bus.state()).last_seq
        await house.complaint(2)
        await house.clock.settle()
        await house.kill(leader)
        house.bus.lose_tail(end)
        await house.clock.advance(4)
        await house.lead("two")
        await house.clock.advance(5)
        assert len(house.alarms) == 1
        assert (await house.read.organisation()).items_received == 1
        await house.complaint(3)


async def test_poison_is_a_fact_and_the_line_goes_on() -> None:
    async with a_house() as house:
        await house.lead("one")
        broken = outgoing(a_comment(1, house.clock.now()))
        poison = type(broken)(broken.subject, b'{"kind":"no.such"}', "poison")
        await house.bus.publish([poison])
        await house.complaint(2)
        [fact] = await house.facts("fact.quarantined")
        assert fact.model_dump()["where"] == "decode"
        assert (await house.read.organisation()).items_received == 1


async def test_a_store_that_is_away_stops_the_fold_until_it_is_back() -> None:
    async with a_house() as house:
        await house.lead("one")
        item = a_comment(1, house.clock.now())
        house.bus.away = True
        await house.clock.advance(2)
        house.bus.away = False
        await house.put(item, a_verdict(item))
        await house.clock.advance(8)
        assert (await house.read.organisation()).cases_opened == 1


async def test_a_rebuild_passes_over_the_same_poison() -> None:
    async with a_house() as house:
        await house.lead("one")
        await house.bus.publish([Outgoing("zs.v1.no.such", b"{", "poison")])
        useless = await house.bus.put_object(b'{"no":"pack"}')
        await house.put(PolicyActivated(pack="company", pack_hash=useless, activated_by="li"))
        await house.complaint(1)
        before, _ = await house.ledger()
        await house.kill("one")
        await house.store.reset((await house.read.organisation()).term)
        await house.clock.advance(4)
        await house.lead("two")
        after, newest = await house.ledger()
        assert after[: len(before)] == before
        assert chain(CHAIN_START, after) == newest
        assert len(await house.facts("fact.quarantined")) == 2


async def test_a_page_cut_off_in_the_middle_is_sent_again_under_its_key() -> None:
    async with a_house() as house:
        await house.lead("one")
        await house.complaint()
        house.bus.hold_before = "effect.finished"
        await house.clock.advance(130)
        assert house.bus.held.is_set()
        await house.kill("one")
        await _new_leader_takes_over(house)
        assert house.pager.calls == 2
        assert len(house.pager.pages) == 1
        [page] = await house.read.pages()
        assert page.delivered_at is not None


async def test_what_waits_for_a_verdict_is_known_to_the_next_leader() -> None:
    async with a_house() as house:
        await house.lead("one")
        waiting, judged = a_comment(1, house.clock.now()), a_comment(2, house.clock.now())
        edit = ItemEdited(
            platform="weibo",
            account_id=waiting.account_id,
            item_id=waiting.item_id,
            item_version="v2",
            native_id=waiting.native_id,
            text="改:还是没有退款",
            edited_at=house.clock.now(),
        )
        await house.put(waiting, judged, a_verdict(judged), edit)
        await house.kill("one")
        await house.clock.advance(4)
        await house.lead("two")
        await house.put(a_verdict(waiting))
        _, total = await house.read.queue(QueueFilter(), offset=0, limit=10)
        assert total == 1, "a verdict on the older version does not count"
        newer = waiting.model_copy(update={"item_version": "v2"})
        await house.put(a_verdict(newer))
        rows, total = await house.read.queue(QueueFilter(), offset=0, limit=10)
        assert total == 2
        assert any(row.case.items[0].text.startswith("改") for row in rows)
