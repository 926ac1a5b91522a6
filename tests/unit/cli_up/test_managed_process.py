"""Real small processes: started, seen ready, restarted, stopped for sure."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from services.cli.embedded.process import ManagedProcess, ProcessSpec
from services.cli.supervisor import Supervisor
from shared.errors import UserError
from shared.runtime.clock import SystemClock
from tests.fakes.waiting import alive, until

STUBBORN = "trap '' TERM; touch ready; while :; do sleep 0.05; done"
WILLING = "touch ready; exec sleep 60"


def a_spec(home: Path, script: str, **more: object) -> ProcessSpec:
    async def ready(_pid: int) -> bool:
        return (home / "ready").exists()

    home.mkdir(parents=True, exist_ok=True)
    (home / "logs").mkdir(exist_ok=True)
    argv = ["/bin/sh", "-c", f"cd {home}; {script}"]
    defaults: dict[str, object] = {
        "name": home.name,
        "argv": argv,
        "log": home / "logs" / "it.log",
        "ready": ready,
        "env": {"PATH": os.defpath},
        "before": lambda: (home / "ready").unlink(missing_ok=True),
        "stop_seconds": 2.0,
    }
    return ProcessSpec(**{**defaults, **more})  # type: ignore[arg-type]


async def test_it_runs_in_a_session_of_its_own_and_ends_when_asked(tmp_path: Path) -> None:
    process = ManagedProcess(a_spec(tmp_path / "a", WILLING))
    assert process.pid == 0
    assert await process.wait() == "never ran"
    assert await process.stop()
    await process.start()
    pid = process.pid
    assert os.getsid(pid) == pid != os.getsid(0)
    assert await process.stop()
    assert not alive(pid)
    assert process.pid == 0
    assert await process.wait() == "killed by SIGTERM"


async def test_what_does_not_end_is_killed(tmp_path: Path) -> None:
    process = ManagedProcess(a_spec(tmp_path / "a", STUBBORN, stop_seconds=0.1))
    await process.start()
    pid = process.pid
    assert not await process.stop()
    assert not alive(pid)


async def test_an_early_end_is_told_with_its_last_words_and_the_fix(tmp_path: Path) -> None:
    script = "echo first; echo 'No space left on device'; exit 3"
    spec = a_spec(tmp_path / "a", script, fixes={"No space left": "free some disk space"})
    with pytest.raises(UserError) as failed:
        await ManagedProcess(spec).start()
    assert failed.value.what == "a ended (exit code 3): No space left on device"
    assert failed.value.fix == "free some disk space"
    assert failed.value.where == str(spec.log)


async def test_only_the_words_of_this_start_count(tmp_path: Path) -> None:
    spec = a_spec(tmp_path / "a", "exit 4")
    spec.log.write_text("an old story\n")
    with pytest.raises(UserError, match="it said nothing"):
        await ManagedProcess(spec).start()


async def test_what_is_never_ready_is_stopped_and_told(tmp_path: Path) -> None:
    spec = a_spec(tmp_path / "a", "echo $$ > pid; exec sleep 60", ready_seconds=0.3)
    with pytest.raises(UserError, match="was not ready within 0 s"):
        await ManagedProcess(spec).start()
    pid = (tmp_path / "a" / "pid").read_text().strip()
    assert not alive(int(pid))


async def test_a_start_that_is_cancelled_leaves_nothing_behind(tmp_path: Path) -> None:
    spec = a_spec(tmp_path / "a", "echo $$ > pid; exec sleep 60")
    written = tmp_path / "a" / "pid"
    async with asyncio.TaskGroup() as group:
        starting = group.create_task(ManagedProcess(spec).start())
        await until(lambda: written.exists() and bool(written.read_text()))
        starting.cancel()
    assert not alive(int(written.read_text()))


async def test_a_missing_program_and_a_missing_directory_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot start a"):
        await ManagedProcess(a_spec(tmp_path / "a", "", argv=["/no/such/program"])).start()
    spec = a_spec(tmp_path / "a", "", log=tmp_path / "gone" / "logs" / "x.log")
    with pytest.raises(UserError, match="cannot write to the data directory"):
        await ManagedProcess(spec).start()


async def test_a_large_log_is_moved_aside_while_it_is_written(tmp_path: Path) -> None:
    script = "trap 'echo later; exit' TERM; for i in 1 2 3 4 5 6 7 8 9; do echo 0123456789012345; done; touch ready; while :; do sleep 0.01; done"
    spec = a_spec(tmp_path / "a", script, largest_log_bytes=100)
    process = ManagedProcess(spec)
    await process.start()
    process.trim_log()
    await process.stop()
    assert spec.log.read_text() == "later\n"
    assert spec.log.with_name("it.log.1").read_text().count("\n") == 9
    process.trim_log()


async def test_what_dies_is_started_again_and_reported(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, SystemClock().monotonic)
    await supervisor.start(a_spec(tmp_path / "a", WILLING))
    await supervisor.start(a_spec(tmp_path / "b", WILLING))
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(supervisor.keep())
        first = supervisor.pids
        os.kill(first["a"], signal.SIGKILL)
        await until(lambda: "a runs again" in said)
        second = supervisor.pids
        keeping.cancel()
    assert said[0] == "a ended (killed by SIGKILL); starting it again"
    assert second["a"] != first["a"]
    assert second["b"] == first["b"]
    await supervisor.stop(frozenset({"b"}))
    assert not any(alive(pid) for pid in second.values())
    assert supervisor.pids == {}


async def test_a_restart_that_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, SystemClock().monotonic)
    script = "[ -e bad ] && { echo broken; exit 1; }; " + WILLING
    await supervisor.start(a_spec(tmp_path / "a", script))
    (tmp_path / "a" / "bad").touch()
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(supervisor.keep())
        os.kill(supervisor.pids["a"], signal.SIGKILL)
        await until(lambda: any("broken" in line for line in said))
        (tmp_path / "a" / "bad").unlink()
        await until(lambda: "a runs again" in said)
        keeping.cancel()
    await supervisor.stop()


async def test_the_one_that_had_to_be_killed_is_named(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, SystemClock().monotonic)
    await supervisor.start(a_spec(tmp_path / "slow", STUBBORN, stop_seconds=0.1))
    await supervisor.stop(frozenset({"slow"}))
    assert said == ["slow did not end within 0 s: killed"]


async def test_a_first_start_that_fails_is_not_kept(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, SystemClock().monotonic)
    with pytest.raises(UserError):
        await supervisor.start(a_spec(tmp_path / "a", "exit 1"))
    assert supervisor.pids == {}
    await supervisor.stop()


async def test_what_comes_after_readiness_runs_at_every_start(tmp_path: Path) -> None:
    linked: list[str] = []

    async def after() -> None:
        linked.append("linked")

    process = ManagedProcess(a_spec(tmp_path / "a", WILLING, after=after))
    await process.start()
    await process.stop()
    await process.start()
    await process.stop()
    assert linked == ["linked", "linked"]


async def test_an_end_with_an_error_is_told_with_its_words_and_nothing_a_terminal_obeys(
    tmp_path: Path,
) -> None:
    script = "touch ready; sleep 0.2; printf 'the \\033[31mpack is broken\\n'; exit 2"
    process = ManagedProcess(a_spec(tmp_path / "a", script))
    await process.start()
    assert await process.wait() == "exit code 2: the  [31mpack is broken"
