"""Texts planned for later are kept, looked at by rules and bans, and gone once they are published."""

from datetime import timedelta
from typing import Any

import pytest

from services.respond.core.aggregates import Plans
from services.respond.core.guidance import NO_GUIDANCE
from services.respond.core.plan import MOST
from services.respond.core.plans import ahead, objections
from services.respond.core.stale import stale_plans
from shared.contracts.org import Role
from shared.contracts.plans import PlanDropped, PlanWritten
from shared.contracts.posts import PostSeen
from shared.policy.model import Pack, Taboo
from tests.fakes.builders import ACCOUNT, a_person, at
from tests.fakes.core_story import BARE, Story
from tests.fakes.guidance import a_ban
from tests.fakes.guided_story import guidance
from tests.fakes.rules_story import a_house

STRICT = Pack(
    name="company",
    taboos=(Taboo(category="haste", level="block", reason="不许诺", phrases=("马上",)),),
)
TEXT = "明天上午十点，活动马上开始"


def plan(story: Story, name: str = "p1", **more: Any) -> str:  # noqa: ANN401  any field
    known: dict[str, object] = {
        "op_id": f"plan-{story.seq}",
        "person_id": "wang",
        "plan_id": name,
        "account_id": ACCOUNT,
        "text": TEXT,
        "publish_at": at(story.seconds) + timedelta(days=1),
    }
    fact = PlanWritten.model_validate(known | more)
    story.tell(fact)
    return story.outcome(fact.op_id).code


def drop(story: Story, name: str = "p1") -> str:
    op = f"drop-{story.seq}"
    story.tell(PlanDropped(op_id=op, person_id="wang", plan_id=name, reason="改期"))
    return story.outcome(op).code


def plans(story: Story) -> Plans:
    return story.state.get(Plans.KEY, Plans) or Plans()


def test_a_plan_is_kept_changed_and_dropped_and_the_soonest_stands_first() -> None:
    story = a_house()
    assert plan(story) == "ok"
    assert plan(story, "p2", publish_at=at(600)) == "ok"
    assert plan(story, text="改过的") == "ok"
    assert [(each.plan_id, each.text) for each in plans(story).plans] == [
        ("p2", TEXT),
        ("p1", "改过的"),
    ]
    assert drop(story) == "ok"
    assert drop(story) == "not_found"
    assert [each.plan_id for each in plans(story).plans] == ["p2"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"account_id": "nobody"}, "not_found"),
        ({"text": " "}, "bad_text"),
        ({"text": "长" * 20_001}, "bad_text"),
        ({"publish_at": at(0)}, "bad_time"),
        ({"person_id": "reader"}, "not_allowed"),
    ],
)
def test_what_makes_no_sense_or_is_nobodys_right_is_refused(
    more: dict[str, Any], code: str
) -> None:
    story = a_house()
    story.tell(a_person("reader", Role.VIEWER))
    assert plan(story, **more) == code


def test_there_are_at_most_so_many_and_those_long_over_make_room() -> None:
    story = a_house()
    for number in range(MOST):
        assert plan(story, f"p{number}", publish_at=at(100_000)) == "ok"
    assert plan(story, "more") == "too_many"
    story.seconds = 100_000 + 86_400
    assert plan(story, "more") == "ok"
    assert [each.plan_id for each in plans(story).plans] == ["more"]


def test_a_text_that_was_seen_on_the_platform_is_planned_no_longer() -> None:
    story = a_house()
    early = PostSeen(
        platform="weibo", account_id=ACCOUNT, post_id="x0", text=TEXT, published_at=at(9)
    )
    story.tell(early)
    plan(story)
    for post_id, text in (("x1", "别的"), ("x2", " 明天上午十点，活动 马上开始")):
        seen = PostSeen(
            platform="weibo", account_id=ACCOUNT, post_id=post_id, text=text, published_at=at(9)
        )
        story.tell(seen)
        assert len(plans(story).plans) == (1 if post_id == "x1" else 0)
    story.tell(
        PostSeen(platform="weibo", account_id=ACCOUNT, post_id="x3", text=TEXT, published_at=at(9))
    )


def test_rules_and_bans_say_what_they_have_against_a_plan() -> None:
    story = a_house()
    plan(story)
    one = plans(story).plans[0]
    assert objections(one, "weibo", BARE, NO_GUIDANCE) == ()
    assert [each.category for each in objections(one, "weibo", STRICT, NO_GUIDANCE)] == ["haste"]
    story.tell(a_ban("活动"))
    banned = objections(one, "weibo", BARE, guidance(story))
    assert [each.category for each in banned] == ["banned"]
    held = list(stale_plans([one], {ACCOUNT: "weibo"}, STRICT, NO_GUIDANCE))
    assert [(each.kind, each.name) for each in held] == [("plan", ACCOUNT)]
    assert list(stale_plans([one], {}, STRICT, NO_GUIDANCE)) == []
    assert list(stale_plans([one], {ACCOUNT: "weibo"}, BARE, NO_GUIDANCE)) == []


def test_only_what_is_still_to_come_is_looked_at() -> None:
    story = a_house()
    plan(story)
    assert ahead(plans(story).plans, at(0)) != ()
    assert ahead(plans(story).plans, at(10 * 86_400)) == ()
