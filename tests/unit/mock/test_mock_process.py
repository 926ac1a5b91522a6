"""The program itself: quiet, ready by its run file, gone within a second of SIGTERM."""

import json
import signal
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.waiting import wait_until

COMMAND = (sys.executable, "-m", "shared.platforms.mock")
READY_SECONDS = 30.0


@contextmanager
def started(run_file: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [*COMMAND, "--run-file", str(run_file), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def await_ready(process: subprocess.Popen[bytes], run_file: Path) -> dict[str, object]:
    def ready() -> bool:
        assert process.poll() is None
        return run_file.exists()

    wait_until(ready, READY_SECONDS)
    found = json.loads(run_file.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_it_writes_its_run_file_serves_and_stops_when_asked(tmp_path: Path) -> None:
    run_file = tmp_path / "run.json"
    with started(run_file, "--seed", "9", "--accounts", "2", "--rate", "3") as process:
        ready = await_ready(process, run_file)
        assert ready["pid"] == process.pid
        assert stat.S_IMODE(run_file.stat().st_mode) == 0o600
        accounts = ready["accounts"]
        assert isinstance(accounts, list)
        assert [one["name"] for one in accounts] == ["锦绣清城购物广场", "锦绣清城会员中心"]
        assert set(accounts[0]) == {
            "native_id", "name", "app_key", "app_secret", "access_token",
        }  # fmt: skip
        address = f"{ready['http']}/2/comments/to_me.json?access_token="
        with urllib.request.urlopen(address + accounts[0]["access_token"]) as answer:  # noqa: S310
            assert json.load(answer)["comments"]
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=READY_SECONDS)
    assert (process.returncode, out) == (0, b"")


def test_a_stream_that_is_not_there_is_one_line_and_exit_two(tmp_path: Path) -> None:
    with started(tmp_path / "run.json", "--stream", str(tmp_path / "none.jsonl")) as process:
        out, _ = process.communicate(timeout=READY_SECONDS)
    assert process.returncode == 2
    assert out.decode().count("\n") == 1
    assert "none.jsonl" in out.decode()


def test_a_port_that_is_taken_is_one_line_and_exit_two(tmp_path: Path) -> None:
    with started(tmp_path / "first.json") as first:
        port = str(await_ready(first, tmp_path / "first.json")["http"]).rsplit(":", 1)[1]
        with started(tmp_path / "second.json", "--port", port) as second:
            out, _ = second.communicate(timeout=READY_SECONDS)
    assert second.returncode == 2
    assert out.decode().count("\n") == 1
    assert port in out.decode()
