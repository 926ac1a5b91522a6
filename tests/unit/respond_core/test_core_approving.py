"""Who has to approve a reply: posts in their order, different people, and never the writer alone."""

import pytest

from shared.contracts.operators import ReplyApproved
from shared.contracts.org import PersonRegistered, Role
from shared.contracts.verdicts import Label
from shared.policy.model import NightRule, Pack
from shared.policy.switches import Route, Switches
from tests.fakes.builders import (
    a_draft,
    a_person,
    a_roster,
    a_send,
    a_submission,
    a_tick,
    an_approval,
)
from tests.fakes.core_story import Story
from tests.fakes.corrections import a_correction
from tests.fakes.flows import of_department

CHAIN = ("部门负责人", "保密员")
MARKED = (Route(label="complaint", queue="客服", second_person=True),)


def _pack(**more: object) -> Pack:
    return Pack(name="company", switches=Switches.model_validate(more))


def _house(pack: Pack, *people: PersonRegistered, label: Label = Label.COMPLAINT) -> Story:
    """Tell of a case with a reply that li wrote and handed in."""
    story = Story(pack)
    story.tell(*(people or (a_person("wang"), a_person("zhao"), a_person("qian"))))
    case_id = story.complain(label).case_id
    story.tell(a_draft(case_id), a_submission(case_id))
    return story


def _approve(story: Story, person: str, *, send: bool = False) -> str:
    op = f"approve-{person}-{story.seq}"
    fact: ReplyApproved = an_approval(story.case.case_id, person=person, send=send, op=op)
    story.tell(fact)
    return story.outcome(op).code


def _reply(story: Story) -> tuple[str, tuple[str, ...]]:
    return story.case.replies[0].status, story.case.replies[0].awaits


def test_without_a_mark_one_approval_is_enough_also_the_writers_own() -> None:
    story = _house(_pack(approval_chain=CHAIN))
    assert _reply(story) == ("submitted", ("anybody",))
    assert _approve(story, "li") == "ok"
    assert _reply(story) == ("approved", ())


def test_the_writer_is_never_the_only_approver_on_a_two_person_route() -> None:
    story = _house(_pack(routes=MARKED))
    assert _reply(story) == ("submitted", ("another",))
    assert _approve(story, "li") == "two_person"
    assert _approve(story, "wang") == "ok"
    [given] = story.case.replies[0].approvals
    assert (given.person_id, given.step, given.stands_in) == ("wang", "", False)


def test_so_many_different_people_must_approve() -> None:
    story = _house(_pack(routes=MARKED, approvals_least=2))
    assert _approve(story, "wang", send=True) == "ok"
    assert _reply(story) == ("submitted", ("anybody",))
    assert _approve(story, "wang") == "approvals_lacking"
    story.tell(a_send(story.case.case_id))
    refused = story.outcome("op-send")
    assert (refused.code, refused.detail) == ("approvals_lacking", {"what": "anybody"})
    assert _approve(story, "li", send=True) == "ok"
    assert _reply(story)[0] == "waiting"


def test_the_writer_may_be_one_of_several_but_somebody_else_is_still_missing() -> None:
    story = _house(_pack(approvals_least=2))
    assert _approve(story, "li") == "ok"
    assert _reply(story) == ("submitted", ("anybody",))
    story = _house(_pack(routes=MARKED, approvals_least=3))
    assert _approve(story, "wang") == "ok"
    assert _approve(story, "li") == "ok"
    assert _reply(story) == ("submitted", ("anybody",))


def test_a_chain_is_climbed_in_its_order_by_those_who_hold_the_posts() -> None:
    people = (
        of_department("wang", "部门负责人"),
        of_department("zhao", "保密员"),
        a_person("qian"),
    )
    story = _house(_pack(routes=MARKED, approval_chain=CHAIN), *people)
    assert _reply(story) == ("submitted", CHAIN)
    assert _approve(story, "zhao") == "approvals_lacking"
    assert _approve(story, "qian") == "approvals_lacking"
    assert _approve(story, "wang") == "ok"
    assert _reply(story) == ("submitted", ("保密员",))
    assert _approve(story, "qian") == "approvals_lacking"
    assert _approve(story, "zhao", send=True) == "ok"
    given = story.case.replies[0].approvals
    assert [(each.person_id, each.step) for each in given] == [
        ("wang", "部门负责人"),
        ("zhao", "保密员"),
    ]
    assert _reply(story) == ("waiting", ())


def test_a_refusal_says_which_approval_lacks() -> None:
    people = (of_department("wang", "部门负责人"), of_department("zhao", "保密员"))
    story = _house(_pack(routes=MARKED, approval_chain=CHAIN), *people)
    story.tell(an_approval(story.case.case_id, person="zhao", op="too-soon"))
    refused = story.outcome("too-soon")
    assert refused.detail == {"what": "部门负责人, 保密员"}
    assert "部门负责人" in refused.reason


def test_a_post_nobody_holds_is_filled_by_whoever_may_approve() -> None:
    """No rule waits for a person who does not exist; that somebody stood in is kept."""
    story = _house(
        _pack(routes=MARKED, approval_chain=CHAIN),
        of_department("wang", "保密员"),
        a_person("zhao"),
    )
    assert _approve(story, "zhao") == "ok"
    assert story.case.replies[0].approvals[0].stands_in
    assert _approve(story, "zhao") == "approvals_lacking"
    assert _approve(story, "wang") == "ok"
    assert not story.case.replies[0].approvals[1].stands_in


def test_the_writer_fills_no_step_of_the_chain() -> None:
    story = _house(_pack(chain_binds="replies", approval_chain=("部门负责人",)))
    story.tell(of_department("li", "部门负责人", role=Role.LEAD))
    assert _approve(story, "li") == "two_person"


def test_a_chain_may_name_a_role_of_the_house() -> None:
    people = (of_department("wang"), of_department("zhao", role=Role.LEAD))
    story = _house(_pack(chain_binds="replies", approval_chain=("lead",)), *people)
    assert _approve(story, "wang") == "approvals_lacking"
    assert _approve(story, "zhao") == "ok"


@pytest.mark.parametrize(("binds", "awaits"), [("posts", ("another",)), ("replies", CHAIN)])
def test_the_pack_says_which_replies_the_chain_binds(binds: str, awaits: tuple[str, ...]) -> None:
    story = _house(_pack(routes=MARKED, approval_chain=CHAIN, chain_binds=binds))
    assert _reply(story)[1] == awaits


def test_who_is_at_risk_does_not_wait_for_a_chain() -> None:
    pack = _pack(chain_binds="replies", approval_chain=CHAIN)
    story = _house(pack, label=Label.SELF_HARM)
    assert _reply(story)[1] == ("anybody",)
    assert _approve(story, "li", send=True) == "ok"


def test_by_night_one_person_is_enough_where_the_pack_says_so() -> None:
    night = (NightRule(action="answer", people_awake=1, alone=True),)
    pack = Pack(name="company", switches=Switches(routes=MARKED), night=night)
    story = _house(pack)
    assert _approve(story, "li", send=True) == "ok"
    assert story.case.replies[0].approvals[0].alone
    story.tell(a_tick(), after=16)
    assert story.effect.status == "decided"


def test_two_people_awake_are_two_people_asked() -> None:
    night = (NightRule(action="answer", people_awake=1, alone=True),)
    pack = Pack(name="company", switches=Switches(routes=MARKED), night=night)
    story = _house(pack)
    story.tell(a_roster("li", "wang"))
    assert _approve(story, "li") == "two_person"


def test_a_new_revision_starts_without_approvals() -> None:
    story = _house(_pack(routes=MARKED, approvals_least=2))
    assert _approve(story, "wang") == "ok"
    story.tell(a_draft(story.case.case_id, "您好，正在核实。", base=1, op="op-second"))
    assert story.case.replies[0].approvals == ()


def test_what_was_signed_under_other_rules_counts_for_nothing_under_these() -> None:
    story = _house(_pack(routes=MARKED, approvals_least=2))
    assert _approve(story, "wang") == "ok"
    story.adopt(_pack(routes=MARKED, approvals_least=2, min_gap_min=5))
    assert _approve(story, "zhao") == "ok"
    assert [each.person_id for each in story.case.replies[0].approvals] == ["zhao"]
    assert _reply(story) == ("submitted", ("anybody",))


def test_a_label_that_asks_for_more_brings_an_approved_reply_back_before_it_leaves() -> None:
    routes = (Route(label="fraud", queue="宣传部", second_person=True),)
    story = _house(_pack(routes=routes))
    assert _approve(story, "li", send=True) == "ok"
    story.tell(a_correction(story.case, Label.FRAUD))
    story.tell(a_tick(), after=16)
    reply = story.case.replies[0]
    assert (reply.status, reply.note) == ("returned", "approvals_lacking another")
    assert (reply.approvals, reply.awaits) == ((), ())
    assert story.has("effect") == 0


def test_an_approved_reply_says_what_it_needs_once_its_labels_change() -> None:
    routes = (Route(label="fraud", queue="宣传部", second_person=True),)
    story = _house(_pack(routes=routes))
    assert _approve(story, "li") == "ok"
    story.tell(a_correction(story.case, Label.FRAUD))
    assert _reply(story) == ("approved", ("another",))
    assert _approve(story, "wang") == "ok"
    assert _reply(story) == ("approved", ())


def test_an_approval_weighs_as_much_as_the_weightiest_of_those_who_gave_it() -> None:
    people = (of_department("wang", role=Role.LEAD), of_department("zhao"))
    story = _house(_pack(routes=MARKED, approvals_least=2), *people)
    assert _approve(story, "wang") == "ok"
    assert _approve(story, "zhao") == "ok"
    assert story.case.replies[0].role == "lead"
    assert story.case.replies[0].approved_by == "zhao"
