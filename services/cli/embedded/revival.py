"""Starts a NATS again that can write no more although its disk has room again.

After a write to the disk has failed, its log takes nothing for the rest of the server's life.
"""

import asyncio
import shutil

from services.cli.embedded.data_dir import LEAST_FREE_BYTES, DataDir
from services.cli.supervisor import Supervisor
from shared.errors import TransientError, UserError

LOOK_SECONDS = 5.0


async def revive(
    data: DataDir, supervisor: Supervisor, url: str, *, look_seconds: float = LOOK_SECONDS
) -> None:
    """Look for ever, whenever it has said more; the supervisor starts it again.

    A stuck one says so at each attempt to write; one that is well says nothing after its start.
    """
    heard = _size(data)
    while True:
        await asyncio.sleep(look_seconds)
        said = _size(data)
        if said == heard or shutil.disk_usage(data.path).free < LEAST_FREE_BYTES:
            continue
        if why := await _stuck(url):
            supervisor.end("nats", f"can write no more ({why}), and its disk has room: ending it")
        heard = said


def _size(data: DataDir) -> int:
    log = data.log("nats")
    return log.stat().st_size if log.exists() else 0


async def _stuck(url: str) -> str:
    from shared.bus.nats_inspect import inspect_log
    from shared.observability.logging import configure_logging

    configure_logging("up", level="error", log_format="console")
    try:
        return (await inspect_log(url, owner=True)).stuck
    except (TransientError, UserError):  # one that is away is not stuck; its supervisor sees to it
        return ""
