"""Laws of what spreads: order inside a batch, ticks, cuts and snapshots change nothing of it."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from services.respond.core.aggregates import Cascade
from services.respond.core.fold import fold
from services.respond.core.state import State
from shared.contracts.facts import Stored
from shared.contracts.items import ItemReceived
from shared.contracts.verdicts import Verdict
from shared.policy.cascade import MINUTES
from tests.fakes.builders import a_comment, a_tick, at
from tests.fakes.rumours import RUMOUR_TEXT, a_post, a_repost, judged, suspected, told
from tests.property.test_snapshot_laws import the_same_from
from tests.property.test_step_laws import PACKS, SETUP, folded

Pair = tuple[ItemReceived, Verdict]
OTHER_TEXT = "听说隔壁商场明天起就要关门了,是不是真的"
KINDS = ["post", "repost", "repost", "repost", "worded repost", "comment", "worded comment"]
PAUSES = st.sampled_from([1, 20, 70, 299, 300, 301, 900, 4000, 90_000])


class Batch(NamedTuple):
    """What is judged together, and how long after the batch before."""

    pause: int
    pairs: Sequence[Pair]


@st.composite
def pairs(draw: st.DrawFn, number: int) -> Pair:
    """Draw a post in one of two wordings, or a repost of a post that may not have come yet."""
    post = draw(st.sampled_from(["s1", "s2", "s3"]))
    kind = draw(st.sampled_from(KINDS))
    if kind == "post":
        text = OTHER_TEXT if post == "s3" else RUMOUR_TEXT
        return suspected(a_post(post, text, author=f"teller-{post}"))
    text = f"{draw(st.sampled_from([RUMOUR_TEXT, OTHER_TEXT]))}{number}"
    followers = draw(st.sampled_from([None, 5, 20_000]))
    if "repost" in kind:
        item = a_repost(f"r{number}", text, of=post, followers=followers)
    else:
        item = a_comment(
            f"r{number}", text, author=f"by-r{number}", post=post, followers=followers
        )
    if "worded" not in kind:
        return item, judged(item, says=draw(st.sampled_from("01234567")))
    return suspected(item)


@st.composite
def spreads(draw: st.DrawFn) -> list[Batch]:
    """Draw batches of posts and reposts."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=5))
    numbers = iter(range(100))
    return [
        Batch(draw(PAUSES), [draw(pairs(next(numbers))) for _ in range(size)]) for size in sizes
    ]


def a_log(batches: Sequence[Batch]) -> list[Stored]:
    """Lay batches out; the facts of one have one time, and the last is long over."""
    seconds, facts = 0, [(0, fact) for fact in SETUP]
    for each in batches:
        seconds += each.pause
        facts += [(seconds, fact) for fact in told(*each.pairs)]
    facts.append((seconds + 60 * MINUTES[-1] + 1, a_tick()))
    return [
        Stored(seq=place + 1, time=at(when), fact=fact) for place, (when, fact) in enumerate(facts)
    ]


def said(lines: Sequence[str]) -> list[str]:
    return [each for each in lines if '"kind":"rumour.weighed"' in each]


@settings(max_examples=80)
@given(st.data(), spreads())
def test_the_order_inside_a_batch_does_not_matter(
    data: st.DataObject, batches: list[Batch]
) -> None:
    shuffled = [each._replace(pairs=data.draw(st.permutations(each.pairs))) for each in batches]
    assert said(folded(a_log(batches))[1].lines) == said(folded(a_log(shuffled))[1].lines)


@settings(max_examples=60)
@given(spreads(), st.integers(1, 60))
def test_a_prefix_of_the_log_is_a_prefix_of_what_is_said(batches: list[Batch], cut: int) -> None:
    log = a_log(batches)
    whole = folded(log)[1].lines
    part = folded(log[:cut])[1].lines
    assert whole[: len(part)] == part


@settings(max_examples=60)
@given(spreads())
def test_fact_by_fact_means_what_a_whole_run_means(batches: list[Batch]) -> None:
    log, state, lines = a_log(batches), State(), list[str]()
    for each in log:
        lines += fold(state, [each], PACKS).lines
    assert lines == folded(log)[1].lines


@settings(max_examples=60)
@given(spreads(), st.lists(st.integers(0, 100_000), max_size=6))
def test_ticks_change_nothing_of_it(batches: list[Batch], ticks: list[int]) -> None:
    log = a_log(batches)
    told_of = [(each.time, each.fact) for each in log]
    woken = [(at(when), a_tick(when)) for when in ticks]
    order = sorted([*woken, *told_of], key=lambda each: each[0])
    ticked = [
        Stored(seq=place + 1, time=when, fact=fact) for place, (when, fact) in enumerate(order)
    ]
    assert said(folded(ticked)[1].lines) == said(folded(log)[1].lines)


@settings(max_examples=60)
@given(spreads())
def test_counts_never_fall_and_nothing_outlives_its_day(batches: list[Batch]) -> None:
    state, result = folded(a_log(batches))
    by_case: dict[str, list[dict[str, int]]] = {}
    for each in map(json.loads, said(result.lines)):
        by_case.setdefault(each["case_id"], []).append(each)
    for told_of in by_case.values():
        for before, after in pairwise(told_of):
            assert before["at"] <= after["at"]
            if before["minutes"] < after["minutes"]:
                assert before["reposts"] <= after["reposts"]
    assert not [each for each in state.under("cascade") if isinstance(each, Cascade)]
    assert not list(state.under("echo"))


@settings(max_examples=40)
@given(spreads(), st.integers(1, 60))
def test_a_snapshot_amid_a_spreading_rumour_changes_nothing(
    batches: list[Batch], cut: int
) -> None:
    log = a_log(batches)
    the_same_from(log, min(cut, len(log)))
