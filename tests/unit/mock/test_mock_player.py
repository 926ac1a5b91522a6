"""A stream is played whole: every line accounted for, in its order, at its speed."""

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import UserError
from shared.platforms.mock.lines import open_stream, parse_speed
from shared.platforms.mock.model import Feed
from shared.platforms.mock.platform import MockOptions
from shared.platforms.mock.player import STUB_TEXT, Player
from shared.platforms.mock.world import World
from tests.fakes.mock_platform import START, running_mock

T0 = "2026-01-01T08:00:00+08:00"


def line(kind: str, native: str, parent: str | None = None, **more: object) -> str:
    data = {"event": "e-p1", "t": T0, "kind": kind, "id": native, "parent": parent}
    return json.dumps(data | {"user": f"u-{native}", "text": f"文字{native}"} | more)


def a_player(lines: list[str], *, speed: float = float("inf"), max_gap: float = 10.0) -> Player:
    world = World()
    account = world.add_account("锦绣清城购物广场", START)
    player = Player(world, account, iter(lines), speed=speed, max_gap_seconds=max_gap)
    player.start(START)
    return player


def played(lines: list[str]) -> Player:
    player = a_player(lines)
    while player.advance(START):
        pass
    assert player.state == "ended"
    return player


def test_each_kind_of_line_lands_where_the_public_would_see_it() -> None:
    player = played(
        [
            line("post", "p1"),
            line("comment", "c1", "p1"),
            line("comment", "c2", "c1"),
            line("repost", "r1", "p1"),
            line("repost", "r2", "r1", text=""),
            line("post", "x1"),
            line("comment", "c3", "x1"),
            line("mention", "m1"),
            line("message", "d1"),
            line("post", "p2", own=True),
        ]
    )
    account, world = player._account, player._world
    texts = {
        feed: [
            (world.comments.get(one) or world.statuses[one]).text for one in account.feeds[feed]
        ]
        for feed in Feed
    }
    assert texts[Feed.TIMELINE] == ["文字p1", "文字p2"]
    assert texts[Feed.TO_ME] == ["文字c1", "文字c2"]
    assert texts[Feed.COMMENT_MENTIONS] == ["文字c3"]
    assert texts[Feed.STATUS_MENTIONS] == ["文字r1", "转发微博", "文字x1", "文字m1"]
    assert [one.text for one in world.to_push] == ["文字d1"]
    answer = world.comments[account.feeds[Feed.TO_ME][1]]
    assert answer.reply_to == account.feeds[Feed.TO_ME][0]
    assert (player.tally.items, player.tally.own_posts) == (8, 2)


def test_a_comment_before_its_post_gets_a_stub_that_the_post_fills() -> None:
    player = played([line("comment", "c1", "p1"), line("post", "p1")])
    (post,) = player._account.feeds[Feed.TIMELINE]
    assert player._world.statuses[post].text == "文字p1"
    assert (player.tally.stubs, player.tally.own_posts, player.tally.items) == (1, 1, 1)


def test_comments_without_a_parent_share_the_stub_of_their_event() -> None:
    player = played([line("comment", "c1"), line("repost", "r1"), line("comment", "c2", "d9")])
    posts = player._account.feeds[Feed.TIMELINE]
    assert [player._world.statuses[one].text for one in posts] == [STUB_TEXT, STUB_TEXT]


def test_a_second_line_with_the_same_id_is_an_edit_or_a_duplicate() -> None:
    player = played(
        [
            line("post", "p1"),
            line("comment", "c1", "p1"),
            line("comment", "c1", "p1"),
            line("comment", "c1", "p1", text="改过的"),
            line("post", "p1", text="改过的正文"),
            line("message", "d1"),
            line("message", "d1"),
        ]
    )
    (comment,) = player._account.feeds[Feed.TO_ME]
    assert player._world.comments[comment].text == "改过的"
    assert player.tally.rejected == {"duplicate": 2}
    assert (player.tally.items, player.tally.own_posts, player.tally.edits) == (3, 2, 2)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("{", "not_json"),
        ("[]", "not_an_object"),
        (line("poem", "x"), "unknown_kind"),
        (line("comment", ""), "missing_id"),
        (line("comment", "x", t="yesterday"), "bad_time"),
        (line("comment", "x", t=None), "bad_time"),
    ],
)
def test_a_line_that_cannot_be_used_is_rejected_with_its_reason(raw: str, reason: str) -> None:
    player = played([line("post", "p1"), raw, line("comment", "c1", "p1")])
    assert player.tally.rejected == {reason: 1}
    assert (player.tally.lines, player.tally.items, player.tally.own_posts) == (3, 1, 1)


def test_half_a_surrogate_pair_does_not_get_into_the_world() -> None:
    player = played([line("post", "p1", text="坏\ud800字")])
    (post,) = player._account.feeds[Feed.TIMELINE]
    assert player._world.statuses[post].text == "坏?字"


words = st.sampled_from(["p1", "p2", "c1", "c2", "r1", "x", ""])
kinds = st.sampled_from(["post", "repost", "comment", "mention", "message", "poem"])
times = st.sampled_from([T0, "2026-01-01T07:00:00", "2026-01-01 09:00:00", "soon"])
some_line = st.builds(
    lambda kind, native, parent, t, text, own: line(kind, native, parent, t=t, text=text, own=own),
    kinds, words, st.none() | words, times, st.text(max_size=5), st.booleans(),
)  # fmt: skip


@given(st.lists(some_line | st.text(max_size=20).filter(str.strip), max_size=30))
def test_lines_are_items_plus_own_posts_plus_rejected(lines: list[str]) -> None:
    tally = played(lines).tally
    assert tally.lines == len(lines)
    assert tally.lines == tally.items + tally.own_posts + sum(tally.rejected.values())


def test_gaps_are_shortened_divided_and_never_negative() -> None:
    lines = [
        line("post", "p1"),
        line("comment", "c1", "p1", t="2026-01-01T08:00:04+08:00"),
        line("comment", "c2", "p1", t="2026-01-01T09:00:00+08:00"),
        line("comment", "c3", "p1", t="2026-01-01T08:00:00+08:00"),
        line("comment", "c4", "p1", t="2026-01-01T08:00:02"),
    ]
    player = a_player(lines, speed=2.0)
    dues = []
    while player.next_due is not None and player.state == "playing":
        dues.append((player.next_due - START).total_seconds())
        player.advance(player.next_due, most=1)
    assert dues == [0.0, 2.0, 7.0, 7.0, 8.0]
    stamped = [one.at for one in player._world.comments.values()]
    assert stamped == [START + timedelta(seconds=after) for after in (2, 7, 7, 8)]


def test_nothing_is_due_while_paused_and_the_pause_is_added_afterwards() -> None:
    lines = [line("post", "p1"), line("comment", "c1", "p1", t="2026-01-01T08:00:05+08:00")]
    player = a_player(lines, speed=1.0)
    player.advance(START)
    player.pause(START + timedelta(seconds=2))
    assert player.advance(START + timedelta(seconds=60)) == 0
    player.resume(START + timedelta(seconds=60))
    assert player.next_due == START + timedelta(seconds=63)
    assert player.advance(START + timedelta(seconds=63)) == 1
    player.pause(START)
    assert player.state == "ended"


def test_a_player_that_has_not_started_plays_nothing() -> None:
    world = World()
    account = world.add_account("锦绣清城购物广场", START)
    player = Player(world, account, iter([line("post", "p1")]), speed=1.0)
    player.resume(START)
    assert (player.advance(START), player.state) == (0, "waiting")


def test_one_step_plays_a_bounded_number_of_lines() -> None:
    player = a_player([line("post", "p1"), *(line("comment", f"c{n}", "p1") for n in range(20))])
    assert player.advance(START, most=8) == 8
    assert player.advance(START) == 13


def test_streams_are_read_plain_and_zipped(tmp_path: Path) -> None:
    plain, zipped = tmp_path / "s.jsonl", tmp_path / "s.jsonl.gz"
    text = line("post", "p1") + "\n\n" + line("comment", "c1", "p1") + "\n"
    plain.write_text(text, encoding="utf-8")
    zipped.write_bytes(gzip.compress(text.encode()))
    assert list(open_stream(plain)) == list(open_stream(zipped))
    assert played(list(open_stream(plain))).tally.lines == 2


def test_a_stream_that_cannot_be_read_is_one_clear_error(tmp_path: Path) -> None:
    false = tmp_path / "s.gz"
    false.write_text("not zipped")
    for path in (tmp_path / "nowhere", false):
        with pytest.raises(UserError) as told:
            open_stream(path)
        assert str(path) in told.value.line()


def test_a_file_that_breaks_off_says_so_in_the_count(tmp_path: Path) -> None:
    broken = tmp_path / "s.jsonl.gz"
    text = "".join(line("comment", f"c{n}", "p1") + "\n" for n in range(5_000))
    whole = gzip.compress(text.encode())
    broken.write_bytes(whole[: len(whole) // 2])
    tally = played(list(open_stream(broken))).tally
    assert tally.rejected["unreadable"] == 1
    assert tally.lines == tally.items + tally.own_posts + sum(tally.rejected.values())


@pytest.mark.parametrize(("word", "speed"), [("20x", 20.0), ("2.5", 2.5), ("max", float("inf"))])
def test_speeds_are_read(word: str, speed: float) -> None:
    assert parse_speed(word) == speed


@pytest.mark.parametrize("word", ["fast", "0x", "-1", "nan"])
def test_a_false_speed_is_refused(word: str) -> None:
    with pytest.raises(UserError):
        parse_speed(word)


async def test_a_living_platform_plays_its_stream_and_reports(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    lines = [line("post", "p1"), *(line("comment", f"c{n}", "p1") for n in range(1_200)), "{"]
    path.write_text("\n".join(lines), encoding="utf-8")
    options = MockOptions(stream=path, speed=float("inf"), rate=5.0)
    async with running_mock(options, alive=True) as mock:
        while mock.platform.state()["items_total"] != 1_200:
            await mock.control("GET", "state")
        state = await mock.control("GET", "state")
        assert (await mock.control("POST", "player", {"action": "pause"}))["state"] == "ended"
        assert (await mock.control("POST", "player", {"action": "resume"}))["state"] == "ended"
    assert state["player"] == {
        "state": "ended",
        "lines": 1_202,
        "items": 1_200,
        "own_posts": 1,
        "edits": 0,
        "stubs": 0,
        "rejected": 1,
        "rejected_reasons": {"not_json": 1},
    }
