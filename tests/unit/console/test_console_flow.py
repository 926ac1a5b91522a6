"""What the rules make of a case, on its page and in the API: its queue, and who has to approve."""

import pytest

from services.respond.core.aggregates import Case, Person, Reply
from services.respond.core.flow import Approval, Flow
from services.respond.ports import QueueFilter
from shared.contracts.operators import Outcome
from shared.contracts.org import PersonRegistered, Role
from tests.unit.console.conftest import Desk


def _changed(desk: Desk, **fields: object) -> Case:
    case = desk.house.cases["case1042"].model_copy(update=fields)
    desk.house.cases["case1042"] = case
    return case


def _with_reply(desk: Desk, **fields: object) -> Reply:
    values = {
        "slot": "answer",
        "item_id": desk.house.cases["case1042"].items[-1].item_id,
        "revision": 1,
        "text": "您好，已登记。",
        "author_id": "chen",
        "status": "submitted",
    }
    reply = Reply.model_validate(values | fields)
    _changed(desk, replies=(reply,))
    return reply


async def _text(desk: Desk, path: str) -> str:
    answer = await desk.client.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_the_queue_a_case_is_for_is_shown_and_can_be_asked_for(desk: Desk) -> None:
    await desk.sign_in("chen")
    _changed(desk, flow=Flow(queue="内容审核", action="refute_case", opinion_from="业务司局"))
    page = await _text(desk, "/case/case1042")
    assert "交内容审核" in page
    assert "及时辟谣" in page
    assert "回复意见由业务司局提出" in page
    rows = await _text(desk, "/queue?queue=%E5%86%85%E5%AE%B9%E5%AE%A1%E6%A0%B8")
    assert "#1042" in rows
    assert "#1043" not in rows
    assert "<option selected>内容审核</option>" in rows


async def test_the_filter_offers_the_queues_the_rules_name(desk: Desk) -> None:
    await desk.sign_in("chen")
    page = await _text(desk, "/queue")
    assert "<option >内容审核</option>" in page
    assert "<option >值班</option>" in page


async def test_the_api_has_the_queue_too(desk: Desk) -> None:
    await desk.sign_in("guan")
    _changed(desk, flow=Flow(queue="内容审核"))
    answer = await desk.client.get("/api/queue", params={"queue": "内容审核"})
    rows = (await answer.json())["rows"]
    assert [row["case"]["case_id"] for row in rows] == ["case1042"]
    assert rows[0]["case"]["flow"]["queue"] == "内容审核"
    assert QueueFilter(queue="内容审核") != QueueFilter()


async def test_a_reply_says_who_approved_it_and_who_still_has_to(desk: Desk) -> None:
    given = Approval(person_id="zhou", at=desk.clock.now(), step="部门负责人", stands_in=True)
    _with_reply(desk, approvals=(given,), awaits=("保密员", "院领导", "another"))
    leader = PersonRegistered(
        revision="1", person_id="lin", name="林望舒", roles=(Role.LEAD,), departments=("院领导",)
    )
    desk.house.staff["lin"] = Person(registered=leader)
    await desk.sign_in("zhou")
    page = await _text(desk, "/case/case1042")
    assert "✓ 周以宁 · 部门负责人 （代）" in page
    assert "保密员（本单位暂无人担任，任一审核人可代）" in page
    assert "院领导（林望舒）" in page
    assert "拟稿人以外的审核人" in page


async def test_an_approval_that_is_not_the_last_says_that_nothing_leaves_yet(desk: Desk) -> None:
    given = Approval(person_id="zhou", at=desk.clock.now())
    _with_reply(desk, approvals=(given,), awaits=("保密员",))
    await desk.sign_in("zhou")
    form = {"op_id": "op-part-0001", "target": "case1042", "slot": "answer", "revision": "1"}
    answer = await desk.client.post(
        "/do/approve", data={**form, "send": "true"}, headers={"HX-Request": "true"}
    )
    assert "还有人须审核" in await answer.text()


@pytest.mark.parametrize(("what", "shown"), [("anybody", "任一审核人"), ("保密员", "保密员")])
async def test_a_refusal_says_whose_approval_lacks(desk: Desk, what: str, shown: str) -> None:
    _with_reply(desk)
    desk.house.outcomes["op-refused-1"] = Outcome(
        op_id="op-refused-1",
        accepted=False,
        code="approvals_lacking",
        reason=f"it still needs: {what}",
        detail={"what": what},
    )
    await desk.sign_in("zhou")
    form = {"op_id": "op-refused-1", "target": "case1042", "slot": "answer", "revision": "1"}
    answer = await desk.client.post("/do/approve", data=form, headers={"HX-Request": "true"})
    assert f"还缺审核： {shown}" in await answer.text()
