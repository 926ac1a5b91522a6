"""Return visits in a running service: started by a sent answer, paged for, asked for at closing, folded anew."""

from services.respond.core.aggregates import Case
from shared.contracts.dues import VisitOutcome, VisitRecorded
from shared.contracts.operators import CaseResolved, Outcome
from tests.fakes.respond_house import House, a_configuration, a_house, a_pack
from tests.fakes.visited_story import STEPS

DONE = "您好,退款已经为您办理,请留意查收。"
PACK = a_pack(
    rules=(STEPS.model_dump(mode="json"),),
    switches={
        "routes": [{"label": "complaint", "queue": "客服", "return_visit": True}],
        "return_visits": {"within_minutes": 20, "remind_minutes": 10, "tries": 1},
    },
)


async def answered(house: House) -> str:
    case_id = await house.complaint()
    await house.approve(case_id, DONE)
    await house.clock.advance(20)
    assert [each.text for each in house.speaker.written] != []
    return case_id


async def close(house: House, case_id: str) -> Outcome:
    return await house.act(CaseResolved(op_id=house.op(), person_id="wang", case_id=case_id))


async def visit(house: House, case_id: str, outcome: VisitOutcome) -> Case:
    fact = VisitRecorded(
        op_id=house.op(), person_id="wang", case_id=case_id, how="phone", outcome=outcome
    )
    await house.ok(fact)
    return await house.case(case_id)


async def test_nobody_closes_it_unasked_and_who_is_on_duty_hears_of_it_twice() -> None:
    async with a_house(a_configuration(PACK)) as house:
        await house.lead()
        case_id = await answered(house)
        refused = await close(house, case_id)
        assert (refused.code, refused.detail) == (
            "needs_return_visit",
            {"rules": "complaint-steps, H-4"},
        )
        await house.clock.advance(11 * 60)
        assert [notice.text for _, notice in house.pager.pages.values()] == ["回访快到期了"]
        await house.clock.advance(11 * 60)
        [page] = await house.read.pages()
        assert list(page.reasons) == ["return_visit_soon", "return_visit"]
        case = await visit(house, case_id, "not_reached")
        assert all(clock.met_at for clock in case.clocks)
        assert await house.read.pages() == []
        assert (await close(house, case_id)).accepted


async def test_a_rebuilt_state_owes_the_same_visit() -> None:
    async with a_house(a_configuration(PACK)) as house:
        await house.lead("one")
        case_id = await answered(house)
        case = await visit(house, case_id, "unsatisfied")
        assert (case.status, case.reopened) == ("open", 1)
        await house.kill("one")
        await house.store.reset((await house.read.organisation()).term)
        await house.lead("two")
        await house.clock.advance(10)
        again = await house.case(case_id)
        assert (again.dues, again.clocks, again.reopened) == (case.dues, case.clocks, 1)
        lines, _ = await house.ledger()
        assert sum('"operator.visited"' in each for each in lines) == 1
