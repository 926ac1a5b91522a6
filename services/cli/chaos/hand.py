"""Does the harm: waits until a process stands at a named step, then kills or suspends it there."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.cli.chaos.house import House
from services.cli.chaos.schedule import Planned
from services.cli.chaos.steps import CANDIDATES, LEADING, Step
from services.cli.chaos.wires import Hold
from services.cli.patience import until

LOOK_SECONDS = 0.01
TAKE_OVER_SECONDS = 12.0
SERVERS = frozenset({"nats", "valkey"})


@dataclass(slots=True)
class Fault:
    """What was done to whom, where. `reached` false: the step never came, nothing was done."""

    how: str
    step: str
    at: str
    reached: bool = False
    victim: str = ""
    pid: int = 0
    wire: str = ""
    message: str = ""
    struck_at: str = ""
    over_at: str = ""


class Hand:
    """One fault at a time. `leader` and `term` say what a monitoring system knows of office."""

    def __init__(
        self,
        house: House,
        now: Callable[[], datetime],
        leader: Callable[[], str],
        term: Callable[[], float],
    ) -> None:
        self._house, self._now = house, now
        self._leader, self._term = leader, term

    async def strike(self, planned: Planned) -> list[Fault]:
        """Wait for the step and strike; return what was done."""
        step, done = planned.step, list[Fault]()
        how = "stop" if planned.how == "stop" else "kill"
        fault = Fault(how, step.name, self._stamp())
        with self.held(step) as hold:
            try:
                async with asyncio.timeout(self._house.times.reach):
                    if planned.how == "kill two":
                        done.append(await self._kill_leader())
                    await hold.reached.wait()
                    fault.victim = self._victim(step, hold)
                    fault.pid = await self._running(fault.victim)
            except TimeoutError:
                return [*done, fault]
            fault.reached, fault.wire, fault.message = True, hold.wire, hold.caught
            fault.struck_at = self._stamp()
            await (
                self._kill(fault, hold)
                if how == "kill"
                else self._stop(fault, hold, planned.lasts)
            )
            fault.over_at = self._stamp()
        return [*done, fault]

    @contextmanager
    def held(self, step: Step) -> Iterator[Hold]:
        """Catch the next message of a step inside the block."""
        hold = Hold(step.wants, step.answered)
        wires = [self._house.wires[name] for name in step.wires]
        for wire in wires:
            wire.holds.append(hold)
        try:
            yield hold
        finally:
            for wire in wires:
                wire.holds.remove(hold)
            hold.let_go()

    def _victim(self, step: Step, hold: Hold) -> str:
        """Return who is meant: of the candidates the one whose message was caught."""
        return hold.wire.partition(":")[0] if step.victim in CANDIDATES else step.victim

    async def _running(self, name: str) -> int:
        await until(lambda: self._house.pid(name) > 0, LOOK_SECONDS)
        return self._house.pid(name)

    async def _kill_leader(self) -> Fault:
        await until(lambda: self._house.pid(self._leader()) > 0, LOOK_SECONDS)
        leader, at = self._leader(), self._stamp()
        fault = Fault("kill", LEADING, at, reached=True, victim=leader, struck_at=at)
        fault.pid = self._house.pid(leader)
        await self._dead(fault)
        fault.over_at = self._stamp()
        return fault

    async def _kill(self, fault: Fault, hold: Hold) -> None:
        """What was held goes down with the connection: whoever waited for it never hears of it."""
        await self._dead(fault)
        if fault.victim in SERVERS or hold.wire.startswith(f"{fault.victim}:"):
            hold.drop()

    async def _dead(self, fault: Fault) -> None:
        _send(fault.pid, signal.SIGKILL)
        await until(lambda: self._house.pid(fault.victim) != fault.pid, LOOK_SECONDS)

    async def _stop(self, fault: Fault, hold: Hold, seconds: float) -> None:
        """Suspend, let the message pass, and let it go on when another leads, or after a while."""
        term = self._term()
        _send(fault.pid, signal.SIGSTOP)
        await until(lambda: is_stopped(fault.pid), LOOK_SECONDS)
        hold.let_go()
        try:
            await asyncio.sleep(seconds)
            if fault.victim in CANDIDATES:
                with suppress(TimeoutError):
                    async with asyncio.timeout(TAKE_OVER_SECONDS):
                        await until(lambda: self._term() > term, LOOK_SECONDS)
        finally:
            _send(fault.pid, signal.SIGCONT)

    def _stamp(self) -> str:
        return self._now().isoformat()


def is_stopped(pid: int) -> bool:
    """Tell whether a process stands still; one that is gone does."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] in {"T", "t"}


def _send(pid: int, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, sign)
