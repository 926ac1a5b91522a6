"""待我审核: what waits for whoever looks, counted in the header, and what waits for others."""

from datetime import timedelta

from services.respond.core.aggregates import Reply
from services.respond.core.unsigned import Signatures, Unsigned
from shared.policy.gate.findings import GateFinding
from tests.unit.console.conftest import Desk


def _wait(
    desk: Desk, post: str = "anybody", *, author: str = "chen", case: str = "case1042"
) -> None:
    finding = GateFinding(
        category="cold", level="warn", start=0, end=2, rules=("HB-1",), reason="开头生硬"
    )
    reply = Reply(
        slot="answer",
        item_id=desk.house.cases[case].items[-1].item_id,
        revision=1,
        text="您好，已登记。",
        author_id=author,
        status="submitted",
        findings=(finding,),
        awaits=(post,),
    )
    changed = desk.house.cases[case].model_copy(update={"replies": (reply,)})
    desk.house.cases[case] = changed
    fresh = Unsigned(
        case_id=case,
        account_id="plaza",
        slot="answer",
        revision=1,
        post=post,
        author_id=author,
        since=desk.clock.now() - timedelta(minutes=4),
    )
    desk.house.unsigned = Signatures(waits=(*desk.house.unsigned.waits, fresh))


async def _text(desk: Desk, path: str = "/approvals") -> str:
    answer = await desk.client.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_what_waits_for_me_is_listed_with_its_words_and_what_the_gate_found(
    desk: Desk,
) -> None:
    _wait(desk)
    await desk.sign_in("zhou")
    page = await _text(desk)
    assert "/case/case1042?slot=answer" in page
    assert "您好，已登记。" in page
    assert "开头生硬" in page
    assert "陈晓岚 起草，4 分" in page
    assert "任一审核人" in page


async def test_the_header_counts_what_waits_for_me_on_every_page(desk: Desk) -> None:
    _wait(desk)
    await desk.sign_in("zhou")
    assert '待我审核 <span class="count">1</span>' in await _text(desk, "/queue")
    await desk.sign_in("chen")
    assert "待我审核</a>" in await _text(desk, "/queue")


async def test_what_others_have_to_approve_stands_below(desk: Desk) -> None:
    _wait(desk, "another", author="zhou")
    await desk.sign_in("zhou")
    page = await _text(desk)
    assert "没有等您审核的回复" in page
    assert "等其他人审核：1 条" in page
    assert "拟稿人以外的审核人" in page


async def test_what_was_decided_on_meanwhile_is_left_out(desk: Desk) -> None:
    _wait(desk)
    rewritten = desk.house.cases["case1042"].replies[0].model_copy(update={"revision": 2})
    changed = desk.house.cases["case1042"].model_copy(update={"replies": (rewritten,)})
    desk.house.cases["case1042"] = changed
    await desk.sign_in("zhou")
    assert "您好，已登记。" not in await _text(desk)


async def test_what_else_was_proposed_is_one_press_away_for_whoever_may_approve(
    desk: Desk,
) -> None:
    await desk.sign_in("lin")
    page = await _text(desk)
    assert "待审口径 1" in page
    assert "待审知识 1" in page
    await desk.sign_in("chen")
    assert "待审口径" not in await _text(desk)


async def test_the_api_has_the_list_too(desk: Desk) -> None:
    _wait(desk)
    await desk.sign_in("zhou")
    answer = await desk.client.get("/api/approvals")
    assert [each["post"] for each in (await answer.json())["waits"]] == ["anybody"]
