"""What the gate could not look at stands in the editor as its own kind, and never as passed."""

from shared.policy.gate.findings import Unknown
from tests.unit.console.conftest import Desk


async def _checked(desk: Desk, text: str) -> str:
    form = {"slot": "answer", "text": text}
    answer = await desk.client.post("/case/case1042/check", data=form)
    return await answer.text()


async def test_what_was_not_checked_is_said_with_what_is_missing(desk: Desk) -> None:
    await desk.sign_in("chen")
    assert "没能查" not in await _checked(desk, "您好，正在核实。")
    desk.house.unchecked = (Unknown(check="strategy", needs="cluster"),)
    shown = await _checked(desk, "您好，正在核实。")
    assert "发前检查：通过，另有 1 项没能查" in shown
    assert "回应方式与起因不合" in shown
    assert "缺：这场危机的起因" in shown


async def test_a_year_and_what_we_have_no_word_for_are_said_as_they_are(desk: Desk) -> None:
    await desk.sign_in("chen")
    desk.house.unchecked = (
        Unknown(check="promise", needs="holidays_of_2027"),
        Unknown(check="newer", needs="something"),
    )
    shown = await _checked(desk, "您好，正在核实。")
    assert "缺：2027 年的放假安排" in shown
    assert "something" in shown


async def test_the_api_names_it_too(desk: Desk) -> None:
    await desk.sign_in("chen")
    desk.house.unchecked = (Unknown(check="unverified", needs="source"),)
    path = "/api/cases/case1042/gate-check"
    answer = await (await desk.client.post(path, json={"text": "您好", "slot": "update"})).json()
    assert answer["unknown"] == [{"check": "unverified", "needs": "source"}]
