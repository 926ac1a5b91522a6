"""The spool survives a kill at any byte, a full disk, and the process that wrote it."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.spool_format import MAX_RECORD_BYTES, pack, scan
from services.ingest.shell.spool import Spool
from shared.bus.port import BusAwayError
from tests.fakes.full_disk import files_end_at

RECORDS = st.lists(st.binary(max_size=40), max_size=6)


class Taker:
    """Stands for the log: takes records, or is away."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.away = False

    async def __call__(self, records: Sequence[bytes]) -> None:
        if self.away:
            raise BusAwayError("away")
        self.taken += records


@given(RECORDS, st.data())
def test_a_segment_cut_at_any_byte_gives_a_prefix_of_its_records(
    records: list[bytes], data: st.DataObject
) -> None:
    packed = pack(records)
    cut = data.draw(st.integers(0, len(packed)))
    found = scan(packed[:cut])
    assert list(found.records) == records[: len(found.records)]
    assert len(pack(found.records)) + found.torn_bytes == cut
    assert scan(packed).records == tuple(records)


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4), st.data())
def test_a_flipped_bit_is_never_read_as_a_record(
    records: list[bytes], data: st.DataObject
) -> None:
    packed = bytearray(pack(records))
    place = data.draw(st.integers(0, len(packed) - 1))
    packed[place] ^= 1 << data.draw(st.integers(0, 7))
    found = scan(bytes(packed))
    assert list(found.records) == records[: len(found.records)]
    assert len(found.records) < len(records)


@given(st.binary(max_size=200))
def test_any_bytes_can_be_scanned(data: bytes) -> None:
    found = scan(data)
    assert 0 <= found.torn_bytes <= len(data)


def test_a_record_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        pack([b"x" * (MAX_RECORD_BYTES + 1)])


async def test_records_come_back_in_order_after_the_process_is_gone(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path / "spool")
    await spool.append([b"1", b"2"])
    await spool.append([b"3"])
    assert spool.waiting == 3
    spool.close()
    again, taker = Spool.open(tmp_path / "spool"), Taker()
    assert again.waiting == 3
    await again.append([b"4"])
    assert await again.drain(taker) == 4
    assert taker.taken == [b"1", b"2", b"3", b"4"]
    assert again.waiting == 0
    assert await again.drain(taker) == 0
    await again.append([b"5"])
    await again.drain(taker)
    assert taker.taken[-1] == b"5"
    again.close()


async def test_what_the_log_did_not_take_stays(tmp_path: Path) -> None:
    spool, taker = Spool.open(tmp_path / "spool"), Taker()
    await spool.append([b"1"])
    taker.away = True
    with pytest.raises(BusAwayError):
        await spool.drain(taker)
    assert spool.waiting == 1
    await spool.append([b"2"])
    taker.away = False
    await spool.drain(taker)
    assert taker.taken == [b"1", b"2"]
    spool.close()


async def test_a_torn_tail_is_counted_and_what_follows_is_kept(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path / "spool")
    await spool.append([b"first", b"second"])
    spool.close()
    (segment,) = (tmp_path / "spool").rglob("*.spool")
    segment.write_bytes(segment.read_bytes()[:-3])
    again, taker = Spool.open(tmp_path / "spool"), Taker()
    assert again.torn_bytes > 0
    assert again.waiting == 1
    await again.append([b"third"])
    await again.drain(taker)
    assert taker.taken == [b"first", b"third"]
    again.close()


async def test_two_processes_have_a_slot_each_and_an_orphan_is_taken_over(tmp_path: Path) -> None:
    root = tmp_path / "spool"
    one, other = Spool.open(root), Spool.open(root)
    await one.append([b"one"])
    await other.append([b"other"])
    assert (one.waiting, other.waiting) == (1, 1)
    one.close()
    other.close()
    heir, taker = Spool.open(root), Taker()
    assert heir.waiting == 2
    await heir.drain(taker)
    assert sorted(taker.taken) == [b"one", b"other"]
    heir.close()


async def test_a_write_the_disk_cut_short_fails_and_leaves_the_next_one_readable(
    tmp_path: Path,
) -> None:
    spool, taker = Spool.open(tmp_path / "spool"), Taker()
    await spool.append([b"1"])
    (segment,) = (tmp_path / "spool").rglob("*.spool")
    end = segment.stat().st_size + 5
    with files_end_at(end), pytest.raises(OSError, match="File too large"):
        await spool.append([b"2"])
    assert (spool.waiting, spool.torn_bytes) == (1, 5)
    await spool.append([b"3"])
    await spool.drain(taker)
    assert taker.taken == [b"1", b"3"]
    spool.close()


async def test_segments_roll(tmp_path: Path) -> None:
    spool, taker = Spool.open(tmp_path / "spool", segment_bytes=10), Taker()
    for number in range(5):
        await spool.append([str(number).encode() * 8])
    assert len(list((tmp_path / "spool").rglob("*.spool"))) == 5
    await spool.drain(taker)
    assert taker.taken == [str(number).encode() * 8 for number in range(5)]
    spool.close()
