"""The fold itself: batches, missing packs, poisoned facts, restored state, stray timers."""

import builtins
import json
import os
import socket
from datetime import timedelta
from typing import NoReturn

import pytest

from services.respond.core.aggregates import Account, Case, EarlyChange, Organisation, Person
from services.respond.core.decisions import chain
from services.respond.core.fold import PackMissing, Place, fold
from services.respond.core.state import Aggregate, Changes, State
from services.respond.core.waiting import Timer
from services.respond.core.work import Work
from shared.contracts.facts import Stored
from shared.contracts.posts import PostDeleted
from shared.contracts.system import DecisionsRecorded, FactQuarantined
from shared.contracts.verdicts import Label
from shared.policy.model import ClockRule, Pack, Taboo
from shared.policy.suggesting import ReplyTemplate
from tests.fakes.builders import (
    START,
    a_comment,
    a_person,
    a_tick,
    a_verdict,
    an_account,
    an_activation,
    stored,
    together,
)
from tests.fakes.core_story import Story


class Stray(Aggregate):
    """An aggregate whose timer nobody handles."""

    @property
    def key(self) -> str:
        return "stray:1"

    def timers(self) -> tuple[Timer, ...]:
        return (Timer(START, "stray:1", self.key),)


class Stuck(EarlyChange):
    """An aggregate whose timer is handled, but never disarmed: it stands under another key."""

    def timers(self) -> tuple[Timer, ...]:
        return (Timer(START, "stuck:1", "stray:1"),)


def test_a_missing_pack_stops_the_batch_before_anything_is_applied() -> None:
    state = State()
    batch = stored(an_account(), an_activation("f" * 64))
    with pytest.raises(PackMissing) as raised:
        fold(state, batch, {})
    assert raised.value.pack_hashes == ("f" * 64,)
    assert state.now is None
    pack = Pack(name="company")
    fold(state, stored(an_activation(pack.content_hash())), {pack.content_hash(): pack})
    with pytest.raises(PackMissing):
        fold(state, stored(a_tick()), {})


def test_a_poisoned_fact_is_named_and_the_next_one_goes_on() -> None:
    state = State()
    state.apply(Changes({"account:weibo-mall": Person(registered=a_person())}), START)
    result = fold(state, stored(an_account(), a_person("wang")), {})
    [poison] = result.quarantined
    assert poison.place == Place(1)
    assert "TypeError" in poison.error
    assert state.get("person:wang", Person) is not None


def test_a_skipped_fact_is_passed_over() -> None:
    state = State()
    fold(state, stored(an_account(), a_person("wang")), {}, frozenset({Place(1)}))
    assert state.get("account:weibo-mall", Account) is None


def test_what_was_quarantined_before_parts_its_batch_and_nothing_else_is_lost() -> None:
    state = State()
    facts = stored(a_person("li"), an_account(), a_person("wang"))
    fold(state, facts, {}, frozenset({Place(2)}))
    assert state.get("account:weibo-mall", Account) is None
    assert {person.key for person in state.under("person")} == {"person:li", "person:wang"}


def test_one_verdict_that_cannot_be_folded_does_not_take_its_batch_along() -> None:
    parts = [next(a_verdict(name, Label.COMPLAINT).verdicts) for name in ("c1", "c2", "c3")]
    later = START + timedelta(seconds=10)
    batch = together(parts)
    before = stored(an_account(), a_person("wang"), *map(a_comment, ("c1", "c2", "c3")))
    state = State()
    fold(state, before, {})
    clash = f"item:{parts[1].item_id}"
    state.apply(Changes({clash: Person(registered=a_person())}), START)
    state.apply(Changes(waits={parts[1].item_id: None}), START)
    first = fold(state, [Stored(seq=9, time=later, fact=batch)], {})
    [poison] = first.quarantined
    assert poison.place == Place(9, 1)
    assert first.lines, "the others were judged"
    again = State()
    fold(again, before, {})
    skipped = fold(again, [Stored(seq=9, time=later, fact=batch)], {}, frozenset({Place(9, 1)}))
    assert skipped.quarantined == []
    assert skipped.lines == first.lines


def test_a_promise_already_broken_when_its_verdict_comes_breaks_before_the_next_verdict() -> None:
    pack = Pack(
        name="company",
        clocks=(ClockRule(acknowledge_minutes=1, first_reply_minutes=2),),
        verdict_seconds=600,
    )
    story = Story(pack)
    story.tell(a_comment("c1"), a_comment("c2", author="u2"), after=1)
    parts = [next(a_verdict(name, Label.COMPLAINT).verdicts) for name in ("c1", "c2")]
    story.tell(together(parts), after=90)
    kinds = [each["kind"] for each in map(json.loads, story.lines)]
    first, second = (at for at, kind in enumerate(kinds) if kind == "item.judged")
    assert "clock.breached" in kinds[first:second]


def test_a_timer_nobody_knows_is_a_bug_that_is_noticed() -> None:
    state = State()
    state.apply(Changes({"stray:1": Stray()}), START)
    assert "nobody knows" in fold(state, stored(a_tick()), {}).quarantined[0][1]


def test_a_timer_that_stays_armed_is_a_bug_that_is_noticed() -> None:
    state = State()
    state.apply(Changes({"stray:1": Stuck(item_id="another", forget_at=START)}), START)
    assert "still armed" in fold(state, stored(a_tick()), {}).quarantined[0][1]


def test_facts_that_decide_nothing_change_nothing() -> None:
    story = Story()
    record = DecisionsRecorded(after_seq=0, upto_seq=1, lines=("x",), chain="y")
    gone = PostDeleted(platform="weibo", account_id="weibo-mall", post_id="p1")
    before = story.organisation
    result = story.tell(record, gone)
    assert result.lines == []
    assert story.organisation == before
    story.tell(FactQuarantined(seq=1, where="decode", error="x"))
    assert story.organisation.quarantined == 1


def test_the_chain_grows_line_by_line() -> None:
    story = Story()
    story.complain()
    assert chain(chain("", story.lines[:1]), story.lines[1:]) == chain("", story.lines)


def test_stored_aggregates_give_the_same_state() -> None:
    story = Story()
    story.complain()
    kept = [each for prefix in ("case", "organisation") for each in story.state.under(prefix)]
    fresh = State().restore(iter(kept), b"12345678abcdefgh", story.state.now)
    assert fresh.has_seen(b"abcdefgh")
    assert fresh.next_timer() == story.state.next_timer()
    assert fresh.get(story.case.key, Case) == story.case
    assert State().next_timer() is None
    with pytest.raises(TypeError):
        fresh.get(story.case.key, Organisation)


def test_what_was_seen_is_remembered_for_two_generations() -> None:
    class Forgetful(State):
        SEEN_GENERATION = 2

    state = Forgetful()
    state.apply(Changes(seen=(b"a", b"b", b"c", b"d")), START)
    assert state.has_seen(b"a")
    state.apply(Changes(seen=(b"e",)), START)
    assert not state.has_seen(b"a")


def test_a_step_refuses_to_read_one_thing_as_another() -> None:
    work = Work(State(), {}, START)
    work.put(Person(registered=a_person()))
    with pytest.raises(TypeError):
        work.get("person:li", Account)


def test_an_aggregate_must_say_its_key() -> None:
    with pytest.raises(NotImplementedError):
        _ = Aggregate().key
    assert Person(registered=a_person()).queue_due() is None
    with pytest.raises(NotImplementedError):
        _ = Aggregate().stands_since


def test_the_fold_reads_no_file_no_environment_and_no_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def denied(*_: object, **__: object) -> NoReturn:
        raise AssertionError("the fold reached outside")

    story = Story(PACK)
    for holder, name in (
        (builtins, "open"),
        (os, "getenv"),
        (os, "open"),
        (socket, "socket"),
        (socket, "getaddrinfo"),
    ):
        monkeypatch.setattr(holder, name, denied)
    story.complain()
    story.tell(a_tick(), after=100_000)
    monkeypatch.undo()
    assert story.organisation.breaches == 2


PACK = Pack(
    name="company",
    taboos=(Taboo(category="refusal", level="block", reason="推脱", phrases=("不知道",)),),
    templates=(
        ReplyTemplate(id="good", labels=(Label.COMPLAINT,), text="您好", approved_by="x"),
        ReplyTemplate(id="taboo", labels=(Label.COMPLAINT,), text="不知道", approved_by="x"),
        ReplyTemplate(id="blank", labels=(Label.COMPLAINT,), text="{{ matter }}", approved_by="x"),
        ReplyTemplate(id="far", text="在", approved_by="x", channels=("wechat",)),
        ReplyTemplate(id="any1", text="收到", approved_by="x", channels=("weibo",)),
        ReplyTemplate(id="any2", text="已登记", approved_by="x"),
        ReplyTemplate(id="any3", text="请稍候", approved_by="x"),
        ReplyTemplate(id="risk", labels=(Label.SELF_HARM,), text="我们在", approved_by="x"),
    ),
)


def test_suggestions_fit_the_case_pass_the_gate_and_are_told_apart_by_it() -> None:
    story = Story(PACK)
    case = story.shown(story.complain())
    offered = [each.template_id for each in case.suggestions]
    assert offered[0] == "good"
    assert len(offered) == 3
    assert not {"taboo", "blank", "far", "risk"} & set(offered)
    again = Story(PACK)
    assert again.shown(again.complain()).suggestions == case.suggestions


def test_somebody_at_risk_is_offered_only_what_was_written_for_it() -> None:
    story = Story(PACK)
    case = story.shown(story.complain(Label.SELF_HARM))
    assert [each.template_id for each in case.suggestions] == ["risk"]


def test_joining_items_change_the_suggestions_with_the_labels() -> None:
    story = Story(PACK)
    story.complain(Label.QUESTION)
    story.tell(a_comment("c2"), a_verdict("c2", Label.COMPLAINT))
    assert story.shown().suggestions[0].template_id == "good"
