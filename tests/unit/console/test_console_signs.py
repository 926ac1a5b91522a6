"""What stands at the top: the worst alarm first, who is really told, and what was late stays late."""

from datetime import UTC, datetime, timedelta

from services.respond.console.signs import most_urgent
from services.respond.core.aggregates import Page
from tests.unit.console.conftest import Desk

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def an_alarm(name: str, minutes: int, *reasons: str) -> Page:
    return Page(
        page_id=name,
        case_ids=(),
        person_id="li",
        channel="console_log",
        address_ref="li",
        reasons=reasons,
        raised_at=NOW + timedelta(minutes=minutes),
    )


def test_a_life_comes_before_everything_and_then_the_oldest() -> None:
    alarms = [
        an_alarm("late", 0, "first_reply"),
        an_alarm("risk2", 9, "acknowledge", "self_harm"),
        an_alarm("held", 1, "held"),
        an_alarm("risk1", 5, "self_harm"),
    ]
    assert [each.page_id for each in most_urgent(alarms)] == ["risk1", "risk2", "late", "held"]


async def test_an_answer_that_came_late_still_shows_that_it_was_late(desk: Desk) -> None:
    await desk.sign_in("lin")
    case = desk.house.cases["case1042"]
    [clock, *others] = case.clocks
    late = {"breached_at": clock.due_at, "met_at": clock.due_at + timedelta(minutes=9)}
    clocks = (clock.model_copy(update=late), *others)
    desk.house.cases["case1042"] = case.model_copy(update={"clocks": clocks})
    page = await (await desk.client.get("/case/case1042")).text()
    assert "超时" in page.split('class="clocks"')[1].split("</ul>")[0]


async def test_the_header_names_who_is_told_and_not_who_cannot_be(desk: Desk) -> None:
    await desk.sign_in("lin")
    [duty] = desk.house.house.duties
    mute = duty.model_copy(update={"person_id": "chen", "contacts": ()})
    desk.house.house = desk.house.house.model_copy(update={"duties": (mute, duty)})
    page = await (await desk.client.get("/queue")).text()
    assert "值班：林望舒" in page
