"""Writes the live log as a recording, with the bodies its facts refer to."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from services.cli.embedded.data_dir import DataDir
from services.cli.embedded.nats import EmbeddedNats
from services.cli.embedded.probes import reachable
from shared.bus.nats_bus import NatsBus
from shared.bus.port import Message
from shared.contracts.facts import Stored, UndecodableError, decode
from shared.contracts.org import PolicyActivated
from shared.contracts.system import DecisionsRecorded
from shared.errors import TransientError, UserError
from shared.runtime.clock import SystemClock
from shared.testing.recording import write_recording

CHUNK = 2_000


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


def record(out: Path, url: str, *, first: int = 1, last: int = 0) -> dict[str, object]:
    """Write the facts [first, last] (0: to the end) to `out`; return a summary.

    Raises:
        UserError: the log does not answer, or the file cannot be written.
    """
    try:
        return asyncio.run(copied(out, url, first, last))
    except TransientError as error:
        fix = "is zhishou running?"
        raise UserError(f"the log does not answer: {error}", fix=fix) from error
    except OSError as error:
        raise UserError(f"cannot write: {error.strerror}", where=str(out)) from error


async def copied(out: Path, url: str, first: int = 1, last: int = 0) -> dict[str, object]:
    """Do the same inside a running loop. Raises UserError, TransientError, OSError."""
    await reachable(url, "--nats-url")  # says so at once; the bus would try for a while
    bus = await NatsBus.connect(url, clock=SystemClock(), name="record", make=None)
    try:
        state = await bus.state()
        end = min(last, state.last_seq) if last else state.last_seq
        messages: list[Message] = []
        for low in range(max(first, state.first_seq), end + 1, CHUNK):
            messages += await bus.read(low, min(low + CHUNK - 1, end))
        stored, bad = _decoded(messages)
        bodies = [await bus.get_object(each) for each in _packs(stored)]
    finally:
        await bus.close()
    count, digest = write_recording(out, stored, [body for body in bodies if body is not None])
    chains = [each.fact.chain for each in stored if isinstance(each.fact, DecisionsRecorded)]
    return {
        "facts": count,
        "undecodable": bad,
        "last": end,
        "sha256": digest,
        "digest": chains[-1] if chains else "",
    }


def _decoded(messages: Sequence[Message]) -> tuple[list[Stored], int]:
    stored, bad = [], 0
    for each in messages:
        try:
            stored.append(Stored(seq=each.seq, time=each.time, fact=decode(each.data)))
        except UndecodableError:
            bad += 1
    return stored, bad


def _packs(stored: Sequence[Stored]) -> Iterator[str]:
    hashes = (each.fact.pack_hash for each in stored if isinstance(each.fact, PolicyActivated))
    return iter(dict.fromkeys(hashes))
