"""A night on which a page would reach nobody is told days before."""

from datetime import UTC, datetime, timedelta

from services.cli.doctor.finding import Finding
from services.cli.doctor.roster import roster
from services.respond.shell.configuration import Configuration
from shared.contracts.org import Contact, Duty

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def a_duty(first: float, last: float, *channels: str, person: str = "lin") -> Duty:
    return Duty(
        person_id=person,
        start=NOW + timedelta(days=first),
        end=NOW + timedelta(days=last),
        contacts=tuple(Contact(channel=each, address_ref=person) for each in channels),
    )


def found(*duties: Duty, webhook: bool = True) -> list[Finding]:
    return list(roster(Configuration(duties=duties), NOW, webhook=webhook))


def test_a_week_in_which_somebody_can_always_be_told_is_well() -> None:
    week = found(a_duty(-1, 3, "webhook"), a_duty(2, 5, "webhook"), a_duty(5, 9, "console_log"))
    assert [each.level for each in week] == ["ok"]
    assert list(roster(None, NOW, webhook=True)) == []


def test_the_first_gap_is_named_with_its_end() -> None:
    [gap] = found(a_duty(-1, 2, "webhook"), a_duty(3, 9, "webhook"))
    assert gap.says == (
        "a page reaches nobody from 2026-12-03 09:00+0000 until 2026-12-04 09:00+0000"
    )
    [now] = found(a_duty(-3, -1, "webhook"))
    assert now.says == "a page reaches nobody now for good"
    [never] = found()
    assert (never.level, "ROSTER" in never.fix) == ("warn", True)


def test_whoever_no_page_reaches_is_named_and_does_not_count() -> None:
    mute, gap = found(a_duty(-1, 9), a_duty(-1, 9, "webhook", person="zhou"), webhook=False)
    assert mute.says == "on duty, and no page reaches them: lin, zhou"
    assert gap.level == "warn"
