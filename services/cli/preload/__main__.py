"""Imports, and forks on request: `python -m services.cli.preload FD` with one end of a socket pair.

A request is {"id", "module", "argv", "env", "log", "orphaned"}; its answer {"id", "pid"}. No loop and no thread
may exist here, or a fork would copy them halfway.
"""

import ctypes
import gc
import json
import os
import runpy
import select
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
LARGEST_REQUEST = 1 << 17
REPARENT_LOOK_SECONDS = 0.0005
MODULES = (
    "asyncio",
    "aiohttp.web",
    "shared.platforms.mock.server",
    "shared.bus.nats_bus",
    "shared.runtime.entry",
    "shared.runtime.service",
    "shared.runtime.health",
    "shared.contracts.facts",
    "shared.store.redis_store",
    "shared.platforms.registry",
    "services.respond.app",
    "services.ingest.app",
    "services.archive.app",
    "services.watchdog.app",
)
"""In the order in which their users are wanted; the first verdict waits for the first few."""
WANTS = {
    "shared.platforms.mock": "shared.platforms.mock.server",
    "services.classify": "shared.contracts.facts",
    "services.respond": "services.respond.app",
    "services.ingest": "services.ingest.app",
}
"""What a service waits for; others wait for all. Classify alone imports arrays and dictionaries."""

Request = dict[str, Any]


def main(place: int) -> int:
    """Serve until the other end closes; in a fork, be the service and return its exit code."""
    channel = socket.socket(fileno=place)
    gc.disable()  # what is imported stays
    sys.modules["rich"] = None  # type: ignore[assignment]  # structlog would import it
    left, waiting = list(MODULES), list[Request]()
    while True:
        if left and not select.select([channel], [], [], 0)[0]:
            import_module(left.pop(0))
        elif data := channel.recv(LARGEST_REQUEST):
            waiting.append(json.loads(data))
        else:
            return 0
        for request in [each for each in waiting if is_due(each, left)]:
            waiting.remove(request)
            if become(request, channel):
                return run(request)


def is_due(request: Request, left: Sequence[str]) -> bool:
    """Tell whether all that this service is made of has been imported."""
    return WANTS.get(request["module"], MODULES[-1]) not in left


def become(request: Request, channel: socket.socket) -> bool:
    """Fork twice, so that who asked is the parent; True in the new process, False here."""
    supervisor = os.getppid()
    gc.freeze()
    reading, writing = os.pipe()
    between = os.fork()
    if between:
        os.close(writing)
        os.waitpid(between, 0)
        pid = int(os.read(reading, 32) or 0)
        os.close(reading)
        channel.send(json.dumps({"id": request["id"], "pid": pid}).encode())
        return False
    between = os.getpid()
    pid = os.fork()
    if pid:
        os.write(writing, str(pid).encode())
        os._exit(0)
    for each in (reading, writing, channel.detach()):
        os.close(each)
    while os.getppid() == between:
        time.sleep(REPARENT_LOOK_SECONDS)
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, request["orphaned"])
    if os.getppid() != supervisor:
        os._exit(1)
    libc.prctl(PR_SET_NAME, f"zs-{request['module'].rpartition('.')[2]}".encode())
    return True


def run(request: Mapping[str, Any]) -> int:
    """Take over log, session, environment and arguments, then run the module as `-m` would."""
    os.setsid()
    log = os.open(request["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    gc.enable()
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv = [request["module"], *request["argv"]]
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
