"""Taking something away: a ground, a copy, the rules, a second person, and never a complaint."""

import pytest

from services.respond.core.state import Changes
from shared.contracts.dues import Ground, Removing
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from tests.fakes import rules_story
from tests.fakes.builders import a_deletion, a_resolution, a_start, an_edit, an_end, at
from tests.fakes.removal_story import (
    BLOCKING,
    DELETING,
    PACK,
    a_house,
    approve,
    arrive,
    ask,
    correct,
    decline,
    entries,
    wish,
)

STRICT = PACK.model_copy(
    update={
        "rules": (
            DELETING.model_copy(update={"params": {**DELETING.params, "protected": ["spam"]}}),
        )
    }
)


def test_what_is_harmful_is_taken_away_when_a_second_person_agrees() -> None:
    story = a_house()
    case_id = arrive(story)
    assert ask(story) == "ok"
    assert story.has("effect") == 0
    assert (wish(story).status, wish(story).asked_by, wish(story).text) == (
        "asked",
        "chen",
        "加我看片,点这里",
    )
    assert approve(story) == "ok"
    effect = story.effect
    assert (effect.effect_kind, effect.target, effect.approved_by, effect.case_id) == (
        "remove",
        "c1",
        "zhou",
        case_id,
    )
    assert effect.body == f"delete {wish(story).copy_hash}"
    story.tell(a_start(effect.effect_id), an_end(effect.effect_id))
    assert (wish(story).status, story.case.items[0].deleted) == ("done", True)
    assert story.case.items[0].text == "加我看片,点这里"
    assert [each["status"] for each in story.decided("removal.moved")] == [
        "asked",
        "leaving",
        "done",
    ]
    assert entries(story) == []


def test_who_asked_is_not_the_second_person_and_an_operator_approves_nothing() -> None:
    story = a_house()
    arrive(story)
    ask(story, by="zhou")
    assert approve(story, by="zhou") == "two_person"
    assert approve(story, by="chen") == "not_allowed"
    assert approve(story, by="wu") == "ok"


@pytest.mark.parametrize(
    "label", [Label.COMPLAINT, Label.QUESTION, Label.SUGGESTION, Label.PRAISE]
)
@pytest.mark.parametrize("removing", ["delete", "hide"])
@pytest.mark.parametrize("ground", ["spam", "court_order"])
def test_a_voice_is_never_taken_away_whatever_else_it_is(
    label: Label, removing: Removing, ground: Ground
) -> None:
    story = a_house()
    arrive(story, label, Label.SPAM, Label.FRAUD)
    assert ask(story, removing=removing, ground=ground) == "protected_voice"
    assert story.case.dues.removals == ()
    outcome = story.outcome(f"ask-{story.seq - 1}")
    assert outcome.detail == {"rules": "deleting-needs-evidence, M6c"}
    assert outcome.reason.startswith("删除要有理由、证据和第二人")
    [entry] = entries(story)
    assert (entry.rule.id, entry.grade, entry.trigger, entry.person_id) == (
        "M6c",
        3,
        "removal_refused",
        "chen",
    )
    assert entry.about == ""
    assert entry.evidence[0] == f"item:{story.case.items[0].item_id}"


def test_neither_the_system_nor_a_person_alone_takes_the_protection_away() -> None:
    story = a_house()
    arrive(story, Label.COMPLAINT)
    correct(story, Label.SPAM)
    assert ask(story) == "protected_voice"
    other = a_house()
    arrive(other)
    correct(other, Label.SPAM, Label.COMPLAINT)
    assert ask(other) == "protected_voice"


def test_whose_case_is_a_complaint_is_not_blocked_either() -> None:
    story = a_house()
    arrive(story, Label.SPAM, Label.FRAUD)
    assert ask(story, removing="block") == "platform_cannot"
    assert ask(story, removing="hide") == "platform_cannot"
    story.state.apply(
        Changes({story.case.key: story.case.model_copy(update={"labels": (Label.COMPLAINT,)})}),
        at(story.seconds),
    )
    assert ask(story, removing="block") == "protected_voice"
    assert [(each.rule.id, each.grade) for each in entries(story)] == [("T2-09", 2)]


@pytest.mark.parametrize(
    ("ground", "code"),
    [
        ("spam", "ok"),
        ("fraud", "ok"),
        ("hate", "ground_not_found"),
        ("court_order", "ok"),
        ("privacy_claim", "ok"),
    ],
)
def test_the_ground_is_a_label_it_has_or_the_law(ground: Ground, code: str) -> None:
    story = a_house()
    arrive(story)
    assert ask(story, ground=ground) == code


def test_a_wish_names_a_standing_item_and_its_evidence_and_comes_once() -> None:
    story = a_house()
    arrive(story)
    assert ask(story, item="other") == "not_found"
    assert ask(story, version="v0") == "stale_item"
    assert ask(story, evidence=" ") == "bad_text"
    assert ask(story, evidence="长" * 2001) == "bad_text"
    assert ask(story) == "ok"
    assert ask(story) == "already_asked"


@pytest.mark.parametrize(
    "pack", [PACK.model_copy(update={"rules": (BLOCKING,)}), Pack(name="company")]
)
def test_without_a_rule_that_wants_a_second_person_nothing_is_taken_away(pack: Pack) -> None:
    story = a_house(pack)
    arrive(story)
    assert ask(story) == "not_removable"
    assert story.outcome(f"ask-{story.seq - 1}").detail == {}
    assert entries(story) == []


def test_without_any_rules_nothing_is_taken_away() -> None:
    story = a_house()
    arrive(story)
    organisation = story.organisation.model_copy(update={"packs": {}})
    story.state.apply(Changes({organisation.key: organisation}), at(story.seconds))
    assert ask(story) == "no_rules"


def test_the_rules_are_asked_again_when_the_second_person_approves() -> None:
    story = a_house()
    arrive(story)
    ask(story)
    correct(story, Label.COMPLAINT)
    assert approve(story) == "protected_voice"
    assert wish(story).status == "asked"
    assert [each.person_id for each in entries(story)] == ["chen"]
    changed = a_house()
    arrive(changed)
    ask(changed)
    changed.adopt(STRICT)
    assert approve(changed) == "protected_voice"


def test_who_has_not_read_the_new_rules_approves_nothing() -> None:
    story = a_house()
    arrive(story)
    ask(story)
    assert rules_story.propose(story, STRICT, by="wu") == "ok"
    assert rules_story.approve(story, STRICT) == "ok"
    assert approve(story) == "confirm_first"


def test_what_was_edited_or_is_gone_since_is_looked_at_again() -> None:
    story = a_house()
    arrive(story)
    ask(story)
    story.tell(an_edit(text="加我看片,另一个地址"))
    assert approve(story) == "stale_item"
    gone = a_house()
    arrive(gone)
    ask(gone)
    gone.tell(a_deletion())
    assert approve(gone) == "stale_item"
    assert ask(gone) == "stale_item"


def test_it_may_be_declined_or_withdrawn_with_a_reason() -> None:
    story = a_house()
    arrive(story)
    ask(story)
    assert decline(story, reason=" ") == "needs_reason"
    assert decline(story, removal="none") == "not_found"
    assert decline(story, by="chen") == "ok"
    assert (wish(story).status, wish(story).decided_by, wish(story).note) == (
        "declined",
        "chen",
        "只是刷屏",
    )
    assert decline(story) == "already_decided"
    assert approve(story) == "already_decided"
    assert approve(story, removal="none") == "not_found"
    assert ask(story) == "ok"


def test_a_closed_case_can_still_be_cleaned() -> None:
    story = a_house()
    case_id = arrive(story)
    story.tell(a_resolution(case_id, reason="广告"))
    assert ask(story) == "ok"
    assert approve(story) == "ok"
