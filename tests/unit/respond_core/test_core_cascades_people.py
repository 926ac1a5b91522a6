"""A rumour that a person names, or that says what is known already, is followed like any other."""

from shared.contracts.items import ItemKind
from shared.contracts.operators import ClaimJudged, ClaimOpened, LabelsCorrected
from shared.contracts.verdicts import Label
from shared.policy.cascade import MINUTES
from tests.fakes.builders import a_comment
from tests.fakes.core_story import Story
from tests.fakes.rumours import (
    DENIES,
    a_post,
    a_rumour,
    case_of,
    judged,
    reposts,
    told,
    wait,
    weighed,
)


def test_what_says_the_same_as_a_known_claim_is_followed() -> None:
    story = Story()
    a_rumour(story)
    case_id = story.case.case_id
    story.tell(
        ClaimOpened(op_id="o1", person_id="li", case_id=case_id, matter="蛋糕吃坏人"),
        ClaimJudged(op_id="o2", person_id="li", case_id=case_id, status="untrue", evidence="已查"),
    )
    wait(story, MINUTES[-1] + 1)
    assert story.has("cascade") == 0
    item = a_post("s9", author="late")
    story.tell(*told((item, judged(item, Label.COMPLAINT))))
    reading = case_of(story, "s9").readings[-1]
    assert reading.claim_status == "untrue"


def test_what_a_person_calls_a_rumour_is_followed_from_then_on() -> None:
    story = Story()
    item = a_post()
    story.tell(*told((item, judged(item, Label.COMPLAINT))))
    assert weighed(story) == []
    fields = {"op_id": "o1", "person_id": "li", "case_id": story.case.case_id}
    named = {"item_id": item.item_id, "item_version": item.item_version}
    story.tell(LabelsCorrected.model_validate({**fields, **named, "labels": ("rumour",)}))
    assert [each["text"] for each in weighed(story)] == [None]
    assert "corrected" in [each.what for each in story.case.history]
    story.tell(*told(*reposts([DENIES] * 4)))
    wait(story, 6)
    assert [each["denial"] for each in weighed(story)] == [0, 4]


def test_a_claim_that_a_person_opens_is_followed() -> None:
    story = Story()
    item = a_post()
    story.tell(*told((item, judged(item, Label.COMPLAINT))))
    story.tell(
        ClaimOpened(op_id="o1", person_id="li", case_id=story.case.case_id, matter="蛋糕吃坏人")
    )
    assert [each["claim_status"] for each in weighed(story)] == ["unverified"]
    assert story.case.claim_id != ""


def test_who_says_it_again_is_followed_already_and_told_nothing_new() -> None:
    story = Story()
    a_rumour(story)
    again = a_comment("s1-more", "我说的都是真的,求扩散", author="teller", post="s1")
    story.tell(*told((again, judged(again, Label.RUMOUR))))
    assert story.case.item_count == 2
    assert [each["minutes"] for each in weighed(story)] == [0]
    item = story.case.items[0]
    fields = {"op_id": "o1", "person_id": "li", "case_id": story.case.case_id}
    named = {"item_id": item.item_id, "item_version": item.item_version}
    story.tell(LabelsCorrected.model_validate({**fields, **named, "labels": ("rumour",)}))
    assert len(weighed(story)) == 1


def test_a_private_message_that_a_person_calls_a_rumour_spreads_where_nobody_sees_it() -> None:
    story = Story()
    item = a_comment("m1", kind=ItemKind.MESSAGE, post=None)
    story.tell(*told((item, judged(item, Label.COMPLAINT))))
    fields = {"op_id": "o1", "person_id": "li", "case_id": story.case.case_id}
    named = {"item_id": item.item_id, "item_version": item.item_version}
    story.tell(LabelsCorrected.model_validate({**fields, **named, "labels": ("rumour",)}))
    assert story.outcome("o1").accepted
    assert (weighed(story), story.has("cascade")) == ([], 0)
