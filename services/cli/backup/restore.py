"""Making an installation from a backup: the same log, everything that leaves held back at first.

All is made aside and shows itself whole: a log that anybody can see already says that it was
restored. Killed in the middle, a restore leaves nothing that a house could start on.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from services.cli.backup.manifest import (
    ARCHIVE,
    SEGMENTS,
    Manifest,
    fact_digest,
    read_manifest,
)
from services.cli.embedded.data_dir import DataDir, explain, opened
from services.cli.embedded.nats import EmbeddedNats
from services.cli.embedded.probes import reachable
from services.cli.supervisor import Supervisor
from shared.bus.ancestry import ancestors
from shared.bus.nats_backup import StreamVault
from shared.bus.nats_bus import NatsBus
from shared.bus.port import outgoing
from shared.contracts.subjects import STREAM
from shared.contracts.system import Ancestor, LogRestored
from shared.errors import PermanentError, TransientError, UserError
from shared.runtime.clock import Clock

PIECE_BYTES = 128 * 1024


def restore(backup: Path, data_dir: Path, clock: Clock) -> Manifest:
    """Make the new data directory `data_dir` from `backup`. Raises UserError; then it is not there.

    Nothing leaves the restored installation until a person releases it: the public may have seen
    more than the log knows.
    """
    manifest = read_manifest(backup)
    if data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir())):
        fix = "name a new or an empty one with --data-dir"
        raise UserError("this directory is not empty", where=str(data_dir), fix=fix)
    partial = data_dir.with_name(f".{data_dir.name}.{os.getpid()}.partial")
    with _whole_or_gone(backup, partial):
        with opened(partial) as data:
            asyncio.run(_build(backup, manifest, data, clock))
            if manifest.archive_sha256:
                shutil.copyfile(backup / ARCHIVE, data.part("archive") / ARCHIVE)
            _copy_segments(backup / SEGMENTS, manifest, data.part("archive") / SEGMENTS)
        partial.rename(data_dir)
    return manifest


def _copy_segments(source: Path, manifest: Manifest, to: Path) -> None:
    """Copy the files whose hashes were compared, and no other."""
    if manifest.segments:
        to.mkdir(mode=0o700)
    for name in manifest.segments:
        shutil.copyfile(source / name, to / name)


def restore_into(backup: Path, url: str, clock: Clock) -> Manifest:
    """Make the log on a server that has none, with what belongs to it. Raises UserError."""
    manifest = read_manifest(backup)
    with tempfile.TemporaryDirectory(prefix="zhishou-restore-") as scratch:
        aside = Path(scratch)
        with _whole_or_gone(backup, aside / "house"), opened(aside / "house") as data:
            asyncio.run(_build_and_move(backup, manifest, data, url, clock))
    return manifest


async def _build(backup: Path, manifest: Manifest, data: DataDir, clock: Clock) -> None:
    async with _server(data, clock) as url:
        await _fill(backup, manifest, url, clock)


async def _build_and_move(
    backup: Path, manifest: Manifest, data: DataDir, url: str, clock: Clock
) -> None:
    await reachable(url, "--nats-url")
    target = StreamVault()
    await target.connect(url)
    try:
        if there := await target.streams():
            fix = "name a server without a log; a restore overwrites nothing"
            raise UserError(f"there is a log already ({there[0]})", where="--nats-url", fix=fix)
        async with _server(data, clock) as aside:
            await _fill(backup, manifest, aside, clock)
            await _move(aside, target, manifest, data.path)
    finally:
        await target.close()


async def _fill(backup: Path, manifest: Manifest, url: str, clock: Clock) -> None:
    """Restore every stream, then let the log say so, and put ingest and classify where they were."""
    vault = StreamVault()
    await vault.connect(url)
    try:
        for each in manifest.streams:
            about = {**each.about, "config": {**each.about["config"], "num_replicas": 1}}
            await vault.restore(each.name, about, _pieces(backup / each.file))
        for consumer in manifest.consumers:
            await vault.join(STREAM, _from(consumer.config, consumer.done_seq))
    finally:
        await vault.close()
    bus = await NatsBus.connect(url, clock=clock, name="restore")
    try:
        await _put_cursors(bus, manifest.cursors)
        await _say_so(bus, manifest)
    finally:
        await bus.close()


async def _put_cursors(bus: NatsBus, cursors: Mapping[str, str]) -> None:
    """What was saved with the records may be ahead of the log; these are not."""
    for key, value in cursors.items():
        known = await bus.get_value(key)
        revision = 0 if known is None else known[1]
        await bus.put_value(key, value.encode(), revision=revision)


async def _say_so(bus: NatsBus, manifest: Manifest) -> None:
    state = await bus.state()
    newest = await bus.read(manifest.last_seq, manifest.last_seq)
    if state.last_seq < manifest.last_seq or fact_digest(newest) != manifest.last_sha256:
        raise PermanentError("the restored log does not end where it was saved")
    older = (
        Ancestor(incarnation=each.incarnation, upto_seq=min(each.upto_seq, state.last_seq))
        for each in await ancestors(bus)
    )
    [end] = await bus.read(state.last_seq, state.last_seq)
    fact = LogRestored(
        made_at=manifest.made_at,
        upto_seq=end.seq,
        upto_time=end.time,
        ancestors=(Ancestor(incarnation=manifest.incarnation, upto_seq=end.seq), *older),
    )
    await bus.publish([outgoing(fact)])


async def _move(url: str, target: StreamVault, manifest: Manifest, place: Path) -> None:
    """Bring the finished streams to another server, the log last; all of them or none."""
    vault = StreamVault()
    await vault.connect(url)
    replicas = {each.name: each.about["config"]["num_replicas"] for each in manifest.streams}
    made: list[str] = []
    try:
        for name in reversed(await vault.streams()):
            file = place / f"{name}.moving"
            with file.open("wb") as out:
                about = await vault.save(name, out.write, consumers=True)
            config = {**about["config"], "num_replicas": replicas[name]}
            await target.restore(name, {**about, "config": config}, _pieces(file))
            made.append(name)
    except BaseException:
        for name in made:
            await target.drop(name)
        raise
    finally:
        await vault.close()


@asynccontextmanager
async def _server(data: DataDir, clock: Clock) -> AsyncIterator[str]:
    """Run a server on the directory for the length of the block."""
    supervisor = Supervisor(_silent, clock.monotonic)
    nats = EmbeddedNats(data)
    await supervisor.start(nats.spec())
    try:
        yield nats.url
    finally:
        await supervisor.stop()


@contextmanager
def _whole_or_gone(backup: Path, made: Path) -> Iterator[None]:
    """Leave nothing of `made` behind a failure. Raises UserError."""
    try:
        yield
    except BaseException as error:
        shutil.rmtree(made, ignore_errors=True)
        if isinstance(error, TransientError | PermanentError):
            fix = "nothing was made; mend the cause and restore again"
            raise UserError(f"cannot restore: {error}", where=str(backup), fix=fix) from error
        if isinstance(error, OSError):
            raise explain(error, made.parent) from error
        raise


def _from(config: Mapping[str, Any], done_seq: int) -> dict[str, Any]:
    """Return a consumer that begins after what was done with."""
    start = {"deliver_policy": "by_start_sequence", "opt_start_seq": done_seq + 1}
    return {**config, **start, "num_replicas": 0}


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as reading:
        while piece := reading.read(PIECE_BYTES):
            yield piece


def _silent(_line: str) -> None:
    """What the server says is in its log."""
