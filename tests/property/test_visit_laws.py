"""Laws of return visits: nobody closes unasked, and ticks change no decision and no time."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from services.respond.core.aggregates import Case
from services.respond.core.fold import fold
from services.respond.core.state import State
from shared.contracts.dues import VisitRecorded
from shared.contracts.facts import Fact, Stored
from shared.contracts.operators import CaseReopened
from shared.contracts.verdicts import Label
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_draft,
    a_person,
    a_resolution,
    a_roster,
    a_tick,
    a_verdict,
    an_account,
    an_activation,
    an_approval,
    an_end,
    at,
    stored,
)
from tests.fakes.visited_story import PACK

PACKS = {PACK.content_hash(): PACK}
SETUP: tuple[Fact, ...] = (
    an_account(),
    a_person("li"),
    a_roster("li"),
    an_activation(PACK.content_hash()),
    a_comment(),
    a_verdict("c1", Label.COMPLAINT),
)
GAPS = st.sampled_from([1, 20, 4_000, 90_000, 200_000])
STEPS = st.lists(st.tuples(st.integers(0, 9), GAPS), max_size=25)


def human_fact(state: State, what: int, op: str) -> Fact:
    case = the_case(state)
    reply = case.replies[0] if case.replies else None
    effects = [each.key.partition(":")[2] for each in state.under("effect")]
    revision = reply.revision if reply else 0
    about = {"op_id": op, "person_id": "li", "case_id": case.case_id, "how": "phone"}
    facts: tuple[Fact, ...] = (
        a_claim(case.case_id, op=op),
        a_draft(case.case_id, base=revision, op=op),
        an_approval(case.case_id, revision=revision, op=op),
        an_end(effects[-1] if effects else "none"),
        VisitRecorded.model_validate({**about, "outcome": "satisfied"}),
        VisitRecorded.model_validate({**about, "outcome": "unsatisfied"}),
        VisitRecorded.model_validate({**about, "outcome": "not_reached"}),
        a_resolution(case.case_id, reason="电话里说了", op=op),
        CaseReopened(op_id=op, person_id="li", case_id=case.case_id, reason="再看"),
        a_verdict(f"more-{op}", Label.COMPLAINT),
    )
    return facts[what]


def the_case(state: State) -> Case:
    return next(each for each in state.under("case") if isinstance(each, Case))


def play(steps: Sequence[tuple[int, int]]) -> tuple[list[Stored], list[str]]:
    """Let people act on what stands; what closes was asked about since it was opened."""
    state, log = State(), list(stored(*SETUP))
    lines = list(fold(state, log, PACKS).lines)
    seconds = 10
    for number, (what, gap) in enumerate(steps):
        if not state.holds("case"):  # closed long ago
            break
        seconds += gap
        before = the_case(state)
        each = Stored(len(log) + 1, at(seconds), human_fact(state, what, f"op{number}"))
        log.append(each)
        result = fold(state, [each], PACKS)
        assert result.quarantined == []
        lines += result.lines
        if before.status != "resolved" and state.holds("case"):
            check(the_case(state))
    return log, lines


def check(case: Case) -> None:
    if case.status == "resolved":
        opened = min(clock.started_at for clock in case.clocks)
        made = [each.outcome for each in case.dues.visits if each.at > opened]
        assert "satisfied" in made or made.count("not_reached") >= 2
    else:
        owed = [clock.clock for clock in case.clocks if clock.clock == "return_visit"]
        assert len(owed) <= 1


def with_ticks(log: Sequence[Stored], ticks: Sequence[int]) -> list[Stored]:
    last = log[-1].time
    marks = [Stored(0, at(each), a_tick()) for each in ticks if at(each) < last]
    mixed = sorted([*log, *marks], key=lambda each: each.time)
    return [Stored(place, each.time, each.fact) for place, each in enumerate(mixed, 1)]


@settings(max_examples=60)
@given(STEPS, st.lists(st.integers(20, 2_000_000), max_size=10))
def test_nobody_closes_unasked_and_ticks_change_nothing(
    steps: list[tuple[int, int]], ticks: list[int]
) -> None:
    log, lines = play(steps)
    assert fold(State(), log, PACKS).lines == lines
    assert fold(State(), with_ticks(log, ticks), PACKS).lines == lines
