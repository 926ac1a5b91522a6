"""A machine is lost and its log restored from a backup: what the lost house said is not said twice."""

from datetime import datetime

from services.respond.core.aggregates import Reply
from shared.bus.port import Outgoing
from shared.contracts.operators import (
    OutgoingPaused,
    ReplyApproved,
    ReplyDrafted,
    ReplySettled,
    ReplySubmitted,
)
from shared.contracts.system import Ancestor, LogRestored
from tests.fakes.respond_house import ANSWER, House, a_house

UNDO_SECONDS = 16
RECOVERY_SECONDS = 40
"""Lease, deadline of a send and visibility horizon, with room."""
OTHER = "您好,退款已经在路上了,请您留意到账通知。"


async def backup(house: House) -> tuple[int, datetime]:
    """Return where the log stands now."""
    end = (await house.bus.state()).last_seq
    [newest] = await house.bus.read(end, end)
    return end, newest.time


async def restore(house: House, saved: tuple[int, datetime], minutes: int = 3) -> None:
    """Lose the machine and begin again with the log of the backup and an empty store."""
    await house.kill("one")
    await house.clock.advance(60 * minutes)
    end, at = saved
    house.bus.lose_tail(end)
    await house.store.reset(0, anew=True)
    await house.put(LogRestored(made_at=at, upto_seq=end, upto_time=at))
    await house.lead("two")
    assert (await house.read.organisation()).paused


async def release(house: House) -> None:
    await house.ok(
        OutgoingPaused(op_id=house.op(), person_id="li", paused=False, reason="核对过了")
    )


async def answer(house: House, case_id: str, text: str, base: int) -> None:
    """Write, submit and approve one more revision, and let its undo window pass."""
    revision = base + 1
    draft = ReplyDrafted(
        op_id=house.op(), person_id="wang", case_id=case_id, base_revision=base, text=text
    )
    await house.ok(draft)
    await house.ok(
        ReplySubmitted(op_id=house.op(), person_id="wang", case_id=case_id, revision=revision)
    )
    await house.ok(
        ReplyApproved(
            op_id=house.op(), person_id="li", case_id=case_id, revision=revision, send=True
        )
    )
    await house.clock.advance(UNDO_SECONDS)


async def the_reply(house: House, case_id: str) -> Reply:
    [reply] = (await house.case(case_id)).replies
    return reply


def said(house: House) -> list[str]:
    return [each.text for each in house.speaker.written]


async def test_a_reply_sent_after_the_backup_is_found_and_not_sent_again() -> None:
    async with a_house() as house:
        await house.lead("one")
        case_id = await house.complaint()
        saved = await backup(house)
        await house.approve(case_id)
        await house.clock.advance(UNDO_SECONDS)
        assert said(house) == [ANSWER]
        await restore(house, saved)
        await release(house)
        await house.approve(case_id)
        await house.clock.advance(UNDO_SECONDS)
        assert said(house) == [ANSWER]
        reply = await the_reply(house, case_id)
        assert reply.status == "sent"
        assert reply.receipt is not None
        assert reply.receipt.detail == "found"


async def test_while_outgoing_is_paused_nothing_leaves_a_restored_house() -> None:
    async with a_house() as house:
        await house.lead("one")
        case_id = await house.complaint()
        await restore(house, await backup(house))
        await house.approve(case_id)
        await house.clock.advance(UNDO_SECONDS)
        assert house.speaker.calls == 0
        reply = await the_reply(house, case_id)
        assert (reply.status, reply.note) == ("returned", "paused")


async def test_another_text_of_the_lost_house_is_shown_to_a_person_who_decides() -> None:
    async with a_house() as house:
        await house.lead("one")
        case_id = await house.complaint()
        saved = await backup(house)
        await house.approve(case_id)
        await house.clock.advance(UNDO_SECONDS)
        await restore(house, saved)
        await release(house)
        await house.approve(case_id, OTHER)
        await house.clock.advance(UNDO_SECONDS)
        assert said(house) == [ANSWER]
        reply = await the_reply(house, case_id)
        assert (reply.status, reply.note) == ("unknown", "said_otherwise")
        assert reply.effect_id is not None
        settled = ReplySettled(
            op_id=house.op(),
            person_id="li",
            case_id=case_id,
            effect_id=reply.effect_id,
            arrived=False,
        )
        await house.ok(settled)
        await answer(house, case_id, OTHER, base=1)
        assert said(house) == [ANSWER, OTHER], "a person looked, and wanted it"


async def test_what_is_certainly_absent_leaves_once_it_is_released() -> None:
    async with a_house() as house:
        await house.lead("one")
        case_id = await house.complaint()
        await restore(house, await backup(house))
        await release(house)
        await house.approve(case_id)
        await house.clock.advance(UNDO_SECONDS)
        assert said(house) == [ANSWER]
        assert house.speaker.finds == 2, "this text, and any other, were looked for"
        await house.approve(await house.complaint(2))
        await house.clock.advance(UNDO_SECONDS)
        assert len(said(house)) == 2


async def test_what_left_while_the_backup_was_made_is_found_without_anybodys_doing() -> None:
    async with a_house() as house:
        await house.lead("one")
        case_id = await house.complaint()
        await house.approve(case_id)
        house.bus.hold_before = "effect.started"
        await house.clock.advance(UNDO_SECONDS)
        saved = await backup(house)
        house.bus.release()
        house.bus.let_go.set()
        await house.clock.advance(5)
        assert said(house) == [ANSWER]
        await restore(house, saved)
        await house.clock.advance(RECOVERY_SECONDS)
        assert (await the_reply(house, case_id)).status == "sent"
        assert said(house) == [ANSWER]


async def test_what_never_left_comes_back_to_its_owner_even_when_released_at_once() -> None:
    async with a_house() as house:
        await house.lead("one")
        case_id = await house.complaint()
        await house.approve(case_id)
        house.bus.hold_before = "effect.started"
        await house.clock.advance(UNDO_SECONDS)
        saved = await backup(house)
        await house.kill("one")
        house.bus.release()
        await restore(house, saved)
        await release(house)
        await house.clock.advance(RECOVERY_SECONDS)
        reply = await the_reply(house, case_id)
        assert (reply.status, reply.note) == ("returned", "not_said")
        assert house.speaker.calls == 0


async def test_where_the_platform_does_not_tell_a_person_is_asked() -> None:
    async with a_house() as house:
        await house.lead("one")
        case_id = await house.complaint()
        await restore(house, await backup(house))
        await release(house)
        house.speaker.shows_nothing = True
        await house.approve(case_id)
        await house.clock.advance(UNDO_SECONDS)
        reply = await the_reply(house, case_id)
        assert (reply.status, reply.note) == ("unknown", "cannot_tell")
        assert said(house) == []


async def made_again(house: House, end: int) -> None:
    """Make the log again as another incarnation that was the same up to there."""
    state, kept = await house.bus.state(), await house.bus.read(1, end)
    house.bus.remake()
    await house.bus.publish(
        [Outgoing(each.subject, each.data, f"again-{each.seq}") for each in kept]
    )
    lives = (Ancestor(incarnation=state.incarnation, upto_seq=end),)
    at = kept[-1].time
    await house.put(LogRestored(made_at=at, upto_seq=end, upto_time=at, ancestors=lives))


async def test_a_store_no_further_than_the_backup_is_gone_on_with() -> None:
    async with a_house() as house:
        await house.lead("one")
        await house.complaint()
        await house.kill("one")
        await house.clock.advance(60)
        await made_again(house, (await house.bus.state()).last_seq)
        for leader in ("two", "three"):
            await house.lead(leader)
            await house.kill(leader)
            await house.clock.advance(4)
        elected = await house.facts("leader.elected")
        assert [each.model_dump()["rebuilt_to"] for each in elected] == [None, None, None]
        assert house.alarms == []
        assert (await house.read.organisation()).paused


async def test_a_store_ahead_of_the_backup_is_rebuilt_and_that_is_told() -> None:
    async with a_house() as house:
        await house.lead("one")
        await house.complaint()
        end = (await house.bus.state()).last_seq
        await house.complaint(2)
        await house.kill("one")
        await house.clock.advance(60)
        await made_again(house, end)
        await house.lead("two")
        assert len(house.alarms) == 1
        assert (await house.read.organisation()).items_received == 1
        await house.complaint(2)
        assert (await house.read.organisation()).items_received == 2
