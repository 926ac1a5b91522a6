"""Nobody sends by rules they have not been told of: what changed is read and confirmed first."""

from services.respond.core.aggregates import Briefed, PackChanges
from services.respond.core.briefing import unread
from services.respond.core.policy import LINES_KEPT, SWITCHES_KEPT, Switch
from shared.contracts.operators import ReplyApproved, ReplySendRequested
from shared.contracts.org import Role
from shared.contracts.policy import PolicyConfirmed
from shared.policy.model import NightRule, Pack, Taboo
from tests.fakes.builders import a_claim, a_draft, a_person, an_account, an_approval
from tests.fakes.core_story import BARE, Story
from tests.fakes.rules_story import STRICT, a_house, approve, propose, take_back

SAFE = "您好,已登记,谢谢。"
WORKERS = (Role.OPERATOR, Role.REVIEWER, Role.LEAD, Role.ADMIN)


def changed(rules: Pack = STRICT) -> Story:
    """Tell of a house in which two people have put other rules in force."""
    story = a_house()
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_draft(case_id, SAFE))
    assert propose(story, rules) == "ok"
    assert approve(story, rules) == "ok"
    return story


def confirm(story: Story, rules: Pack = STRICT, *, by: str = "li") -> str:
    op = f"confirm-{story.seq}"
    story.tell(
        PolicyConfirmed(op_id=op, person_id=by, pack="company", pack_hash=rules.content_hash())
    )
    return story.outcome(op).code


def send_by(story: Story, person: str = "li") -> str:
    op = f"approve-{story.seq}"
    case_id = story.case.case_id
    story.tell(ReplyApproved(op_id=op, person_id=person, case_id=case_id, revision=1))
    return story.outcome(op).code


def told(story: Story, person: str, *roles: Role) -> tuple[Switch, ...]:
    changes = story.state.get("changes:company", PackChanges)
    return unread(changes, story.state.get(f"briefed:{person}", Briefed), roles)


def test_after_a_change_nobody_approves_before_they_have_confirmed_it() -> None:
    story = changed()
    assert send_by(story) == "confirm_first"
    assert confirm(story) == "ok"
    assert send_by(story) == "ok"


def test_nobody_lets_a_reply_leave_before_they_have_confirmed_the_change() -> None:
    story = a_house()
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_draft(case_id, SAFE), an_approval(case_id, send=False))
    propose(story)
    approve(story)
    story.tell(ReplySendRequested(op_id="s1", person_id="li", case_id=case_id, revision=1))
    assert story.outcome("s1").code == "confirm_first"
    confirm(story)
    story.tell(ReplySendRequested(op_id="s2", person_id="li", case_id=case_id, revision=1))
    assert story.outcome("s2").code == "policy_changed"


def test_who_has_confirmed_speaks_for_themselves_only() -> None:
    story = changed()
    confirm(story, by="wang")
    assert send_by(story, "wang") == "ok"
    other = changed()
    confirm(other, by="wang")
    assert send_by(other, "li") == "confirm_first"


def test_what_is_confirmed_is_what_holds() -> None:
    story = changed()
    assert confirm(story, BARE) == "not_in_force"
    assert send_by(story) == "confirm_first"


def test_rules_that_were_taken_back_before_anybody_read_them_are_no_news() -> None:
    story = changed()
    take_back(story)
    assert told(story, "li", Role.LEAD) == ()
    assert send_by(story) == "ok"


def test_who_knew_the_rules_that_were_taken_back_is_told_that_they_are_gone() -> None:
    story = changed()
    confirm(story)
    take_back(story)
    [switch] = told(story, "li", Role.LEAD)
    assert (switch.from_hash, switch.to_hash) == (STRICT.content_hash(), BARE.content_hash())
    assert [(each.what, each.area) for each in switch.lines] == [("removed", "taboos")]
    assert send_by(story) == "confirm_first"


def test_changes_one_after_the_other_are_all_told() -> None:
    story = changed()
    second = Pack(name="company", undo_seconds=30)
    propose(story, second)
    approve(story, second)
    assert [each.to_hash for each in told(story, "li", Role.LEAD)] == [
        STRICT.content_hash(),
        second.content_hash(),
    ]
    confirm(story, second)
    assert told(story, "li", Role.LEAD) == ()


def test_a_change_is_told_to_those_whose_work_it_touches() -> None:
    night = NightRule(action="answer", people_awake=1, alone=True)
    story = changed(Pack(name="company", night=(night,)))
    assert told(story, "chen", Role.OPERATOR) == ()
    assert told(story, "guan", Role.VIEWER) == ()
    assert len(told(story, "li", Role.LEAD)[0].lines) == 1


def test_a_change_nobody_needs_to_know_is_not_asked_to_be_confirmed() -> None:
    story = changed(Pack(name="company", version="2"))
    assert told(story, "li", Role.LEAD) == ()
    assert send_by(story) == "ok"


def test_somebody_new_begins_with_the_rules_of_the_day() -> None:
    story = changed()
    story.tell(a_person("xu", Role.LEAD))
    assert told(story, "xu", Role.LEAD) == ()
    story.tell(a_person("li", Role.ADMIN))
    assert len(told(story, "li", Role.ADMIN)) == 1


def test_new_files_are_told_where_people_have_changed_rules_before() -> None:
    story = changed()
    confirm(story)
    take_back(story)
    confirm(story, BARE)
    later = Pack(name="company", undo_seconds=60)
    story.adopt(later)
    assert [each.to_hash for each in told(story, "li", Role.LEAD)] == [later.content_hash()]


def test_what_is_kept_for_people_is_bounded() -> None:
    phrases = tuple(f"词{number}" for number in range(LINES_KEPT + 5))
    many = Taboo(category="delay", level="block", reason="拖延", phrases=("一",))
    story = changed(Pack(name="company", taboos=(many,)))
    more = many.model_copy(update={"phrases": ("一", *phrases)})
    rules = Pack(name="company", taboos=(more,))
    propose(story, rules)
    approve(story, rules)
    switch = told(story, "li", Role.LEAD)[-1]
    assert (len(switch.lines), switch.more) == (LINES_KEPT, 5)
    for number in range(SWITCHES_KEPT + 2):
        rules = Pack(name="company", undo_seconds=100 + number)
        propose(story, rules)
        approve(story, rules)
    assert len(told(story, "li", Role.LEAD)) == SWITCHES_KEPT


def test_an_account_whose_rules_nobody_changed_asks_for_nothing() -> None:
    story = changed()
    story.tell(an_account(pack="hotel"))
    assert send_by(story) == "no_rules"
    assert told(a_house(), "li", Role.LEAD) == ()
