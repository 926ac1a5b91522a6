"""One child process: started in a session of its own, its words in a file, stopped for sure."""

import asyncio
import ctypes
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from services.cli.embedded.data_dir import explain
from shared.errors import UserError

LARGEST_LOG_BYTES = 16 * 1024 * 1024
POLL_SECONDS = 0.01
_PR_SET_PDEATHSIG = 1

Ready = Callable[[int], Awaitable[bool]]
"""Asks whether the process with this pid does its work by now."""


class Running(Protocol):
    """A process of ours, however it was started."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def send_signal(self, sign: int, /) -> None: ...
    async def wait(self) -> int: ...


Fork = Callable[
    [Sequence[str], Mapping[str, str], Path, signal.Signals], Awaitable[Running | None]
]
"""A faster way to start Python programs; None where it is not to be had."""


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """What to run and how to see that it is ready. `fixes`: a word in its log -> what to do."""

    name: str
    argv: Sequence[str]
    log: Path
    ready: Ready
    env: Mapping[str, str] = field(default_factory=dict)
    keep_fds: Sequence[int] = ()
    before: Callable[[], None] = lambda: None
    after: Callable[[], Awaitable[None]] | None = None
    ready_seconds: float = 30.0
    stop_seconds: float = 5.0
    largest_log_bytes: int = LARGEST_LOG_BYTES
    fixes: Mapping[str, str] = field(default_factory=dict)
    fork: Fork | None = None


class ManagedProcess:
    """Starts, watches and stops the process of one spec. `orphaned`: what it gets when we are killed."""

    def __init__(self, spec: ProcessSpec, orphaned: signal.Signals = signal.SIGTERM) -> None:
        self.spec, self._orphaned = spec, orphaned
        self._process: Running | None = None
        self._log_start = 0

    @property
    def pid(self) -> int:
        """Return its pid, 0 while it does not run."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process is not None else 0

    async def start(self) -> None:
        """Start it and return once it is ready. Raises UserError with its last words."""
        try:
            self.spec.before()
            process = await self._spawn()
        except OSError as error:
            if error.filename == self.spec.argv[0]:
                raise UserError(
                    f"cannot start {self.spec.name}: {error.strerror}",
                    where=self.spec.argv[0],
                    fix="install zhishou again",
                ) from error
            raise explain(error, self.spec.log.parent.parent) from error
        self._process = process
        try:
            async with asyncio.timeout(self.spec.ready_seconds):
                await self._ready_or_ended(process)
        except TimeoutError:
            await self.stop()
            message = f"was not ready within {self.spec.ready_seconds:.0f} s"
            raise self._failure(message) from None
        except BaseException:
            await self.stop()
            raise
        if process.returncode is not None:
            raise self._failure(f"ended ({_how(process.returncode)})")
        if self.spec.after is not None:
            await self.spec.after()

    async def wait(self) -> str:
        """Wait for its end and return how it ended, in words; its own if it ended by itself."""
        if self._process is None:
            return "never ran"
        code = await self._process.wait()
        said = _last_line(self._last_words()) if code > 0 else ""
        return f"{_how(code)}: {said}" if said else _how(code)

    async def stop(self) -> bool:
        """Ask it to end, then make it; True if it ended by itself in time."""
        process = self._process
        if process is None or process.returncode is not None:
            return True
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(self.spec.stop_seconds):
                await process.wait()
        except TimeoutError:
            self._end_group(process.pid)
            await process.wait()
            return False
        return True

    def trim_log(self) -> None:
        """Move a log that grew large aside; it is opened for append, so writing goes on."""
        log = self.spec.log
        if log.exists() and log.stat().st_size > self.spec.largest_log_bytes:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)
            self._log_start = 0

    async def _spawn(self) -> Running:
        self.trim_log()
        if self.spec.fork is not None:
            self._log_start = self.spec.log.stat().st_size if self.spec.log.exists() else 0
            forked = await self.spec.fork(
                self.spec.argv, self.spec.env, self.spec.log, self._orphaned
            )
            if forked is not None:
                return forked
        with self.spec.log.open("ab", buffering=0) as log:
            self._log_start = log.tell()
            return await asyncio.create_subprocess_exec(
                *self.spec.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**self.spec.env},
                pass_fds=tuple(self.spec.keep_fds),
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the others in order
                preexec_fn=following(os.getpid(), self._orphaned),
            )

    async def _ready_or_ended(self, process: Running) -> None:
        while not await self.spec.ready(process.pid):
            if process.returncode is not None:
                return
            await asyncio.sleep(POLL_SECONDS)

    def _end_group(self, pid: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)

    def _failure(self, what: str) -> UserError:
        said = self._last_words()
        fix = next((fix for word, fix in self.spec.fixes.items() if word in said), "")
        return UserError(
            f"{self.spec.name} {what}: {_last_line(said) or 'it said nothing'}",
            where=str(self.spec.log),
            fix=fix or "read this log",
        )

    def _last_words(self) -> str:
        with self.spec.log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(self._log_start, size - 8192))
            return log.read().decode(errors="replace")


def _last_line(said: str) -> str:
    """Return the last line, without anything a terminal would obey."""
    last = said.strip().splitlines()[-1:] or [""]
    return "".join(each if each.isprintable() else " " for each in last[0].strip()[:300])


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def following(parent: int, sign: signal.Signals) -> Callable[[], None] | None:
    """Return what makes a child end when we are killed; only Linux can promise that."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def arm() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, sign)
        if os.getppid() != parent:
            os._exit(1)

    return arm
