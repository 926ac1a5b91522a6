"""A log restored from a backup: nothing leaves by itself, and what may have been said is sought."""

from datetime import timedelta

from services.respond.core.loss import LOSSES_KEPT
from shared.contracts.operators import ModeChanged, OutgoingPaused, ReplySettled
from shared.contracts.system import LogRestored
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_draft,
    a_leader,
    a_start,
    a_tick,
    a_verdict,
    an_approval,
    an_end,
    at,
)
from tests.fakes.core_story import Story


def restored(story: Story, upto_seconds: float | None = None) -> LogRestored:
    """Return the fact a restore appends to the log as it is now."""
    upto = story.seconds if upto_seconds is None else upto_seconds
    return LogRestored(made_at=at(upto), upto_seq=story.seq, upto_time=at(upto))


def released(op: str = "op-release") -> OutgoingPaused:
    return OutgoingPaused(op_id=op, person_id="li", paused=False, reason="核对过了")


def answered(story: Story, number: int = 1, *, base: int = 0) -> None:
    """Approve an answer and let its undo window pass."""
    case_id = story.case.case_id
    story.tell(
        a_draft(case_id, base=base, op=f"draft-{number}"),
        an_approval(case_id, revision=base + 1, op=f"approve-{number}"),
    )
    story.tell(a_tick(), after=16)


def leaving() -> Story:
    story = Story()
    story.tell(a_claim(story.complain().case_id))
    answered(story)
    return story


def test_a_restored_house_begins_paused_and_voids_claims() -> None:
    story = Story()
    story.complain()
    epoch = story.organisation.freeze_epoch
    story.tell(restored(story), after=3600)
    assert story.organisation.paused
    assert story.organisation.freeze_epoch == epoch + 1
    [loss] = story.organisation.losses
    assert loss.until - loss.since == timedelta(hours=1)
    story.tell(released())
    assert not story.organisation.paused


def test_a_reply_on_its_way_at_the_backup_is_in_doubt_and_outlives_the_rebuild() -> None:
    story = leaving()
    decided = story.effect
    story.tell(restored(story), a_leader(rebuilt_to=story.seq + 1))
    assert (story.effect.status, story.effect.attempt) == ("started", 1)
    assert story.effect.look_since == decided.decided_at
    assert story.case.replies[0].status == "leaving"


def test_a_started_reply_keeps_its_attempt_and_is_sought_from_its_start() -> None:
    story = leaving()
    story.tell(a_start(story.effect.effect_id, attempt=2))
    began = story.effect.started_at
    story.tell(restored(story))
    assert (story.effect.attempt, story.effect.look_since) == (2, began)


def test_what_has_ended_or_only_pretends_is_in_no_doubt() -> None:
    story = leaving()
    story.tell(an_end(story.effect.effect_id))
    story.tell(restored(story))
    assert (story.effect.status, story.effect.look_since) == ("done", None)
    quiet = Story()
    quiet.tell(
        ModeChanged(op_id="m", person_id="li", account_id="weibo-mall", mode="observe", reason="x")
    )
    quiet.tell(a_claim(quiet.complain().case_id))
    answered(quiet)
    quiet.tell(restored(quiet))
    assert (quiet.effect.status, quiet.effect.look_since) == ("decided", None)


def test_an_answer_to_what_the_lost_house_may_have_answered_is_looked_for_first() -> None:
    story = Story()
    story.complain()
    upto = story.seconds
    story.tell(restored(story), after=600)
    story.tell(released())
    answered(story)
    assert story.effect.look_since == at(upto)


def test_what_was_said_after_the_restore_needs_no_look() -> None:
    story = Story()
    story.tell(restored(story))
    story.tell(released())
    fresh = a_comment().model_copy(update={"published_at": at(story.seconds + 600)})
    story.tell(fresh, a_verdict("c1"), after=600)
    story.complain()
    answered(story)
    assert story.effect.look_since is None


def test_once_it_is_certain_what_stands_there_the_next_reply_needs_no_look() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(restored(story))
    story.tell(released())
    answered(story)
    story.tell(an_end(story.effect.effect_id))
    update = a_draft(case_id, op="more").model_copy(update={"slot": "update"})
    approval = an_approval(case_id, op="yes").model_copy(update={"slot": "update"})
    story.tell(update, approval)
    story.tell(a_tick(), after=16)
    assert (story.effect.slot, story.effect.look_since) == ("update", None)
    story.tell(an_end(story.effect.effect_id))
    story.tell(restored(story))
    story.tell(released("again"))
    story.tell(a_comment("c2"), a_verdict("c2"))
    answered(story, 2, base=1)
    assert story.effect.look_since is not None, "a second loss begins anew"


def test_a_person_who_looked_settles_it_for_good() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(restored(story))
    story.tell(released())
    answered(story)
    first = story.effect.effect_id
    story.tell(an_end(first, "unknown", reason="said_otherwise"))
    assert story.case.replies[0].note == "said_otherwise"
    story.tell(
        ReplySettled(op_id="s", person_id="li", case_id=case_id, effect_id=first, arrived=False)
    )
    assert story.case.replies[0].status == "returned"
    answered(story, 2, base=1)
    assert story.effect.effect_id != first
    assert story.effect.look_since is None


def test_only_so_many_losses_are_kept() -> None:
    story = Story()
    for _ in range(LOSSES_KEPT + 3):
        story.tell(restored(story))
    assert len(story.organisation.losses) == LOSSES_KEPT
    assert story.organisation.losses[-1].until == at(story.seconds)
