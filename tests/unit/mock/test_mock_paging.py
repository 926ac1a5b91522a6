"""Paging laws: whoever walks the pages the documented way meets every item exactly once."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.platforms.mock.calls import Call
from shared.platforms.mock.model import Feed
from shared.platforms.mock.paging import Window, bounds, cut
from shared.platforms.mock.quota import Quota
from shared.platforms.mock.reading import Reading
from shared.platforms.mock.world import World
from tests.fakes.mock_platform import START

ascending = st.sets(st.integers(1, 10_000), max_size=120).map(sorted)


@given(ids=ascending, since=st.integers(0, 10_001), count=st.integers(1, 60))
def test_walking_down_by_max_id_meets_every_newer_id_once(
    ids: list[int], since: int, count: int
) -> None:
    met: list[int] = []
    max_id = 0
    while page := cut(ids, Window(since_id=since, max_id=max_id, count=count)):
        met += page
        max_id = page[-1] - 1
        if max_id == 0:
            break
    assert met == [one for one in reversed(ids) if one > since]


@given(ids=ascending, top=st.integers(1, 10_001), count=st.integers(1, 60))
def test_walking_by_page_number_meets_every_id_up_to_max_id_once(
    ids: list[int], top: int, count: int
) -> None:
    met: list[int] = []
    page = 1
    while rows := cut(ids, Window(max_id=top, count=count, page=page)):
        met += rows
        page += 1
    assert met == [one for one in reversed(ids) if one <= top]


@given(ids=ascending, since=st.integers(0, 10_001), top=st.integers(0, 10_001))
def test_bounds_are_strict_below_and_inclusive_above(ids: list[int], since: int, top: int) -> None:
    low, high = bounds(ids, Window(since_id=since, max_id=top))
    wanted = [one for one in ids if one > since and (top == 0 or one <= top)]
    assert ids[low:high] == wanted


@given(
    deleted=st.sets(st.integers(0, 39)),
    count=st.integers(1, 15),
    late=st.sets(st.integers(0, 39), max_size=5),
)
def test_a_walk_over_short_pages_meets_every_comment_that_is_left(
    deleted: set[int], count: int, late: set[int]
) -> None:
    """Deleted comments leave short, even empty pages; the walk goes on by the highest id it knows."""
    world = World()
    account = world.add_account("锦绣清城购物广场", START)
    post = world.publish(account, "欢迎", START)
    made = [
        world.comment(account, world.user("u", START), post, f"第{n}条", START) for n in range(40)
    ]
    for place in deleted:
        world.delete(made[place].id)
    for place in late:
        made[place].visible_at = START + timedelta(hours=1)
    reading = Reading(world, Quota())
    met: list[int] = []
    page = 1
    while (page - 1) * count < len(made):
        params = {"count": str(count), "page": str(page)}
        answer = reading.comments_to_me(Call("2/comments/to_me", params, START, account))
        assert isinstance(answer.body, dict)
        rows = answer.body["comments"]
        assert isinstance(rows, list)
        met += [row["id"] for row in rows]
        page += 1
    hidden = deleted | late
    assert met == [one.id for n, one in reversed(list(enumerate(made))) if n not in hidden]
    assert account.feeds[Feed.TO_ME] == [one.id for one in made]
