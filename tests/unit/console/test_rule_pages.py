"""The pages about rules: read, written, tried on last week, proposed, approved, confirmed."""

import re

from multidict import MultiDict

from tests.fakes.rules_house import shipped
from tests.unit.console.conftest import Desk
from tests.unit.console.test_console_rules import STRICT, Office

RULE = "/policy/company/rule"
CLOCK = [
    ("kind", "clock"),
    ("labels", "complaint"),
    ("acknowledge_minutes", "10"),
    ("first_reply_minutes", "60"),
    ("op_id", "rule-0001"),
]


async def shown(desk: Desk, path: str, status: int = 200) -> str:
    answer = await desk.client.get(path)
    assert answer.status == status
    return await answer.text()


async def press(desk: Desk, do: str, *more: tuple[str, str], live: bool = False) -> str:
    form = MultiDict([*CLOCK, ("do", do), *more])
    headers = {"HX-Request": "true"} if live else {}
    answer = await desk.client.post(RULE, data=form, headers=headers, allow_redirects=False)
    assert answer.status in {200, 303}
    return answer.headers.get("Location", "") or await answer.text()


async def propose(desk: Desk) -> str:
    """Let a reviewer propose a clock by the editor, and return the proposal's address."""
    await desk.sign_in("zhou")
    return await press(desk, "propose", ("note", "投诉十分钟内受理"))


async def test_rules_are_read_area_by_area_with_their_ground(desk: Desk) -> None:
    await desk.sign_in("guan")
    assert "company" in await shown(desk, "/policy")
    page = await shown(desk, "/policy/company?area=taboos")
    assert "无可奉告" in page
    assert "HB13-4.4-1" in page
    assert "写一条规则" not in page
    clocks = await shown(desk, "/policy/company")
    assert "&#39;self_harm&#39; in case.labels" in clocks
    assert "/policy/company?area=topics" in clocks
    await shown(desk, "/policy/hotel", 404)


async def test_rules_are_found_by_a_word(desk: Desk) -> None:
    await desk.sign_in("guan")
    page = await shown(desk, "/policy/company?area=taboos&q=无可奉告")
    assert page.count('class="account rule"') == 1
    assert "这里没有规则" in await shown(desk, "/policy/company?area=taboos&q=没有这个词")


async def test_the_editor_checks_while_somebody_writes(desk: Desk) -> None:
    await desk.sign_in("zhou")
    assert "写一条规则" in await shown(desk, RULE)
    part = await press(desk, "check", live=True)
    assert part.startswith('<div id="found"')
    assert "写得通" in part
    assert "&#39;complaint&#39; in case.labels" in part
    wrong = await press(desk, "check", ("cel", "case.sevrity > 3"))
    assert "是不是想写：case.severity" in wrong
    assert "写得通" not in wrong


async def test_a_rule_is_tried_on_the_last_week(desk: Desk) -> None:
    await desk.sign_in("zhou")
    page = await press(desk, "try")
    assert "5 条互动重算" in page
    assert "时限不同：2" in page
    assert "地下车库的灯坏了半个月" in page
    same = await press(desk, "try", ("severity", "100"))
    assert "没有任何不同" in same


async def test_a_week_is_decided_again_only_so_often(desk: Desk) -> None:
    await desk.sign_in("zhou")
    for _ in range(5):
        await press(desk, "try")
    form = MultiDict([*CLOCK, ("do", "try")])
    answer = await desk.client.post(RULE, data=form, allow_redirects=False)
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0


async def test_a_proposal_by_the_editor_is_read_and_approved_by_another(desk: Desk) -> None:
    address = await propose(desk)
    assert re.fullmatch(r"/policy/company/proposal/[0-9a-f]{64}", address)
    own = await shown(desk, address)
    assert "须由另一人批准" in own
    assert "/do/pack-approve" not in own
    await desk.sign_in("lin")
    assert "投诉十分钟内受理" in await shown(desk, "/policy")
    page = await shown(desk, address)
    assert "改动 1 处" in page
    assert "/do/pack-approve" in page
    form = {
        "op_id": "approve-0001",
        "target": "company",
        "pack_hash": address.rpartition("/")[2],
        "activate": "true",
        "back": "/policy",
    }
    answer = await desk.client.post("/do/pack-approve", data=form, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/policy")
    assert "周以宁 提出，林望舒 批准" in await shown(desk, "/policy")
    await shown(desk, address, 404)


async def test_without_a_word_why_nothing_is_proposed(desk: Desk) -> None:
    await desk.sign_in("zhou")
    assert "写一条规则" in await press(desk, "propose", ("note", " "))
    assert (await desk.house.policies()).proposals == ()


async def test_what_cannot_be_proposed_is_refused_with_its_reason(desk: Desk) -> None:
    await propose(desk)
    form = MultiDict([*CLOCK, ("do", "propose"), ("note", "x"), ("op_id", "??")])
    form["op_id"] = "??"
    answer = await desk.client.post(RULE, data=form, allow_redirects=False)
    assert answer.status == 422
    office = Office(desk)
    await office.propose()
    await office.decide("approve", activate=True)
    await desk.sign_in("zhou")
    desk.house.house = desk.house.house.model_copy(
        update={"packs": {"company": shipped().content_hash()}}
    )
    form["op_id"] = "rule-0009"
    refused = await desk.client.post(RULE, data=form, allow_redirects=False)
    assert refused.status == 409


async def test_a_change_is_shown_where_it_matters_until_it_is_confirmed(desk: Desk) -> None:
    office = Office(desk)
    await office.propose()
    await office.decide("approve", activate=True)
    await desk.sign_in("chen")
    case = await shown(desk, "/case/case1042")
    assert "规则变了：请先确认" in case
    assert "与您有关的变化" in case
    assert "稍等" in case
    page = await shown(desk, "/policy/company/changes?back=/case/case1042")
    assert 'value="/case/case1042"' in page
    form = {
        "op_id": "confirm-0001",
        "target": "company",
        "pack_hash": STRICT.content_hash(),
        "back": "/case/case1042",
    }
    answer = await desk.client.post("/do/pack-confirm", data=form, allow_redirects=False)
    assert answer.headers["Location"] == "/case/case1042"
    assert "与您有关的变化" not in await shown(desk, "/case/case1042")
    assert "没有需要确认的变化" in await shown(desk, "/policy/company/changes")
    await desk.sign_in("guan")
    assert "与您有关的变化" not in await shown(desk, "/case/case1042")
    await shown(desk, "/policy/hotel/changes", 404)


async def test_who_may_not_propose_has_no_editor(desk: Desk) -> None:
    await desk.sign_in("chen")
    await shown(desk, RULE, 403)


async def test_what_runs_beside_is_shown_with_the_proposal(desk: Desk) -> None:
    office = Office(desk)
    await office.propose()
    address = f"/policy/company/proposal/{STRICT.content_hash()}"
    assert "还没有并行试运行" in await shown(desk, address)
    await office.decide("shadow", running=True)
    page = await shown(desk, address)
    assert "停止并行试运行" in page
    assert "目前与在用规则没有不同" in page
