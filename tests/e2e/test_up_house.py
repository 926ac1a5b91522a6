"""The house in this process: real servers, small stand-ins for the services."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.cli.embedded.data_dir import opened
from services.cli.embedded.servers import SERVERS, servers
from services.cli.supervisor import Supervisor
from services.cli.up import Standing, UpOptions, up
from services.cli.up_cmd import has_screen
from shared.errors import UserError
from shared.runtime.clock import SystemClock

pytestmark = pytest.mark.servers

STAND_IN = """
import json, os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
name, place = sys.argv[2].rpartition(".")[2], os.environ["ZHISHOU_RUN_FILE"]
if name == os.environ.get("BROKEN"):
    sys.exit("zhishou: this one is broken")
account = {"native_id": "55", "name": "某某", "app_key": "k", "app_secret": "s", "access_token": "t"}
report = {"pid": os.getpid(), "http": f"http://127.0.0.1/{name}", "accounts": [account],
          "control_token": "c", "argv": sys.argv, "env": dict(os.environ)}
if name == "respond":
    report["sign_in"] = "http://127.0.0.1/signin"
with open(place + ".new", "w") as file:
    json.dump(report, file)
os.rename(place + ".new", place)
while True:
    time.sleep(1)
"""


A_LINE = (
    '{"event": "e", "t": "2026-05-01T08:00:00Z", "kind": "comment", "id": "1", "text": "早"}\n'
)
STAND_INS = (sys.executable, "-S", "-E", "-c", STAND_IN)


def press_ctrl_c(seen: list[Standing]) -> Callable[[Standing], None]:
    def say(standing: Standing) -> None:
        seen.append(standing)
        os.kill(os.getpid(), signal.SIGINT)

    return say


async def run(options: UpOptions) -> tuple[list[Standing], list[str]]:
    said: list[Standing] = []
    reports: list[str] = []
    clock = SystemClock()
    options = replace(options, python=STAND_INS)
    await up(options, say=press_ctrl_c(said), report=reports.append, monotonic=clock.monotonic)
    return said, reports


async def test_it_starts_tells_and_stops(tmp_path: Path) -> None:
    (standing,), reports = await run(UpOptions(data_dir=tmp_path / "d"))
    assert standing.console == "http://127.0.0.1/respond"
    assert standing.sign_in == "http://127.0.0.1/signin"
    assert "某某" in standing.simulated
    assert "seed 1" in standing.simulated
    assert str(tmp_path) in standing.data
    assert reports == ["stopping; what is in hand is finished first (up to 5 s)"]


async def test_a_played_stream_is_named(tmp_path: Path) -> None:
    stream = tmp_path / "crisis.jsonl"
    stream.write_text(A_LINE, encoding="utf-8")
    (standing,), _ = await run(UpOptions(ephemeral=True, stream=stream, speed="20x"))
    assert "crisis.jsonl at 20x" in standing.simulated
    assert standing.data == "nothing is kept"


async def test_real_accounts_need_no_mock(tmp_path: Path) -> None:
    register = tmp_path / "real.yaml"
    register.write_text("accounts: []\n")
    (standing,), _ = await run(UpOptions(data_dir=tmp_path / "d", accounts=register))
    assert standing.simulated.startswith("nothing")
    assert not (tmp_path / "d" / "run" / "mock.json").exists()
    with pytest.raises(UserError):
        await run(UpOptions(data_dir=tmp_path / "d", accounts=tmp_path / "none.yaml"))


async def test_a_service_that_cannot_start_stops_everything_with_its_own_words(
    tmp_path: Path,
) -> None:
    for broken in ("archive", "mock", "respond"):
        options = UpOptions(data_dir=tmp_path / "d", environment={"BROKEN": broken})
        with pytest.raises(UserError) as failed:
            await run(options)
        assert f"{broken} ended (exit code 1): zhishou: this one is broken" in failed.value.what
    with opened(tmp_path / "d"):
        pass  # nobody holds it any more


async def test_servers_of_others_are_used_and_not_started(tmp_path: Path) -> None:
    supervisor = Supervisor(print, SystemClock().monotonic)
    with opened(tmp_path / "theirs") as data:
        async with servers(data, supervisor) as theirs:
            options = UpOptions(
                data_dir=tmp_path / "ours",
                nats_url=theirs.nats_url,
                redis_url=theirs.redis_url,
            )
            said, _ = await run(options)
            assert len(said) == 1
            assert not (tmp_path / "ours" / "nats" / "port").exists()
            assert len(supervisor.pids) == 2
        await supervisor.stop(SERVERS)
    with pytest.raises(UserError, match="nobody answers"):
        await run(UpOptions(data_dir=tmp_path / "ours", nats_url=theirs.nats_url))


def test_a_browser_is_opened_only_where_there_is_a_screen() -> None:
    assert not has_screen({}, "linux")
    assert has_screen({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert has_screen({}, "darwin")
