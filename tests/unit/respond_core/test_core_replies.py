"""Replies and their effects: drafted, approved, undone, sent once, or given back."""

from services.respond.core.aggregates import OUTCOMES_KEPT
from services.respond.core.permissions import allowed
from services.respond.core.state import Changes
from shared.contracts.operators import (
    CaseNoted,
    ModeChanged,
    OutgoingPaused,
    ReplyReturned,
    ReplySettled,
)
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.model import NightRule, Pack, Taboo
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_deletion,
    a_draft,
    a_leader,
    a_person,
    a_resolution,
    a_send,
    a_start,
    a_submission,
    a_tick,
    a_verdict,
    an_approval,
    an_end,
    an_undo,
)
from tests.fakes.core_story import Story

RULES = Pack(
    name="company",
    taboos=(Taboo(category="refusal", level="block", reason="推脱", phrases=("不知道",)),),
)


def leaving() -> Story:
    """Tell the story up to the reply that is decided and waits for the executor."""
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_draft(case_id), an_approval(case_id))
    story.tell(a_tick(), after=16)
    return story


def reply_status(story: Story) -> str:
    return story.case.replies[0].status


def effect_status(story: Story) -> str:
    return story.effect.status


def codes(story: Story, *ops: str) -> list[str]:
    return [story.outcome(op).code for op in ops]


def test_the_whole_way_of_a_reply() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(
        a_draft(case_id),
        a_submission(case_id),
        an_approval(case_id, send=False),
        a_send(case_id),
        an_undo(case_id),
        a_send(case_id, op="again"),
    )
    assert story.case.owner_id == "li"
    story.tell(a_tick(), after=15)
    effect = story.effect
    assert (effect.status, effect.target, effect.approved_by) == ("decided", "c1", "li")
    story.tell(a_start(effect.effect_id), a_start(effect.effect_id))
    story.tell(an_end(effect.effect_id), an_end(effect.effect_id))
    assert reply_status(story) == "sent"
    assert all(clock.met_at for clock in story.case.clocks)
    assert story.organisation.replies_sent == 1


def test_the_undo_window_ends_at_its_own_time() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_draft(case_id), an_approval(case_id))
    story.tell(an_undo(case_id), after=16)
    assert codes(story, "op-undo") == ["already_leaving"]
    assert effect_status(story) == "decided"


def test_a_receipt_does_not_stop_the_first_reply_clock() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(
        a_draft(case_id).model_copy(update={"slot": "receipt"}),
        an_approval(case_id).model_copy(update={"slot": "receipt"}),
    )
    story.tell(a_tick(), after=16)
    story.tell(an_end(story.effect.effect_id))
    met = {clock.clock: clock.met_at is not None for clock in story.case.clocks}
    assert met == {"acknowledge": True, "first_reply": False}


def test_writing_is_refused_where_it_would_collide() -> None:
    story = Story()
    story.tell(a_person("wang"))
    case_id = story.complain().case_id
    story.tell(
        a_draft(case_id, op="1"),
        a_draft(case_id, person="wang", op="2"),
        a_draft(case_id, op="3"),
        a_draft(case_id, " ", base=1, op="4"),
        a_submission(case_id, revision=9, op="5"),
        a_send(case_id, op="6"),
        an_approval(case_id, op="7"),
        an_approval(case_id, op="8"),
        a_draft(case_id, base=1, op="9"),
    )
    assert codes(story, *"123456789") == [
        "ok",
        "claimed_by_other",
        "stale_draft",
        "bad_text",
        "stale_draft",
        "not_approved",
        "ok",
        "already_leaving",
        "already_leaving",
    ]


def test_nothing_can_be_sent_undone_or_returned_where_nothing_is() -> None:
    story = Story()
    case_id = story.complain().case_id
    back = ReplyReturned(op_id="3", person_id="li", case_id=case_id, revision=1, reason="x")
    story.tell(a_send(case_id, op="1"), an_undo(case_id, op="2"), back)
    story.tell(a_draft(case_id), an_undo(case_id, op="4"))
    story.tell(a_submission("none", op="5"), an_approval(case_id, revision=2, op="6"))
    expected = ["nothing_to_send", "nothing_to_undo", "not_found", "nothing_to_undo", "not_found"]
    assert codes(story, *"12345") == expected
    assert codes(story, "6") == ["stale_draft"]


def test_a_reviewer_gives_a_draft_back_with_a_reason() -> None:
    story = Story()
    case_id = story.complain().case_id

    def back(op: str, reason: str, revision: int = 1) -> str:
        story.tell(
            ReplyReturned(
                op_id=op, person_id="li", case_id=case_id, revision=revision, reason=reason
            )
        )
        return story.outcome(op).code

    story.tell(a_draft(case_id), a_submission(case_id))
    assert back("1", " ") == "needs_reason"
    assert back("2", "语气", revision=3) == "stale_draft"
    assert back("3", "语气") == "ok"
    assert story.case.replies[0].note == "语气"
    story.tell(an_approval(case_id))
    story.tell(a_tick(), after=16)
    assert back("4", "晚了") == "already_leaving"


def test_a_text_against_the_rules_is_neither_submitted_nor_approved() -> None:
    story = Story(RULES)
    case_id = story.complain().case_id
    story.tell(
        a_draft(case_id, "我们也不知道", op="1"),
        a_submission(case_id, op="2"),
        an_approval(case_id, op="3"),
    )
    assert codes(story, "1", "2", "3") == ["ok", "gate_failed", "gate_failed"]
    assert story.case.replies[0].findings[0].category == "refusal"


def test_new_rules_return_what_was_approved_under_the_old_ones() -> None:
    story = Story(RULES)
    case_id = story.complain().case_id
    story.tell(a_draft(case_id), an_approval(case_id, send=False))
    changed = RULES.model_copy(update={"version": "2"})
    story.adopt(changed)
    story.adopt(changed)
    story.tell(a_send(case_id))
    assert codes(story, "op-send") == ["policy_changed"]
    story.tell(an_approval(case_id, op="again"))
    story.adopt(RULES.model_copy(update={"version": "3"}))
    story.tell(a_tick(), after=16)
    assert story.case.replies[0].note == "policy_changed"
    assert story.has("effect") == 0


def test_the_gate_runs_again_when_the_window_ends() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_draft(case_id, "字" * 139), an_approval(case_id))
    case = story.case
    long = case.replies[0].model_copy(update={"text": "字" * 200})
    broken = case.model_copy(update={"replies": (long,)})
    assert story.state.now is not None
    story.state.apply(Changes({case.key: broken}), story.state.now)
    story.tell(a_tick(), after=16)
    assert story.case.replies[0].note == "gate_failed"


def test_two_people_are_needed_unless_one_is_alone_at_night() -> None:
    pack = Pack(
        name="company",
        two_person_labels=(Label.RUMOUR, Label.SELF_HARM),
        night=(NightRule(action="self_harm", people_awake=1, alone=True),),
    )
    story = Story(pack)
    case_id = story.complain(Label.RUMOUR).case_id
    story.tell(a_person("wang"), a_draft(case_id), an_approval(case_id, op="1"))
    story.tell(an_approval(case_id, person="wang", op="2"))
    assert codes(story, "1", "2") == ["two_person", "ok"]
    night = Story(pack)
    case_id = night.complain(Label.SELF_HARM).case_id
    night.tell(a_draft(case_id), an_approval(case_id, op="1"))
    assert codes(night, "1") == ["ok"]
    many = Story(pack, duty=("li", "wang"))
    case_id = many.complain(Label.SELF_HARM).case_id
    many.tell(a_draft(case_id), an_approval(case_id, op="1"))
    assert codes(many, "1") == ["two_person"]


def test_one_item_has_one_answer_and_the_next_item_may_have_its_own() -> None:
    story = leaving()
    case_id = story.case.case_id
    story.tell(an_end(story.effect.effect_id))
    story.tell(a_draft(case_id, base=1, op="1"), an_undo(case_id, op="2"))
    story.tell(an_approval(case_id, op="3"))
    assert codes(story, "1", "2", "3") == ["already_sent", "already_sent", "already_sent"]
    story.tell(a_comment("c2"), a_verdict("c2", Label.COMPLAINT))
    story.tell(a_draft(case_id, base=1, op="4"), an_approval(case_id, revision=2, op="5"))
    assert story.outcome("5").code == "ok"
    story.tell(a_tick(), after=16)
    assert story.effect.target == "c2"


def test_a_draft_for_an_item_that_was_answered_meanwhile_stays_here() -> None:
    story = leaving()
    case_id = story.case.case_id
    effect_id = story.effect.effect_id
    story.tell(a_tick(), after=31 * 60)
    assert (story.effect.status, story.case.replies[0].note) == ("expired", "not_after")
    story.tell(a_draft(case_id, base=1, op="1"), an_approval(case_id, revision=2, op="2"))
    story.tell(an_end(effect_id, "refused"), an_end(effect_id, "done"))
    assert reply_status(story) == "sent"
    assert story.organisation.replies_sent == 1
    story.tell(a_tick(), after=20)
    assert story.has("effect") == 1


def test_an_attempt_on_what_has_ended_is_not_taken_up() -> None:
    story = leaving()
    story.tell(a_tick(), after=31 * 60)
    story.tell(a_start(story.effect.effect_id), a_start("none"), an_end("none"))
    assert effect_status(story) == "expired"


def test_a_refused_or_returned_reply_is_its_owners_again() -> None:
    story = leaving()
    story.tell(an_end(story.effect.effect_id, "refused", reason="20019"))
    reply = story.case.replies[0]
    assert (reply.status, reply.note, reply.approved_by) == ("returned", "20019", None)
    assert story.case.spoken == ()
    assert story.decided("reply.returned")


def test_an_unknown_end_is_settled_by_a_person() -> None:
    story = leaving()
    effect_id, case_id = story.effect.effect_id, story.case.case_id

    def settle(op: str, effect: str, *, arrived: bool) -> str:
        story.tell(
            ReplySettled(
                op_id=op, person_id="li", case_id=case_id, effect_id=effect, arrived=arrived
            )
        )
        return story.outcome(op).code

    assert settle("1", effect_id, arrived=True) == "not_unknown"
    assert settle("2", "none", arrived=True) == "not_found"
    story.tell(a_start(effect_id), an_end(effect_id, "unknown"), a_resolution(case_id, op="3"))
    assert codes(story, "3") == ["already_leaving"]
    assert reply_status(story) == "unknown"
    assert settle("4", effect_id, arrived=True) == "ok"
    assert reply_status(story) == "sent"
    other = leaving()
    other.tell(a_start(other.effect.effect_id), an_end(other.effect.effect_id, "unknown"))
    other.tell(
        ReplySettled(
            op_id="5",
            person_id="li",
            case_id=case_id,
            effect_id=other.effect.effect_id,
            arrived=False,
        )
    )
    assert other.case.replies[0].note == "not_arrived"


def test_in_observe_nothing_is_answered_and_nothing_comes_back_to_life() -> None:
    story = Story()
    case_id = story.complain().case_id
    mode = ModeChanged(
        op_id="m", person_id="li", account_id="weibo-mall", mode="observe", reason="试运行"
    )
    story.tell(mode, a_draft(case_id), an_approval(case_id))
    story.tell(a_tick(), after=16)
    assert story.effect.mode == "observe"
    story.tell(an_end(story.effect.effect_id, "simulated"))
    assert reply_status(story) == "simulated"
    assert story.case.clocks[1].met_at is None
    story.tell(a_draft(case_id, base=1, op="again"))
    assert codes(story, "again") == ["ok"]


def test_the_red_button_returns_what_has_not_left() -> None:
    story = leaving()
    pause = OutgoingPaused(op_id="p1", person_id="li", paused=True, reason="失控")
    story.tell(pause, pause)
    assert effect_status(story) == "returned"
    assert story.organisation.freeze_epoch == 1
    case_id = story.case.case_id
    story.tell(an_approval(case_id, op="1"))
    story.tell(a_tick(), after=16)
    assert story.case.replies[0].note == "paused"
    story.tell(a_person("op", Role.OPERATOR))
    release = OutgoingPaused(op_id="p2", person_id="op", paused=False, reason="好了")
    story.tell(release, release.model_copy(update={"op_id": "p3", "person_id": "li"}))
    assert codes(story, "p2", "p3") == ["not_allowed", "ok"]
    story.tell(an_approval(case_id, op="2"))
    story.tell(a_tick(), after=16)
    assert effect_status(story) == "decided"
    one = pause.model_copy(update={"op_id": "p4", "account_id": "weibo-mall"})
    story.tell(one)
    assert effect_status(story) == "returned"
    story.tell(an_approval(case_id, op="3"))
    story.tell(a_tick(), after=16)
    assert story.case.replies[0].note == "paused"


def test_a_deleted_item_cannot_be_answered() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_draft(case_id, op="0"), a_deletion(), a_draft(case_id, base=1, op="1"))
    assert codes(story, "1") == ["nothing_to_answer"]


def test_a_retry_gets_the_same_answer_and_old_answers_are_forgotten() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_claim(case_id))
    assert len(story.decided("operation.decided")) == 1
    state = story.state
    for number in range(OUTCOMES_KEPT):
        state = story.state
        story.tell(CaseNoted(op_id=f"n{number}", person_id="li", case_id=case_id, text="记"))
    assert len(list(state.under("outcome"))) == OUTCOMES_KEPT
    assert state.get("outcome:op-claim", type(next(state.under("outcome")))) is None


def test_a_rebuilt_leader_sends_nothing_by_itself() -> None:
    story = leaving()
    story.tell(a_leader(rebuilt_to=story.seq))
    assert effect_status(story) == "returned"
    assert story.case.replies[0].note == "rebuilt"
    assert story.organisation.term == story.seq


def test_a_rebuilt_leader_makes_up_for_owed_pages_with_one() -> None:
    story = Story()
    story.complain()
    story.tell(a_comment("c2", author="u2"), a_verdict("c2", Label.COMPLAINT))
    story.tell(a_tick(), after=4000)
    assert story.has("page") == 2
    story.tell(a_leader())
    assert story.has("page") == 2
    story.tell(a_leader(rebuilt_to=story.seq))
    assert story.has("page") == 1
    assert (story.page.late, len(story.page.case_ids)) == (True, 2)
    story.tell(an_end(story.effect.effect_id), a_leader(rebuilt_to=story.seq))
    assert story.has("page") == 1


def test_an_unknown_action_is_nobodys() -> None:
    assert not allowed("operator.invented", tuple(Role))
    assert allowed("operator.claimed", (Role.OPERATOR,))
