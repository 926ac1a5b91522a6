"""Who is killed while it measures or kills leaves nobody behind: nobody at work, and nobody stopped."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.family import Member, family, orphaned
from tests.fakes.waiting import wait_until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]
START_SECONDS = 90.0
SMALLEST = ("--items", "256", "--rounds", "100000", "--cold-starts", "0", "--against", "relay")
ONE_COLD_START = "import asyncio; from services.cli.bench.cold import once; asyncio.run(once())"
VICTIMS = {"zs-ingest", "zs-classify", "zs-respond", "nats-server", "valkey-server"}
"""Whom chaos suspends."""


@contextmanager
def running(place: Path, *words: str) -> Iterator[int]:
    """Run Python; its directories, of which it can remove none when it is killed, are in `place`."""
    environment = {**os.environ, "TMPDIR": str(place)}  # noqa: TID251 - the child needs our PATH
    process = subprocess.Popen(
        [sys.executable, *words],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def named(members: Sequence[Member], word: str) -> list[Member]:
    return [each for each in members if word in each.command]


def standing_still(members: Sequence[Member]) -> list[Member]:
    return [each for each in members if each.state == "T"]


@pytest.mark.long
def test_a_bench_killed_in_a_round_leaves_nobody_at_work_and_nobody_stopped(
    tmp_path: Path,
) -> None:
    with running(tmp_path, "-m", "services.cli", "bench", *SMALLEST) as bench:
        wait_until(lambda: len(standing_still(family(bench))) == 2, START_SECONDS)
        with orphaned(bench, suspending={"python"}) as members:
            assert len(named(standing_still(members), "relay.py")) >= 2
            assert len(named(members, "nats-server")) == 2
            assert len(named(members, "valkey-server")) == 2
            assert named(members, "services.classify")


def test_a_bench_killed_in_a_cold_start_leaves_no_house_behind(tmp_path: Path) -> None:
    with running(tmp_path, "-c", ONE_COLD_START) as bench:
        wait_until(lambda: bool(list(tmp_path.glob("*/data/run/servers.json"))), START_SECONDS)
        with orphaned(bench) as members:
            assert named(members, "services.cli up")
            assert named(members, "nats-server")


@pytest.mark.long
def test_a_chaos_killed_while_it_suspends_others_leaves_nobody_stopped(tmp_path: Path) -> None:
    with running(tmp_path, "-m", "services.cli", "chaos", "--kills", "50") as chaos:
        wait_until(lambda: {each.name for each in family(chaos)} >= VICTIMS, START_SECONDS)
        with orphaned(chaos, suspending=VICTIMS) as members:
            assert {each.name for each in standing_still(members)} == VICTIMS
