"""Replies and their effects: drafted, approved, undone, sent once, or given back."""

from services.respond.core.aggregates import OUTCOMES_KEPT
from services.respond.core.permissions import allowed
from services.respond.core.state import Changes
from shared.contracts.operators import (
    CaseNoted,
    ReplyReturned,
)
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.model import NightRule, Pack
from tests.fakes.builders import (
    a_claim,
    a_deletion,
    a_draft,
    a_person,
    a_send,
    a_start,
    a_submission,
    a_tick,
    an_approval,
    an_end,
    an_undo,
)
from tests.fakes.core_story import Story
from tests.fakes.leaving_story import RULES, codes, effect_status, reply_status


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
        two_person_labels=(Label.PRIVACY, Label.SELF_HARM),
        night=(NightRule(action="self_harm", people_awake=1, alone=True),),
    )
    story = Story(pack)
    case_id = story.complain(Label.PRIVACY).case_id
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


def test_an_unknown_action_is_nobodys() -> None:
    assert not allowed("operator.invented", tuple(Role))
    assert allowed("operator.claimed", (Role.OPERATOR,))
