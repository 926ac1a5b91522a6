"""A platform that was killed goes on where it was: the same world, the same ids, no line twice."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from shared.errors import UserError
from shared.platforms.mock.diary import Diary
from shared.platforms.mock.platform import MockOptions, MockPlatform
from tests.fakes.full_disk import files_end_at
from tests.fakes.mock_platform import HandClock

STILL = MockOptions()
Start = Callable[..., MockPlatform]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a platform in a place; one that was there before was killed, not closed."""
    with ExitStack() as stack:

        def started(place: Path, clock: HandClock, options: MockOptions = STILL) -> MockPlatform:
            kept = replace(options, diary=place / "world.jsonl")
            platform = MockPlatform(kept, clock)
            stack.callback(platform.close)
            return platform

        yield started


def told(platform: MockPlatform) -> dict[str, object]:
    """Return all that anybody could see of a world."""
    world = platform.world
    return {
        "statuses": world.statuses,
        "comments": world.comments,
        "answers": world.answers,
        "inbox": world.inbox,
        "waiting": [one.id for one in world.to_push],
        "emitted": world.emitted,
        "feeds": {uid: account.feeds for uid, account in world.accounts.items()},
    }


def stream(place: Path, lines: int) -> Path:
    path = place / "stream.jsonl"
    rows = [
        {
            "event": "e-p1",
            "t": "2026-01-01T08:00:00+08:00",
            "kind": "post",
            "id": "p1",
            "text": "早",
        }
    ]
    rows += [
        {
            "event": "e-p1",
            "t": f"2026-01-01T08:{number // 60:02d}:{number % 60:02d}+08:00",
            "kind": ("comment", "repost", "mention", "message")[number % 4],
            "id": f"i{number}",
            "parent": "p1" if number % 5 else "before",
            "user": f"u{number % 7}",
            "text": f"第{number}句",
        }
        for number in range(1, lines)
    ]
    path.write_text(
        "\n".join(["not json", *(json.dumps(each, ensure_ascii=False) for each in rows), ""]),
        encoding="utf-8",
    )
    return path


def test_everything_that_happened_is_there_again_with_its_own_ids(
    start: Start, tmp_path: Path
) -> None:
    clock = HandClock()
    first = start(tmp_path, clock)
    world, account = first.world, first.main
    post = world.publish(account, "欢迎", clock.now())
    stub = world.publish(account, "…", clock.now(), theme="stub")
    world.fill(stub.id, "真的正文")
    person = world.user("wang", clock.now())
    said = world.comment(account, person, post, "东西坏了", clock.now(), theme="food")
    world.comment(account, person, post, "在吗", clock.now(), reply_to=said)
    world.repost(account, person, post, "", clock.now())
    named = world.mention(account, person, "@我们", clock.now())
    world.speak(account, post, "您好", clock.now(), reply_to=said, hidden_seconds=3)
    message = world.message(account, person, "私信\ud83d", clock.now())
    world.message(account, person, "还在等", clock.now())
    world.pushed(message.id)
    world.whisper(account, person.uid, "收到", clock.now())
    world.edit(said.id, "东西坏了,退钱", clock.now())
    world.edit(named.id, "@我们 改", clock.now())
    world.delete(named.id)
    clock.pass_by(60)
    second = start(tmp_path, clock)
    assert told(second) == told(first)
    same = second.world.statuses[post.id]
    fresh = second.world.comment(second.main, person, same, "又来", clock.now())
    assert fresh.id > max(first.world.comments)
    assert told(start(tmp_path, clock)) == told(second)


@pytest.mark.parametrize("cut", [0, 1, 7, 39, 60])
def test_a_stream_goes_on_after_a_kill_and_no_line_is_played_twice(
    start: Start, cut: int, tmp_path: Path
) -> None:
    path = stream(tmp_path, 60)
    clock = HandClock()
    whole = start(tmp_path / "whole", clock, MockOptions(stream=path, speed=10.0, run="r"))
    whole.begin()
    for _ in range(100):
        clock.pass_by(1)
        whole.advance()
    clock = HandClock()
    part = start(tmp_path / "part", clock, MockOptions(stream=path, speed=10.0, run="r"))
    part.begin()
    for _ in range(100):
        clock.pass_by(0.1)
        part.advance()
        if part.player is not None and part.player.tally.lines >= cut:
            break
    again = start(tmp_path / "part", clock, MockOptions(stream=path, speed=10.0, run="r"))
    again.begin()
    for _ in range(200):
        clock.pass_by(1)
        again.advance()
    assert again.state()["player"] == whole.state()["player"]
    assert told(again) == told(whole)
    assert again.world.emitted == whole.world.emitted


def test_another_run_plays_the_stream_from_its_beginning(start: Start, tmp_path: Path) -> None:
    clock, path = HandClock(), stream(tmp_path, 10)
    for number, run in enumerate(("one", "two"), start=1):
        platform = start(tmp_path, clock, MockOptions(stream=path, speed=float("inf"), run=run))
        platform.begin()
        platform.advance()
        assert platform.state()["items_total"] == 9 * number
        platform.close()


def test_an_invented_public_goes_on_without_saying_it_all_again(
    start: Start, tmp_path: Path
) -> None:
    clock = HandClock()
    first = start(tmp_path, clock, MockOptions(rate=1.0))
    first.begin()
    clock.pass_by(120)
    first.advance()
    before = [one.text for one in first.world.comments.values()]
    second = start(tmp_path, clock, MockOptions(rate=1.0))
    second.begin()
    assert [one.text for one in second.world.comments.values()] == before
    clock.pass_by(120)
    second.advance()
    fresh = [one.text for one in second.world.comments.values()][len(before) :]
    assert fresh
    assert fresh != before[: len(fresh)]


def test_a_line_cut_off_in_its_middle_is_taken_away(start: Start, tmp_path: Path) -> None:
    clock = HandClock()
    first = start(tmp_path, clock)
    first.world.publish(first.main, "欢迎", clock.now())
    file = tmp_path / "world.jsonl"
    file.write_bytes(file.read_bytes() + b'["publish", 12')
    second = start(tmp_path, clock)
    second.world.publish(second.main, "再见", clock.now() + timedelta(seconds=1))
    assert len(start(tmp_path, clock).world.statuses) == 2


@pytest.mark.parametrize("damage", [b"{\n", b"[]\n", b"\xff\xfe\n", b'"publish"\n'])
def test_a_damaged_diary_is_one_line_with_the_fix(
    start: Start, damage: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "world.jsonl"
    file.write_bytes(damage)
    with pytest.raises(UserError, match="line 1 of the simulated platform's diary") as refused:
        start(tmp_path, HandClock())
    assert "delete the file" in refused.value.line()


def test_a_place_that_cannot_be_kept_is_one_line(start: Start, tmp_path: Path) -> None:
    (tmp_path / "world.jsonl").mkdir()
    with pytest.raises(UserError, match="cannot keep its diary"):
        start(tmp_path, HandClock())


def test_a_world_that_grew_too_old_begins_anew(
    tmp_path: Path,
) -> None:
    file = tmp_path / "world.jsonl"
    file.write_bytes(b'["played"]\n' * 3)
    opened, entries = Diary.opened(file, most_lines=2)
    opened.close()
    assert list(entries) == []
    assert file.read_bytes() == b""


def test_on_a_full_disk_the_diary_waits_for_space(start: Start, tmp_path: Path) -> None:
    clock = HandClock()
    first = start(tmp_path, clock)
    first.world.publish(first.main, "一", clock.now())
    with files_end_at((tmp_path / "world.jsonl").stat().st_size + 5):
        first.world.publish(first.main, "二", clock.now())
        first.world.publish(first.main, "三", clock.now())
    first.world.publish(first.main, "四", clock.now())
    assert told(start(tmp_path, clock)) == told(first)
