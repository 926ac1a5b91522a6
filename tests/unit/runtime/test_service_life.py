"""Loops start together, stop together and drain."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from shared.errors import TransientError
from shared.runtime.entry import WRONG_USE, run_service
from shared.runtime.service import run_until_stopped, write_run_file
from shared.runtime.settings import CommonSettings


async def test_a_signal_lets_every_loop_finish_its_work() -> None:
    finished: list[str] = []

    async def worker(stop: asyncio.Event) -> None:
        await stop.wait()
        await asyncio.sleep(0)
        finished.append("worker")

    async def kill(_stop: asyncio.Event) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    async with asyncio.timeout(5):
        await run_until_stopped({"worker": worker, "kill": kill})
    assert finished == ["worker"]


async def test_a_loop_that_ignores_the_stop_is_cut_off_after_the_grace() -> None:
    stop = asyncio.Event()
    stop.set()
    cut = []

    async def stubborn(_stop: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cut.append(True)
            raise

    async with asyncio.timeout(5):
        await run_until_stopped({"stubborn": stubborn}, grace_seconds=0.01, stop=stop)
    assert cut == [True]


async def test_a_failing_loop_stops_the_others_and_is_raised() -> None:
    drained = []

    async def worker(stop: asyncio.Event) -> None:
        await stop.wait()
        drained.append(True)

    async def broken(_stop: asyncio.Event) -> None:
        raise ValueError("a bug")

    async with asyncio.timeout(5):
        with pytest.raises(ValueError, match="a bug") as caught:
            await run_until_stopped({"worker": worker, "broken": broken})
    assert drained == [True]
    assert caught.value.__notes__ == ["in the loop 'broken'"]


async def test_when_all_loops_end_by_themselves_the_service_ends() -> None:
    async def once(_stop: asyncio.Event) -> None:
        return

    async with asyncio.timeout(5):
        await run_until_stopped({"a": once, "b": once})
        await run_until_stopped({})


async def test_cancelling_the_service_cancels_its_loops() -> None:
    began = asyncio.Event()

    async def worker(_stop: asyncio.Event) -> None:
        began.set()
        await asyncio.Event().wait()

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        service = group.create_task(run_until_stopped({"worker": worker}))
        await began.wait()
        service.cancel()
    assert service.cancelled()


def test_the_run_file_is_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "run" / "respond.json"
    write_run_file(path, "http://127.0.0.1:1", sign_in="http://127.0.0.1:1/in")
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "pid": os.getpid(),
        "http": "http://127.0.0.1:1",
        "sign_in": "http://127.0.0.1:1/in",
    }
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["respond.json"]
    write_run_file(None, "nowhere")


def test_a_server_that_is_away_is_one_line_with_the_fix(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def serve(_settings: CommonSettings) -> None:
        raise TransientError("NATS does not answer: refused")

    assert run_service("classify", CommonSettings, serve) == WRONG_USE
    started, said = capsys.readouterr().err.splitlines()
    assert "service.started" in started
    assert said.startswith(
        "zhishou: what classify needs is away: NATS does not answer: refused -> "
    )
