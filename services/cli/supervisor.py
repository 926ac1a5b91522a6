"""Keeps processes running: starts what died again, and stops all of them in order."""

import asyncio
import os
from collections.abc import Callable, Sequence
from signal import SIGTERM, Signals
from typing import NoReturn

from services.cli.embedded.data_dir import Report
from services.cli.embedded.process import ManagedProcess, ProcessSpec
from shared.errors import UserError

PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
STEADY_SECONDS = 60.0
LOG_CHECK_SECONDS = 30.0


class Supervisor:
    """Owns processes in the order in which they were added; stops them in the reverse order.

    `orphaned` is what they get when we are killed: who may be stopped just then hears only SIGKILL.
    """

    def __init__(
        self,
        report: Report,
        monotonic: Callable[[], float],
        pauses: Sequence[float] = PAUSES,
        *,
        orphaned: Signals = SIGTERM,
    ) -> None:
        self._report, self._orphaned = report, orphaned
        self._monotonic = monotonic
        self._pauses = pauses
        self._kept: list[ManagedProcess] = []

    @property
    def pids(self) -> dict[str, int]:
        """Return who runs now."""
        return {each.spec.name: each.pid for each in self._kept if each.pid}

    async def start(self, spec: ProcessSpec) -> None:
        """Start a process and return once it is ready. Raises UserError if it does not get there."""
        process = ManagedProcess(spec, self._orphaned)
        self._kept.append(process)
        try:
            await process.start()
        except UserError:
            self._kept.remove(process)
            raise

    async def keep(self) -> None:
        """Watch all that were started, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for each in self._kept:
                group.create_task(self._watch(each), name=each.spec.name)
            group.create_task(self._trim_logs(), name="logs")

    def end(self, name: str, why: str) -> None:
        """Ask one process to end, and say why; while they are kept it is started again."""
        for each in self._kept:
            if each.spec.name == name and each.pid:
                self._report(f"{name} {why}")
                os.kill(each.pid, SIGTERM)

    async def stop(self, *waves: frozenset[str]) -> None:
        """Stop wave by wave, each wave at once; what no wave names goes last."""
        named = frozenset().union(*waves)
        rest = frozenset(each.spec.name for each in self._kept) - named
        for wave in (*waves, rest):
            async with asyncio.TaskGroup() as group:
                for each in self._kept:
                    if each.spec.name in wave:
                        group.create_task(self._stop_one(each), name=f"stop {each.spec.name}")

    async def _stop_one(self, process: ManagedProcess) -> None:
        if not await process.stop():
            self._report(
                f"{process.spec.name} did not end within {process.spec.stop_seconds:.0f} s: killed"
            )

    async def _watch(self, process: ManagedProcess) -> None:
        failures = 0
        while True:
            began = self._monotonic()
            how = await process.wait()
            if self._monotonic() - began > STEADY_SECONDS:
                failures = 0
            self._report(f"{process.spec.name} ended ({how}); starting it again")
            failures = await self._again(process, failures)

    async def _again(self, process: ManagedProcess, failures: int) -> int:
        """Start it again, waiting longer each time; return how often it has failed by now."""
        while True:
            await asyncio.sleep(self._pauses[min(failures, len(self._pauses) - 1)])
            failures += 1
            try:
                await process.start()
            except UserError as error:
                self._report(error.line())
            else:
                self._report(f"{process.spec.name} runs again")
                return failures

    async def _trim_logs(self) -> None:
        while True:
            await asyncio.sleep(LOG_CHECK_SECONDS)
            for each in self._kept:
                each.trim_log()


def raise_first(failed: BaseExceptionGroup) -> NoReturn:
    """Raise the first UserError of a group of groups, or the group if it holds none.

    Not done with `except*`: before Python 3.11.4 that wraps what is raised inside it.
    """
    found: BaseException | None = failed.subgroup(UserError)
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    raise (found or failed) from None
