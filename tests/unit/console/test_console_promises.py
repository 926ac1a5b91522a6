"""Promises at the desk: confirmed one by one, shown while they run, settled by people."""

from services.respond.core.promise import PromiseClock
from shared.contracts.operators import PromiseSettled, ReplyApproved
from tests.unit.console.conftest import Desk

LIVE = {"HX-Request": "true"}
WORDS = "后天15:00前答复您"
TEXT = f"您好，我们正在核实，{WORDS}。"
EDITOR = "/case/case1042/reply"
SETTLE = "/api/cases/case1042/promise-settle"


async def _page(desk: Desk) -> str:
    return await (await desk.client.get("/case/case1042")).text()


def _promised(desk: Desk) -> None:
    now = desk.clock.now()
    clock = PromiseClock(
        promise_id="p1",
        text=WORDS,
        what="答复您",
        slot="answer",
        due_at=now.replace(hour=10),
        opened_at=now,
        remind_at=now,
        confirmed_by="lin",
    )
    case = desk.house.cases["case1042"]
    desk.house.cases["case1042"] = case.model_copy(update={"promises": (clock,)})


async def _write(desk: Desk, do: str, op: str, *promises: str, base: int = 0) -> str:
    form = {"op_id": op, "slot": "answer", "base_revision": str(base), "text": TEXT, "do": do}
    pairs = [*form.items(), *(("promises", each) for each in promises)]
    answer = await desk.client.post(EDITOR, data=pairs, headers=LIVE)
    return await answer.text()


async def test_a_text_with_a_promise_leaves_only_when_it_is_confirmed(desk: Desk) -> None:
    await desk.sign_in("lin")
    assert "回复里有承诺，请先逐一确认" in await _write(desk, "send", "op-00000001")
    said = await _write(desk, "send", "op-00000002", WORDS, base=1)
    assert "已通过，撤回时限一过就发出" in said
    approvals = [each for each in desk.house.log if isinstance(each, ReplyApproved)]
    assert [each.promises for each in approvals] == [(), (WORDS,)]


async def test_who_reviews_sees_what_is_to_be_confirmed(desk: Desk) -> None:
    await desk.sign_in("chen")
    shown = await _write(desk, "submit", "op-00000001")
    assert "由审核人确认" in shown
    assert f'value="{WORDS}"' not in shown
    await desk.sign_in("lin")
    page = await _page(desk)
    assert f'name="promises" data-key="p" value="{WORDS}" required' in page
    assert f"我们承诺：{WORDS}，最迟 03-04 15:00" in page
    form = {"op_id": "op-00000009", "target": "case1042", "slot": "answer", "revision": "1"}
    pairs = [*form.items(), ("send", "true"), ("promises", WORDS)]
    answer = await desk.client.post("/do/approve", data=pairs, headers=LIVE)
    assert "已通过，撤回时限一过就发出" in await answer.text()


async def test_what_is_hoped_and_what_has_no_day_say_so(desk: Desk) -> None:
    await desk.sign_in("lin")
    form = {"slot": "answer", "text": "我们争取三个工作日内答复您。端午节前给您答复。"}
    answer = await desk.client.post("/case/case1042/check", data=form)
    shown = await answer.text()
    assert "留了余地，不必确认" in shown
    assert "看不出哪一天到期" in shown
    assert "节假日没有登记" in shown
    assert 'name="promises"' not in shown


async def test_the_api_says_what_a_text_promises(desk: Desk) -> None:
    await desk.sign_in("chen")
    answer = await desk.ask("/api/cases/case1042/gate-check", {"text": TEXT})
    [promise] = (await answer.json())["promises"]
    assert (promise["text"], promise["due_at"]) == (WORDS, "2026-03-04T15:00:00+08:00")


async def test_a_running_promise_stands_in_the_queue_and_on_the_case(desk: Desk) -> None:
    _promised(desk)
    await desk.sign_in("chen")
    page = await _page(desk)
    assert "我们的承诺" in page
    assert "还剩 1 小时 0 分" in page
    assert "放弃这个承诺" not in page, "that is for reviewers"
    case = desk.house.cases["case1042"]
    met = case.clocks[0].model_copy(update={"met_at": desk.clock.now()})
    desk.house.cases["case1042"] = case.model_copy(update={"clocks": (met,)})
    queue = await (await desk.client.get("/queue")).text()
    assert '<span class="dim">承诺</span>' in queue


async def test_it_is_recorded_as_kept(desk: Desk) -> None:
    _promised(desk)
    await desk.sign_in("chen")
    form = {"op_id": "op-00000001", "target": "case1042", "promise_id": "p1", "kept": "true"}
    answer = await desk.client.post("/do/promise-settle", data=form, headers=LIVE)
    page = await answer.text()
    assert "已记下" in page
    assert "✓ 已兑现" in page


async def test_giving_up_is_for_reviewers_and_says_why(desk: Desk) -> None:
    _promised(desk)
    await desk.sign_in("chen")
    body: dict[str, object] = {"promise_id": "p1", "kept": False, "reason": "顾客撤回了要求"}
    refused = await desk.ask(SETTLE, body)
    assert (refused.status, (await refused.json())["code"]) == (403, "not_allowed")
    await desk.sign_in("lin")
    assert (await desk.ask(SETTLE, body)).status == 200
    assert isinstance(desk.house.log[-1], PromiseSettled)
    page = await _page(desk)
    assert "已放弃" in page
    assert "顾客撤回了要求" in page
