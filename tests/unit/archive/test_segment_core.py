"""A root stands for every byte of a range; what may leave the log follows from what was asked."""

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.archive.core.purging import (
    Fill,
    Policy,
    is_over,
    items_may_go,
    limit_of,
    next_range,
    unwanted,
)
from services.archive.core.segments import (
    SALT_BYTES,
    Entry,
    Seal,
    Tree,
    chain_of,
    chained,
    entry_line,
    read_line,
)
from tests.fakes.clock import START

DATA = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b'{"kind":"item.received","text":"\\n,\\"fact\\":{"}', b"{", b'{"a":1}\n']),
)


def entry(seq: int, data: bytes, salt: bytes = b"s" * SALT_BYTES) -> Entry:
    return Entry(seq, START + timedelta(microseconds=seq), "zs.v1.item.received.x", data, salt)


def root_by_definition(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 6962 defines it, by halves."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    parts = root_by_definition(leaves[:half]) + root_by_definition(leaves[half:])
    return hashlib.sha256(b"\x01" + parts).digest()


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70))
def test_a_root_that_grows_leaf_by_leaf_is_the_root_of_all(leaves: list[bytes]) -> None:
    tree = Tree()
    for each in leaves:
        tree.add(each)
    assert tree.root() == root_by_definition(leaves).hex()
    assert tree.leaves == len(leaves)


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert Tree().root() == hashlib.sha256(b"").hexdigest()


@given(st.integers(1, 1 << 40), DATA, st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES))
def test_a_line_gives_back_the_very_bytes(seq: int, data: bytes, salt: bytes) -> None:
    sealed = entry(seq, data, salt)
    raw = entry_line(sealed, sealed.leaf())
    assert b"\n" not in raw
    line = read_line(raw)
    assert line is not None
    assert line.entry == sealed
    assert line.untouched


@given(st.data())
def test_one_byte_of_a_fact_that_changed_is_seen(data: st.DataObject) -> None:
    sealed = entry(7, b'{"kind":"clock.ticked","term":1}')
    raw = bytearray(entry_line(sealed, sealed.leaf()))
    at = data.draw(st.integers(raw.index(b',"fact":') + 8, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    try:
        line = read_line(bytes(raw))
    except (ValueError, KeyError, TypeError):
        return
    assert line is None or not line.untouched


@pytest.mark.parametrize(
    ("before", "after"), [(b'"seq":7', b'"seq":8'), (b"received.x", b"received.y"), (b"Z", b"Z")]
)
def test_place_time_and_subject_are_covered_too(before: bytes, after: bytes) -> None:
    sealed = entry(7, b"{}")
    raw = entry_line(sealed, sealed.leaf()).replace(before, after)
    line = read_line(raw)
    assert line is not None
    assert line.untouched == (before == after)


def test_a_fact_can_be_taken_out_and_its_commitment_still_proves_the_rest() -> None:
    first, second = entry(1, b"{}", b"a" * 16), entry(1, b"{}", b"b" * 16)
    assert first.leaf() != second.leaf(), "the same text twice cannot be told without its salt"


def test_lines_that_hold_no_fact_are_none_and_others_no_lines() -> None:
    assert read_line(b'{"format":"zhishou-recording","version":1}') is None
    assert read_line(b'{"object":"ab","body":"x"}') is None
    broken = entry_line(entry(1, b"no fact"), b"x" * 32)[:-1]
    for raw in (b'{"seq":1}', b"nonsense", broken):
        with pytest.raises((ValueError, KeyError, TypeError)):
            read_line(raw)


def seal(first: int, last: int, *, hours_old: float = 0.0, previous: str = "") -> Seal:
    at = START - timedelta(hours=hours_old)
    count = last - first + 1
    return Seal(
        incarnation="i", first_seq=first, last_seq=last, facts=count, first_time=at, last_time=at,
        last_hash="", root="r", previous=previous,
        chain=chained(previous, "i", (first, last), count, "r"),
    )  # fmt: skip


def test_a_chain_covers_everything_a_seal_says() -> None:
    good = seal(1, 10, previous="p")
    assert chain_of(good) == good.chain
    changes: list[dict[str, object]] = [
        {"first_seq": 2}, {"last_seq": 11}, {"facts": 9}, {"root": "x"},
        {"previous": "q"}, {"incarnation": "j"},
    ]  # fmt: skip
    assert all(chain_of(good.model_copy(update=each)) != good.chain for each in changes)


def policy(**changes: float) -> Policy:
    plain = {"keep_days": 0.0, "keep_facts": 0, "limit_bytes": 0, "share": 0.8}
    return Policy(**(plain | changes), oldest_item=timedelta(hours=72))  # type: ignore[arg-type]


SEALS = [seal(1, 100, hours_old=100), seal(101, 200, hours_old=50), seal(201, 300)]


@pytest.mark.parametrize(
    ("wanted", "upto"),
    [
        (policy(), 0),
        (policy(keep_days=2), 200),
        (policy(keep_days=3), 100),
        (policy(keep_days=30), 0),
        (policy(keep_facts=120), 200),
        (policy(keep_facts=320), 0),
        (policy(keep_days=2, keep_facts=220), 100),
    ],
)
def test_a_range_leaves_when_no_limit_asks_for_it(wanted: Policy, upto: int) -> None:
    assert unwanted(wanted, Fill(320, 0, 0), SEALS, START) == upto


def test_the_smaller_limit_counts_and_purging_for_room_goes_a_little_further() -> None:
    assert limit_of(policy(), Fill(1, 900, 0)) == 0
    assert not is_over(policy(), Fill(1, 900, 0))
    assert limit_of(policy(limit_bytes=500), Fill(1, 0, 1000)) == 500
    assert limit_of(policy(limit_bytes=5000), Fill(1, 0, 1000)) == 1000
    assert is_over(policy(), Fill(1, 801, 1000))
    assert not is_over(policy(), Fill(1, 800, 1000))
    assert is_over(policy(), Fill(1, 721, 1000), began=True)
    assert not is_over(policy(), Fill(1, 720, 1000), began=True)


def test_the_oldest_range_that_is_still_there_goes_next() -> None:
    assert [next_range(SEALS, purged) for purged in (0, 99, 100, 299, 300)] == [
        100, 100, 200, 300, 0,
    ]  # fmt: skip


def test_items_stay_until_ingest_would_refuse_them() -> None:
    assert items_may_go(policy(), SEALS, 300, START) == 100
    assert items_may_go(policy(), SEALS, 60, START) == 60
    assert items_may_go(policy(), SEALS[1:], 300, START) == 0
