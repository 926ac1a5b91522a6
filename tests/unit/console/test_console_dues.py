"""What a case owes beside its reply, on its page: visits, and what is to be taken away."""

from datetime import timedelta

from services.respond.core.aggregates import CaseClock
from services.respond.core.dues import Dues, Removal, RemovalStatus, Visit
from shared.contracts.dues import RemovalAsked, VisitRecorded
from shared.contracts.operators import Outcome
from tests.unit.console.conftest import Desk

CASE = "case1042"


async def shown(desk: Desk) -> str:
    answer = await desk.client.get(f"/case/{CASE}")
    assert answer.status == 200
    return await answer.text()


async def test_a_visit_that_is_owed_is_asked_for_and_those_made_are_listed(desk: Desk) -> None:
    await desk.sign_in("chen")
    assert "/do/visit" not in await shown(desk)
    now = desk.clock.now()
    clock = CaseClock(clock="return_visit", started_at=now, due_at=now + timedelta(days=3))
    case = desk.house.cases[CASE]
    desk.house.cases[CASE] = case.model_copy(update={"clocks": (*case.clocks, clock)})
    page = await shown(desk)
    assert "还没有回访" in page
    assert "/do/visit" in page
    visit = Visit(
        at=now, visited_at=now, person_id="lin", how="phone", outcome="satisfied", note="已修好"
    )
    desk.house.cases[CASE] = case.model_copy(update={"dues": Dues(visits=(visit,))})
    page = await shown(desk)
    assert "满意</strong> · 电话 · 已修好" in page
    assert "林望舒" in page
    await desk.sign_in("guan")
    assert "/do/visit" not in await shown(desk)


async def test_the_form_enters_a_visit_with_the_time_on_the_wall(desk: Desk) -> None:
    await desk.sign_in("chen")
    form = {
        "target": CASE,
        "op_id": "visit-0001",
        "how": "phone",
        "outcome": "not_reached",
        "visited_at": "2026-05-01T10:00",
        "note": "没人接",
    }
    await desk.client.post("/do/visit", data=form, allow_redirects=False)
    fact = desk.house.log[-1]
    assert isinstance(fact, VisitRecorded)
    assert (fact.case_id, fact.outcome, fact.note) == (CASE, "not_reached", "没人接")
    assert fact.visited_at is not None
    assert fact.visited_at.isoformat() == "2026-05-01T10:00:00+08:00"
    await desk.client.post("/do/visit", data={**form, "op_id": "visit-0002", "visited_at": ""})
    later = desk.house.log[-1]
    assert isinstance(later, VisitRecorded)
    assert later.visited_at is None


async def test_a_refusal_names_its_rule_and_offers_what_is_missing(desk: Desk) -> None:
    await desk.sign_in("chen")
    desk.house.outcomes["resolve-1"] = Outcome(
        op_id="resolve-1",
        accepted=False,
        code="needs_return_visit",
        detail={"rules": "hotel.complaint-steps, HOTEL-4-3"},
    )
    answer = await desk.client.post(
        "/do/resolve",
        data={"target": CASE, "op_id": "resolve-1"},
        headers={"HX-Request": "true"},
    )
    page = await answer.text()
    assert "先记下回访的方式、时间和结果" in page
    assert "依据：hotel.complaint-steps, HOTEL-4-3" in page
    assert "/do/visit" in page


def a_wish(desk: Desk, status: RemovalStatus = "asked", **changes: object) -> Removal:
    given: dict[str, object] = {
        "removal_id": "removal-1",
        "item_id": "item2",
        "item_version": "1",
        "removing": "delete",
        "ground": "spam",
        "evidence": "截图一张",
        "text": "加我看片",
        "copy_hash": "c0ffee",
        "asked_by": "chen",
        "asked_at": desk.clock.now(),
        "status": status,
    }
    return Removal.model_validate(given | changes)


def put(desk: Desk, wish: Removal) -> None:
    case = desk.house.cases[CASE]
    desk.house.cases[CASE] = case.model_copy(update={"dues": Dues(removals=(wish,))})


async def test_a_wish_is_entered_with_its_ground_and_evidence(desk: Desk) -> None:
    await desk.sign_in("chen")
    page = await shown(desk)
    assert "投诉与批评不能删" in page
    assert "法院文书" in page
    form = {
        "target": CASE,
        "op_id": "removal-0001",
        "item_id": "item2",
        "item_version": "1",
        "removing": "delete",
        "ground": "spam",
        "evidence": "截图一张",
    }
    await desk.client.post("/do/removal-ask", data=form, allow_redirects=False)
    fact = desk.house.log[-1]
    assert isinstance(fact, RemovalAsked)
    assert (fact.item_id, fact.ground, fact.evidence) == ("item2", "spam", "截图一张")
    answer = await desk.client.post("/do/removal-ask", data={**form, "ground": "dislike"})
    assert answer.status == 422
    await desk.sign_in("guan")
    assert "/do/removal-ask" not in await shown(desk)


async def test_only_another_reviewer_is_offered_to_agree(desk: Desk) -> None:
    put(desk, a_wish(desk, asked_by="zhou"))
    await desk.sign_in("zhou")
    queue = await (await desk.client.get("/queue")).text()
    assert queue.count("有删除申请待第二人") == 1
    page = await shown(desk)
    assert "须由提出者以外的审核人同意" in page
    assert "/do/removal-approve" not in page
    await desk.sign_in("lin")
    page = await shown(desk)
    assert "同意删除" in page
    assert "加我看片" in page
    assert "c0ffee" in page
    body: dict[str, object] = {"removal_id": "removal-1"}
    await desk.ask(f"/api/cases/{CASE}/removal-approve", body, "removal-0002")
    decline: dict[str, object] = {"removal_id": "removal-1", "reason": "留着"}
    await desk.ask(f"/api/cases/{CASE}/removal-decline", decline, "removal-0003")
    assert [each.kind for each in desk.house.log[-2:]] == [
        "operator.removal_approved",
        "operator.removal_declined",
    ]


async def test_what_became_of_it_stands_on_the_page(desk: Desk) -> None:
    await desk.sign_in("zhou")
    put(desk, a_wish(desk, "unknown", decided_by="lin", effect_id="e1", ground="court_order"))
    page = await shown(desk)
    assert "结果未知" in page
    assert "法院文书" in page
    assert "平台上已经没有" in page
    put(desk, a_wish(desk, "refused", note="platform_refused 20203 not yours"))
    page = await shown(desk)
    assert "平台拒绝： 20203 not yours" in page
    put(desk, a_wish(desk, "done", item_id="item1"))
    page = await shown(desk)
    assert "已由我们删除" in page
    assert "作者已删除" not in page
    put(desk, a_wish(desk, "declined"))
    assert "留存的原文" not in await shown(desk)


async def test_where_staff_broke_a_rule_there_is_no_editor_and_the_page_says_why(
    desk: Desk,
) -> None:
    await desk.sign_in("lin")
    assert 'id="editor"' in await shown(desk)
    case = desk.house.cases[CASE]
    desk.house.cases[CASE] = case.model_copy(update={"dues": Dues(staff=("HB13-4.3-7",))})
    page = await shown(desk)
    assert "触及规则 HB13-4.3-7" in page
    assert 'id="editor"' not in page
