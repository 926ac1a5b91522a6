"""Everything that was said is counted once, by everybody, whatever is killed meanwhile."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.house import House, a_house
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]

OUR_OWN = Path("tests/recordings/market-day.jsonl")
REAL = Path("../shared/data/streams/checked_official.jsonl.gz")
REAL_LINES = 1_500
SERVICES = ("ingest", "classify", "respond", "watchdog", "archive")


def zhishou(*words: str) -> dict[str, Any]:
    """Run a command that reports as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "services.cli", *words, "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def beginning(stream: Path, place: Path) -> Path:
    """Write the first lines of a stream that is too long for a test."""
    with gzip.open(stream, "rt", encoding="utf-8") as lines:
        place.write_text("".join(islice(lines, REAL_LINES)), encoding="utf-8")
    return place


@pytest.fixture(params=["ours", "real"])
def stream(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "ours":
        return OUR_OWN
    if not REAL.exists():
        pytest.skip("the real streams are not here")
    return beginning(REAL, tmp_path / "beginning.jsonl")


async def test_a_played_stream_is_counted_alike_everywhere_and_replays_to_its_own_digest(
    stream: Path, tmp_path: Path
) -> None:
    lines = count_lines(stream)
    data, recording = tmp_path / "data", tmp_path / "live.jsonl"
    async with a_house(data, "--stream", str(stream), "--speed", "max") as house:
        await until(partial(ended, house), 60)
        player = (await house.mock("state"))["player"]
        assert player["items"] + player["own_posts"] + player["rejected"] == lines
        counts = await house.settled(60)
        assert counts.mock + player["edits"] == player["items"]
        counted, archived = await house.counted(), await house.archived()
        assert archived["cases"] == counted["cases_opened"]
        assert (counted["items_degraded"], counted["quarantined"]) == (count_silent(stream), 0)
        await until(all_read(house), pause_seconds=0.5)
        recorded = zhishou("record", str(recording), "--data-dir", str(data))
    assert recorded["undecodable"] == 0
    replayed = zhishou("replay", str(recording))
    assert replayed["reproduced"] is True
    assert replayed["digest"] == recorded["digest"]
    assert (replayed["items"], replayed["cases"]) == (counts.mock, counted["cases_opened"])


def count_lines(stream: Path) -> int:
    return len(stream.read_text(encoding="utf-8").strip().split("\n"))


def count_silent(stream: Path) -> int:
    """Count what came without a word: nobody can judge that. Reposts come as mentions, if at all."""
    lines = stream.read_text(encoding="utf-8").strip().split("\n")
    told = [json.loads(each) for each in lines if each.startswith("{")]
    return sum(each["kind"] != "repost" and not each["text"].strip() for each in told)


async def ended(house: House) -> bool:
    return bool((await house.mock("state"))["player"]["state"] == "ended")


def all_read(house: House) -> Callable[[], Awaitable[bool]]:
    """Ask whether anything was written since the last time: ledger lines follow the last fact."""
    seen = -1

    async def nothing_new() -> bool:
        nonlocal seen
        before, seen = seen, (await house.archived())["seq"]
        return seen == before

    return nothing_new


def talk(place: Path) -> Path:
    """Write two minutes of people who talk, twenty a second: longer than all the kills take."""
    start = datetime(2026, 5, 1, tzinfo=UTC)
    rows = [{"event": "sale", "kind": "post", "id": "sale", "user": "mall", "text": "今天店庆。"}]
    rows += [
        {"event": "sale", "kind": "comment", "id": f"c{number}", "parent": "sale",
         "user": f"u{number % 50}", "text": f"第{number}次来了,排队太久,没人管,要投诉!"}
        for number in range(2_400)
    ]  # fmt: skip
    times = (start + timedelta(seconds=0.05 * number) for number in range(len(rows)))
    lines = (json.dumps({"t": at.isoformat(), **row}) for at, row in zip(times, rows, strict=True))
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place


async def test_every_process_is_killed_while_people_talk_and_every_word_is_counted(
    tmp_path: Path,
) -> None:
    stream = talk(tmp_path / "talk.jsonl")
    async with a_house(tmp_path / "data", "--stream", str(stream), "--speed", "1x") as house:
        await until(partial(heard, house, 40))
        for name in (*SERVICES, "mock"):  # a platform that was killed has forgotten nothing
            pid = int(house.report(name)["pid"])
            os.kill(pid, signal.SIGKILL)
            await until(partial(came_back, house, name, pid))
        for pid in servers(house):
            os.kill(pid, signal.SIGKILL)
        await until(partial(said, house, "nats runs again", "valkey runs again"))
        so_far = int((await house.mock("state"))["items_total"])
        await until(partial(heard, house, so_far + 40))
        assert (await house.mock("player", {"action": "pause"}))["state"] == "paused"
        await house.settled(60, least=so_far)
        assert (await house.counted())["quarantined"] == 0


async def heard(house: House, least: int) -> bool:
    return (await house.archived())["classified"] >= least


def said(house: House, *words: str) -> bool:
    return all(each in house.said() for each in words)


def came_back(house: House, name: str, before: int) -> bool:
    return f"{name} runs again" in house.said() and house.report(name)["pid"] != before


def servers(house: House) -> set[int]:
    """Return the processes of the house that are none of ours: NATS and Valkey."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "ppid=,pid="], check=True, capture_output=True, text=True
    )
    rows = (line.split() for line in listed.stdout.splitlines())
    children = {int(child) for parent, child in rows if int(parent) == house.process.pid}
    return children - {house.report(name)["pid"] for name in (*SERVICES, "mock")}
