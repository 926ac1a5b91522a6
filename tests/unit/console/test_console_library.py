"""The pages of what may be said: who sees which button, and what a form becomes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.respond.core.aggregates import AutoReceipt, Plans
from services.respond.core.plan import Decided
from services.respond.core.receipt import Wording
from shared.contracts import guidance as said
from shared.contracts.plans import PlansFrozen, PlanUnfrozen, PlanWritten
from tests.unit.console.conftest import Desk


async def text_of(desk: Desk, path: str) -> str:
    answer = await desk.client.get(path)
    assert answer.status == 200
    return await answer.text()


async def press(desk: Desk, wish: str, form: dict[str, object]) -> int:
    answer = await desk.client.post(
        f"/do/{wish}",
        data={"op_id": "op-00000009", "back": "/positions", **form},
        allow_redirects=False,
    )
    return answer.status


async def test_the_page_of_positions_tells_all_and_offers_what_one_may(desk: Desk) -> None:
    await desk.sign_in("lin")
    page = await text_of(desk, "/positions")
    for words in (
        "生效中",
        "待批准",
        "到期停用",
        "检测报告",
        "仅供内部",
        "电梯正在检修。",
        "陈晓岚 已申请口径",
    ):
        assert words in page
    assert "批准「电梯」的口径" in page
    await desk.sign_in("zhou")
    page = await text_of(desk, "/positions?edit=lift")
    until = desk.house.said.positions[1].written.valid_until
    typed = until.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")
    assert f'name="valid_until" required value="{typed}"' in page
    assert "修改「电梯」" in page
    assert "批准「电梯」的口径" not in page
    await desk.sign_in("guan")
    page = await text_of(desk, "/positions")
    assert "/do/" not in page.split("<main")[1]


async def test_who_wrote_a_position_is_told_that_a_second_person_approves(desk: Desk) -> None:
    await desk.sign_in("zhou")
    assert "须由另一人批准" in await text_of(desk, "/positions")


async def test_an_empty_house_says_so(desk: Desk) -> None:
    desk.house.said = type(desk.house.said)()
    desk.house.books = type(desk.house.books)()
    await desk.sign_in("guan")
    assert "现在没有禁提的词。" in await text_of(desk, "/positions")
    assert "这里还没有条目。" in await text_of(desk, "/knowledge")


async def test_the_form_of_a_position_is_read_line_by_line_and_by_the_wall_clock(
    desk: Desk,
) -> None:
    await desk.sign_in("zhou")
    form: dict[str, object] = {
        "target": "p-new",
        "matter": "蛋糕",
        "text": "已下架。",
        "words": "蛋糕\r\n\r\n面包 ",
        "must_say": "下架",
        "must_not_say": "",
        "variants": "",
        "valid_from": "",
        "valid_until": "2026-12-01T09:30",
        "internal": "true",
        "account_ids": "plaza",
    }
    assert await press(desk, "position-write", form) == 303
    [fact] = desk.house.log
    assert isinstance(fact, said.PositionWritten)
    assert (fact.words, fact.must_not_say, fact.valid_from) == (("蛋糕", "面包"), (), None)
    assert fact.valid_until.astimezone(UTC) == datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
    assert (fact.internal, fact.account_ids) == (True, ("plaza",))


async def test_a_time_that_is_none_is_named(desk: Desk) -> None:
    await desk.sign_in("zhou")
    assert await press(desk, "ban", {"text": "词", "until": "明天"}) == 422
    assert desk.house.log == []


async def test_the_page_of_knowledge_shows_what_waits_what_is_used_and_what_is_out(
    desk: Desk,
) -> None:
    await desk.sign_in("zhou")
    page = await text_of(desk, "/knowledge")
    for words in (
        "待批准（1）",
        "在用（1 / 1）",
        "已停用（1）",
        "每小时五元。",
        "#1041",
        "拆除了",
    ):
        assert words in page
    assert "批准「电梯」" in page
    assert "每小时五元。" not in await text_of(desk, "/knowledge?q=退款")
    assert 'value="停车费怎么收，多少钱一小时"' in await text_of(desk, "/knowledge?edit=parking")
    await desk.sign_in("chen")
    assert "须由另一人批准" in await text_of(desk, "/knowledge")


@pytest.mark.parametrize(
    ("wish", "form", "fact"),
    [
        ("position-approve", {"target": "lift", "content": "a" * 26}, said.PositionApproved),
        ("position-end", {"target": "cake", "reason": "过时"}, said.PositionEnded),
        ("ban-lift", {"target": "ban1", "reason": "误设"}, said.BanLifted),
        ("entry-approve", {"target": "lift", "content": "a" * 26}, said.EntryApproved),
        ("entry-expire", {"target": "parking", "reason": "改价"}, said.EntryExpired),
        ("position-request", {"target": "case1042", "matter": "蛋糕"}, said.PositionRequested),
        (
            "entry-write",
            {
                "target": "e-new",
                "matter": "退款",
                "question": "多久到账",
                "answer": "三个工作日。",
                "source": "售后规定",
                "labels": "question",
                "valid_until": "",
            },
            said.EntryWritten,
        ),
    ],
)
async def test_every_button_becomes_its_fact(
    desk: Desk, wish: str, form: dict[str, object], fact: type
) -> None:
    await desk.sign_in("lin")
    assert await press(desk, wish, form) == 303
    assert type(desk.house.log[0]) is fact


async def test_a_position_is_pinned_above_the_editor_and_a_missing_one_can_be_asked_for(
    desk: Desk,
) -> None:
    await desk.sign_in("lin")
    case = desk.house.cases["case1042"]
    page = await text_of(desk, "/case/case1042")
    held = [each for each in desk.house.said.positions if each.status == "in_force"]
    assert held[0].concerns(case) is ("必须说明" in page)
    desk.house.said = desk.house.said.model_copy(update={"positions": ()})
    assert "陈晓岚 已申请口径" in await text_of(desk, "/case/case1042")
    desk.house.said = desk.house.said.model_copy(update={"requests": ()})
    assert "申请口径" in await text_of(desk, "/case/case1042")


async def test_the_api_tells_of_positions_and_entries(desk: Desk) -> None:
    await desk.sign_in("guan")
    guidance = await (await desk.client.get("/api/guidance")).json()
    assert [each["status"] for each in guidance["positions"]] == ["in_force", "proposed", "ended"]
    entries = await (await desk.client.get("/api/knowledge")).json()
    assert [each["entry_id"] for each in entries["entries"]] == ["parking", "lift", "old"]


async def test_automatic_receipts_show_who_answers_for_them(desk: Desk) -> None:
    await desk.sign_in("zhou")
    assert "未开启" in await text_of(desk, "/receipts")
    at = desk.clock.now()
    mine = Wording(text="收到（自动回复）", content="a" * 26, written_by="zhou", written_at=at)
    on = {"active": mine, "proposed": mine, "approved_by": "lin", "since": at}
    desk.house.automatic = (AutoReceipt.model_validate({"account_id": "plaza", **on}),)
    page = await text_of(desk, "/receipts")
    assert "周以宁 起草 · 林望舒 批准并负责" in page
    assert "须由另一人批准" in page
    await desk.sign_in("lin")
    assert "批准并为 @锦绣广场 开启" in await text_of(desk, "/receipts")
    form: dict[str, object] = {"target": "plaza", "content": "a" * 26}
    assert await press(desk, "receipt-approve", form) == 303
    assert isinstance(desk.house.log[0], said.ReceiptApproved)
    listed = await (await desk.client.get("/api/receipts")).json()
    assert listed["receipts"][0]["approved_by"] == "lin"


async def test_a_frozen_text_says_why_and_is_let_go_with_a_reason(desk: Desk) -> None:
    plan = desk.house.planned.plans[0]
    decided = Decided(by="lin", at=desk.clock.now(), reason="突发事件")
    frozen = plan.model_copy(update={"frozen": decided})
    missed = frozen.model_copy(update={"plan_id": "late", "publish_at": desk.clock.now()})
    freed = plan.model_copy(update={"plan_id": "free", "unfrozen": decided})
    desk.house.planned = Plans(plans=(missed, frozen, freed), frozen=decided)
    await desk.sign_in("zhou")
    page = await text_of(desk, "/plans")
    assert "排期已全部冻结（林望舒" in page
    assert page.count("已冻结：林望舒") == 2
    assert page.count("放行这一条") == 1
    assert "原定时间已过，没有发" in page
    assert "已放行：林望舒" in page
    assert "冻结全部排期文字" not in page
    assert "排期已冻结" in await text_of(desk, "/queue")
    assert await press(desk, "plan-unfreeze", {"target": "plan1", "reason": "与事件无关"}) == 303
    assert isinstance(desk.house.log[-1], PlanUnfrozen)


async def test_one_press_freezes_all_that_is_planned(desk: Desk) -> None:
    await desk.sign_in("chen")
    assert "冻结全部排期文字" in await text_of(desk, "/plans")
    assert "/plans" in await text_of(desk, "/status")
    assert await press(desk, "plans-freeze", {"frozen": "true", "reason": "突发事件"}) == 303
    assert isinstance(desk.house.log[-1], PlansFrozen)
    assert await press(desk, "plans-freeze", {"frozen": "false", "reason": "过去了"}) == 403


async def test_planned_texts_stand_with_what_rules_and_bans_have_against_them(desk: Desk) -> None:
    await desk.sign_in("guan")
    page = await text_of(desk, "/plans")
    assert "周末亲子活动明天上午十点开始" in page
    assert "发前检查没有意见" in page
    assert "加一条排期" not in page
    plan = desk.house.planned.plans[0]
    gone = plan.model_copy(update={"account_id": "gone"})
    bad = plan.model_copy(update={"text": "这件事无可奉告。"})
    desk.house.planned = Plans(plans=(gone, bad))
    await desk.sign_in("chen")
    page = await text_of(desk, "/plans")
    assert "finding block" in page
    assert "周末亲子活动" not in page
    form: dict[str, object] = {
        "target": "plan2", "account_id": "plaza", "text": "早", "publish_at": "2026-12-01T10:00",
    }  # fmt: skip
    assert await press(desk, "plan-write", form) == 303
    assert isinstance(desk.house.log[0], PlanWritten)
    assert desk.house.log[0].publish_at.utcoffset() == timedelta(hours=8)
    listed = await (await desk.client.get("/api/plans")).json()
    assert [each["account_id"] for each in listed["plans"]] == ["gone", "plaza"]
    desk.house.planned = Plans()
    assert "没有排期的文字" in await text_of(desk, "/plans")
