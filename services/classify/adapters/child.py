"""Judging texts in a process of its own, so that a crash costs that process only."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from pydantic import TypeAdapter, ValidationError

from shared.contracts.verdicts import Verdict
from shared.errors import PermanentError

EACH_TEXT = "--each"
"""With this argument the service reads texts, writes the verdict on each as a line, and ends."""
EXPLAIN = "--explain"
"""With this argument it writes what its verdict is made of instead; the console asks for that."""
COMMAND = (sys.executable, "-m", "services.classify", EACH_TEXT)
LIMIT_SECONDS = 20.0
"""For one text, and for the start of the process before the first."""
LINE_BYTES = 1 << 24
_VERDICT = TypeAdapter(Verdict)


class ChildJudge:
    """Starts a fresh process for texts, and another after the one that a text ended."""

    def __init__(
        self,
        command: Sequence[str] = COMMAND,
        *,
        environment: Mapping[str, str] | None = None,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        self._command, self._limit_seconds = tuple(command), limit_seconds
        self._environment = None if environment is None else dict(environment)

    async def judge(self, texts: Sequence[str]) -> Sequence[Verdict | PermanentError]:
        """Return the verdict on each text, or the way the process ended on it."""
        found: list[Verdict | PermanentError] = []
        while len(found) < len(texts):
            found += await self._until_one_fails(texts[len(found) :])
        return found

    async def _until_one_fails(self, texts: Sequence[str]) -> list[Verdict | PermanentError]:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=pipe,
            stdout=pipe,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._environment,
            limit=LINE_BYTES,
        )
        try:
            return await self._read(process, texts)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _read(
        self, process: asyncio.subprocess.Process, texts: Sequence[str]
    ) -> list[Verdict | PermanentError]:
        found: list[Verdict | PermanentError] = []
        given, told = process.stdin, process.stdout
        if given is None or told is None:
            raise PermanentError("a process without pipes")
        try:
            with suppress(ConnectionError):  # how it ended is asked below
                given.write(json.dumps(texts).encode())
                await given.drain()
            given.close()
            while len(found) < len(texts):
                async with asyncio.timeout(self._limit_seconds):
                    line = await told.readline()
                    ended = 0 if line else await process.wait()
                found.append(_answer(line, ended))
                if not isinstance(found[-1], Verdict):
                    break
        except TimeoutError:
            found.append(PermanentError(f"no verdict within {self._limit_seconds:g} s"))
        return found


def _answer(line: bytes, ended: int) -> Verdict | PermanentError:
    if ended:
        return PermanentError(f"judging it ended with {ended}")
    try:
        return _VERDICT.validate_json(line)
    except ValidationError:
        return PermanentError("judging it gave no verdict")
