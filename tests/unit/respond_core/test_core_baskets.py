"""What came without a word lies together, an hour an account, wakes nobody, and is never lost."""

from datetime import timedelta

from services.respond.core.aggregates import KEEP, Case
from shared.contracts.items import ItemEdited, ItemKind
from shared.contracts.verdicts import Label
from tests.fakes.builders import (
    ACCOUNT,
    a_comment,
    a_draft,
    a_resolution,
    a_tick,
    a_verdict,
    at,
    the_item,
)
from tests.fakes.core_story import Story
from tests.fakes.wordless import a_take_up, nothing_to_read


def _picture(story: Story, native: str, *, author: str = "", kind: str = "comment") -> None:
    comment = a_comment(native, "", author=author or f"u-{native}", kind=ItemKind(kind))
    story.tell(comment, nothing_to_read(native, kind=ItemKind(kind)))


def _cases(story: Story) -> list[Case]:
    return [each for each in story.state.under("case") if isinstance(each, Case)]


def test_a_stream_of_pictures_is_one_case_and_wakes_nobody() -> None:
    story = Story()
    for number in range(5):
        _picture(story, f"p{number}")
    [case] = _cases(story)
    assert (case.collects, case.item_count, case.clocks) == ("no_text", 5, ())
    assert case.degraded == ("no_text",)
    story.tell(a_tick(), after=86_400)
    assert story.has("page") == 0
    assert story.decided("clock.breached") == []
    [opened] = story.decided("case.opened")
    assert (opened["acknowledge_due"], opened["first_reply_due"]) == (None, None)
    assert case.queue_due() is not None


def test_each_hour_has_its_own_and_so_has_what_comes_after_it_was_closed_or_full() -> None:
    story = Story()
    _picture(story, "p1")
    story.tell(a_tick(), after=3_600)
    _picture(story, "p2")
    assert len(_cases(story)) == 2
    story.tell(a_resolution(_cases(story)[-1].case_id))
    _picture(story, "p3")
    assert len(_cases(story)) == 3
    for number in range(KEEP):
        _picture(story, f"q{number}")
    assert [each.item_count for each in _cases(story)] == [1, 1, KEEP, 1]


def test_a_picture_in_an_open_matter_is_part_of_it() -> None:
    story = Story()
    story.complain()
    _picture(story, "p1", author="u1")
    assert (story.case.item_count, story.case.collects) == (2, "")


def test_a_picture_in_a_private_message_is_a_matter_of_its_own() -> None:
    story = Story()
    _picture(story, "p1", kind="message")
    assert story.case.collects == ""
    assert story.case.clocks != ()


def test_nobody_is_answered_where_many_people_lie() -> None:
    story = Story()
    _picture(story, "p1")
    story.tell(a_draft(story.case.case_id))
    assert story.outcome("op-draft").code == "collects"


def test_what_turns_out_to_ask_for_something_becomes_a_case_of_its_own() -> None:
    story = Story()
    _picture(story, "p1")
    _picture(story, "p2")
    basket = story.case.case_id
    story.tell(a_take_up(the_item("p1")))
    assert story.outcome("op-take").code == "ok"
    old, new = _cases(story)
    assert (old.case_id, old.items[0].moved_to) == (basket, new.case_id)
    assert (new.collects, new.owner_id, new.status, new.item_count) == ("", "li", "claimed", 1)
    assert [each.clock for each in new.clocks if each.met_at is None] == ["first_reply"]
    assert new.history[-1].what == "taken_up"
    story.tell(a_take_up(the_item("p1"), op="again"))
    refused = story.outcome("again")
    assert (refused.code, refused.detail["what"]) == ("in_case", f"#{new.number}")


def test_words_that_are_added_later_are_judged_by_themselves() -> None:
    story = Story()
    _picture(story, "p1")
    _picture(story, "p2")
    for native, text, label in (
        ("p1", "蛋糕发霉了没人管", Label.COMPLAINT),
        ("p2", "真好看", Label.PRAISE),
    ):
        story.tell(
            ItemEdited(
                platform="weibo",
                account_id=ACCOUNT,
                item_id=the_item(native),
                item_version="v2",
                native_id=native,
                text=text,
                edited_at=at(story.seconds),
            ),
            a_verdict(native, label, version="v2"),
        )
    old, new = _cases(story)
    assert [each.moved_to for each in old.items] == [new.case_id, ""]
    assert new.labels == (Label.COMPLAINT,)
    assert new.clocks != ()


def test_a_case_that_collected_retires_without_those_that_left_it() -> None:
    story = Story()
    _picture(story, "p1")
    _picture(story, "p2")
    story.tell(a_take_up(the_item("p1")))
    basket, own = _cases(story)
    story.tell(a_resolution(basket.case_id))
    story.tell(a_tick(), after=timedelta(days=8).total_seconds())
    assert [each.case_id for each in _cases(story)] == [own.case_id]
    assert story.state.has(f"item:{the_item('p1')}")
    assert not story.state.has(f"item:{the_item('p2')}")


def test_what_a_person_at_risk_may_have_sent_is_no_bare_picture() -> None:
    story = Story()
    story.tell(a_comment("p1", ""), nothing_to_read("p1", Label.SELF_HARM))
    assert story.case.collects == ""
    assert story.page.reasons == ("self_harm",)


def test_a_reason_is_needed_and_an_item_that_waits_is_waited_for() -> None:
    story = Story()
    _picture(story, "p1")
    story.tell(a_take_up(the_item("p1"), reason=" "))
    assert story.outcome("op-take").code == "needs_reason"
    story.tell(a_comment("p2", ""), a_take_up(the_item("p2"), op="soon"))
    assert story.outcome("soon").code == "not_judged_yet"
