"""A process and all that descends from it, held by handles that no reuse of a number can mislead."""

import os
import select
import signal
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.waiting import PATIENCE_SECONDS, wait_until


@dataclass(frozen=True, slots=True)
class Member:
    """One process as it was when the family was counted."""

    pid: int
    parent: int
    state: str
    name: str
    command: str


def family(pid: int) -> list[Member]:
    """Return what descends from a process, at any depth."""
    everybody = [each for each in map(_member, Path("/proc").iterdir()) if each is not None]
    found, parents = list[Member](), {pid}
    while parents:
        children = [each for each in everybody if each.parent in parents]
        found += children
        parents = {each.pid for each in children}
    return found


@contextmanager
def orphaned(pid: int, *, suspending: Collection[str] = ()) -> Iterator[list[Member]]:
    """Kill a process as it stands; yield its family, who must all have ended by the end of the block.

    It is stopped while they are counted, so that nobody is born unseen; so are those named.
    Whoever lives longer than anybody's patience is killed here and named in the error.
    """
    _stop(pid)
    for each in family(pid):
        if each.name in suspending:
            _stop(each.pid)
    members = family(pid)
    handles = {os.pidfd_open(each.pid): each for each in members}
    os.kill(pid, signal.SIGKILL)
    try:
        yield members
        left = _after(handles, PATIENCE_SECONDS)
        assert not left, f"still there: {[_member(Path(f'/proc/{each.pid}')) for each in left]}"
    finally:
        for handle in handles:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)


def _stop(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: (seen := _member(Path(f"/proc/{pid}"))) is None or seen.state == "T")


def _after(handles: dict[int, Member], seconds: float) -> list[Member]:
    """Wait for the end of all; return those who had none in time."""
    left = dict(handles)

    def ended() -> bool:
        for handle in select.select(list(left), [], [], 0)[0]:
            del left[handle]
        return not left

    with suppress(TimeoutError):
        wait_until(ended, seconds)
    return list(left.values())


def _member(place: Path) -> Member | None:
    """Return the process of a directory of /proc; None for what is none, or is over."""
    if not place.name.isdigit():
        return None
    try:
        stat = (place / "stat").read_text(encoding="utf-8", errors="replace")
        command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return None
    start, _, rest = stat.rpartition(")")
    name, (state, parent) = start.partition("(")[2], rest.split()[:2]
    if state == "Z":
        return None
    return Member(int(place.name), int(parent), state, name, command.strip())
