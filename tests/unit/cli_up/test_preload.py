"""The preloaded process: what it forks is ours, whatever becomes of it."""

import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.cli.patience import until
from services.cli.preload.forker import Forker, preloaded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks this way on Linux only")
MOCK = [sys.executable, "-m", "shared.platforms.mock", "--port", "0", "--run-file"]
ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONPATH": str(Path(__file__).parents[3])}


@pytest.fixture
async def forker() -> AsyncIterator[Forker]:
    found = preloaded(ENVIRONMENT)
    assert found is not None
    yield found
    found.close()


async def test_a_forked_process_is_our_child_and_ends_when_told(
    forker: Forker, tmp_path: Path
) -> None:
    run_file = tmp_path / "run.json"
    forked = await forker.fork([*MOCK, str(run_file)], ENVIRONMENT, tmp_path / "log")
    assert forked is not None
    await until(run_file.exists, 0.01)
    assert json.loads(run_file.read_text())["pid"] == forked.pid
    status = _status(forked.pid)
    assert f"PPid:\t{os.getpid()}\n" in status
    assert "Name:\tzs-mock\n" in status
    assert os.getsid(forked.pid) == forked.pid
    forked.send_signal(signal.SIGTERM)
    assert await forked.wait() == forked.returncode == 0
    with pytest.raises(ProcessLookupError):
        forked.send_signal(signal.SIGTERM)


async def test_nothing_is_imported_from_the_place_where_somebody_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shared").mkdir()
    for name in ("shared/__init__.py", "json.py"):
        (tmp_path / name).write_text("raise SystemExit('foreign code')")
    monkeypatch.chdir(tmp_path)
    found = preloaded(ENVIRONMENT)
    assert found is not None
    run_file = tmp_path / "run.json"
    forked = await found.fork([*MOCK, str(run_file)], ENVIRONMENT, tmp_path / "log")
    assert forked is not None
    await until(run_file.exists, 0.01)
    forked.send_signal(signal.SIGTERM)
    assert await forked.wait() == 0
    found.close()


async def test_it_says_what_is_wrong_in_its_log_and_in_its_exit_code(
    forker: Forker, tmp_path: Path
) -> None:
    forked = await forker.fork([*MOCK[:3], "--speed", "?"], ENVIRONMENT, tmp_path / "log")
    assert forked is not None
    assert await forked.wait() == 2
    assert "speed" in (tmp_path / "log").read_text()


async def test_services_outlive_the_process_they_were_forked_from(
    forker: Forker, tmp_path: Path
) -> None:
    run_file = tmp_path / "run.json"
    forked = await forker.fork([*MOCK, str(run_file)], ENVIRONMENT, tmp_path / "log")
    assert forked is not None
    await until(run_file.exists, 0.01)
    os.kill(forker.pid, signal.SIGKILL)
    again = await forker.fork([*MOCK, str(run_file)], ENVIRONMENT, tmp_path / "log")
    assert again is None, "what starts next starts the slow way"
    assert forked.returncode is None
    forked.send_signal(signal.SIGKILL)
    assert await forked.wait() == -signal.SIGKILL


async def test_only_modules_of_this_python_are_forked(forker: Forker, tmp_path: Path) -> None:
    assert await forker.fork(["/bin/true"], {}, tmp_path / "log") is None


def _status(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text()
