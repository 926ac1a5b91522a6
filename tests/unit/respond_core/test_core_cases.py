"""Cases: joined, reopened, clocks kept and broken, pages, retirement."""

import json
from datetime import timedelta

from services.respond.core.aggregates import Account, CaseItem
from services.respond.core.case import KEEP, RETIRE_AFTER
from services.respond.core.fold import fold
from services.respond.core.threads import Closed
from shared.contracts.facts import Stored
from shared.contracts.items import Thread
from shared.contracts.operators import (
    CaseClaimed,
    CaseNoted,
    CaseReleased,
    CaseReopened,
    LabelsCorrected,
    ModeChanged,
    OutgoingPaused,
)
from shared.contracts.org import Role
from shared.contracts.system import SourceReported
from shared.contracts.verdicts import Label, Reason
from shared.policy.model import ClockRule, Pack
from tests.fakes.builders import (
    START,
    a_claim,
    a_comment,
    a_draft,
    a_person,
    a_resolution,
    a_tick,
    a_verdict,
    an_account,
    an_approval,
    an_end,
    at,
)
from tests.fakes.core_story import Story

FAST = Pack(name="company", clocks=(ClockRule(acknowledge_minutes=1, first_reply_minutes=2),))


def test_the_authors_next_word_joins_whatever_it_is() -> None:
    story = Story()
    story.complain()
    story.tell(a_comment("c2"), a_verdict("c2", Label.RUMOUR, anger=50))
    story.tell(a_comment("c3"), a_verdict("c3", Label.PRAISE))
    assert story.case.item_count == 3
    assert story.case.labels == (Label.COMPLAINT, Label.PRAISE, Label.RUMOUR)
    assert len(story.decided("case.joined")) == 2


def test_an_item_that_was_stored_with_labels_and_reasons_spelt_out_is_still_read() -> None:
    story = Story()
    item = story.complain().items[0]
    reason = Reason(label=Label.COMPLAINT, start=1, end=3, source="model", weight=0.5)
    stored = item.model_dump(mode="json", exclude={"beliefs", "why"})
    older = {**stored, "labels": {"complaint": 0.93}, "reasons": [reason.model_dump(mode="json")]}
    again = CaseItem.model_validate_json(json.dumps(older))
    assert (again.labels, again.reasons) == ({Label.COMPLAINT: 0.93}, (reason,))
    assert again == item.model_copy(update={"beliefs": again.beliefs, "why": again.why})


def test_a_verdict_nobody_could_read_is_quarantined_and_no_case() -> None:
    story = Story()
    story.tell(a_comment("c1"))
    verdict = a_verdict("c1", Label.COMPLAINT).model_copy(update={"why": ("because",)})
    told = Stored(seq=story.seq + 1, time=at(story.seconds), fact=verdict)
    [poison] = fold(story.state, [told], story.packs).quarantined
    assert "no reasons" in poison.error
    assert story.has("case") == 0


def test_another_author_or_thread_is_another_case() -> None:
    story = Story()
    story.complain()
    story.tell(a_comment("c2", author="u2"), a_verdict("c2", Label.COMPLAINT))
    alone = a_comment("c3").model_copy(update={"thread": Thread(root_id="r9")})
    story.tell(alone, a_verdict("c3", Label.COMPLAINT))
    assert story.has("case") == 3
    assert story.case.number == 3


def test_thanks_wake_nobody_but_a_new_complaint_reopens() -> None:
    story = Story()
    case = story.complain()
    story.tell(a_resolution(case.case_id, reason="已电话沟通"))
    story.tell(a_comment("c2"), a_verdict("c2", Label.PRAISE))
    assert story.case.status == "resolved"
    story.tell(a_comment("c3"), a_verdict("c3", Label.COMPLAINT))
    assert (story.case.status, story.case.reopened) == ("open", 1)
    assert all(clock.met_at is None for clock in story.case.clocks)


def test_resolving_stops_the_clocks_and_retires_the_case_later() -> None:
    story = Story(FAST)
    case = story.complain()
    story.tell(a_claim(case.case_id), a_draft(case.case_id), an_approval(case.case_id, send=False))
    story.tell(a_resolution(case.case_id, reason="顾客撤诉"))
    assert story.case.replies[0].status == "returned"
    assert story.case.queue_due() is None
    assert story.organisation.breaches == 0
    story.tell(a_tick(), after=(RETIRE_AFTER + timedelta(seconds=1)).total_seconds())
    assert [story.has(each) for each in ("case", "open", "item", "effect")] == [0, 0, 0, 0]


def test_what_was_closed_is_listed_newest_first_until_it_opens_again_or_retires() -> None:
    story = Story()
    first = story.complain().case_id
    story.tell(a_comment("c2", author="u2"), a_verdict("c2", Label.COMPLAINT))
    second = story.case.case_id

    def closed() -> tuple[str, ...]:
        [listed] = story.state.under("closed")
        assert isinstance(listed, Closed)
        return listed.case_ids

    for case_id in (first, second):
        story.tell(a_resolution(case_id, reason="已电话沟通", op=case_id))
    assert closed() == (second, first)
    story.tell(CaseReopened(op_id="1", person_id="li", case_id=second, reason="顾客来电"))
    assert closed() == (first,)
    story.tell(a_tick(), after=(RETIRE_AFTER + timedelta(seconds=1)).total_seconds())
    assert closed() == ()


def test_of_all_that_was_closed_only_the_newest_are_listed() -> None:
    closed = Closed()
    for number in range(KEEP + 2):
        closed = closed.with_first(f"case{number}")
    assert (closed.case_ids[0], len(closed.case_ids)) == (f"case{KEEP + 1}", KEEP)
    assert closed.with_first("case5").case_ids[:2] == ("case5", f"case{KEEP + 1}")


def test_a_paged_and_answered_case_takes_its_page_and_effect_along() -> None:
    story = Story(FAST)
    case = story.complain()
    story.tell(a_tick(), after=70)
    story.tell(a_claim(case.case_id), a_draft(case.case_id), an_approval(case.case_id))
    story.tell(a_tick(), after=20)
    story.tell(an_end(story.effect.effect_id, "done"))
    story.tell(a_resolution(case.case_id))
    assert story.decided("case.resolved")[0]["answered"] is True
    story.tell(a_tick(), after=RETIRE_AFTER.total_seconds() + 1)
    assert story.has("page") == story.has("case") == 0


def test_claim_release_note_and_take_over() -> None:
    story = Story()
    story.tell(a_person("wang", Role.OPERATOR))
    case_id = story.complain().case_id
    story.tell(
        a_claim(case_id, op="1"),
        a_claim(case_id, "wang", op="2"),
        CaseClaimed(op_id="3", person_id="wang", case_id=case_id, take_over=True),
        CaseReleased(op_id="4", person_id="wang", case_id=case_id),
        CaseClaimed(op_id="5", person_id="wang", case_id=case_id, take_over=True, reason="换班"),
        CaseNoted(op_id="6", person_id="wang", case_id=case_id, text="已致电"),
        CaseNoted(op_id="7", person_id="wang", case_id=case_id, text=" "),
        a_resolution(case_id, reason="x", op="8"),
        CaseReleased(op_id="9", person_id="wang", case_id=case_id),
    )
    codes = [story.outcome(str(op)).code for op in range(1, 10)]
    assert codes == [
        "ok",
        "claimed_by_other",
        "needs_reason",
        "not_owner",
        "ok",
        "ok",
        "bad_text",
        "claimed_by_other",
        "ok",
    ]
    assert story.case.owner_id is None
    assert story.case.history[-2].detail == "已致电"


def test_a_complaint_is_not_closed_by_a_click() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_resolution(case_id, op="1"))
    assert story.outcome("1").code == "needs_reason"
    story.tell(a_resolution(case_id, reason="查无此单", op="2"), a_claim(case_id, op="3"))
    assert story.outcome("3").code == "case_resolved"


def test_reopening_needs_a_reason_and_a_closed_case() -> None:
    story = Story()
    case_id = story.complain().case_id

    def reopen(op: str, reason: str) -> str:
        story.tell(CaseReopened(op_id=op, person_id="li", case_id=case_id, reason=reason))
        return story.outcome(op).code

    assert reopen("1", "x") == "not_resolved"
    story.tell(a_resolution(case_id, reason="查无此单", op="2"))
    assert reopen("3", " ") == "needs_reason"
    assert reopen("4", "顾客来电") == "ok"
    assert story.case.clocks[0].started_at == at(story.seconds)


def test_a_persons_labels_stand_beside_the_systems() -> None:
    story = Story()
    story.complain()
    story.tell(a_comment("c2"), a_verdict("c2", Label.QUESTION))
    case = story.case

    def correct(op: str, item: str, version: str) -> str:
        story.tell(
            LabelsCorrected(
                op_id=op,
                person_id="li",
                case_id=case.case_id,
                item_id=item,
                item_version=version,
                labels=(Label.SUGGESTION,),
            )
        )
        return story.outcome(op).code

    item = case.items[0].item_id
    assert correct("1", "none", "v1") == "not_found"
    assert correct("2", item, "v9") == "stale_item"
    assert correct("3", item, "v1") == "ok"
    assert story.case.items[0].decided == (Label.COMPLAINT,)
    assert story.case.labels == (Label.QUESTION, Label.SUGGESTION)


def test_a_person_without_the_right_is_refused() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(
        a_person("looks", Role.VIEWER),
        a_person("left", Role.LEAD, active=False),
        a_claim(case_id, "looks", op="1"),
        a_claim(case_id, "left", op="2"),
        a_claim(case_id, "stranger", op="3"),
        a_claim("no-case", op="4"),
    )
    codes = [story.outcome(op).code for op in "1234"]
    assert codes == ["not_allowed", "not_allowed", "not_allowed", "not_found"]


def test_modes_and_registrations() -> None:
    story = Story()
    story.tell(
        ModeChanged(op_id="1", person_id="li", account_id="none", mode="observe", reason="x"),
        ModeChanged(op_id="2", person_id="li", account_id="weibo-mall", mode="observe", reason=""),
        ModeChanged(
            op_id="3", person_id="li", account_id="weibo-mall", mode="observe", reason="x"
        ),
        an_account(),
        SourceReported(
            platform="weibo", account_id="weibo-mall", source="poll", state="silent", since=START
        ),
        SourceReported(
            platform="weibo", account_id="none", source="poll", state="silent", since=START
        ),
        OutgoingPaused(op_id="4", person_id="li", account_id="none", paused=True, reason="x"),
    )
    assert [story.outcome(op).code for op in "1234"] == [
        "not_found",
        "needs_reason",
        "ok",
        "not_found",
    ]
    account = story.state.get("account:weibo-mall", Account)
    assert account is not None
    assert account.mode == "observe"
    assert account.sources["poll"][0] == "silent"
