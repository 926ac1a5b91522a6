"""Records of a spool segment: length, checksum, payload. A torn tail is seen, never misread."""

from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from zlib import crc32

MAX_RECORD_BYTES = 1 << 20
_HEAD = Struct("<4sII")
_MARK = b"zs1\n"


@dataclass(frozen=True, slots=True)
class Scan:
    """What a segment holds: whole records in order, and how many bytes after them are torn."""

    records: tuple[bytes, ...]
    torn_bytes: int


def pack(records: Iterable[bytes]) -> bytes:
    """Return the records as bytes to append. Raises ValueError for one that is too large."""
    parts: list[bytes] = []
    for record in records:
        if len(record) > MAX_RECORD_BYTES:
            message = f"a record of {len(record)} bytes does not fit the spool"
            raise ValueError(message)
        parts += (_HEAD.pack(_MARK, len(record), _checksum(record)), record)
    return b"".join(parts)


def scan(data: bytes) -> Scan:
    """Return the whole records at the start of `data`; the first bad one ends the reading."""
    records: list[bytes] = []
    place = 0
    while len(data) - place >= _HEAD.size:
        mark, length, checksum = _HEAD.unpack_from(data, place)
        start = place + _HEAD.size
        record = data[start : start + length]
        whole = mark == _MARK and len(record) == length
        if not whole or _checksum(record) != checksum:
            break
        records.append(record)
        place = start + length
    return Scan(tuple(records), len(data) - place)


def _checksum(record: bytes) -> int:
    """The length is covered too, so that a changed length cannot pass."""
    return crc32(record, len(record))
