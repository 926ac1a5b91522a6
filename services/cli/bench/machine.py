"""What processes cost, read from the kernel."""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_SCHEDULED = 2
"""Of the three clocks of a process the one that the scheduler keeps: all its time on a core, in
nanoseconds. `/proc` tells the same cut to hundredths of a second, a twentieth of a short round."""


@dataclass(frozen=True, slots=True)
class Usage:
    """User and system CPU of some processes so far, and the most memory each ever held."""

    cpu_seconds: dict[str, float]
    peak_rss_mb: dict[str, float]

    def since(self, before: "Usage") -> dict[str, float]:
        """Return CPU seconds by name since `before`."""
        return {name: spent - before.cpu_seconds[name] for name, spent in self.cpu_seconds.items()}


def usage(pids: Iterable[tuple[str, int]]) -> Usage:
    """Return what these named processes used; Linux only."""
    cpu, rss = {}, {}
    for name, pid in pids:
        cpu[name] = time.clock_gettime(~pid << 3 | _SCHEDULED)  # what clock_getcpuclockid makes
        status = (PROC / str(pid) / "status").read_text()
        rss[name] = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return Usage(cpu, rss)


def signalled(pids: Iterable[int], what: signal.Signals) -> None:
    """Send a signal to those of these processes that are still there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


def busy_seconds() -> float:
    """Return how long all cores together were busy since boot."""
    fields = (PROC / "stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _idle, _wait, irq, soft = (int(each) for each in fields[:7])
    return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")


def own_pid() -> int:
    """Return the pid of this process."""
    return os.getpid()
