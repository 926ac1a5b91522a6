"""Laws of a shadow run: it changes no decision, and the same log gives the same run however it is cut."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from services.respond.core.fold import fold
from services.respond.core.shadow import ShadowRun
from services.respond.core.state import State
from shared.contracts.facts import Fact, Stored
from shared.contracts.policy import PolicyProposed, PolicyShadowed
from shared.contracts.verdicts import Label
from shared.policy.model import ClockRule, Pack, Taboo
from tests.fakes.builders import a_tick
from tests.property.test_step_laws import PACK, SETUP, item_facts, laid_out

CANDIDATE = Pack(
    name="company",
    case_labels=(Label.PRAISE,),
    clocks=(ClockRule(acknowledge_minutes=1, first_reply_minutes=2),),
    taboos=(Taboo(category="all", level="block", reason="x", phrases=("您好",)),),
)
PACKS = {each.content_hash(): each for each in (PACK, CANDIDATE)}
PROPOSED = PolicyProposed(
    op_id="propose",
    person_id="wang",
    pack="company",
    pack_hash=CANDIDATE.content_hash(),
    base_hash=PACK.content_hash(),
    note="x",
)
STARTED = PolicyShadowed(
    op_id="shadow",
    person_id="wang",
    pack="company",
    pack_hash=CANDIDATE.content_hash(),
    running=True,
)
PARTS = st.lists(st.tuples(item_facts(), st.sampled_from([0, 1, 20, 600, 90_000])), max_size=20)


def log(parts: list[tuple[Fact, int]], *, shadow: bool) -> list[Stored]:
    first: Fact = STARTED if shadow else a_tick()
    head: list[tuple[Fact, int]] = [(fact, 0) for fact in (*SETUP, PROPOSED, first)]
    return laid_out([*head, *parts])


def lines_of(stored: list[Stored]) -> list[str]:
    result = fold(State(), stored, PACKS)
    assert result.quarantined == []
    return result.lines


def run_of(state: State) -> ShadowRun | None:
    return state.get("shadow:company", ShadowRun)


@settings(max_examples=40, deadline=None)
@given(PARTS)
def test_a_shadow_changes_no_decision(parts: list[tuple[Fact, int]]) -> None:
    watched, alone = lines_of(log(parts, shadow=True)), lines_of(log(parts, shadow=False))
    of_shadow = [line for line in watched if json.loads(line).get("op_id") == "shadow"]
    assert [line for line in watched if line not in of_shadow] == alone
    assert len(of_shadow) == 1


@settings(max_examples=40, deadline=None)
@given(PARTS, st.integers(0, 30))
def test_the_same_log_gives_the_same_run_however_it_is_cut(
    parts: list[tuple[Fact, int]], cut: int
) -> None:
    whole, pieces = State(), State()
    stored = log(parts, shadow=True)
    fold(whole, stored, PACKS)
    for piece in (stored[:cut], stored[cut:]):
        if piece:
            fold(pieces, piece, PACKS)
    assert run_of(whole) is not None
    assert run_of(whole) == run_of(pieces)
