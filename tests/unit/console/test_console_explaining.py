"""Whoever doubts a verdict sees what it is made of."""

from tests.unit.console.conftest import Desk

SCRIPT = {"HX-Request": "true"}


async def test_the_pieces_come_alone_for_a_script_and_on_a_page_for_a_person(desk: Desk) -> None:
    await desk.sign_in("chen")
    item = desk.house.cases["case1042"].items[-1]
    path = f"/case/case1042/why/{item.item_id}"
    part = await (await desk.client.get(path, headers=SCRIPT)).text()
    assert "<html" not in part
    assert "+1.25" in part
    assert item.text[:3] in part
    assert "词表：投诉" in part
    assert "长于 25 字" in part
    whole = await (await desk.client.get(path)).text()
    assert "<html" in whole
    assert item.text in whole
    assert "/case/case1042" in whole


async def test_what_cannot_be_told_now_is_said_and_what_is_not_there_is_not_found(
    desk: Desk,
) -> None:
    await desk.sign_in("chen")
    item = desk.house.cases["case1042"].items[-1]
    desk.explainer.away = True
    answer = await desk.client.get(f"/case/case1042/why/{item.item_id}", headers=SCRIPT)
    assert "稍后" in await answer.text()
    desk.explainer.away = False
    for path in ("case/case1042/why/none", f"case/none/why/{item.item_id}"):
        assert (await desk.client.get(f"/{path}")).status == 404
