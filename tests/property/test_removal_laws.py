"""Laws of taking away: two people, a ground, and never a voice that the rules protect (promise 3)."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from services.respond.core.aggregates import Case, Effect
from services.respond.core.decisions import EffectDecided
from services.respond.core.fold import fold
from services.respond.core.guarding import STATUTORY
from services.respond.core.state import State
from shared.contracts.dues import RemovalApproved, RemovalAsked, RemovalDeclined
from shared.contracts.facts import Fact, Stored
from shared.contracts.operators import LabelsCorrected, OutgoingPaused, ReplySettled
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from tests.fakes.builders import (
    a_comment,
    a_person,
    a_start,
    a_tick,
    a_verdict,
    an_account,
    an_activation,
    an_edit,
    an_end,
    at,
    stored,
)
from tests.fakes.removal_story import PACK, VOICES

PACKS = {PACK.content_hash(): PACK}
PEOPLE = ("chen", "zhou", "wu")
HARM_OR_NOT = (Label.SPAM, Label.FRAUD, Label.COMPLAINT, Label.ABUSE)
SETUP: tuple[Fact, ...] = (
    an_account(),
    a_person("chen", Role.REVIEWER),
    a_person("zhou", Role.REVIEWER),
    a_person("wu", Role.LEAD),
    an_activation(PACK.content_hash()),
)
LABELS = st.sets(st.sampled_from(HARM_OR_NOT), min_size=1, max_size=3).map(
    lambda held: tuple(sorted(held | {Label.FRAUD}))
)
STEPS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(PEOPLE), st.integers(0, 5)), max_size=30
)


def human_fact(case: Case, what: int, person: str, more: int, op: str) -> Fact:
    item = case.items[0]
    wishes = case.dues.removals
    removal = wishes[-1] if wishes else None
    removal_id = removal.removal_id if removal else "none"
    effect_id = removal.effect_id if removal else "none"
    about = {"op_id": op, "person_id": person, "case_id": case.case_id}
    here = {"item_id": item.item_id, "item_version": item.item_version}
    grounds = ("spam", "abuse", "court_order", "hate", "fraud", "spam")
    wish = {**about, **here, "removing": "delete", "ground": grounds[more], "evidence": "截图"}
    facts: tuple[Fact, ...] = (
        RemovalAsked.model_validate(wish),
        RemovalAsked.model_validate(wish),
        RemovalApproved.model_validate({**about, "removal_id": removal_id}),
        RemovalApproved.model_validate({**about, "removal_id": removal_id}),
        RemovalDeclined.model_validate({**about, "removal_id": removal_id, "reason": "留着"}),
        LabelsCorrected.model_validate(
            {**about, **here, "labels": HARM_OR_NOT[more % 4 : more % 4 + 2]}
        ),
        an_end(effect_id, ("done", "refused", "unknown", "returned", "done", "simulated")[more]),
        ReplySettled.model_validate({**about, "effect_id": effect_id, "arrived": more > 2}),
        (a_start(effect_id), an_edit("c1"), a_tick())[more % 3],
        OutgoingPaused(op_id=op, person_id=person, paused=True, reason="停"),
    )
    return facts[what]


def play(labels: tuple[Label, ...], steps: Sequence[tuple[int, str, int]]) -> State:
    """People wish, approve, correct and settle; what is decided is looked at as it is decided."""
    state = State()
    opening = stored(*SETUP, a_comment(), a_verdict("c1", *labels))
    fold(state, opening, PACKS)
    for number, (what, person, more) in enumerate(steps):
        case = next(each for each in state.under("case") if isinstance(each, Case))
        fact = human_fact(case, what, person, more, f"op{number}")
        place = len(opening) + number
        result = fold(state, [Stored(seq=place + 1, time=at(60 + number), fact=fact)], PACKS)
        assert result.quarantined == []
        for decided in result.decisions:
            if isinstance(decided, EffectDecided):
                check(case, decided)
    return state


def check(case: Case, decided: EffectDecided) -> None:
    assert decided.effect_kind == "remove"
    wish = case.dues.removals[-1]
    item = next(each for each in case.items if each.item_id == wish.item_id)
    held = {str(each) for each in (*item.decided, *(item.corrected or ()))}
    assert decided.approved_by not in {"", wish.asked_by}
    assert held.isdisjoint(VOICES)
    assert wish.ground in STATUTORY | held
    assert wish.text == item.text
    assert wish.evidence


@settings(max_examples=150)
@given(LABELS, STEPS)
def test_nothing_is_taken_away_but_harm_by_two_people(
    labels: tuple[Label, ...], steps: list[tuple[int, str, int]]
) -> None:
    state = play(labels, steps)
    effects = [each for each in state.under("effect") if isinstance(each, Effect)]
    if Label.COMPLAINT in labels:
        assert effects == []
    assert all(each.effect_kind == "remove" for each in effects)


def test_what_an_effect_can_be_is_written_down() -> None:
    kinds = EffectDecided.model_fields["effect_kind"].annotation
    assert str(kinds) == "typing.Literal['send_reply', 'page', 'remove']"
