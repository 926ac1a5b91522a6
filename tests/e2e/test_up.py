"""`zhishou up` as a person runs it: four lines, kills survived, a second one refused, Ctrl-C."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any

import pytest

from services.cli.embedded.ports import free_port
from tests.fakes.waiting import alive, wait_until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(150)]

NAMES = ("mock", "ingest", "classify", "respond", "watchdog", "archive")
READY_SECONDS = 60.0
QUICK_SECONDS = 8.0  # five are promised; a busy test machine gets some slack


class Up:
    """A running `zhishou up`, with what it says line by line."""

    def __init__(self, data: Path, *words: str) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "services.cli",
                "up",
                "--no-open",
                "--data-dir",
                str(data),
                *words,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.out: Queue[str] = Queue()
        self.err: Queue[str] = Queue()
        self._readers = [
            Thread(target=_read, args=(stream, queue))
            for stream, queue in ((self.process.stdout, self.out), (self.process.stderr, self.err))
        ]
        for reader in self._readers:
            reader.start()

    def four_lines(self) -> list[str]:
        return [self._next(self.out) for _ in range(4)]

    def hear(self, words: str) -> str:
        """Return the next report that holds `words`."""
        while words not in (line := self._next(self.err)):
            pass
        assert line.startswith("zhishou: ")
        return line

    def report(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "run" / f"{name}.json").read_text())
        return found

    def interrupt(self) -> float:
        """Press Ctrl-C; return how many seconds the end took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == 0
        return time.monotonic() - began

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join(30)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def _next(self, queue: Queue[str]) -> str:
        try:
            return queue.get(timeout=READY_SECONDS)
        except Empty:
            said = [*self.err.queue, *self.out.queue]
            pytest.fail(f"nothing more was said; left: {said}")


def _read(stream: IO[str] | None, queue: Queue[str]) -> None:
    assert stream is not None
    for line in stream:
        queue.put(line.rstrip("\n"))


@contextmanager
def zhishou_up(data: Path, *words: str) -> Iterator[Up]:
    running = Up(data, *words)
    try:
        yield running
    finally:
        running.close()


def children_of(pid: int) -> list[int]:
    """Return the direct children of a process."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "ppid=,pid="], check=True, capture_output=True, text=True
    )
    rows = (line.split() for line in listed.stdout.splitlines())
    return [int(child) for parent, child in rows if int(parent) == pid]


def gone(pids: list[int]) -> bool:
    try:
        wait_until(lambda: not any(alive(pid) for pid in pids), 10)
    except TimeoutError:
        return False
    return True


def say_what_is_promised(running: Up, port: str) -> None:
    console, sign_in, simulated, stop = running.four_lines()
    assert re.match(rf"Console +http://127\.0\.0\.1:{port}$", console)
    assert re.match(r"Sign in +http://127\.0\.0\.1:\d+/\S+$", sign_in)
    assert "锦绣清城购物广场" in simulated
    assert "seed 7" in simulated
    assert "Ctrl-C" in stop
    with urllib.request.urlopen(console.split()[-1], timeout=10) as page:  # noqa: S310 - our own
        assert page.status == 200


def refuse_a_second_one(running: Up) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "services.cli", "up", "--no-open", "--data-dir", str(running.data)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert f"process {running.process.pid}" in second.stderr


def survive_kills(running: Up) -> None:
    place = running.data / "run" / "watchdog.json"
    wait_until(place.exists, READY_SECONDS)  # it starts last, after the lines
    first = {name: running.report(name)["pid"] for name in NAMES}
    os.kill(first["classify"], signal.SIGKILL)
    running.hear("classify runs again")
    assert running.report("classify")["pid"] != first["classify"]
    services = {running.report(name)["pid"] for name in NAMES}
    others = set(children_of(running.process.pid)) - services
    assert len(others) == 3, "two servers, and the process that services were forked from"
    for pid in others:
        os.kill(pid, signal.SIGKILL)
    heard = {running.hear("runs again").split()[1] for _ in ("nats", "valkey")}
    assert heard == {"nats", "valkey"}
    assert running.report("respond")["pid"] == first["respond"]


def test_one_command_runs_everything_survives_kills_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    data = tmp_path / "数据 目录"
    port = str(free_port())
    with zhishou_up(data, "--rate", "5", "--seed", "7", "--port", port) as running:
        say_what_is_promised(running, port)
        refuse_a_second_one(running)
        survive_kills(running)
        pids = children_of(running.process.pid)
        assert len(pids) == 8
        assert running.interrupt() < QUICK_SECONDS
        assert gone(pids)
        running.hear("stopping")
    kept = (data / "nats" / "port").read_text()
    with zhishou_up(data, "--port", port) as again:
        again.four_lines()
        assert (data / "nats" / "port").read_text() == kept
        pids = children_of(again.process.pid)
        os.kill(again.process.pid, signal.SIGKILL)
        with zhishou_up(data, "--port", port) as third:  # at once, on the port that is still held
            third.four_lines()
            assert gone(pids), "something outlived a supervisor that was killed"


def test_an_interrupt_while_starting_leaves_nothing_behind(tmp_path: Path) -> None:
    with zhishou_up(tmp_path / "data") as running:
        wait_until(lambda: len(children_of(running.process.pid)) >= 3, READY_SECONDS)
        pids = children_of(running.process.pid)
        assert running.interrupt() < QUICK_SECONDS
        assert gone(pids)


def test_a_data_directory_that_cannot_be_written_is_one_line() -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "services.cli", "up", "--data-dir", "/proc/zhishou"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "--data-dir" in refused.stderr
