"""Saving an installation while it runs: the log at one sequence, and whatever it refers to.

The order makes it whole. Read first: how far ingest and classify had come, and the archive; the
log then holds all of that. Read after the log: objects and records; they hold all the log names.
"""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

from services.archive.shell.reading import copy
from services.cli.backup.manifest import (
    ARCHIVE,
    MANIFEST,
    Manifest,
    SavedConsumer,
    SavedStream,
    digest,
    fact_digest,
    new_file,
    sync,
)
from services.cli.backup.note import note
from services.cli.backup.restore import restore
from services.cli.embedded.probes import reachable
from shared.bus.nats_backup import StreamVault
from shared.bus.nats_bus import NatsBus
from shared.contracts.subjects import CURSORS, STREAM
from shared.errors import PermanentError, TransientError, UserError
from shared.runtime.clock import Clock


def save(to: Path, url: str, archive: Path, clock: Clock, *, trial: bool = True) -> Manifest:
    """Write a backup to the new directory `to`: whole, or not there at all. Raises UserError.

    With `trial` it is restored once into a server beside it: what was never restored is a hope.
    """
    if to.exists():
        raise UserError("this is there already", where=str(to), fix="name a new directory")
    partial = to.with_name(f".{to.name}.{os.getpid()}.partial")
    try:
        partial.mkdir(parents=True, mode=0o700)
        manifest = asyncio.run(_save(partial, url, archive, clock))
        with new_file(partial / MANIFEST) as out:
            out.write(manifest.model_dump_json(indent=1).encode())
        if trial:
            _try(partial, clock)
        sync(partial)
        partial.rename(to)
        sync(to.parent)
        asyncio.run(note(url, manifest, clock))
    except (TransientError, PermanentError) as error:
        fix = "is zhishou running, and may this user save streams?"
        raise UserError(f"the log cannot be saved: {error}", fix=fix) from error
    except OSError as error:
        fix = "free some space, or name another place"
        raise UserError(
            f"cannot write the backup: {error.strerror}", where=str(to), fix=fix
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


async def _save(place: Path, url: str, archive: Path, clock: Clock) -> Manifest:
    await reachable(url, "--nats-url")
    made_at = clock.now()
    vault = StreamVault()
    await vault.connect(url)
    try:
        names = await vault.streams()
        if STREAM not in names:
            raise PermanentError("there is no log yet")
        incarnation = str((await vault.info(STREAM))["created"])
        bus = await NatsBus.connect(url, clock=clock, name="backup", make=None)
        try:
            cursors = await _cursors(bus)
            consumers = await _consumers(vault)
            archived = await asyncio.to_thread(_archive, archive, place)
            streams = [await _stream(vault, name, place) for name in names]
            last = int(streams[0].about["state"]["last_seq"])
            newest = await bus.read(last, last)
        finally:
            await bus.close()
    finally:
        await vault.close()
    return Manifest(
        made_at=made_at,
        incarnation=incarnation,
        last_seq=last,
        last_sha256=fact_digest(newest),
        streams=tuple(streams),
        consumers=consumers,
        cursors=cursors,
        archive_sha256=archived,
    )


async def _stream(vault: StreamVault, name: str, place: Path) -> SavedStream:
    file = place / f"{name}.snapshot"
    with new_file(file) as out:
        about = await vault.save(name, out.write)
    return SavedStream(name=name, file=file.name, sha256=digest(file), about=dict(about))


async def _consumers(vault: StreamVault) -> tuple[SavedConsumer, ...]:
    """What a consumer has acknowledged by now was done by facts that stand in the log by now."""
    return tuple(
        SavedConsumer(config=each["config"], done_seq=int(each["ack_floor"]["stream_seq"]))
        for each in await vault.consumers(STREAM)
    )


async def _cursors(bus: NatsBus) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in await bus.value_keys(CURSORS):
        if (kept := await bus.get_value(key)) is not None:
            found[key] = kept[0].decode()
    return found


def _archive(archive: Path, place: Path) -> str:
    if not archive.exists():
        return ""
    copy(archive, place / ARCHIVE)
    return digest(place / ARCHIVE)


def _try(backup: Path, clock: Clock) -> None:
    """Restore it once, and forget that. Raises UserError."""
    with tempfile.TemporaryDirectory(prefix=".trial-", dir=backup.parent) as scratch:
        restore(backup, Path(scratch) / "house", clock)
