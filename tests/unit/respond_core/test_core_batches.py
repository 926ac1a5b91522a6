"""Items that came together mean what each means alone, at the same place and time."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.respond.core.aggregates import Case, EarlyChange, Person
from services.respond.core.fold import Place, Poison, fold, released
from services.respond.core.state import Changes, State
from shared.contracts.batches import ItemBatch
from shared.contracts.facts import Stored, StoredBatch, Told, encode, told, told_singly
from shared.contracts.system import FactReleased
from shared.contracts.verdicts import Label
from tests.fakes.builders import (
    START,
    a_comment,
    a_person,
    a_verdict,
    an_account,
    an_edit,
    at,
    stored,
    together,
)

ITEMS = [a_comment(f"c{number}", author=f"u{number}") for number in range(3)]
BATCH = ItemBatch.of(ITEMS)


@given(
    st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=4), min_size=1, max_size=4),
    st.sampled_from((1, 40, 300)),
)
def test_a_log_of_batches_decides_what_a_log_of_items_at_their_places_decides(
    groups: list[list[int]], gap: int
) -> None:
    log: list[Told] = []
    for numbers in groups:
        items = [a_comment(f"c{each}", author=f"u{each % 3}") for each in numbers]
        log.append(told(len(log) + 1, at(gap * len(log)), encode(ItemBatch.of(items))))
        parts = [next(a_verdict(f"c{each}", Label.COMPLAINT).verdicts) for each in numbers]
        log.append(Stored(len(log) + 1, at(gap * len(log)), together(parts)))
    models = [
        Stored(each.seq, each.time, ItemBatch.of([one.whole() for one in each.fact.items]))
        if isinstance(each, StoredBatch)
        else each
        for each in log
    ]
    results, states = [], []
    for read in (log, models, [single for each in log for single in told_singly(each)]):
        state = State()
        fold(state, stored(an_account()), {})
        results.append(fold(state, read, {}))
        states.append(state)
    assert results[0].lines == results[1].lines == results[2].lines
    assert results[0].puts == results[1].puts == results[2].puts
    assert results[0].quarantined == results[1].quarantined == results[2].quarantined == []
    assert list(states[0].waiting) == list(states[1].waiting)
    for key in (each.key for each in states[0].under("case")):
        assert states[0].get(key, Case) == states[2].get(key, Case)


def test_one_item_that_cannot_be_folded_does_not_take_its_batch_along() -> None:
    for read in (Stored(9, at(10), BATCH), told(9, at(10), encode(BATCH))):
        state = _with_a_clash()
        assert _places(fold(state, [read], {}).quarantined) == [Place(9, 1)]
        assert _waiting(state) == ["c0", "c2"]
        again = _with_a_clash()
        skipped = fold(again, [read], {}, frozenset({Place(9, 1)}))
        assert skipped.quarantined == []
        assert _waiting(again) == ["c0", "c2"]


def test_one_item_of_a_batch_is_released_where_a_person_lets_it() -> None:
    release = FactReleased(seq=9, part=1, released_by="li", op_id="o1")
    assert released(12, at(20), release, BATCH) == Stored(12, at(20), ITEMS[1])
    assert released(12, at(20), release.model_copy(update={"part": 3}), BATCH) is None
    assert released(12, at(20), release, an_account()) is None


def test_an_edit_that_came_before_its_batch_is_met_in_it() -> None:
    state = State()
    fold(state, stored(an_account(), an_edit("c1")), {})
    assert state.get(f"early:{ITEMS[1].item_id}", EarlyChange) is not None
    fold(state, [told(9, at(10), encode(BATCH))], {})
    newer = next(each for each in state.waiting if each.fact.native_id == "c1")
    assert newer.fact.text == an_edit("c1").text
    assert [each.seq for each in state.waiting] == [9, 9, 9]


def _with_a_clash() -> State:
    """A state in which the second of the items cannot be folded: it is edited, and its case is none."""
    state = State()
    fold(state, stored(an_account(), a_comment("c1", version="v0", author="u1")), {})
    clash = f"item:{ITEMS[1].item_id}"
    state.apply(Changes({clash: Person(registered=a_person())}), START)
    state.apply(Changes(waits={ITEMS[1].item_id: None}), START + timedelta(seconds=1))
    return state


def _places(found: list[Poison]) -> list[Place]:
    return [each.place for each in found]


def _waiting(state: State) -> list[str]:
    return sorted(each.fact.native_id for each in state.waiting)
