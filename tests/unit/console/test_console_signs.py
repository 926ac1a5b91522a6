"""What the header shows first."""

from datetime import UTC, datetime, timedelta

from services.respond.console.signs import most_urgent
from services.respond.core.aggregates import Page

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
