"""What the log is known to have, and how items are cut into messages."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.known import MAX_BYTES, MAX_ITEMS, Known, cut
from tests.fakes.builders import START


def test_what_was_learnt_is_known_until_it_is_too_old_to_come_again() -> None:
    known = Known()
    known.learn(["0a", "0b"], START)
    known.learn(["0c"], START + timedelta(hours=1))
    assert [known.has(each) for each in ("0a", "0b", "0c", "0d")] == [True, True, True, False]
    known.let_go(START)
    assert len(known) == 3, "as old as may be is let in"
    known.let_go(START + timedelta(minutes=1))
    assert [known.has(each) for each in ("0a", "0b", "0c")] == [False, False, True]
    known.let_go(START + timedelta(days=1))
    assert len(known) == 0


@given(st.lists(st.integers(1, 2 * MAX_BYTES), max_size=20))
def test_all_go_in_their_order_and_none_too_many_or_too_large(sizes: list[int]) -> None:
    parts = [sizes[each] for each in cut(sizes)]
    assert [each for part in parts for each in part] == sizes
    assert all(len(part) == 1 or sum(part) <= MAX_BYTES for part in parts)
    assert all(part for part in parts)


def test_many_small_ones_are_cut_by_their_number() -> None:
    parts = list(cut([1] * (2 * MAX_ITEMS + 1)))
    assert [each.stop - each.start for each in parts] == [MAX_ITEMS, MAX_ITEMS, 1]
