"""The gate knows in the live house what it knows on the command line: editor and approval agree."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.respond.shell.gate_view import PackGateView
from services.respond.shell.packs import StoredPacks
from shared.contracts.operators import CaseClaimed, ReplyApproved, ReplyDrafted
from shared.contracts.org import AccountRegistered
from shared.contracts.posts import PostSeen
from shared.policy.gate.section import Fatigue, GateRules
from tests.fakes.respond_house import ACCOUNT, House, a_configuration, a_house, a_pack

SORRY = "您好,很抱歉让您遇到这样的事,门店的负责人会尽快与您联系。"
RULES = GateRules(fatigue=Fatigue(warn_after=1, hold_after=2))


@asynccontextmanager
async def a_desk() -> AsyncIterator[tuple[House, PackGateView]]:
    async with a_house(a_configuration(a_pack(gate=RULES))) as house:
        await house.lead()
        yield house, PackGateView(house.read, StoredPacks(house.bus), house.clock)


async def approve(house: House, case_id: str, text: str) -> str:
    """Write and approve a text; return what became of the approval."""
    await house.ok(CaseClaimed(op_id=house.op(), person_id="li", case_id=case_id))
    draft = ReplyDrafted(
        op_id=house.op(), person_id="li", case_id=case_id, base_revision=0, text=text
    )
    await house.ok(draft)
    approval = ReplyApproved(
        op_id=house.op(), person_id="li", case_id=case_id, revision=1, send=True
    )
    outcome = await house.act(approval)
    await house.clock.advance(20)
    return outcome.code


async def test_the_third_person_is_not_told_the_same_words() -> None:
    async with a_desk() as (house, view):
        said = []
        for number in (1, 2, 3):
            case_id = await house.complaint(number)
            answer = await view.check(case_id, SORRY)
            said.append((answer.level, await approve(house, case_id, SORRY)))
        assert said == [("pass", "ok"), ("warn", "ok"), ("hold", "gate_failed")]
        assert house.speaker.calls == 2


async def test_what_our_post_said_and_whose_name_it_is_are_known_in_the_editor() -> None:
    async with a_desk() as (house, view):
        other = AccountRegistered(
            revision="r",
            account_id="hotel",
            platform="weibo",
            native_id="7002",
            name="锦绣清城酒店",
            pack="company",
        )
        post = PostSeen(
            platform="weibo",
            account_id=ACCOUNT,
            post_id="9001",
            text="商场今晚营业到22点,欢迎您来。",
            published_at=house.clock.now(),
        )
        await house.put(other, post)
        case_id = await house.complaint()
        for text, category in (
            ("商场今晚营业到20点。", "contradiction"),
            ("您好,这里是锦绣清城酒店客服,我们正在核实。", "wrong_account"),
        ):
            answer = await view.check(case_id, text)
            assert category in [each.category for each in answer.findings]
            assert answer.unknown == ()
