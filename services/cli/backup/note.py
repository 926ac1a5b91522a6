"""When the newest backup was made, noted beside the log for whoever asks."""

from services.cli.backup.manifest import Manifest
from shared.bus.nats_bus import NatsBus
from shared.contracts.base import Frozen, Time
from shared.contracts.subjects import NEWEST_BACKUP
from shared.runtime.clock import Clock


class BackupNote(Frozen):
    """When, and up to which fact."""

    made_at: Time
    last_seq: int


async def note(url: str, manifest: Manifest, clock: Clock) -> None:
    """Write the note. Raises TransientError."""
    fresh = BackupNote(made_at=manifest.made_at, last_seq=manifest.last_seq)
    bus = await NatsBus.connect(url, clock=clock, name="backup", make=None)
    try:
        known = await bus.get_value(NEWEST_BACKUP)
        revision = 0 if known is None else known[1]
        data = fresh.model_dump_json().encode()
        await bus.put_value(NEWEST_BACKUP, data, revision=revision)
    finally:
        await bus.close()
