"""Starting the preloaded process: first of all, before this process imports what it needs itself."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preloaded:
    """The process and our end of the channel to it."""

    process: subprocess.Popen[bytes]
    channel: socket.socket


OUR_OWN_CODE = {"PYTHONSAFEPATH": "1"}
"""Nothing is imported from the directory in which somebody happens to start us."""
_early: list[Preloaded] = []
"""At most one: started when the command line was not read yet."""


def start(environment: Mapping[str, str]) -> Preloaded | None:
    """Start it where this system has what it needs (Linux); it ends when the channel closes."""
    if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
        return None
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "services.cli.preload", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**environment, **OUR_OWN_CODE, "OPENBLAS_NUM_THREADS": "1"},
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    return Preloaded(process, ours)


def start_early(environment: Mapping[str, str]) -> None:
    """Start it for whoever takes it later in this process."""
    started = start(environment)
    if started is not None:
        _early.append(started)


def take(environment: Mapping[str, str]) -> Preloaded | None:
    """Return the one that was started early, or one started now."""
    return _early.pop() if _early else start(environment)
