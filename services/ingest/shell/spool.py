"""Facts on disk while the log is away: appended, synced, replayed in order, then removed.

Every process writes into a slot of its own, held by a file lock; slots left behind by a process
that died are taken over by the next one that starts.
"""

import asyncio
import fcntl
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import BinaryIO, Self

from services.ingest.core.spool_format import pack, scan

SEGMENT_BYTES = 8 << 20
_SUFFIX = ".spool"

Publish = Callable[[Sequence[bytes]], Awaitable[None]]


class Spool:
    """The slots this process holds. `torn_bytes` were half-written when a process was killed."""

    def __init__(
        self, own: Path, others: Sequence[Path], locks: Sequence[BinaryIO], *, segment_bytes: int
    ) -> None:
        self._own = own
        self._slots = (*others, own)
        self._locks = locks
        self._segment_bytes = segment_bytes
        self._writing = asyncio.Lock()
        self._draining = asyncio.Lock()
        self._open: BinaryIO | None = None
        self._number = 0
        self.waiting = 0
        self.torn_bytes = 0
        self._count_again()
        for segment in self._segments():
            self._number = max(self._number, int(segment.stem))

    @property
    def slot(self) -> str:
        """Return the path of our own slot; as long as we live nobody else can have it."""
        return str(self._own)

    @classmethod
    def open(cls, root: Path, *, segment_bytes: int = SEGMENT_BYTES) -> Self:
        """Take every free slot under `root`, making one if all are held. Raises OSError."""
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        there = sorted(path for path in root.iterdir() if path.is_dir())
        held = [(path, lock) for path in there if (lock := _lock(path))]
        number = len(there)
        while not held:
            fresh = root / f"{number:04d}"
            fresh.mkdir(exist_ok=True, mode=0o700)
            held = [(fresh, lock)] if (lock := _lock(fresh)) else []
            number += 1
        slots = [path for path, _ in held]
        locks = [lock for _, lock in held]
        return cls(slots[0], slots[1:], locks, segment_bytes=segment_bytes)

    async def append(self, records: Sequence[bytes]) -> None:
        """Return once the records are on the disk itself. Raises OSError."""
        async with self._writing:
            try:
                await asyncio.to_thread(self._write, pack(records))
            except OSError:
                self._count_again()  # some of them may be whole on the disk all the same
                raise
            self.waiting += len(records)

    async def drain(self, publish: Publish) -> int:
        """Hand every record to `publish`, oldest segment first; remove what it took.

        What `publish` raises goes through; the segment in hand then stays as it is. Meanwhile
        records can be appended: they go into a new segment.
        """
        drained = 0
        async with self._draining:
            async with self._writing:
                self._close()
                segments = self._segments()
            for segment in segments:
                data = await asyncio.to_thread(segment.read_bytes)
                records = scan(data).records
                await publish(records)
                await asyncio.to_thread(_remove, segment)
                self.waiting = max(0, self.waiting - len(records))
                drained += len(records)
        return drained

    def close(self) -> None:
        """Close the files and give the slots back."""
        self._close()
        for lock in self._locks:
            lock.close()

    def _segments(self) -> list[Path]:
        return [
            path
            for slot in self._slots
            for path in sorted(slot.iterdir())
            if path.suffix == _SUFFIX and path.stem.isdigit()
        ]

    def _count_again(self) -> None:
        found = [scan(segment.read_bytes()) for segment in self._segments() if segment.exists()]
        self.waiting = sum(len(one.records) for one in found)
        self.torn_bytes = sum(one.torn_bytes for one in found)

    def _write(self, data: bytes) -> None:
        """Append and sync. After a failure the segment may be torn, so it is not used again."""
        try:
            if self._open is None or self._open.tell() > self._segment_bytes:
                self._close()
                self._open = self._next_segment()
            left = memoryview(data)
            while left:  # a disk that fills up takes a part first and refuses only the rest
                left = left[self._open.write(left) :]
            os.fsync(self._open.fileno())
        except OSError:
            self._close()
            raise

    def _next_segment(self) -> BinaryIO:
        self._number += 1
        path = self._own / f"{self._number:012d}{_SUFFIX}"
        opened = path.open("ab", buffering=0)
        _sync_directory(self._own)
        return opened

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None


def _lock(slot: Path) -> BinaryIO | None:
    opened = (slot / "lock").open("ab")
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        opened.close()
        return None
    return opened


def _remove(segment: Path) -> None:
    segment.unlink()
    _sync_directory(segment.parent)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
