"""Writes the live log as a recording, with the bodies its facts refer to."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import IO

from services.archive.shell.segments import Segments
from services.cli.embedded.data_dir import DataDir
from services.cli.embedded.nats import EmbeddedNats
from services.cli.embedded.probes import reachable
from services.cli.whole_log import whole_log
from shared.bus.nats_bus import NatsBus
from shared.bus.port import Bus, Message
from shared.contracts.facts import Stored, UndecodableError, decode
from shared.contracts.policy import packs_named
from shared.contracts.system import DecisionsRecorded
from shared.errors import TransientError, UserError
from shared.runtime.clock import SystemClock
from shared.testing.recording import RecordingWriter


def address(nats_url: str | None, data_dir: Path, environment_url: str | None) -> str:
    """Return the log to read: named, that of a running `zhishou up`, or of the environment.

    Raises:
        UserError: nothing is named and nothing runs in `data_dir`.
    """
    if nats_url or environment_url:
        return nats_url or environment_url or ""
    if not (data_dir / "nats" / "port").exists():
        fix = "start 'zhishou up' first, or name --data-dir or --nats-url"
        raise UserError("no zhishou has run here", where=str(data_dir), fix=fix)
    return EmbeddedNats(DataDir(data_dir, -1)).url


def record(
    out: Path, url: str, *, segments: Segments | None = None, first: int = 1, last: int = 0
) -> dict[str, object]:
    """Write the facts [first, last] (0: to the end) to `out`; return a summary.

    What left the log is read from `segments`.

    Raises:
        UserError: the log does not answer, some facts are nowhere, the file cannot be written.
    """
    if out.exists() and not out.is_file():
        fix = "name a file; one that is there is replaced"
        raise UserError("this is no file", where=str(out), fix=fix)
    try:
        return asyncio.run(copied(out, url, segments=segments, first=first, last=last))
    except TransientError as error:
        fix = "is zhishou running?"
        raise UserError(f"the log does not answer: {error}", fix=fix) from error
    except OSError as error:
        what, fix = f"cannot write: {error.strerror}", "choose another file"
        raise UserError(what, where=str(out), fix=fix) from error


async def copied(
    out: Path, url: str, *, segments: Segments | None = None, first: int = 1, last: int = 0
) -> dict[str, object]:
    """Do the same inside a running loop. Raises UserError, TransientError, OSError."""
    partial = out.with_name(f".{out.name}.partial")
    try:
        with partial.open("wb") as file:
            summary = await _record(file, url, segments, (first, last))
        partial.replace(out)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return summary


async def _record(
    file: IO[bytes], url: str, segments: Segments | None, ends: tuple[int, int]
) -> dict[str, object]:
    await reachable(url, "--nats-url")  # says so at once; the bus would try for a while
    bus = await NatsBus.connect(url, clock=SystemClock(), name="record", make=None)
    try:
        log = await bus.state()
        first, last = ends
        end = min(last, log.last_seq) if last else log.last_seq
        if first > end:
            fix = f"the log ends at {log.last_seq}; name --first below --last"
            raise UserError(f"no fact stands between {first} and {end}", fix=fix)
        work = _Work(bus, RecordingWriter(file))
        async for batch in whole_log(bus, log, segments, first, end):
            for message in batch:
                await work.take(message)
    finally:
        await bus.close()
    return {
        "facts": work.writer.facts,
        "undecodable": work.undecodable,
        "last": end,
        "sha256": work.writer.sha256,
        "digest": work.chain,
    }


class _Work:
    """A recording in the making: the packs stand before the facts that name them."""

    def __init__(self, bus: Bus, writer: RecordingWriter) -> None:
        self._bus, self.writer = bus, writer
        self._bodies: set[str] = set()
        self.undecodable = 0
        self.chain = ""

    async def take(self, message: Message) -> None:
        try:
            fact = decode(message.data)
        except UndecodableError:
            self.undecodable += 1
            return
        for pack_hash in packs_named(fact):
            await self._bring(pack_hash)
        if isinstance(fact, DecisionsRecorded):
            self.chain = fact.chain
        self.writer.fact(Stored(seq=message.seq, time=message.time, fact=fact))

    async def _bring(self, pack_hash: str) -> None:
        """Write the body of a pack, once."""
        if pack_hash in self._bodies:
            return
        self._bodies.add(pack_hash)
        body = await self._bus.get_object(pack_hash)
        if body is not None:
            self.writer.body(body)
