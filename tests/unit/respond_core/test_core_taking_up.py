"""A person makes a case of an item the rules made none of, to answer it or to have it taken away."""

import pytest

from shared.contracts.items import ItemReceived
from shared.contracts.taking_up import Judged
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from tests.fakes.builders import a_comment, a_tick, a_verdict, the_item
from tests.fakes.core_story import Story
from tests.fakes.wordless import a_take_up

SPAM = Judged(model="m1", held="spam", beliefs="")
NOT_SPAM = Pack(name="company", case_labels=(Label.COMPLAINT,))


def _advert(story: Story) -> ItemReceived:
    item = a_comment("s1", "加微信领红包，日入过千", author="u9")
    story.tell(item, a_verdict("s1", Label.SPAM))
    return item


def _taken(story: Story, item: ItemReceived, *, answer: bool = False, op: str = "op-take") -> str:
    fact = a_take_up(item.item_id, item=item, judged=SPAM, answer=answer, op=op)
    story.tell(fact)
    return story.outcome(op).code


def test_harm_that_opened_no_case_becomes_one_that_owes_nobody_an_answer() -> None:
    story = Story(NOT_SPAM)
    item = _advert(story)
    assert story.has("case") == 0
    assert _taken(story, item) == "ok"
    case = story.case
    assert (case.labels, case.owner_id, case.status) == ((Label.SPAM,), "li", "claimed")
    assert case.owed() == []
    assert case.items[0].text == item.text
    story.tell(a_tick(), after=86_400)
    assert story.has("page") == 0
    assert [each["clock"] for each in story.decided("clock.dropped")] == ["first_reply"]


def test_somebody_who_is_owed_an_answer_has_its_clock_from_then_on() -> None:
    story = Story(NOT_SPAM)
    item = _advert(story)
    assert _taken(story, item, answer=True) == "ok"
    assert [what for _, what in story.case.owed()] == ["first_reply"]


def test_it_joins_its_authors_open_matter_and_leaves_that_its_owner_and_clocks() -> None:
    story = Story(NOT_SPAM)
    item = _advert(story)
    story.tell(a_comment("c1", author="u9"), a_verdict("c1", Label.COMPLAINT))
    assert _taken(story, item) == "ok"
    assert story.has("case") == 1
    assert story.case.item_count == 2
    assert [what for _, what in story.case.owed()] == ["first_reply"]


def test_what_is_in_a_case_cannot_be_made_one_again() -> None:
    story = Story(NOT_SPAM)
    item = _advert(story)
    _taken(story, item)
    assert _taken(story, item, op="again") == "in_case"


@pytest.mark.parametrize(
    ("item", "judged", "code"),
    [
        (None, SPAM, "not_found"),
        (a_comment("s1"), None, "not_found"),
        (a_comment("other"), SPAM, "not_found"),
        (a_comment("s1", account="nobody"), SPAM, "not_found"),
    ],
)
def test_what_the_log_has_no_more_is_not_made_up(
    item: ItemReceived | None, judged: Judged | None, code: str
) -> None:
    story = Story(NOT_SPAM)
    wanted = item.item_id if item and item.account_id == "nobody" else the_item("s1")
    story.tell(a_take_up(wanted, item=item, judged=judged))
    assert story.outcome("op-take").code == code
    assert story.has("case") == 0
