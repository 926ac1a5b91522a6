"""The send port asks once more who approved and what is held, as things stand when it speaks."""

from services.respond.core.aggregates import Case, Reply
from services.respond.core.flow import Approval, Flow, Hold
from services.respond.core.state import Changes
from services.respond.shell.send_port import SendPort, Voice
from services.respond.shell.standing import Standing
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.policy.switches import Route, Switches
from tests.fakes.clock import START
from tests.fakes.respond_house import ACCOUNT, a_configuration, a_house, a_pack
from tests.fakes.speaker import FakeSpeaker
from tests.unit.respond_shell.test_leaving import an_office

ROUTES = (
    Route(label="complaint", queue="客服", second_person=True),
    Route(label="booking", queue="前台", reply_opinion_from="前台"),
)
PACK = a_pack(switches=Switches(routes=ROUTES, rumour_policy="hold_and_escalate"))


async def _withheld(pack: Pack = PACK, **changes: object) -> str:
    """Return what the port says of a decided reply whose case is then as `changes` say."""
    async with a_house(a_configuration(pack)) as house:
        await house.lead()
        case_id = await house.complaint()
        await house.approve(case_id)
        await house.clock.advance(16)
        loaded = await house.store.load()
        assert loaded is not None
        [effect] = await house.effects()
        standing = Standing(1, loaded.cursor)
        case = await house.case(case_id)
        [account] = await house.read.accounts()
        organisation = await house.read.organisation()
        fresh = case.model_copy(update=changes)
        held = {each.key: each for each in (fresh, account, organisation)}
        standing.state.apply(Changes(puts=held), START)
        standing.packs[effect.pack_hash] = pack
        voices = {ACCOUNT: Voice(FakeSpeaker(house.clock), live=False)}
        return SendPort(voices, await an_office(house.clock), standing, 10.0).withheld(effect)


async def _reply() -> Reply:
    async with a_house(a_configuration(PACK)) as house:
        await house.lead()
        case_id = await house.complaint()
        await house.approve(case_id)
        case: Case = await house.case(case_id)
        return case.replies[0]


async def test_what_two_people_approved_leaves() -> None:
    assert await _withheld() == ""


async def test_the_send_port_asks_again_who_approved_and_what_is_held() -> None:
    """Whatever came between the approval and the write, nothing leaves on its writer's word."""
    before = await _reply()
    own = (Approval(person_id=before.author_id, at=START),)
    replies = (before.model_copy(update={"approvals": own}),)
    assert await _withheld(replies=replies) == "approvals_lacking another"
    assert (await _withheld(labels=(Label.RUMOUR, Label.COMPLAINT))).startswith("held ")
    hold = Hold(policy="hold_and_escalate", to="宣传部", rule="r", status="silent")
    silent = await _withheld(labels=(Label.RUMOUR,), flow=Flow(hold=hold))
    assert silent == "kept_silent rumour_policy"


async def test_a_decision_that_was_made_under_another_policy_releases_nothing() -> None:
    released = Hold(policy="report_up", to="总部", rule="r", status="released")
    assert (
        await _withheld(labels=(Label.RUMOUR,), flow=Flow(hold=released)) == "held rumour_policy"
    )


async def test_words_that_a_department_never_proposed_do_not_leave() -> None:
    flow = Flow(opinion_from="前台")
    assert await _withheld(labels=(Label.BOOKING,), flow=flow) == "opinion_missing 前台"


async def test_a_reply_that_is_no_longer_in_its_case_does_not_leave() -> None:
    assert await _withheld(replies=()) == "not_approved"
