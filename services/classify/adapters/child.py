"""Judging one text in a process of its own, so that a crash costs that process only."""

import asyncio
import sys
from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError

from shared.contracts.verdicts import Verdict
from shared.errors import PermanentError

ONE_TEXT = "--one"
"""With this argument the service reads one text, writes its verdict and ends."""
EXPLAIN = "--explain"
"""With this argument it writes what its verdict is made of instead; the console asks for that."""
COMMAND = (sys.executable, "-m", "services.classify", ONE_TEXT)
LIMIT_SECONDS = 20.0
_VERDICT = TypeAdapter(Verdict)


class ChildJudge:
    """Starts a fresh process for each text."""

    def __init__(
        self,
        command: Sequence[str] = COMMAND,
        *,
        environment: Mapping[str, str] | None = None,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        self._command, self._limit_seconds = tuple(command), limit_seconds
        self._environment = None if environment is None else dict(environment)

    async def judge(self, text: str) -> Verdict:
        """Return the verdict. Raises PermanentError with the way the process ended."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=pipe,
            stdout=pipe,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._environment,
        )
        try:
            async with asyncio.timeout(self._limit_seconds):
                out, _ = await process.communicate(text.encode("utf-8", "surrogatepass"))
        except TimeoutError as error:
            raise PermanentError(f"no verdict within {self._limit_seconds:g} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise PermanentError(f"judging it ended with {process.returncode}")
        try:
            return _VERDICT.validate_json(out)
        except ValidationError as error:
            raise PermanentError("judging it gave no verdict") from error
