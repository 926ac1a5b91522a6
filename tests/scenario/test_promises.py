"""A promise is a clock: confirmed, sent, running through a change of leaders, kept or paged for."""

from datetime import datetime, timedelta

from services.respond.core.promise import PromiseClock
from services.respond.ports import QueueFilter
from shared.contracts.operators import (
    CaseClaimed,
    PromiseSettled,
    ReplyApproved,
    ReplyDrafted,
)
from shared.observability.metrics import Metric
from tests.fakes.respond_house import House, a_house

WORDS = "十分钟内答复您"
TEXT = f"您好,我们正在核实,{WORDS}。"


async def promise(house: House) -> str:
    """Let a complaint be answered with a promise; return its case."""
    case_id = await house.complaint()
    await house.ok(CaseClaimed(op_id=house.op(), person_id="wang", case_id=case_id))
    draft = ReplyDrafted(
        op_id=house.op(), person_id="wang", case_id=case_id, base_revision=0, text=TEXT
    )
    await house.ok(draft)
    approval = ReplyApproved(
        op_id=house.op(), person_id="li", case_id=case_id, revision=1, send=True
    )
    refused = await house.act(approval)
    assert (refused.code, WORDS in refused.reason) == ("promise_unconfirmed", True)
    confirmed = {"op_id": house.op(), "promises": (WORDS,)}
    await house.ok(approval.model_copy(update=confirmed))
    await house.clock.advance(20)
    assert [each.text for each in house.speaker.written] == [TEXT]
    return case_id


async def the_clock(house: House, case_id: str) -> PromiseClock:
    [clock] = (await house.case(case_id)).promises
    return clock


async def until(house: House, moment: datetime) -> None:
    await house.clock.advance((moment - house.clock.now()).total_seconds())


async def test_a_missed_promise_is_recorded_in_its_own_time_and_wakes_somebody() -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await promise(house)
        [row] = (await house.read.queue(QueueFilter(), offset=0, limit=10))[0]
        due = (await the_clock(house, case_id)).due_at
        assert row.due == due
        await until(house, due - timedelta(minutes=2))
        assert (await the_clock(house, case_id)).status == "reminded"
        assert house.pager.calls == 0
        await until(house, due + timedelta(seconds=40))
        clock = await the_clock(house, case_id)
        assert (clock.status, clock.broken_at) == ("broken", due)
        [(address, notice)] = house.pager.pages.values()
        assert (address, "承诺到期未兑现" in notice.text) == ("li-phone", True)
        count = house.metrics.value
        assert count(Metric.PROMISES, status="broken") == 1
        assert count(Metric.BREACHES, clock="promise") == 1


async def test_a_clock_outlives_its_leader_and_an_emptied_store() -> None:
    async with a_house() as house:
        first = await house.lead()
        case_id = await promise(house)
        due = (await the_clock(house, case_id)).due_at
        await house.kill(first)
        await house.store.reset((await house.read.organisation()).term)
        await until(house, due + timedelta(minutes=3))
        await house.lead("two")
        await house.clock.advance(5)
        clock = await the_clock(house, case_id)
        assert (clock.status, clock.broken_at) == ("broken", due)


async def test_what_somebody_records_as_kept_wakes_nobody() -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await promise(house)
        clock = await the_clock(house, case_id)
        settled = PromiseSettled(
            op_id=house.op(),
            person_id="wang",
            case_id=case_id,
            promise_id=clock.promise_id,
            kept=True,
        )
        await house.ok(settled)
        await until(house, clock.due_at + timedelta(minutes=1))
        assert (await the_clock(house, case_id)).status == "kept"
        assert house.pager.calls == 0
