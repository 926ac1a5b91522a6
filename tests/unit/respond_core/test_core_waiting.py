"""Items that wait for their verdict: whose time is up first, and what an item read cheaply becomes."""

import json
from collections.abc import Sequence
from datetime import timedelta

from services.respond.core.aggregates import Case
from services.respond.core.fold import fold
from services.respond.core.state import Changes, State
from services.respond.core.waiting import PendingItem, Waiting
from shared.contracts.facts import Fact, Stored, StoredItem, Told, told
from shared.contracts.facts import encode as encoded
from shared.contracts.verdicts import Label
from tests.fakes.builders import START, a_comment, a_tick, a_verdict, at, stored, together


def a_wait(name: str, came: float, patience: float) -> PendingItem:
    received = START + timedelta(seconds=came)
    return PendingItem(a_comment(name), received, 1, received + timedelta(seconds=patience))


def let_wait(waiting: Waiting, *items: PendingItem) -> None:
    waiting.apply({each.fact.item_id: each for each in items})


def judged(lines: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    bodies = [json.loads(each) for each in lines]
    return [(each["item_id"], tuple(each["degraded"])) for each in bodies if "text" in each]


def test_whose_time_is_up_first_depends_on_patience_and_on_who_has_left() -> None:
    waiting = Waiting()
    slow, quick, last = a_wait("a", 0, 60), a_wait("b", 1, 10), a_wait("c", 2, 10)
    assert waiting.first() is None
    let_wait(waiting, slow, quick, last)
    assert waiting.first() == quick
    assert [item_id for _, item_id in waiting.by_due()] == [
        each.fact.item_id for each in (quick, last, slow)
    ]
    waiting.apply({quick.fact.item_id: None})
    assert (waiting.first(), waiting.oldest(), list(waiting)) == (last, slow, [slow, last])
    again = a_wait("b", 30, 10)
    let_wait(waiting, again)
    waiting.apply({last.fact.item_id: None})
    assert waiting.first() == again
    let_wait(waiting, slow._replace(edits=1))
    assert waiting.oldest() == slow._replace(edits=1)


def test_the_next_timer_is_that_of_an_item_or_of_an_aggregate() -> None:
    state = State()
    item = a_wait("a", 0, 60)
    state.apply(Changes(waits={item.fact.item_id: item}), START)
    timer = state.next_timer()
    assert timer == item.timers()[0]
    fold(state, stored(a_comment("b"), a_verdict("b", Label.COMPLAINT)), {})
    assert state.next_timer() == timer
    state.apply(Changes(waits={item.fact.item_id: None}), START)
    following = state.next_timer()
    assert following is not None
    assert following == state.timers()[0]


def test_items_nobody_judged_in_time_are_told_in_the_order_of_their_time() -> None:
    state = State()
    names = ("c", "a", "b")
    fold(state, [Stored(1 + n, at(0), a_comment(name)) for n, name in enumerate(names)], {})
    verdict = a_verdict("b", Label.PRAISE)
    late = [
        Stored(7, at(59), verdict),
        Stored(8, at(1000), a_tick()),
        Stored(9, at(1001), a_tick()),
    ]
    result = fold(state, late, {})
    ids = sorted(a_comment(name).item_id for name in ("a", "c"))
    quiet, *overdue = judged(result.lines)
    assert quiet == (a_comment("b").item_id, ())
    assert overdue == [(each, ("unclassified",)) for each in ids]


def test_a_verdict_in_the_run_in_which_the_item_came_is_in_time() -> None:
    facts = [
        Stored(1, at(0), a_comment("a")),
        Stored(2, at(0), a_comment("b", author="u2")),
        Stored(3, at(1), a_verdict("a", Label.PRAISE)),
        Stored(4, at(500), together(list(a_verdict("b", Label.PRAISE).verdicts))),
    ]
    one, two = a_comment("a").item_id, a_comment("b").item_id
    found = judged(fold(State(), facts, {}).lines)
    assert found == [(one, ()), (two, ("unclassified",)), (two, ())]


def test_an_item_read_the_cheap_way_decides_the_same() -> None:
    facts: list[Fact] = [a_comment("a"), a_verdict("a", Label.COMPLAINT)]
    cheap: list[Told] = [told(n, at(n), encoded(fact)) for n, fact in enumerate(facts, 1)]
    assert [type(each) for each in cheap] == [StoredItem, Stored]
    one, two = State(), State()
    first = fold(one, cheap, {})
    second = fold(two, [Stored(n, at(n), fact) for n, fact in enumerate(facts, 1)], {})
    assert first.lines == second.lines
    assert first.puts == second.puts
    assert any(isinstance(each, Case) for each in first.puts.values())
