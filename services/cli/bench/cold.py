"""Cold start: from the start of `zhishou up` to the first verdict in its log, servers included."""

import asyncio
import json
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from signal import SIGTERM
from statistics import median
from tempfile import TemporaryDirectory

from services.cli.bench.machine import own_pid
from services.cli.embedded.process import following
from services.cli.patience import until
from shared.bus.nats_bus import NatsBus
from shared.bus.port import BusAwayError
from shared.contracts.items import ItemClassified
from shared.contracts.subjects import subject_for
from shared.errors import UserError
from shared.runtime.clock import SystemClock

WAIT_SECONDS = 60.0
LOOK_SECONDS = 0.1
"""Seldom, so that looking costs the start nothing; the log itself says when the verdict came."""
ITEMS_PER_SECOND = 20
COMMAND = ("-m", "services.cli", "up", "--no-open", "--port", "0", "--rate", str(ITEMS_PER_SECOND))
VERDICTS = subject_for(ItemClassified.of((), ()))


async def cold_start(times: int) -> float:
    """Return the median seconds of so many starts. Raises UserError when one fails."""
    return round(median([await once() for _ in range(times)]), 2)


async def once(*more: str) -> float:
    """Start a house in a fresh directory, and stop it again; return its seconds."""
    with TemporaryDirectory(prefix="zhishou-") as place:
        home = Path(place) / "data"
        began = SystemClock().now()
        house = await asyncio.create_subprocess_exec(
            *(sys.executable, *COMMAND, "--data-dir", str(home), *more),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=following(own_pid(), SIGTERM),
        )
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return (await _first_verdict(home) - began).total_seconds()
        except TimeoutError:
            raise UserError("`zhishou up` gave no verdict", fix="run it and look") from None
        finally:
            with suppress(ProcessLookupError):
                house.send_signal(SIGTERM)
            await house.wait()


async def _first_verdict(home: Path) -> datetime:
    url = await _address(home)
    bus = await NatsBus.connect(
        url, clock=SystemClock(), name="bench", make=None, log_seconds=WAIT_SECONDS
    )
    try:
        while True:
            with suppress(BusAwayError):
                found = await bus.last_on(VERDICTS)
                if found is not None:
                    return await _earliest(bus, found.seq)
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        await bus.close()


async def _earliest(bus: NatsBus, last: int) -> datetime:
    messages = await bus.read(1, last)
    return min(each.time for each in messages if each.subject == VERDICTS)


async def _address(home: Path) -> str:
    place = home / "run" / "servers.json"
    await until(place.exists, LOOK_SECONDS)
    return str(json.loads(place.read_text(encoding="utf-8"))["nats_url"])
