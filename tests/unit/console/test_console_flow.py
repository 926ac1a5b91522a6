"""What the rules make of a case, on its page and in the API: its queue, and who has to approve."""

import re
from datetime import timedelta

import pytest

from services.respond.console.flow_view import hold_ways
from services.respond.core.aggregates import Case, Guidance, Person, Reply
from services.respond.core.flow import Approval, Ask, Flow, Hold
from services.respond.ports import QueueFilter
from shared.contracts.flows import HoldDecided, InformationAsked
from shared.contracts.operators import Outcome
from shared.contracts.org import PersonRegistered, Role
from shared.contracts.verdicts import Label
from tests.fakes.rules_house import shipped
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


async def test_the_words_of_a_department_come_before_any_approval(desk: Desk) -> None:
    _with_reply(desk, awaits=("anybody",))
    _changed(desk, flow=Flow(queue="业务司局", opinion_from="业务司局", hold=_hold(desk)))
    await desk.sign_in("zhou")
    assert "业务司局提出回复意见" in await _text(desk, "/case/case1042")
    rows = await _text(desk, "/queue?part=rows")
    assert "暂停回复" in rows
    _changed(desk, flow=Flow(asks=(_ask(desk, 10),)))
    assert "内部询问 1" in await _text(desk, "/queue?part=rows")


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


def _hold(desk: Desk, **more: object) -> Hold:
    due = desk.clock.now() + timedelta(minutes=30)
    values = {"policy": "report_up", "to": "总公司综合管理部", "rule": "no-comment", "due_at": due}
    return Hold.model_validate(values | more)


def _ask(desk: Desk, number: int, of: str = "三号柜台", **more: object) -> Ask:
    now = desk.clock.now()
    values = {
        "ask_id": f"ask{number}",
        "of": of,
        "question": "三号柜台当时发生了什么？",
        "asked_by": "chen",
        "asked_at": now,
        "due_at": now + timedelta(minutes=number),
    }
    return Ask.model_validate(values | more)


async def test_a_held_case_says_who_decides_by_when_and_offers_what_may_be_decided(
    desk: Desk,
) -> None:
    _changed(desk, flow=Flow(queue="客服", hold=_hold(desk)))
    await desk.sign_in("lin")
    page = await _text(desk, "/case/case1042")
    assert "上报，不对外评论" in page
    assert "等候总公司综合管理部决定" in page
    assert 'value="reported_up"' in page
    assert 'value="proceed"' not in page
    await desk.sign_in("chen")
    assert 'value="reported_up"' not in await _text(desk, "/case/case1042")


async def test_a_decision_says_who_made_it_and_why(desk: Desk) -> None:
    decided = {"status": "reported", "decided_by": "lin", "decided_at": desk.clock.now()}
    _changed(desk, flow=Flow(hold=_hold(desk, **decided, reason="总部来电")))
    await desk.sign_in("guan")
    page = await _text(desk, "/case/case1042")
    assert "已上报总公司综合管理部，等候答复" in page
    assert "林望舒" in page
    assert "总部来电" in page


@pytest.mark.parametrize(
    ("policy", "status", "ways"),
    [
        ("report_up", "open", ("reported_up", "stay_silent")),
        ("report_up", "reported", ("proceed", "stay_silent")),
        ("hold_and_escalate", "open", ("proceed", "stay_silent")),
        ("hold_and_escalate", "released", ("stay_silent",)),
        ("hold_and_escalate", "silent", ("proceed",)),
    ],
)
def test_only_what_is_not_decided_yet_can_be_decided(
    policy: str, status: str, ways: tuple[str, ...]
) -> None:
    hold = Hold.model_validate({"policy": policy, "status": status, "to": "x", "rule": "r"})
    assert hold_ways(hold) == ways
    assert hold_ways(None) == ()


async def test_a_decision_on_a_hold_becomes_a_fact(desk: Desk) -> None:
    _changed(desk, flow=Flow(hold=_hold(desk)))
    await desk.sign_in("lin")
    body: dict[str, object] = {"decision": "reported_up", "reason": "已电话通报"}
    answer = await desk.ask("/api/cases/case1042/hold-decide", body)
    assert answer.status == 200
    fact = desk.house.log[-1]
    assert isinstance(fact, HoldDecided)
    assert (fact.decision, fact.reason, fact.case_id) == ("reported_up", "已电话通报", "case1042")


async def test_what_is_held_cannot_be_pressed_whatever_it_is(desk: Desk) -> None:
    _with_reply(desk, slot="receipt")
    _changed(desk, labels=(Label.RUMOUR,))
    await desk.sign_in("zhou")
    page = await _text(desk, "/case/case1042?slot=receipt")
    assert "按规则先不回复" in page
    assert "现在可以：存为草稿或送审" in page


@pytest.mark.parametrize(
    ("slot", "withheld"), [("answer", True), ("receipt", False), ("update", False)]
)
async def test_what_is_withheld_cannot_be_pressed_and_says_what_to_do_instead(
    desk: Desk,
    slot: str,
    withheld: bool,  # noqa: FBT001  a case of the table
) -> None:
    _with_reply(desk, slot=slot)
    policy = shipped().switches.rumour_policy
    released = Hold(policy=policy, to="值班", rule="r", status="released")
    _changed(desk, labels=(Label.RUMOUR,), flow=Flow(hold=released))
    desk.house.said = Guidance()
    await desk.sign_in("zhou")
    page = await _text(desk, f"/case/case1042?slot={slot}")
    approve = re.search(r'<button name="send" value="true"[^>]*>', page)
    assert approve is not None
    assert ("disabled" in approve[0]) == withheld
    assert ("传言的正式答复须先有口径" in page) == withheld
    assert ("现在可以：先立口径" in page) == withheld


async def test_a_case_of_an_account_without_rules_says_nothing_of_them(desk: Desk) -> None:
    desk.house.house = desk.house.house.model_copy(update={"packs": {}})
    await desk.sign_in("zhou")
    assert 'id="withheld"' not in await _text(desk, "/case/case1042")


async def test_what_was_asked_stands_on_the_case_with_its_time_and_its_answer(desk: Desk) -> None:
    told = {"answer": "系统故障", "answered_by": "zhou", "answered_at": desk.clock.now()}
    asks = (
        _ask(desk, 20, reminded=True),
        _ask(desk, 30, "财务部", **told),
        _ask(desk, 40, "法务部", over=True),
        _ask(desk, 50, "业务司局", kind="opinion", asked_by=""),
    )
    _changed(desk, flow=Flow(asks=asks))
    await desk.sign_in("guan")
    page = await _text(desk, "/case/case1042")
    for said in ("三号柜台当时发生了什么", "已催办", "系统故障", "周以宁 于", "工单已办结或转走"):
        assert said in page
    assert "请提出回复意见" in page
    assert "按规则" in page
    assert page.count('name="ask_id"') == 2


async def test_a_question_asked_on_the_page_needs_no_minutes(desk: Desk) -> None:
    await desk.sign_in("chen")
    form = {"target": "case1042", "op_id": "op-question-1", "of": "三号柜台", "minutes": ""}
    answer = await desk.client.post(
        "/do/information-ask",
        data={**form, "question": "当时发生了什么？"},
        headers={"HX-Request": "true"},
    )
    assert "已发出内部询问" in await answer.text()
    fact = desk.house.log[-1]
    assert isinstance(fact, InformationAsked)
    assert (fact.of, fact.minutes, fact.of_person) == ("三号柜台", None, "")


async def test_a_page_lists_what_waits_the_soonest_first_also_for_one_department(
    desk: Desk,
) -> None:
    _changed(desk, flow=Flow(asks=(_ask(desk, 30), _ask(desk, 10, "财务部"))))
    await desk.sign_in("chen")
    page = await _text(desk, "/asks")
    assert page.index("财务部</strong>") < page.index("三号柜台</strong>")
    assert "财务部</strong>" not in await _text(
        desk, "/asks?of=%E4%B8%89%E5%8F%B7%E6%9F%9C%E5%8F%B0"
    )
    answer = await desk.client.get("/api/queue", params={"asking": "true"})
    assert [row["case"]["case_id"] for row in (await answer.json())["rows"]] == ["case1042"]
    desk.house.cases.clear()
    assert "没有等候答复的询问" in await _text(desk, "/asks")


async def test_departments_are_what_people_speak_for_and_the_queues(desk: Desk) -> None:
    person = PersonRegistered(
        revision="1", person_id="lin", name="林望舒", roles=(Role.LEAD,), departments=("三号柜台",)
    )
    desk.house.staff["lin"] = Person(registered=person)
    await desk.sign_in("chen")
    page = await _text(desk, "/case/case1042")
    assert '<option value="三号柜台">' in page
    assert '<option value="内容审核">' in page
