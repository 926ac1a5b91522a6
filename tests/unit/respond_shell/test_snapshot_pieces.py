"""However much there is, a snapshot is made in little pieces, and read back as it was."""

import zlib
from collections.abc import Iterator

import pytest

from services.respond.core.aggregates import Page
from services.respond.core.state import State
from services.respond.shell.snapshots import (
    MARKS_AT_ONCE,
    PIECE_BYTES,
    Contents,
    Part,
    pieces,
    unpack,
)
from services.respond.shell.standing import MARK_BYTES
from tests.fakes.clock import START

MANY = 4_000
LONG = "久" * 2_000


def a_page(number: int) -> Page:
    return Page(
        page_id=f"p{number}", case_ids=("c",), person_id="li", channel="fake", address_ref="x",
        reasons=(LONG if number % 7 else "短",), raised_at=START,
    )  # fmt: skip


def marks(count: int) -> bytes:
    return b"".join(number.to_bytes(MARK_BYTES, "big") for number in range(count))


@pytest.fixture(scope="module")
def large() -> State:
    pages = (a_page(number) for number in range(MANY))
    return State().restore(pages, marks(3 * MARKS_AT_ONCE + 5), START)


def test_no_piece_holds_up_the_fold_for_more_than_a_moment(large: State) -> None:
    whole = sum(len(page.model_dump_json().encode()) for page in large.under("page"))
    found = [each for each in pieces(large.view()) if each.kind == "values"]
    assert sum(each.values for each in found) == MANY
    longest = max(len(page.model_dump_json().encode()) for page in large.under("page"))
    most = PIECE_BYTES // min(len(page.model_dump_json()) for page in large.under("page"))
    assert len(found) >= whole // (PIECE_BYTES + longest + 20)
    assert max(each.values for each in found) <= most
    parts = [each.part for each in found if each.part]
    assert len(parts) > 1, "so much is more than one object"


def unpacked(state: State) -> Contents:
    contents = Contents({}, [], bytearray())
    for each in pieces(state.view()):
        if each.part:
            unpack(contents, Part(kind=each.kind, sha256=""), each.part)
    return contents


def test_what_is_packed_comes_back_in_its_order(large: State) -> None:
    contents = unpacked(large)
    assert list(contents.values) == [page.key for page in large.under("page")]
    assert bytes(contents.marks) == marks(3 * MARKS_AT_ONCE + 5)
    assert contents.count == MANY


def test_an_empty_state_has_no_parts() -> None:
    assert [each for each in pieces(State().view()) if each.part] == []


def test_a_state_that_goes_on_leaves_its_picture_as_it_was() -> None:
    class Brief(State):
        SEEN_GENERATION = 4

    state = Brief().restore(iter(()), marks(6), START)
    view = state.view()
    state.restore(iter(()), marks(20)[48:], START)
    assert b"".join(view.marks(3)) == marks(6)


@pytest.mark.parametrize("data", [b"no zlib", zlib.compress(b"no line\n")])
def test_a_part_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, zlib.error)):
        unpack(Contents({}, [], bytearray()), Part(kind="values", sha256=""), data)


def restored(state: State) -> Iterator[None]:
    return state.restoring((a_page(n) for n in range(MANY)), marks(10), START)


def test_a_large_state_is_restored_in_pieces_too() -> None:
    assert sum(1 for _ in restored(State())) > MANY // 300
