"""In a crisis one key freezes all that is planned; each text is let go by itself, with a reason."""

from datetime import timedelta

from services.respond.core.aggregates import Page, Plans
from services.respond.core.plans import ahead
from shared.contracts.org import Role
from shared.contracts.plans import PlanDropped, PlansFrozen, PlanUnfrozen, PlanWritten
from shared.contracts.posts import PostSeen
from tests.fakes.builders import ACCOUNT, a_person, at
from tests.fakes.core_story import Story
from tests.fakes.rules_story import a_house


def _plan(story: Story, name: str = "p1", *, days: float = 1, text: str = "明天开始") -> str:
    op = f"plan-{story.seq}"
    story.tell(
        PlanWritten(
            op_id=op,
            person_id="wang",
            plan_id=name,
            account_id=ACCOUNT,
            text=text,
            publish_at=at(story.seconds) + timedelta(days=days),
        )
    )
    return story.outcome(op).code


def _freeze(
    story: Story, *, frozen: bool = True, by: str = "wang", reason: str = "突发事件"
) -> str:
    op = f"freeze-{story.seq}"
    story.tell(PlansFrozen(op_id=op, person_id=by, frozen=frozen, reason=reason))
    return story.outcome(op).code


def _let_go(story: Story, name: str = "p1", *, by: str = "wang", reason: str = "无关") -> str:
    op = f"free-{story.seq}"
    story.tell(PlanUnfrozen(op_id=op, person_id=by, plan_id=name, reason=reason))
    return story.outcome(op).code


def _plans(story: Story) -> Plans:
    found = story.state.get(Plans.KEY, Plans)
    assert found is not None
    return found


def _frozen(story: Story) -> dict[str, bool]:
    return {each.plan_id: each.frozen is not None for each in _plans(story).plans}


def test_one_key_freezes_all_that_is_planned_and_whatever_is_planned_meanwhile() -> None:
    story = a_house()
    _plan(story)
    _plan(story, "p2")
    assert _freeze(story) == "ok"
    _plan(story, "p3")
    assert _frozen(story) == {"p1": True, "p2": True, "p3": True}
    decided = _plans(story).plans[0].frozen
    assert decided is not None
    assert (decided.by, decided.reason) == ("wang", "突发事件")


def test_each_text_is_let_go_by_itself_with_a_reason() -> None:
    story = a_house()
    _plan(story)
    _plan(story, "p2")
    assert _let_go(story) == "not_frozen"
    _freeze(story)
    assert _let_go(story, reason=" ") == "needs_reason"
    assert _let_go(story, "none") == "not_found"
    assert _let_go(story) == "ok"
    assert _frozen(story) == {"p1": False, "p2": True}
    decided = _plans(story).plans[0].unfrozen
    assert decided is not None
    assert decided.reason == "无关"


def test_the_end_of_the_freeze_frees_new_texts_and_no_other() -> None:
    story = a_house()
    _plan(story)
    _freeze(story)
    assert _freeze(story, frozen=False) == "not_allowed"
    assert _freeze(story, frozen=False, by="li") == "ok"
    _plan(story, "p2")
    assert _frozen(story) == {"p1": True, "p2": False}


def test_anybody_who_works_may_freeze_and_a_reviewer_lets_go() -> None:
    story = a_house()
    story.tell(a_person("xu", Role.OPERATOR))
    _plan(story)
    assert _freeze(story, by="xu") == "ok"
    assert _let_go(story, by="xu") == "not_allowed"


def test_a_frozen_text_that_is_written_again_stays_frozen() -> None:
    story = a_house()
    _plan(story)
    _freeze(story)
    _freeze(story, frozen=False, by="li")
    _plan(story, text="改过的")
    assert _frozen(story) == {"p1": True}


def test_what_waited_past_its_time_is_shown_and_needs_another_time() -> None:
    story = a_house()
    _plan(story, days=0.1)
    _freeze(story)
    story.seconds += 86_400 / 2
    assert [each.plan_id for each in ahead(_plans(story).plans, at(story.seconds))] == ["p1"]
    assert _let_go(story) == "bad_time"
    _plan(story, days=2)
    assert _let_go(story) == "ok"


def test_what_was_over_before_is_not_frozen_and_a_second_press_keeps_the_first() -> None:
    story = a_house()
    _plan(story, "old", days=0.01)
    _plan(story)
    story.seconds += 10_000
    _freeze(story)
    _freeze(story, reason="再按一次")
    assert _frozen(story) == {"old": False, "p1": True}
    decided = _plans(story).plans[-1].frozen
    assert decided is not None
    assert decided.reason == "突发事件"


def test_a_frozen_text_that_is_published_all_the_same_wakes_who_is_on_duty() -> None:
    story = a_house()
    _plan(story)
    _freeze(story)
    story.tell(
        PostSeen(
            platform="weibo", account_id=ACCOUNT, post_id="x", text="明天开始", published_at=at(9)
        )
    )
    assert _plans(story).plans == ()
    [page] = [each for each in story.state.under("page") if isinstance(each, Page)]
    assert (page.person_id, page.reasons) == ("li", ("frozen_published",))


def test_a_dropped_text_leaves_the_freeze_in_place() -> None:
    story = a_house()
    _plan(story)
    _freeze(story)
    story.tell(PlanDropped(op_id="gone", person_id="wang", plan_id="p1", reason="不发了"))
    assert _plans(story).frozen is not None
    assert _freeze(story, reason="") == "needs_reason"
