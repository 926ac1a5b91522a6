"""Times people type, and what stands of positions, bans, receipts and plans, in lines."""

import json
from datetime import UTC, datetime

import pytest

from services.archive.core.held import Held, Rested
from services.cli.moments import moment
from services.cli.words_lines import held_lines, lines_of
from services.respond.core.aggregates import AutoReceipt
from services.respond.core.receipt import Wording
from shared.errors import UserError
from tests.fakes.clock import FakeClock
from tests.fakes.read_model import House

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "full"),
    [
        ("+30m", "2026-11-26T08:30:00+00:00"),
        ("+6h", "2026-11-26T14:00:00+00:00"),
        ("+3d", "2026-11-29T08:00:00+00:00"),
        ("2026-12-01T18:00", "2026-12-01T18:00:00+08:00"),
        ("2026-12-01T18:00+00:00", "2026-12-01T18:00:00+00:00"),
    ],
)
def test_a_time_is_a_clock_on_the_wall_or_from_now(said: str, full: str) -> None:
    assert moment(said, "--until", NOW) == full


def test_what_is_no_time_is_told_with_an_example() -> None:
    with pytest.raises(UserError, match="no time: soon"):
        moment("soon", "--until")
    assert moment("+1m", "--until") > "2026"


async def test_what_stands_is_listed_for_people_and_programs() -> None:
    clock = FakeClock()
    house = House(clock)
    positions = await lines_of(house, "positions")
    assert {each.body["state"] for each in positions} >= {"proposed", "in_force"}
    assert any("asked for by" in each.said for each in positions)
    bans = await lines_of(house, "bans")
    assert str(bans[0].body["text"]) in bans[0].said
    (plan,) = await lines_of(house, "plans")
    assert plan.body["plan_id"] == "plan1"


async def test_an_account_without_a_receipt_is_off() -> None:
    clock = FakeClock()
    house = House(clock)
    words = Wording(
        text="（自动回复）已收到", content="c", written_by="lin", written_at=clock.now()
    )
    house.automatic = ()
    (off,) = await lines_of(house, "receipts")
    assert (off.body["state"], off.body["content"]) == ("off", "")
    house.automatic = (AutoReceipt(account_id="plaza", active=words, proposed=words),)
    (on,) = await lines_of(house, "receipts")
    assert (on.body["state"], "proposed:" in on.said) == ("on", True)


HELD = Held(
    "position", "cake", "c1", "蛋糕", "已下架", "wang", "t1", valid_until="t9",
    approved_by="li", approved_at="t2", held_from="t2",
    replies=[Rested("k1", "t3", "done", "您好，已下架")],
)  # fmt: skip


def test_a_history_says_who_when_and_what_rested_on_it() -> None:
    lines = list(held_lines(HELD, as_json=False))
    assert lines[1] == "  written by wang t1, approved by li t2"
    assert lines[2] == "  held from t2 to now (at most t9)"
    assert lines[3] == "  t3  case k1  done  您好，已下架"
    ended = Held("ban", "b", "", "召回", "召回", "li", "t1", held_from="t1", held_until="t2",
                 ended_reason="expired")  # fmt: skip
    assert list(held_lines(ended, as_json=False))[2] == "  held from t1 to t2: expired"
    waiting = Held("position", "p", "c", "x", "y", "wang", "t1")
    assert len(list(held_lines(waiting, as_json=False))) == 2
    (body,) = held_lines(HELD, as_json=True)
    assert json.loads(body)["replies"][0]["case_id"] == "k1"
