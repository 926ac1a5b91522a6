"""Our side of the preloaded process: asks it for a service, and is that service's parent."""

import asyncio
import ctypes
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from services.cli.preload.start import Preloaded, take

PR_SET_CHILD_SUBREAPER = 36
ANSWER_SECONDS = 10.0
LARGEST_ANSWER = 4096


class Forked:
    """A process that was forked for us; the same words as asyncio's own."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()
        self._handle = os.pidfd_open(pid)
        asyncio.get_running_loop().add_reader(self._handle, self._reap)

    def send_signal(self, sign: int) -> None:
        """Raises ProcessLookupError if it has ended."""
        if self.returncode is not None:
            raise ProcessLookupError(self.pid)
        os.kill(self.pid, sign)

    async def wait(self) -> int:
        """Return its exit code once it has ended; negative: the signal that ended it."""
        await self._ended.wait()
        return 0 if self.returncode is None else self.returncode

    def _reap(self) -> None:
        asyncio.get_running_loop().remove_reader(self._handle)
        os.close(self._handle)
        _, status = os.waitpid(self.pid, 0)
        self.returncode = os.waitstatus_to_exitcode(status)
        self._ended.set()


class Forker:
    """Starts the preloaded process and asks it; once it fails, for ever answers None.

    Services do not depend on it: we are their parent, so they live on when it is killed.
    """

    def __init__(self, started: Preloaded) -> None:
        self._process, self._channel = started.process, started.channel
        self._answers: dict[int, asyncio.Future[int]] = {}
        self._numbers = 0
        self._usable = True
        _adopt(orphans=True)
        asyncio.get_running_loop().add_reader(self._channel, self._heard)

    @property
    def pid(self) -> int:
        """Return the preloaded process."""
        return self._process.pid

    async def fork(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        orphaned: signal.Signals = signal.SIGTERM,
    ) -> Forked | None:
        """Return the running `python -m MODULE ...`, or None: then start it the slow way.

        `orphaned` is what it gets when we are killed.
        """
        if not self._usable or tuple(argv[:2]) != (sys.executable, "-m"):
            return None
        self._numbers += 1
        number = self._numbers
        request = {"id": number, "module": argv[2], "argv": list(argv[3:])}
        request |= {"env": dict(environment), "log": str(log), "orphaned": int(orphaned)}
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                self._channel.send(json.dumps(request).encode())
                pid = await answer
            return Forked(pid) if pid else None
        except (TimeoutError, OSError):
            self.close()
            return None
        finally:
            del self._answers[number]

    def close(self) -> None:
        """End the preloaded process, and nothing that it made."""
        if not self._usable:
            return
        self._usable = False
        asyncio.get_running_loop().remove_reader(self._channel)
        self._channel.close()
        self._process.kill()
        self._process.wait()
        _adopt(orphans=False)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result(0)

    def _heard(self) -> None:
        data = b""
        with suppress(OSError):
            data = self._channel.recv(LARGEST_ANSWER)
        if not data:
            self.close()
            return
        said = json.loads(data)
        answer = self._answers.get(said["id"])
        if answer is not None and not answer.done():
            answer.set_result(int(said["pid"]))


def _adopt(*, orphans: bool) -> None:
    """Be the parent of what our children leave behind, or no longer; what we have stays ours."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, int(orphans))


def preloaded(environment: Mapping[str, str]) -> Forker | None:
    """Return a forker, where this system has what it needs."""
    started = take(environment)
    return Forker(started) if started is not None else None
