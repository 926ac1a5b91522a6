"""Asks the classifier what it makes of a text, in a process of its own, when somebody wants to know."""

import asyncio
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from services.respond.explaining import Explained
from shared.observability.catalog import Event
from shared.observability.logging import Log

COMMAND = (sys.executable, "-m", "services.classify", "--explain")
LIMIT_SECONDS = 20.0


class ChildExplainer:
    """One text at a time: it costs a second of a core, and judging goes on beside it."""

    def __init__(
        self, command: Sequence[str] = COMMAND, *, limit_seconds: float = LIMIT_SECONDS
    ) -> None:
        self._command, self._limit_seconds = tuple(command), limit_seconds
        self._turn = asyncio.Lock()
        self._log = Log("respond")

    async def explain(self, text: str) -> Explained | None:
        """Return what the process says, None if it says nothing of use in time.

        Waiting for one's turn counts: nobody can make others wait behind a long row of questions.
        """
        try:
            async with asyncio.timeout(self._limit_seconds), self._turn:
                return Explained.model_validate_json(await self._asked(text))
        except (TimeoutError, OSError, ValidationError) as error:
            self._log.warning(Event.EXPLAINING_FAILED, why=type(error).__name__)
            return None

    async def _asked(self, text: str) -> bytes:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            said, _ = await process.communicate(text.encode("utf-8", "surrogatepass"))
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return said
