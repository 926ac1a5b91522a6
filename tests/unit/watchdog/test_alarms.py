"""When an alarm is told, by table."""

from datetime import UTC, datetime, timedelta

from services.watchdog.core.alarms import Alarm, Book, turn

START = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


def run(script: list[tuple[float, dict[str, str]]]) -> list[tuple[float, str, str]]:
    """Return (second, key, kind) of what is told when conditions hold from those seconds on."""
    book: Book = {}
    told: list[tuple[float, str, str]] = []
    now_holds: dict[str, str] = {}
    steps = dict(script)
    for second in range(int(script[-1][0]) + 1):
        now_holds = steps.get(second, now_holds)
        book, alarms = turn(book, now_holds, START + timedelta(seconds=second))
        told += [(second, each.key, each.kind) for each in alarms]
    return told


def test_a_restart_of_a_server_wakes_nobody() -> None:
    assert run([(0, {"nats": "away"}), (14, {}), (60, {})]) == []


def test_what_lasts_is_told_again_ever_more_rarely_and_its_end_once() -> None:
    assert run([(0, {"nats": "away"}), (3_000, {}), (3_100, {})]) == [
        (15, "nats", "new"),
        (15 + 300, "nats", "again"),
        (15 + 300 + 900, "nats", "again"),
        (3_000, "nats", "over"),
    ]


def test_a_broken_promise_is_told_at_once_and_others_beside_it() -> None:
    both = {"promises": "1", "valkey": "away"}
    assert run([(0, both), (20, both)]) == [(0, "promises", "new"), (15, "valkey", "new")]


def test_an_alarm_says_since_when_and_the_newest_text() -> None:
    book, _ = turn({}, {"nats": "away"}, START)
    _, [alarm] = turn(book, {"nats": "still away"}, START + timedelta(seconds=20))
    assert alarm == Alarm("nats", "new", "still away", START, 1)
