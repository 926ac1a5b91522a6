"""What ingest decides: admission, pace, silence, and when a source's state is news."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.admit import Admit, Duplicate, TooOld, admit
from services.ingest.core.health import Health, Source, State, judge
from services.ingest.core.pacing import LONGEST_SECONDS, SHORTEST_SECONDS, next_pause
from services.ingest.core.silence import Activity, is_silent, observe
from shared.contracts.items import Author, ItemDeleted, ItemKind, ItemReceived

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
OLDEST = timedelta(hours=72)
SOURCE = Source("weibo", "acct-1", "poll")


def item(age: timedelta = timedelta()) -> ItemReceived:
    return ItemReceived(
        platform="weibo",
        account_id="acct-1",
        item_id="i1",
        item_version="v1",
        item_kind=ItemKind.COMMENT,
        native_id="1",
        author=Author(author_id="7"),
        text="几点关门",
        published_at=NOW - age,
        source="poll",
    )


def test_a_first_sight_is_admitted_and_a_second_is_a_duplicate() -> None:
    first = admit(item(), set(), NOW, OLDEST)
    assert isinstance(first, Admit)
    assert admit(item(), {first.mark}, NOW, OLDEST) == Duplicate()


def test_an_old_item_is_too_old_but_its_deletion_is_not() -> None:
    assert admit(item(timedelta(hours=73)), set(), NOW, OLDEST) == TooOld()
    gone = ItemDeleted(
        platform="weibo", account_id="acct-1", item_id="i", item_version="v", native_id="1"
    )
    assert isinstance(admit(gone, set(), NOW, OLDEST), Admit)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_pause_is_within_bounds_whatever_the_adapter_wishes(wish: float) -> None:
    assert SHORTEST_SECONDS <= next_pause(wish) <= LONGEST_SECONDS


def busy_source() -> Activity:
    activity = Activity()
    for minute in range(20):
        activity = observe(activity, 1, NOW + timedelta(minutes=minute))
    return activity


def test_a_busy_source_that_stops_is_silent_after_twenty_mean_gaps() -> None:
    activity = busy_source()
    last = NOW + timedelta(minutes=19)
    assert activity.mean_gap_seconds == pytest.approx(60)
    assert not is_silent(activity, last + timedelta(minutes=19))
    assert is_silent(activity, last + timedelta(minutes=21))


def test_a_very_busy_source_has_ten_minutes_all_the_same() -> None:
    activity = observe(observe(Activity(), 500, NOW), 500, NOW + timedelta(seconds=1))
    assert not is_silent(activity, NOW + timedelta(minutes=9))
    assert is_silent(activity, NOW + timedelta(minutes=11))


def test_a_source_with_few_arrivals_or_none_is_never_called_silent() -> None:
    assert not is_silent(Activity(), NOW + timedelta(days=9))
    few = observe(Activity(), 3, NOW)
    assert observe(few, 0, NOW + timedelta(days=1)) == few
    assert not is_silent(few, NOW + timedelta(days=9))


def test_the_first_look_and_every_lasting_change_is_news_once() -> None:
    health, first = judge(Health(), SOURCE, "ok", NOW)
    assert first is not None
    assert (first.state, first.source, first.since) == ("ok", "poll", NOW)
    health, again = judge(health, SOURCE, "ok", NOW + timedelta(seconds=1))
    assert again is None
    health, spent = judge(health, SOURCE, "quota_spent", NOW + timedelta(seconds=2), "x" * 999)
    assert spent is not None
    assert len(spent.detail) == 200
    health, well = judge(health, SOURCE, "ok", NOW + timedelta(seconds=3))
    assert well is not None
    assert well.state == "ok"


@pytest.mark.parametrize(("state", "lasts"), [("gap", 60), ("failing", 10)])
def test_a_short_trouble_is_not_news_a_lasting_one_is(state: State, lasts: int) -> None:
    health, _ = judge(Health(), SOURCE, "ok", NOW)
    reports = []
    for second in range(1, lasts + 5):
        health, report = judge(health, SOURCE, state, NOW + timedelta(seconds=second))
        reports.append(report)
    news = [one for one in reports if one is not None]
    assert len(news) == 1
    assert news[0].since == NOW + timedelta(seconds=1)
    assert reports[lasts] is not None


def test_a_trouble_that_passes_leaves_no_trace() -> None:
    health, _ = judge(Health(), SOURCE, "ok", NOW)
    health, first = judge(health, SOURCE, "gap", NOW + timedelta(seconds=1))
    health, second = judge(health, SOURCE, "ok", NOW + timedelta(seconds=50))
    health, third = judge(health, SOURCE, "gap", NOW + timedelta(seconds=55))
    health, fourth = judge(health, SOURCE, "gap", NOW + timedelta(seconds=70))
    assert [first, second, third, fourth] == [None] * 4
