"""Stories of one respond service: a complaint is answered once, an overdue one wakes somebody."""

from services.respond.core.decisions import CHAIN_START, chain
from services.respond.core.fold import Folded, fold
from services.respond.core.state import State
from services.respond.ports import QueueFilter
from shared.contracts.facts import Stored, decode
from shared.contracts.operators import (
    CaseClaimed,
    CaseReleased,
    OutgoingPaused,
    PageAcknowledged,
    ReplyUndone,
)
from tests.fakes.respond_house import ANSWER, House, a_comment, a_house, a_pack, a_verdict


async def test_a_complaint_is_answered_once_and_its_clocks_are_met() -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint()
        await house.approve(case_id)
        assert house.speaker.calls == 0, "nothing leaves inside the undo window"
        await house.clock.advance(16)
        assert [each.text for each in house.speaker.written] == [ANSWER]
        case = await house.case(case_id)
        assert [each.status for each in case.replies] == ["sent"]
        assert all(clock.met_at is not None for clock in case.clocks)
        assert all(clock.breached_at is None for clock in case.clocks)
        await house.clock.advance(400)
        assert house.speaker.calls == 1


async def test_the_ledger_in_the_log_is_one_unbroken_chain() -> None:
    async with a_house() as house:
        await house.lead()
        await house.approve(await house.complaint())
        await house.clock.advance(60)
        lines, newest = await house.ledger()
        assert len(lines) > 5
        assert chain(CHAIN_START, lines) == newest
        loaded = await house.store.load()
        assert loaded is not None
        assert loaded.outbox == ()


async def test_an_overdue_case_is_breached_in_its_own_time_and_pages_once() -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint()
        await house.clock.advance(130)
        case = await house.case(case_id)
        [breached] = [clock for clock in case.clocks if clock.breached_at]
        assert breached.breached_at == breached.due_at
        [(address, notice)] = house.pager.pages.values()
        assert address == "li-phone"
        assert "退款" not in notice.text, "no word of the public in a page"
        [page] = await house.read.pages()
        assert page.delivered_at is not None
        await house.ok(PageAcknowledged(op_id=house.op(), person_id="li", page_id=page.page_id))
        assert await house.read.pages() == []
        assert house.pager.calls == 1


async def test_an_undo_inside_the_window_wins_and_after_it_is_refused() -> None:
    async with a_house() as house:
        await house.lead()
        early, late = await house.complaint(1), await house.complaint(2)
        await house.approve(early)
        await house.clock.advance(10)
        await house.ok(ReplyUndone(op_id=house.op(), person_id="wang", case_id=early))
        await house.approve(late)
        await house.clock.advance(20)
        outcome = await house.act(ReplyUndone(op_id=house.op(), person_id="wang", case_id=late))
        assert not outcome.accepted
        assert len(house.speaker.written) == 1


async def test_a_retried_operation_has_the_same_outcome() -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint()
        wish = CaseClaimed(op_id="same", person_id="wang", case_id=case_id)
        first = await house.act(wish)
        await house.act(CaseClaimed(op_id="other", person_id="li", case_id=case_id))
        await house.clock.advance(130)
        assert await house.act(wish) == first
        assert first.accepted


async def test_an_operation_id_that_stands_for_something_else_does_nothing_and_says_so() -> None:
    async with a_house() as house:
        await house.lead()
        first, second = await house.complaint(1), await house.complaint(2)
        await house.ok(CaseClaimed(op_id="same", person_id="wang", case_id=first))
        others = (
            CaseClaimed(op_id="same", person_id="li", case_id=second),
            CaseClaimed(op_id="same", person_id="wang", case_id=second),
            CaseReleased(op_id="same", person_id="wang", case_id=first),
        )
        for each in others:
            outcome = await house.act(each)
            assert (outcome.accepted, outcome.code) == (False, "op_id_taken")
        owners = [(await house.case(each)).owner_id for each in (first, second)]
        assert owners == ["wang", None]


async def test_a_lost_answer_is_found_on_the_platform_and_not_sent_again() -> None:
    async with a_house() as house:
        await house.lead()
        house.speaker.moods.append("lost_answer")
        await house.approve(await house.complaint())
        await house.clock.advance(60)
        assert len(house.speaker.written) == 1
        assert house.speaker.calls == 1
        [effect] = await house.effects()
        assert effect.status == "done"


async def test_a_lost_request_is_sent_once_more_when_it_is_certainly_absent() -> None:
    async with a_house() as house:
        await house.lead()
        house.speaker.moods.append("lost_request")
        await house.approve(await house.complaint())
        await house.clock.advance(60)
        assert [each.text for each in house.speaker.written] == [ANSWER]
        assert house.speaker.calls == 2


async def test_a_second_unknown_outcome_asks_a_person() -> None:
    async with a_house() as house:
        await house.lead()
        house.speaker.moods.extend(["lost_request", "lost_request"])
        case_id = await house.complaint()
        await house.approve(case_id)
        await house.clock.advance(120)
        case = await house.case(case_id)
        assert [each.status for each in case.replies] == ["unknown"]
        assert house.speaker.calls == 2


async def test_a_busy_platform_is_tried_again_with_the_identical_text() -> None:
    async with a_house() as house:
        await house.lead()
        house.speaker.moods.extend(["busy", "busy"])
        await house.approve(await house.complaint())
        await house.clock.advance(60)
        assert house.speaker.calls == 3
        assert [each.text for each in house.speaker.written] == [ANSWER]


async def test_a_refusal_of_the_platform_returns_the_reply_to_its_owner() -> None:
    async with a_house() as house:
        await house.lead()
        house.speaker.moods.append("refused")
        case_id = await house.complaint()
        await house.approve(case_id)
        await house.clock.advance(60)
        case = await house.case(case_id)
        assert house.speaker.calls == 1
        assert case.replies[0].status not in {"sent", "leaving"}


async def test_the_red_button_stops_what_has_not_left() -> None:
    async with a_house() as house:
        await house.lead()
        await house.approve(await house.complaint())
        await house.ok(
            OutgoingPaused(op_id=house.op(), person_id="wang", paused=True, reason="先停")
        )
        await house.clock.advance(130)
        assert house.speaker.calls == 0


async def test_the_queue_is_ordered_by_what_is_owed_first() -> None:
    async with a_house() as house:
        await house.lead()
        first = await house.complaint(1)
        await house.clock.advance(30)
        second = await house.complaint(2)
        rows, total = await house.read.queue(QueueFilter(), offset=0, limit=10)
        assert ([row.case.case_id for row in rows], total) == ([first, second], 2)
        filtered, count = await house.read.queue(QueueFilter(owner_id="wang"), offset=0, limit=10)
        assert (filtered, count) == ([], 0)


async def test_all_counts_agree() -> None:
    house_items = 5
    async with a_house() as house:
        await house.lead()
        for number in range(house_items):
            await house.complaint(number)
        organisation = await house.read.organisation()
        assert organisation.items_received == house_items
        figures = house.metrics.text().decode()
        assert f'zhishou_counts{{what="items_received"}} {house_items}.0' in figures
        assert f'zhishou_counts{{what="cases_opened"}} {house_items}.0' in figures


async def test_an_item_without_a_verdict_becomes_a_case_in_time() -> None:
    async with a_house() as house:
        await house.lead()
        await house.put(a_comment(1, house.clock.now()))
        await house.clock.advance(61)
        rows, total = await house.read.queue(QueueFilter(), offset=0, limit=10)
        assert total == 1
        assert "unclassified" in rows[0].case.degraded


async def _waiting_items(house: House) -> int:
    _, total = await house.read.queue(QueueFilter(), offset=0, limit=10)
    return total


async def test_a_verdict_that_comes_after_a_change_of_leader_is_taken() -> None:
    async with a_house() as house:
        leader = await house.lead("one")
        item = a_comment(1, house.clock.now())
        await house.put(item)
        await house.kill(leader)
        await house.clock.advance(4)
        await house.lead("two")
        assert await _waiting_items(house) == 0
        await house.put(a_verdict(item))
        rows, total = await house.read.queue(QueueFilter(), offset=0, limit=10)
        assert total == 1
        assert rows[0].case.degraded == ()


async def _folded_again(house: House) -> Folded:
    """Fold the whole log into an empty state, as a replay does."""
    end = (await house.bus.state()).last_seq
    stored = [
        Stored(seq=each.seq, time=each.time, fact=decode(each.data))
        for each in await house.bus.read(1, end)
    ]
    pack = a_pack()
    return fold(State(), stored, {pack.content_hash(): pack})


async def test_folding_the_log_again_gives_the_live_digest() -> None:
    async with a_house() as house:
        await house.lead("one")
        await house.approve(await house.complaint(1))
        await house.clock.advance(20)
        await house.kill("one")
        await house.clock.advance(4)
        await house.lead("two")
        await house.complaint(2)
        await house.clock.advance(130)
        folded = await _folded_again(house)
        _, newest = await house.ledger()
        assert chain(CHAIN_START, folded.lines) == newest


async def test_a_wall_clock_stepped_back_across_a_restart_changes_no_decision() -> None:
    async with a_house() as house:
        await house.lead("one")
        await house.complaint(1)
        await house.clock.advance(100)
        waits = a_comment(2, house.clock.now())
        await house.put(waits)
        await house.kill("one")
        house.clock.step_back(90)
        await house.clock.advance(4)
        await house.lead("two")
        later = a_comment(3, house.clock.now())
        await house.put(later)
        await house.kill("two")
        await house.clock.advance(4)
        await house.lead("three")
        await house.put(a_verdict(waits), a_verdict(later))
        await house.clock.advance(300)
        lines, newest = await house.ledger()
        assert chain(CHAIN_START, (await _folded_again(house)).lines) == newest
        assert sum('"case.opened"' in line for line in lines) == 3
        assert sum('"clock.breached"' in line for line in lines) >= 3
