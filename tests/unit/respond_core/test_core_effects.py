"""Effects: what leaves does so once, and what does not comes back to its owner."""

from services.respond.core.case import KEEP
from services.respond.core.state import Changes
from shared.contracts.operators import (
    ModeChanged,
    OutgoingPaused,
    ReplySettled,
)
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_deletion,
    a_draft,
    a_leader,
    a_person,
    a_resolution,
    a_start,
    a_tick,
    a_verdict,
    an_account,
    an_approval,
    an_end,
    an_undo,
    the_item,
)
from tests.fakes.core_story import Story
from tests.fakes.leaving_story import codes, effect_status, leaving, reply_status


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
    story.tell(an_end(story.effect.effect_id))
    assert [each.item_id for each in story.case.said] == [the_item("c1"), the_item("c2")]
    assert story.case.said[0].approved_by == "li"


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


def test_a_late_success_leaves_the_draft_for_the_next_item_alone() -> None:
    story = leaving()
    case_id, first = story.case.case_id, story.effect.effect_id
    story.tell(a_tick(), after=31 * 60)
    story.tell(a_comment("c2"), a_verdict("c2", Label.COMPLAINT))
    story.tell(a_draft(case_id, base=1, op="1"), an_approval(case_id, revision=2, op="2"))
    story.tell(an_end(first))
    assert reply_status(story) == "waiting"
    story.tell(a_tick(), after=16)
    assert story.effect.target == "c2"


def test_a_draft_for_an_item_answered_after_all_may_not_be_approved() -> None:
    story = leaving()
    case_id, first = story.case.case_id, story.effect.effect_id
    story.tell(a_tick(), after=31 * 60)
    story.tell(a_comment("c2"), a_verdict("c2", Label.COMPLAINT), a_deletion("c2"))
    story.tell(a_draft(case_id, base=1, op="1"), an_end(first), an_approval(case_id, op="2"))
    assert codes(story, "1", "2") == ["ok", "already_sent"]


def test_an_end_of_what_was_retired_or_replaced_is_let_be() -> None:
    story = leaving()
    effect = story.effect
    case = story.case
    gone = Changes({case.key: None})
    assert story.state.now is not None
    story.state.apply(gone, story.state.now)
    story.tell(an_end(effect.effect_id, "refused"))
    assert effect_status(story) == "refused"


def test_an_attempt_thought_dead_that_did_speak_silences_the_next_one() -> None:
    story = leaving()
    case_id, first = story.case.case_id, story.effect.effect_id
    story.tell(a_tick(), after=31 * 60)
    story.tell(a_draft(case_id, base=1, op="1"), an_approval(case_id, revision=2, op="2"))
    story.tell(a_tick(), after=16)
    second = story.effect
    assert second.status == "decided"
    story.tell(an_end(first))
    assert effect_status(story) == "returned"
    assert reply_status(story) == "sent"
    assert story.organisation.replies_sent == 1


def test_a_reply_to_an_item_the_case_no_longer_holds_comes_back() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_draft(case_id), an_approval(case_id))
    for number in range(KEEP):
        name = f"more{number}"
        story.tell(a_comment(name), a_verdict(name, Label.COMPLAINT), after=0.01)
    story.tell(a_tick(), after=16)
    assert story.case.replies[0].note == "item_unknown"
    assert story.has("item") == KEEP


def test_without_an_undo_window_a_reply_leaves_in_the_step_that_approved_it() -> None:
    story = Story(Pack(name="company", undo_seconds=0))
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_draft(case_id), an_approval(case_id))
    assert effect_status(story) == "decided"


def test_the_end_of_an_older_attempt_does_not_move_what_is_sent() -> None:
    story = leaving()
    late, case_id = story.effect, story.case.case_id
    story.tell(a_tick(), after=31 * 60)
    assert reply_status(story) == "returned"
    story.tell(a_draft(case_id, base=1, op="d2"), an_approval(case_id, revision=2, op="a2"))
    story.tell(a_tick(), after=16)
    second = story.effect
    story.tell(a_start(second.effect_id), an_end(late.effect_id))
    assert reply_status(story) == "sent"
    story.tell(an_end(second.effect_id, "refused"))
    assert reply_status(story) == "sent"


def test_where_no_rules_are_active_nothing_is_approved() -> None:
    story = Story()
    story.tell(an_account(pack="other"))
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_draft(case_id), an_approval(case_id))
    assert codes(story, "op-draft", "op-approve") == ["ok", "no_rules"]
