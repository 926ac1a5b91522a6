"""The whole log as one: what is sealed in segments, then what the server still holds."""

from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from pathlib import Path

from services.archive.core.segments import Seal
from services.archive.shell.segments import BrokenSegmentError, Segments, read_lines
from shared.bus.ancestry import ancestors
from shared.bus.floor import read_floor
from shared.bus.port import Bus, LogState, Message
from shared.errors import UserError

CHUNK = 250


def segments_of(data_dir: Path) -> Segments:
    """Return the segments of an installation."""
    return Segments(data_dir / "archive" / "segments")


async def whole_log(
    bus: Bus, log: LogState, segments: Segments | None, first: int, last: int
) -> AsyncIterator[Sequence[Message]]:
    """Yield the facts [first, last] in batches. Raises UserError when some are nowhere."""
    seals = [] if segments is None else await seals_of(bus, log, segments.seals())
    sealed = seals[-1].last_seq if seals else 0
    purged = (await read_floor(bus, log.incarnation)).purged
    if purged >= max(first, sealed + 1):
        fix = f"name the archive's directory with --data-dir, or begin with --first {purged + 1}"
        raise UserError(f"facts up to {purged} left the log and stand in segments only", fix=fix)
    for path in [] if segments is None else map(segments.lines_file, seals):
        for batch in _sealed(path, first, last):
            yield batch
    for low in range(max(first, sealed + 1), last + 1, CHUNK):
        yield await bus.read(low, min(low + CHUNK - 1, last))
    if (await read_floor(bus, log.incarnation)).purged > max(sealed, first - 1):
        raise UserError("facts left the log while it was read", fix="do it once more")


async def seals_of(bus: Bus, log: LogState, seals: Sequence[Seal]) -> list[Seal]:
    """Return the seals of this log only, those of its lives before a restore among them."""
    lives = {each.incarnation: each.upto_seq for each in await ancestors(bus)}
    lives[log.incarnation] = log.last_seq
    return [each for each in seals if each.last_seq <= lives.get(each.incarnation, 0)]


def _sealed(path: Path, first: int, last: int) -> Iterator[list[Message]]:
    entries = (line.entry for line in read_lines(path) if first <= line.entry.seq <= last)
    try:
        while batch := [Message(*each[:4]) for each in islice(entries, CHUNK)]:
            yield batch
    except BrokenSegmentError as error:
        what = f"the segment is damaged after fact {error.after_seq}"
        fix = "zhishou audit verify says more; restore the file from a backup"
        raise UserError(what, where=str(path), fix=fix) from error
