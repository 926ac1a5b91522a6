"""A snapshot: the whole state at one place of the log, as compressed parts in the object store.

What is written down beside the parts is one small record, `Register`: which snapshots count, and
which parts do not belong to any of them (yet, or any more).
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic_core import from_json, to_json

from services.respond.core.decisions import CORE_VERSION
from services.respond.core.state import View
from services.respond.core.waiting import PendingItem
from services.respond.shell.standing import MARK_BYTES, Standing, times
from shared.bus.port import Bus
from shared.contracts.base import Frozen, Time, spelt
from shared.contracts.items import ItemReceived
from shared.contracts.subjects import SNAPSHOTS
from shared.store.port import Cursor

FORMAT, VERSION = "zhishou-snapshot", 1
PART_BYTES = 4 << 20
PIECE_BYTES = 64 << 10
MARKS_AT_ONCE = PIECE_BYTES // MARK_BYTES
LEVEL = 1
"""Fast: a snapshot lives for a few minutes, and others wait while it is compressed."""
_WAITS = "waits:"


class Part(Frozen):
    """One object: lines of key and value, or marks of item versions, 8 bytes each."""

    kind: Literal["values", "marks"]
    sha256: str


class Manifest(Frozen):
    """What a snapshot is of. `ledger_seq` is where its decisions were last recorded in the log."""

    format: Literal["zhishou-snapshot"] = "zhishou-snapshot"
    version: int = VERSION
    core_version: str = CORE_VERSION
    incarnation: str
    seq: int
    fact_hash: str
    low_seq: int
    chain: str
    ledger_seq: int
    ledger_chain: str
    times: str
    outbox: tuple[str, ...]
    values: int
    parts: tuple[Part, ...]
    taken_at: Time

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.incarnation, self.seq, self.fact_hash, self.low_seq)


class _Waits(Frozen):
    """An item that waits for its verdict, as it is written down."""

    fact: ItemReceived
    received_at: Time
    seq: int
    verdict_due: Time
    edits: int
    deleted: bool
    degraded: tuple[str, ...]


class Kept(Frozen):
    """One verified snapshot; `objects` are its manifest and its parts, `items` all until then."""

    manifest: str
    incarnation: str
    seq: int
    low_seq: int
    objects: tuple[str, ...]
    taken_at: Time
    items: int = 0


class Register(Frozen):
    """The verified snapshots, newest first. `loose` objects are dropped by who comes next."""

    kept: tuple[Kept, ...] = ()
    loose: tuple[str, ...] = ()


async def read_register(bus: Bus) -> tuple[Register, int]:
    """Return the register and its revision."""
    found = await bus.get_value(SNAPSHOTS)
    if found is None:
        return Register(), 0
    return Register.model_validate_json(found[0]), found[1]


@dataclass(frozen=True, slots=True)
class Picture:
    """A standing at one moment, between two commits; later facts do not change it."""

    cursor: Cursor
    chain: str
    ledger: tuple[int, str]
    times: bytes
    outbox: tuple[bytes, ...]
    items: int
    view: View


def picture(standing: Standing) -> Picture:
    """Return what stands now. Only while no batch is in hand."""
    return Picture(
        cursor=standing.cursor,
        chain=standing.chain,
        ledger=standing.ledger,
        times=times(standing.state),
        outbox=tuple(standing.outbox),
        items=standing.organisation.items_received,
        view=standing.state.view(),
    )


def manifest(taken: Picture, parts: Sequence[Part], values: int, taken_at: datetime) -> Manifest:
    """Return what says which parts make up the snapshot of `taken`."""
    return Manifest(
        incarnation=taken.cursor.incarnation,
        seq=taken.cursor.seq,
        fact_hash=taken.cursor.fact_hash,
        low_seq=taken.cursor.low_seq,
        chain=taken.chain,
        ledger_seq=taken.ledger[0],
        ledger_chain=taken.ledger[1],
        times=taken.times.decode(),
        outbox=tuple(each.decode() for each in taken.outbox),
        values=values,
        parts=tuple(parts),
        taken_at=taken_at,
    )


class Piece(NamedTuple):
    """A little work done: `part` is a finished one, or empty while it still grows."""

    kind: Literal["values", "marks"]
    part: bytes
    values: int


def pieces(view: View) -> Iterator[Piece]:
    """Yield after each little piece of the work, so that the caller may let others run."""
    yield from _packed("values", _lines(view))
    yield from _packed("marks", view.marks(MARKS_AT_ONCE))


def _lines(view: View) -> Iterator[bytes]:
    for key, each in view.aggregates.items():
        yield _line(key, spelt(each))
    for item in view.waiting:
        waits = _Waits.model_validate(item._replace(fact=item.whole())._asdict())
        yield _line(f"{_WAITS}{waits.fact.item_id}", spelt(waits))


def _line(key: str, value: bytes) -> bytes:
    return b"%b\t%b\n" % (to_json(key), value)


def _packed(kind: Literal["values", "marks"], chunks: Iterable[bytes]) -> Iterator[Piece]:
    """Compress chunks into parts of about `PART_BYTES`, a piece at a time."""
    piece: list[bytes] = []
    in_piece = in_part = 0
    packer, part = zlib.compressobj(LEVEL), bytearray()
    for chunk in chunks:
        piece.append(chunk)
        in_piece += len(chunk)
        if in_piece < PIECE_BYTES:
            continue
        part += packer.compress(b"".join(piece))
        count, in_part = len(piece), in_part + in_piece
        piece, in_piece = [], 0
        if in_part < PART_BYTES:
            yield Piece(kind, b"", count)
            continue
        yield Piece(kind, bytes(part + packer.flush()), count)
        packer, part, in_part = zlib.compressobj(LEVEL), bytearray(), 0
    part += packer.compress(b"".join(piece))
    if in_part or in_piece:
        yield Piece(kind, bytes(part + packer.flush()), len(piece))


@dataclass(slots=True)
class Contents:
    """What the parts of a snapshot held."""

    values: dict[str, bytes]
    waiting: list[PendingItem]
    marks: bytearray

    @property
    def count(self) -> int:
        return len(self.values) + len(self.waiting)


def unpack(contents: Contents, part: Part, data: bytes) -> None:
    """Add one part. Raises ValueError, zlib.error when it is none."""
    raw = zlib.decompress(data)
    if part.kind == "marks":
        contents.marks += raw
        return
    for line in raw.split(b"\n")[:-1]:
        key, _, value = line.partition(b"\t")
        name = str(from_json(key))
        if name.startswith(_WAITS):
            waits = _Waits.model_validate_json(value)
            contents.waiting.append(PendingItem(**dict(waits)))
        else:
            contents.values[name] = value


def unneeded(kept: Iterable[Kept], objects: Iterable[str]) -> tuple[str, ...]:
    """Return those of `objects` that no kept snapshot needs, each once."""
    needed = {each for one in kept for each in one.objects}
    return tuple(dict.fromkeys(each for each in objects if each not in needed))
