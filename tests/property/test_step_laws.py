"""Laws of the fold: what must hold for every story, not only for those we thought of."""

import json
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.respond.core.aggregates import KEEP, Case, Effect, Organisation
from services.respond.core.fold import Folded, fold
from services.respond.core.state import State
from shared.contracts.facts import Fact, Stored
from shared.contracts.verdicts import Label
from shared.policy.model import Pack, Taboo
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_deletion,
    a_draft,
    a_leader,
    a_person,
    a_resolution,
    a_roster,
    a_start,
    a_tick,
    a_verdict,
    an_account,
    an_activation,
    an_approval,
    an_edit,
    an_end,
    an_undo,
    at,
    stored,
)
from tests.fakes.guidance import guided_facts

ACCOUNTS = ("weibo-mall", "weibo-hotel")
PACK = Pack(
    name="company",
    taboos=(Taboo(category="refusal", level="block", reason="推脱", phrases=("不知道",)),),
)
PACKS = {PACK.content_hash(): PACK}
SETUP: tuple[Fact, ...] = (
    an_account(ACCOUNTS[0]),
    an_account(ACCOUNTS[1]),
    a_person("li"),
    a_person("wang"),
    a_roster("li"),
    an_activation(PACK.content_hash()),
)
NAMES = st.sampled_from(["c1", "c2", "c3"])
ON = st.sampled_from(ACCOUNTS)
LABELS = st.lists(
    st.sampled_from([Label.COMPLAINT, Label.PRAISE, Label.ABUSE, Label.RUMOUR]), max_size=2
)
MANY = 2_000
GAPS = st.sampled_from([0, 1, 5, 20, 70, 600, 4000, 90_000])
PEOPLE = st.sampled_from(["li", "wang", "nobody"])


@st.composite
def item_facts(draw: st.DrawFn) -> Fact:
    """Draw one fact about an item."""
    name, account = draw(NAMES), draw(ON)
    version = draw(st.sampled_from(["v1", "v2"]))
    kind = draw(st.sampled_from(["come", "come", "judge", "judge", "edit", "delete"]))
    if kind == "come":
        return a_comment(name, account=account, author=draw(st.sampled_from(["u1", "u2"])))
    if kind == "judge":
        labels = dict.fromkeys(draw(LABELS))
        return a_verdict(name, *labels, account=account, version=version)
    if kind == "edit":
        return an_edit(name, account=account)
    return a_deletion(name, account=account)


@st.composite
def stories(draw: st.DrawFn) -> list[Stored]:
    """Draw a log of item facts with gaps."""
    parts = draw(st.lists(st.tuples(item_facts(), GAPS), max_size=25))
    return laid_out([*((fact, 0) for fact in SETUP), *parts])


def laid_out(parts: Sequence[tuple[Fact, int]]) -> list[Stored]:
    seconds, log = 0, []
    for place, (fact, gap) in enumerate(parts):
        seconds += gap
        log.append(Stored(seq=place + 1, time=at(seconds), fact=fact))
    return log


def folded(log: Sequence[Stored]) -> tuple[State, Folded]:
    state = State()
    result = fold(state, log, PACKS)
    assert result.quarantined == []
    return state, result


def play(choices: Sequence[tuple[int, int, str]]) -> tuple[State, list[Stored], list[str]]:
    """People act on whatever stands: cases, revisions and effects are those that exist."""
    opening = stored(*SETUP, a_comment(), a_verdict("c1", Label.COMPLAINT))
    state, lines, log = State(), [], list(opening)
    lines += fold(state, opening, PACKS).lines
    seconds = 10
    for number, (what, gap, person) in enumerate(choices):
        seconds += gap
        fact = human_fact(state, what, person, f"op{number}")
        each = Stored(seq=len(log) + 1, time=at(seconds), fact=fact)
        log.append(each)
        result = fold(state, [each], PACKS)
        assert result.quarantined == []
        lines += result.lines
    return state, log, lines


def human_fact(state: State, what: int, person: str, op: str) -> Fact:
    case = next(each for each in state.under("case") if isinstance(each, Case))
    effects = [each for each in state.under("effect") if each.key]
    effect_id = effects[-1].key.partition(":")[2] if effects else "none"
    reply = case.replies[0] if case.replies else None
    revision = reply.revision if reply else 0
    facts: tuple[Fact, ...] = (
        a_claim(case.case_id, person, op),
        a_draft(case.case_id, person=person, base=revision, op=op),
        an_approval(case.case_id, person=person, revision=revision, op=op),
        an_undo(case.case_id, op=op),
        a_start(effect_id),
        an_end(effect_id, "done"),
        an_end(effect_id, "unknown"),
        an_end(effect_id, "refused"),
        a_resolution(case.case_id, reason="无需答复", op=op),
        a_comment(f"more-{op}"),
        a_verdict("c1", Label.COMPLAINT, version="v2"),
        an_edit("c1"),
        a_draft(case.case_id, "我们也不知道", person=person, base=revision, op=op),
        a_tick(),
        a_leader(),
        a_deletion("c1"),
        *guided_facts(state, case.case_id, person, op),
    )
    return facts[what % len(facts)]


CHOICES = st.lists(st.tuples(st.integers(0, 23), st.sampled_from([1, 5, 20, 2000]), PEOPLE))


@given(stories())
def test_folding_twice_gives_the_same_lines_and_state(log: list[Stored]) -> None:
    one, first = folded(log)
    two, second = folded(log)
    assert first.lines == second.lines
    assert first.puts == second.puts
    assert list(one.under("case")) == list(two.under("case"))


@given(stories(), st.lists(st.integers(0, 30), max_size=5))
def test_batch_boundaries_do_not_matter(log: list[Stored], cuts: list[int]) -> None:
    whole, expected = folded(log)
    state, lines = State(), list[str]()
    places = [0, *sorted({min(cut, len(log)) for cut in cuts}), len(log)]
    for start, end in pairwise(places):
        lines += fold(state, log[start:end], PACKS).lines
    assert lines == expected.lines
    assert list(state.waiting) == list(whole.waiting)
    for prefix in ("case", "page", "organisation"):
        ours = {each.key: each for each in state.under(prefix)}
        assert ours == {each.key: each for each in whole.under(prefix)}


@given(stories(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 100_000)), max_size=6))
def test_ticks_change_no_decision_and_no_time(
    log: list[Stored], ticks: list[tuple[int, int]]
) -> None:
    end = log[-1].time
    wound_up = [*log, Stored(seq=len(log) + 1, time=end, fact=a_tick(0))]
    _, without = folded(wound_up)
    extra = [
        Stored(seq=9999, time=min(at(seconds), end), fact=a_tick(number))
        for number, (_, seconds) in enumerate(ticks)
    ]
    mixed = sorted([*wound_up, *extra], key=lambda each: each.time)
    _, with_ticks = folded(mixed)
    assert with_ticks.lines == without.lines


@given(stories(), st.integers(0, 30))
def test_a_prefix_of_the_log_gives_a_prefix_of_the_decisions(log: list[Stored], cut: int) -> None:
    _, whole = folded(log)
    _, part = folded(log[: max(1, cut)])
    assert whole.lines[: len(part.lines)] == part.lines


@given(stories(), st.data())
def test_a_redelivered_item_fact_decides_nothing(log: list[Stored], data: st.DataObject) -> None:
    state, _ = folded(log)
    before = {each.key: each for each in state.under("case")}
    again = data.draw(st.sampled_from(log[len(SETUP) :] or log))
    if again.fact.kind == "item.classified":
        return
    twice = fold(state, [Stored(seq=9999, time=log[-1].time, fact=again.fact)], PACKS)
    assert twice.lines == []
    assert {each.key: each for each in state.under("case")} == before


@given(CHOICES)
def test_redelivered_human_and_effect_facts_change_nothing(
    choices: list[tuple[int, int, str]],
) -> None:
    state, log, _ = play(choices)
    now = log[-1].time
    for each in [one for one in log if one.fact.kind.startswith(("operator", "effect"))][-5:]:
        before = list(state.under("case"))
        if each.fact.kind == "effect.finished" and each is not log[-1]:
            continue
        result = fold(state, [Stored(seq=10_000, time=now, fact=each.fact)], PACKS)
        assert result.lines == []
        assert list(state.under("case")) == before


@given(stories())
def test_facts_of_different_accounts_commute(log: list[Stored]) -> None:
    _, mixed = folded(log)
    for account in ACCOUNTS:
        own = [
            each for each in log if each.fact.scope()[1] in {"", account} or each.seq <= len(SETUP)
        ]
        padded = [*own, Stored(seq=9999, time=log[-1].time, fact=a_tick())]
        _, alone = folded(padded)
        assert of_account(alone.lines, account) == of_account(mixed.lines, account)


def of_account(lines: Sequence[str], account: str) -> list[str]:
    return [each for each in lines if json.loads(each)["account_id"] == account]


@settings(max_examples=150)
@given(CHOICES)
def test_there_is_one_voice_and_nothing_leaves_unapproved(
    choices: list[tuple[int, int, str]],
) -> None:
    state, _, lines = play(choices)
    live = Counter(
        (each.item_id, each.slot)
        for each in state.under("effect")
        if isinstance(each, Effect)
        and each.effect_kind == "send_reply"
        and each.status in {"decided", "started", "unknown", "done"}
    )
    assert all(count == 1 for count in live.values())
    for raw in lines:
        body = json.loads(raw)
        if body["kind"] == "effect.decided" and body["effect_kind"] == "send_reply":
            assert body["approved_by"]
            assert "不知道" not in body["body"]


def test_a_case_of_many_items_stays_as_large_as_one_of_two_hundred() -> None:
    state, sizes = State(), dict[int, int]()
    fold(state, stored(*SETUP), PACKS)
    for first in range(0, MANY, KEEP):
        facts: list[tuple[float, Fact]] = []
        for number in range(first, first + KEEP):
            name = f"n{number}"
            facts += [(number, a_comment(name)), (number, a_verdict(name, Label.COMPLAINT))]
        result = fold(state, stored(*facts), PACKS)
        case = next(each for each in result.puts.values() if isinstance(each, Case))
        sizes[first + KEEP] = len(case.model_dump_json()) + len(state.timers())
    assert sizes[MANY] <= 1.1 * sizes[2 * KEEP] <= 1.2 * sizes[KEEP]
    assert len(list(state.under("item"))) == KEEP
    assert len(state.timers()) < 10
    organisation = state.get(Organisation.KEY, Organisation)
    assert organisation is not None
    assert organisation.items_received == MANY
    assert organisation.cases_opened == 1
