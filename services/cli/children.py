"""The processes of one house: how each service and the mock platform is started."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from services.cli.embedded.data_dir import DataDir, write_private
from services.cli.embedded.process import Fork, ProcessSpec
from services.cli.embedded.servers import Addresses

CHILD_STOP_SECONDS = 4.5
"""Ctrl-C promises five seconds for everything; the servers need the rest."""
CHILD_READY_SECONDS = 60.0


def child(
    data: DataDir,
    name: str,
    argv: Sequence[str],
    environment: Mapping[str, str],
    *,
    after: Callable[[], Awaitable[None]] | None = None,
    fork: Fork | None = None,
) -> ProcessSpec:
    """Return how to run a process that reports through a run file once it is ready."""
    place = data.run_file(name)

    async def ready(pid: int) -> bool:
        return read_run_file(data, name).get("pid") == pid

    return ProcessSpec(
        name=name,
        argv=argv,
        log=data.log(name),
        ready=ready,
        env={**environment, "ZHISHOU_RUN_FILE": str(place)},
        before=lambda: place.unlink(missing_ok=True),
        after=after,
        fork=fork,
        ready_seconds=CHILD_READY_SECONDS,
        stop_seconds=CHILD_STOP_SECONDS,
    )


def service(name: str) -> list[str]:
    """Return what Python is told to run one of our services."""
    return ["-m", f"services.{name}"]


def mock(
    data: DataDir,
    *,
    port: int,
    seed: int,
    rate: float | None,
    played: Sequence[str],
    run: str = "",
) -> list[str]:
    """Return the same for the mock platform; `played` are the options of a stream, `run` its name.

    Its world is kept beside everything else: what was answered yesterday stands there today.
    """
    words = ["-m", "shared.platforms.mock", "--port", str(port)]
    words += ["--seed", str(seed), "--run-file", str(data.run_file("mock")), *played]
    words += ["--diary", str(data.part("mock") / f"world-{seed}.jsonl"), "--run", run]
    return words if rate is None else [*words, "--rate", str(rate)]


def write_addresses(data: DataDir, addresses: Addresses) -> None:
    """Say where the servers are, to this user's other commands only: it holds their secrets."""
    where = {"nats_url": addresses.nats_url, "redis_url": addresses.redis_url}
    write_private(data.run_file("servers"), json.dumps(where))


def read_run_file(data: DataDir, name: str) -> dict[str, Any]:
    """Return what the process reported; nothing while it has not."""
    with suppress(OSError, ValueError):
        report = json.loads(data.run_file(name).read_text(encoding="utf-8"))
        if isinstance(report, dict):
            return report
    return {}
