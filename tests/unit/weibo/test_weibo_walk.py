"""The walk through a list reads every id exactly once, however pages are cut and failures fall."""

from hypothesis import given
from hypothesis import strategies as st

from shared.platforms.weibo.walk import MAX_HOLES, Walk, Window


def page(ids: list[int], window: Window, size: int) -> list[int]:
    inside = [
        one
        for one in sorted(ids, reverse=True)
        if one > window.since_id and (not window.max_id or one <= window.max_id)
    ]
    return inside[:size]


@given(
    batches=st.lists(st.sets(st.integers(1, 400), max_size=40), min_size=1, max_size=6),
    size=st.integers(1, 7),
    share=st.integers(2, 4),
)
def test_every_id_is_read_exactly_once(batches: list[set[int]], size: int, share: int) -> None:
    ids: list[int] = []
    read: list[int] = []
    walk = Walk()
    top = 0
    for batch in [*batches, *([set[int]()] * 300)]:
        ids += [top + one for one in sorted(batch)]
        top = max(ids, default=0)
        window: Window | None = walk.head()
        for _ in range(share):
            if window is None:
                break
            got = page(ids, window, size)
            read += got
            walk = walk.after_page(window, got)
            window = walk.next_hole()
    assert sorted(read) == sorted(ids)
    assert walk.holes == ()


@given(st.lists(st.integers(-5, 100), max_size=20))
def test_a_server_that_answers_anything_cannot_make_the_walk_endless(ids: list[int]) -> None:
    walk = Walk(10, ((2, 9),))
    before = walk.holes[-1]
    after = walk.after_page(Window(*before), ids)
    assert not after.holes or after.holes[-1][1] < before[1]
    assert walk.after_page(walk.head(), ids).since >= walk.since


def test_too_many_holes_are_joined_so_that_nothing_is_skipped() -> None:
    walk = Walk()
    for top in range(10, 1000, 10):
        walk = walk.after_page(walk.head(), [top])
    assert len(walk.holes) <= MAX_HOLES
    low, high = walk.holes[0]
    assert low == 0
    assert high >= 700


def test_a_hole_that_reaches_into_the_past_can_be_given_up() -> None:
    walk = Walk(50, ((0, 10), (20, 40)))
    assert walk.without_old(Window(0, 10)).holes == ((20, 40),)
    assert walk.next_hole() == Window(20, 40)
