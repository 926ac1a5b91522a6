"""互动流: everything that came in, and a case made of what the rules made none of."""

from shared.contracts.operators import Outcome
from shared.contracts.taking_up import ItemTakenUp
from tests.fakes.stream import seen
from tests.unit.console.conftest import Desk

ADVERT = seen("s1", "加微信领红包", "spam")
NICE = seen("n1", "蛋糕真好吃", "praise")
BARE = seen("b1", "")
KNOWN = seen("k1", "蛋糕发霉了", "complaint", case_id="case1042")
GONE = seen("g1", "已经删掉的话", "spam", deleted=True)


async def _text(desk: Desk, path: str = "/stream") -> str:
    answer = await desk.client.get(path)
    assert answer.status == 200
    return await answer.text()


async def _press(desk: Desk, **form: str) -> tuple[int, str]:
    known = {"op_id": "op-take-0001", "back": "/stream", "answer": "false", "reason": "广告"}
    answer = await desk.client.post(
        "/stream/take-up", data={**known, **form}, allow_redirects=False
    )
    return answer.status, answer.headers.get("Location", "")


async def test_everything_that_came_in_is_there_with_what_it_was_judged(desk: Desk) -> None:
    desk.house.streamed = (ADVERT, NICE, BARE, KNOWN, GONE)
    await desk.sign_in("chen")
    page = await _text(desk)
    assert "加微信领红包" in page
    assert "（评论里没有文字）" in page
    assert "/case/case1042" in page
    assert "已经删掉的话" not in page
    assert page.count("单独立单</summary>") == 3


async def test_harm_and_what_has_no_case_can_be_looked_at_alone(desk: Desk) -> None:
    desk.house.streamed = (ADVERT, NICE, KNOWN)
    desk.house.all_of_it = False
    await desk.sign_in("guan")
    harm = await _text(desk, "/stream?show=harm")
    assert "加微信领红包" in harm
    assert "蛋糕真好吃" not in harm
    assert "更早的在归档里" in harm
    assert "单独立单</summary>" not in harm
    free = await _text(desk, "/stream?show=free&account=plaza")
    assert "蛋糕真好吃" in free
    assert "蛋糕发霉了" not in free
    assert "没有这样的互动" in await _text(desk, "/stream?account=other")


async def test_a_case_is_made_of_an_item_with_what_the_log_has_of_it(desk: Desk) -> None:
    desk.house.streamed = (ADVERT,)
    await desk.sign_in("chen")
    assert await _press(desk, target=ADVERT.item.item_id) == (303, "/stream")
    fact = desk.house.log[-1]
    assert isinstance(fact, ItemTakenUp)
    assert (fact.item, fact.judged, fact.answer) == (ADVERT.item, ADVERT.judged, False)


async def test_whoever_made_it_is_led_to_the_case(desk: Desk) -> None:
    item = desk.house.cases["case1042"].items[-1]
    await desk.sign_in("chen")
    status, where = await _press(desk, target=item.item_id)
    assert (status, where) == (303, "/case/case1042")
    fact = desk.house.log[-1]
    assert isinstance(fact, ItemTakenUp)
    assert fact.item is None


async def test_a_refusal_is_told_and_a_reason_is_needed(desk: Desk) -> None:
    desk.house.streamed = (ADVERT,)
    await desk.sign_in("chen")
    assert (await _press(desk, target=ADVERT.item.item_id, reason=" "))[0] == 422
    desk.house.outcomes["op-take-0001"] = Outcome(
        op_id="op-take-0001", accepted=False, code="in_case", reason="it is in a case already"
    )
    assert (await _press(desk, target=ADVERT.item.item_id))[0] == 409


async def test_a_page_without_scripts_does_the_same_over_the_api(desk: Desk) -> None:
    desk.house.streamed = (ADVERT,)
    await desk.sign_in("chen")
    body: dict[str, object] = {"answer": True, "reason": "要答复"}
    answer = await desk.ask(f"/api/items/{ADVERT.item.item_id}/take-up", body)
    assert answer.status == 200
    fact = desk.house.log[-1]
    assert isinstance(fact, ItemTakenUp)
    assert fact.item == ADVERT.item
