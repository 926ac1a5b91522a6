"""The switch table at work in a whole house: two approvals, a held rumour, a question that is late."""

from services.respond.core.aggregates import Case
from shared.contracts.flows import HoldDecided, InformationAnswered, InformationAsked
from shared.contracts.operators import (
    ClaimJudged,
    ClaimOpened,
    LabelsCorrected,
    ReplyApproved,
    ReplyDrafted,
    ReplySubmitted,
)
from shared.contracts.verdicts import Label
from tests.fakes.respond_house import ANSWER, PROMISED, House, a_house
from tests.fakes.switch_house import switched


async def _write(house: House, case_id: str, base: int = 0) -> None:
    await house.ok(
        ReplyDrafted(
            op_id=house.op(), person_id="wang", case_id=case_id, base_revision=base, text=ANSWER
        )
    )
    await house.ok(
        ReplySubmitted(op_id=house.op(), person_id="wang", case_id=case_id, revision=base + 1)
    )


async def _approve(house: House, case_id: str, person: str, revision: int = 1) -> str:
    outcome = await house.act(
        ReplyApproved(
            op_id=house.op(),
            person_id=person,
            case_id=case_id,
            revision=revision,
            send=True,
            promises=(PROMISED,),
        )
    )
    return outcome.code


async def _corrected(house: House, case: Case, label: Label) -> None:
    item = case.items[-1]
    await house.ok(
        LabelsCorrected(
            op_id=house.op(),
            person_id="wang",
            case_id=case.case_id,
            item_id=item.item_id,
            item_version=item.item_version,
            labels=(label,),
        )
    )


async def test_a_reply_leaves_once_the_chain_is_climbed_and_not_before() -> None:
    async with a_house(switched()) as house:
        await house.lead()
        case_id = await house.complaint()
        assert (await house.case(case_id)).flow.queue == "客服"
        await _write(house, case_id)
        assert await _approve(house, case_id, "zhao") == "approvals_lacking"
        assert await _approve(house, case_id, "li") == "ok"
        await house.clock.advance(60)
        assert house.speaker.calls == 0
        assert await _approve(house, case_id, "zhao") == "ok"
        await house.clock.advance(20)
        assert house.speaker.calls == 1
        reply = (await house.case(case_id)).replies[0]
        assert [each.step for each in reply.approvals] == ["部门负责人", "保密员"]


async def test_a_rumour_is_told_upwards_and_nothing_is_said_until_it_is_released() -> None:
    async with a_house(switched()) as house:
        await house.lead()
        case_id = await house.complaint()
        await _write(house, case_id)
        await _corrected(house, await house.case(case_id), Label.RUMOUR)
        await house.clock.advance(2)
        assert "zong-phone" in {to for to, _ in house.pager.pages.values()}
        assert await _approve(house, case_id, "li") == "held"
        for decision in ("reported_up", "proceed"):
            await house.ok(
                HoldDecided(
                    op_id=house.op(),
                    person_id="zong",
                    case_id=case_id,
                    decision=decision,
                    reason="总部已答复",
                )
            )
        assert await _approve(house, case_id, "li") == "unclarified"
        await house.ok(
            ClaimOpened(op_id=house.op(), person_id="wang", case_id=case_id, matter="停业")
        )
        await house.ok(
            ClaimJudged(
                op_id=house.op(),
                person_id="li",
                case_id=case_id,
                status="untrue",
                evidence="门店照常营业",
            )
        )
        assert await _approve(house, case_id, "li") == "ok"
        await house.clock.advance(20)
        assert house.speaker.calls == 1


async def test_a_question_nobody_answers_pages_a_person_and_a_new_leader_knows_it() -> None:
    async with a_house(switched()) as house:
        await house.lead()
        case_id = await house.complaint()
        await house.ok(
            InformationAsked(
                op_id=house.op(),
                person_id="wang",
                case_id=case_id,
                of="三号柜台",
                question="三号柜台当时发生了什么？",
            )
        )
        await house.clock.advance(31 * 60)
        [ask] = (await house.case(case_id)).flow.asks
        assert (ask.reminded, ask.late) == (True, False)
        await house.kill("one")
        await house.clock.advance(10)
        await house.lead("two")
        await house.clock.advance(31 * 60)
        [ask] = (await house.case(case_id)).flow.asks
        assert ask.late
        reasons = {reason for page in await house.read.pages() for reason in page.reasons}
        assert "unanswered" in reasons
        await house.ok(
            InformationAnswered(
                op_id=house.op(),
                person_id="zhao",
                case_id=case_id,
                ask_id=ask.ask_id,
                text="系统故障，已恢复",
            )
        )
        reasons = {reason for page in await house.read.pages() for reason in page.reasons}
        assert "unanswered" not in reasons
