"""Laws of the switch table: whatever people do in whatever order, nothing leaves that its rules hold."""

import json
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.respond.core.aggregates import Case
from services.respond.core.fold import fold
from services.respond.core.state import State
from shared.contracts.facts import Fact, Stored
from shared.contracts.operators import ClaimJudged, ClaimOpened, LabelsCorrected
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.policy.switches import Route, Switches
from tests.fakes.builders import (
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
    an_undo,
    at,
    stored,
)
from tests.fakes.flows import a_hold_decision, a_question, an_information, of_department

CHAIN = ("部门负责人", "保密员")
PACK = Pack(
    name="company",
    switches=Switches(
        rumour_policy="report_up",
        rumour_to="总部",
        routes=(
            Route(label="complaint", queue="客服", second_person=True),
            Route(label="question", queue="业务司局", reply_opinion_from="业务司局"),
        ),
        approval_chain=CHAIN,
        ask_minutes=30,
    ),
)
PACKS = {PACK.content_hash(): PACK}
SETUP: tuple[Fact, ...] = (
    an_account(),
    a_person("li"),
    of_department("wang", "部门负责人", "总部", role=Role.LEAD),
    of_department("zhao", "保密员"),
    a_roster("li"),
    an_activation(PACK.content_hash()),
)
PEOPLE = st.sampled_from(["li", "wang", "zhao"])
GAPS = st.sampled_from([1, 5, 20, 600, 2000])
CHOICES = st.lists(st.tuples(st.integers(0, 15), GAPS, PEOPLE), max_size=30)
FIRST = st.sampled_from([Label.COMPLAINT, Label.RUMOUR, Label.QUESTION])


def _wish(state: State, what: int, person: str, op: str) -> Fact:
    case = next(each for each in state.under("case") if isinstance(each, Case))
    named = {"op_id": op, "person_id": person, "case_id": case.case_id}
    revision = case.replies[0].revision if case.replies else 0
    open_asks = case.flow.open_asks
    item = {"item_id": case.items[0].item_id, "item_version": case.items[0].item_version}
    approve = an_approval(case.case_id, person=person, revision=revision, op=op)
    facts: tuple[Fact, ...] = (
        a_draft(case.case_id, person=person, base=revision, op=op),
        approve,
        approve,
        approve.model_copy(update={"send": False}),
        an_undo(case.case_id, op=op),
        a_hold_decision(case.case_id, "reported_up", person=person, op=op),
        a_hold_decision(case.case_id, "proceed", person=person, op=op),
        a_hold_decision(case.case_id, "stay_silent", person=person, op=op),
        a_question(case.case_id, person=person, op=op),
        an_information(
            case.case_id, open_asks[0].ask_id if open_asks else "", person=person, op=op
        ),
        ClaimOpened.model_validate({**named, "matter": "停产"}),
        ClaimJudged.model_validate({**named, "status": "untrue", "evidence": "公告"}),
        LabelsCorrected.model_validate({**named, **item, "labels": ("rumour",)}),
        LabelsCorrected.model_validate({**named, **item, "labels": ("complaint",)}),
        a_resolution(case.case_id, reason="无需答复", op=op),
        a_comment(f"more-{op}"),
    )
    return facts[what % len(facts)]


def _played(
    first: Label, choices: Sequence[tuple[int, int, str]]
) -> tuple[list[Stored], list[str]]:
    log = stored(*SETUP, a_comment(), a_verdict("c1", first))
    state = State()
    lines = list(fold(state, log, PACKS).lines)
    seconds = 10
    for number, (what, gap, person) in enumerate(choices):
        seconds += gap
        lines += _told(state, log, a_tick(), seconds)  # what leaves, leaves before they act
        lines += _told(state, log, _wish(state, what, person, f"op{number}"), seconds)
    return log, lines


def _told(state: State, log: list[Stored], fact: Fact, seconds: int) -> list[str]:
    each = Stored(seq=len(log) + 1, time=at(seconds), fact=fact)
    log.append(each)
    result = fold(state, [each], PACKS)
    assert result.quarantined == []
    _nothing_leaves_that_is_held(state, result.lines)
    return result.lines


def _nothing_leaves_that_is_held(state: State, lines: Sequence[str]) -> None:
    told = map(json.loads, lines)
    if not any(each["kind"] == "effect.decided" and each["slot"] for each in told):
        return
    case = next(each for each in state.under("case") if isinstance(each, Case))
    reply = next((each for each in case.replies if each.status == "leaving"), None)
    if reply is None:  # it left too late, and is its writer's again
        return
    people = [each.person_id for each in reply.approvals]
    assert len(set(people)) == len(people)
    if Label.COMPLAINT in case.labels:
        assert [each.step for each in reply.approvals if each.step] == list(CHAIN)
        assert reply.author_id not in people
    if Label.RUMOUR in case.labels:
        assert case.flow.hold is not None
        assert case.flow.hold.status == "released"
        assert case.claim_id
    if case.flow.opinion_from:
        opinion = case.flow.opinion()
        assert opinion is not None
        assert opinion.answer


@given(FIRST, CHOICES)
def test_nothing_leaves_that_its_rules_hold(
    first: Label, choices: list[tuple[int, int, str]]
) -> None:
    _played(first, choices)


@given(FIRST, CHOICES, st.lists(st.integers(0, 40), max_size=4))
def test_holds_and_questions_replay_whatever_the_batches_and_ticks(
    first: Label, choices: list[tuple[int, int, str]], cuts: list[int]
) -> None:
    log, lines = _played(first, choices)
    places = [0, *sorted({min(cut, len(log)) for cut in cuts}), len(log)]
    state, again = State(), list[str]()
    for start, end in pairwise(places):
        if start < end:
            again += fold(state, log[start:end], PACKS).lines
            tick = Stored(seq=9999, time=log[end - 1].time, fact=a_tick())
            again += fold(state, [tick], PACKS).lines
    assert again == lines
