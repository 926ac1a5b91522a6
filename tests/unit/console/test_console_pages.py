"""The pages and their forms, without scripts."""

import pytest

from services.respond.console.render import HERE
from shared.contracts.verdicts import Label
from shared.policy.circumstances import Part
from tests.fakes.replies import TABOO
from tests.unit.console.conftest import Desk


async def _text(desk: Desk, path: str) -> str:
    answer = await desk.client.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_somebody_signed_out_is_led_to_the_door(desk: Desk) -> None:
    answer = await desk.client.get("/case/case1042", allow_redirects=False)
    assert answer.headers["Location"] == "/signin?next=/case/case1042"


async def test_the_queue_is_ordered_by_what_is_owed(desk: Desk) -> None:
    await desk.sign_in("chen")
    page = await _text(desk, "/queue")
    assert (
        page.index("已超时 3 分 30 秒")
        < page.index("还剩 4 分 12 秒")
        < page.index("还剩 26 分 0 秒")
    )
    assert "废物" not in page
    assert "值班：林望舒" in page
    assert "锦绣广场 · 轮询：静默" in page


async def test_filters_and_an_empty_queue(desk: Desk) -> None:
    await desk.sign_in("chen")
    assert "#1042" not in await _text(desk, "/queue?label=praise")
    empty = await _text(desk, "/queue?show=mine")
    assert "这个范围里没有工单" in empty
    assert "整个队列还有 5 件，最先到期的已超时 3 分 30 秒" in empty
    desk.house.cases.clear()
    assert "队列空了" in await _text(desk, "/queue")


async def test_a_long_queue_is_read_page_by_page(desk: Desk) -> None:
    await desk.sign_in("chen")
    [one, *_] = desk.house.cases.values()
    for number in range(250):
        desk.house.cases[f"n{number}"] = one.model_copy(
            update={"case_id": f"n{number}", "number": 5000 + number}
        )
    first = await _text(desk, "/queue?show=mine_or_free")
    assert "第 1–100 件，共 255 件" in first
    assert 'href="/queue?show=mine_or_free&amp;from=100"' in first
    last = await _text(desk, "/queue?from=200")
    assert "第 201–255 件" in last
    assert 'href="/queue?from=100"' in last
    assert "后一页" not in last
    assert "第 1–100 件" in await _text(desk, "/queue?from=-5")


async def test_what_was_closed_can_be_found_and_reopened(desk: Desk) -> None:
    await desk.sign_in("lin")
    gone = {"status": "resolved", "resolved_at": desk.clock.now()}
    desk.house.cases["case1042"] = desk.house.cases["case1042"].model_copy(update=gone)
    assert "#1042" not in await _text(desk, "/queue")
    closed = await _text(desk, "/queue?show=resolved")
    assert "#1042" in closed
    assert "办结" in closed
    assert "重办这件工单" in await _text(desk, "/case/case1042")


async def test_filters_read_what_they_know(desk: Desk) -> None:
    await desk.sign_in("chen")
    assert "<html" not in await _text(desk, "/queue?part=rows")
    assert "#1042" in await _text(desk, "/queue?label=nonsense&show=mine_or_free")


async def test_a_case_shows_the_evidence_and_hides_what_hurts(desk: Desk) -> None:
    await desk.sign_in("guan")
    page = await _text(desk, "/case/case1042")
    assert "<mark>吃完就吐了</mark>" in page
    assert "把握较大（96%）" in page
    assert "已编辑 1 次" in page
    assert "作者已删除" in page
    assert "<textarea" not in page
    covered = await _text(desk, "/case/case1043")
    assert covered.index('<details class="cover">') < covered.index("没用的废物")
    assert "把握不大（62%），请人工判断" in await _text(desk, "/case/case1041")


async def test_a_case_says_what_it_weighs_what_is_like_it_and_which_claim_it_is_about(
    desk: Desk,
) -> None:
    case = desk.house.cases["case1042"]
    parts = (
        Part(kind="label", name="complaint", points=45),
        Part(kind="topic", name="food_safety", points=15, title="食品安全"),
        Part(kind="history", name="earlier_cases", points=3),
    )
    known = {"weight": parts, "unknown": ("followers",), "cluster_id": "k1", "claim_id": "w1"}
    desk.house.cases["case1042"] = case.model_copy(update=known)
    await desk.sign_in("zhou")
    page = await _text(desk, "/case/case1042")
    for said in (
        "+45",
        "食品安全",
        "此人以前有过工单",
        "粉丝数",
        "12 条内容几乎相同",
        "疑似集中发布",
    ):
        assert said in page
    assert "相似的 2 个工单一并处理" in page
    assert page.index("网传二楼蛋糕店使用过期原料") < page.index("核实中")
    assert "门店已封存原料" in page
    assert 'action="/do/claim-judge"' in page
    await desk.sign_in("guan")
    assert 'action="/do/claim-judge"' not in await _text(desk, "/case/case1042")


async def test_a_rumour_can_be_made_a_claim(desk: Desk) -> None:
    case = desk.house.cases["case1042"]
    desk.house.cases["case1042"] = case.model_copy(update={"labels": (Label.RUMOUR,)})
    await desk.sign_in("chen")
    page = await _text(desk, "/case/case1042")
    assert 'action="/do/claim-open"' in page
    assert "传言·待核实" in page


async def test_hostile_text_stays_text(desk: Desk) -> None:
    evil = "<script>alert(1)</script>{{ 7*7 }}\"'><img src=x onerror=y>"
    case = desk.house.cases["case1042"]
    item = case.items[-1].model_copy(update={"text": evil, "why": ""})
    desk.house.cases["case1042"] = case.model_copy(update={"items": (item,)})
    await desk.sign_in("chen")
    for path in ("/queue", "/case/case1042"):
        page = await _text(desk, path)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "{{ 7*7 }}" in page


async def test_a_reply_goes_from_draft_to_receipt_without_scripts(desk: Desk) -> None:
    await desk.sign_in("zhou")
    form = {
        "slot": "answer",
        "text": "您好，\r\n正在核实。",
        "base_revision": "0",
        "op_id": "a" * 24,
        "do": "send",
    }
    answer = await desk.client.post("/case/case1042/reply", data=form, allow_redirects=False)
    assert answer.headers["Location"] == "/case/case1042?slot=answer"
    assert [fact.kind for fact in desk.house.log] == [
        "operator.drafted",
        "operator.submitted",
        "operator.approved",
    ]
    assert desk.house.cases["case1042"].replies[0].text == "您好，\n正在核实。"
    page = await _text(desk, "/case/case1042")
    assert "撤回，先不发" in page
    desk.house.arrive("case1042")
    assert "平台编号 7700123" in await _text(desk, "/case/case1042")


async def test_an_approved_text_leaves_and_a_submitted_one_is_not_written_again(
    desk: Desk,
) -> None:
    await desk.sign_in("zhou")
    form = {"slot": "update", "text": "正在核实。", "base_revision": "0"}
    for number, do in enumerate(("save", "submit", "submit")):
        given = {**form, "do": do, "op_id": f"step{number}" * 4}
        await desk.client.post("/case/case1042/reply", data=given)
    approve = {
        "target": "case1042",
        "op_id": "g" * 24,
        "slot": "update",
        "revision": "1",
        "send": "false",
    }
    await desk.client.post("/do/approve", data=approve)
    given = {**form, "do": "send", "op_id": "h" * 24}
    await desk.client.post("/case/case1042/reply", data=given)
    kinds = [fact.kind.removeprefix("operator.") for fact in desk.house.log]
    assert kinds == ["drafted", "submitted", "approved", "sent"]


async def test_a_failing_reader_is_our_fault_and_says_nothing_more(desk: Desk) -> None:
    await desk.sign_in("chen")
    desk.house.cases["case1042"] = desk.house.cases["case1042"].model_copy(update={"items": None})
    answer = await desk.client.get("/case/case1042")
    assert answer.status == 500
    assert "NoneType" not in await answer.text()
    assert (await desk.client.get("/api/queue")).status == 200


async def test_the_gate_stops_a_text_and_its_draft_is_kept(desk: Desk) -> None:
    await desk.sign_in("zhou")
    form = {
        "slot": "answer",
        "text": f"我们{TABOO}",
        "base_revision": "0",
        "op_id": "b" * 24,
        "do": "send",
    }
    answer = await desk.client.post(
        "/case/case1042/reply", data=form, headers={"HX-Request": "true"}
    )
    assert answer.status == 200
    page = await answer.text()
    assert "没有办成" in page
    assert "改为“我们会负责到底”" in page
    assert desk.house.cases["case1042"].replies[0].status == "submitted"


async def test_the_editor_hears_findings(desk: Desk) -> None:
    await desk.sign_in("chen")
    answer = await desk.client.post("/case/case1042/check", data={"text": f"此事{TABOO}"})
    assert 'data-level="block"' in await answer.text()
    assert (await desk.client.post("/case/none/check", data={"text": "x"})).status == 404


@pytest.mark.parametrize(
    ("wish", "form"),
    [
        ("claim", {}),
        ("release", {}),
        ("note", {"text": "已电话联系"}),
        ("resolve", {"without_reply": "true", "reason": "重复"}),
        ("correct", {"item_id": "item2", "item_version": "1", "labels": ["", "complaint"]}),
    ],
)
async def test_forms_become_wishes(desk: Desk, wish: str, form: dict[str, object]) -> None:
    await desk.sign_in("lin")
    given = {"target": "case1042", "op_id": "c" * 24, "back": "/queue", **form}
    answer = await desk.client.post(f"/do/{wish}", data=given, allow_redirects=False)
    assert answer.status in {303, 409}
    assert desk.house.log[-1].person_id == "lin"
    assert (await desk.client.post(f"/do/{wish}", data={**given, "op_id": ""})).status == 422


async def test_two_taps_from_page_to_acknowledged(desk: Desk) -> None:
    await desk.sign_in("lin")
    page = await _text(desk, "/page/page1")
    assert "我来处理" in page
    form = {"target": "page1", "op_id": "d" * 24, "back": "/page/page1"}
    answer = await desk.client.post("/do/acknowledge", data=form)
    assert "林望舒 已于" in await answer.text()
    assert (await desk.client.get("/page/none")).status == 404


async def test_the_status_page_changes_modes_for_those_who_may(desk: Desk) -> None:
    await desk.sign_in("chen")
    assert "/do/mode" not in await _text(desk, "/status")
    await desk.sign_in("he")
    assert "/do/mode" in await _text(desk, "/status")
    form = {
        "target": "plaza",
        "op_id": "e" * 24,
        "mode": "observe",
        "reason": "演练",
        "back": "/status",
    }
    assert "只看不动" in await (await desk.client.post("/do/mode", data=form)).text()
    assert (await desk.client.post("/do/nothing", data=form)).status == 404


async def test_a_refusal_without_scripts_is_a_page(desk: Desk) -> None:
    await desk.sign_in("chen")
    await desk.ask("/api/cases/case1042/claim", {})
    await desk.sign_in("zhou")
    form = {"target": "case1042", "op_id": "f" * 24}
    answer = await desk.client.post("/do/claim", data=form)
    assert answer.status == 409
    assert "已有人先一步认领" in await answer.text()


def test_no_template_carries_code_or_style_inline() -> None:
    for path in (HERE / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert " style=" not in text, path.name
        assert "hx-on" not in text, path.name
        assert " onclick" not in text, path.name
        assert "<script>" not in text, path.name
        assert "| safe" not in text, path.name
