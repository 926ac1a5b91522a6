"""The weight of a case: earlier cases of its author count, for half a year, on this account."""

from services.respond.core.weights import REMEMBERED
from shared.contracts.verdicts import Label
from tests.fakes.builders import a_comment, a_tick, a_verdict, an_account
from tests.fakes.core_story import Story


def history(story: Story) -> int:
    return sum(part.points for part in story.case.weight if part.kind == "history")


def complain(story: Story, number: int, account: str = "weibo-mall") -> None:
    name = f"c{number}"
    story.tell(
        a_comment(name, post=f"p{number}", account=account),
        a_verdict(name, Label.COMPLAINT, account=account),
    )


def test_who_comes_again_weighs_more_and_only_where_they_came_before() -> None:
    story = Story()
    story.tell(an_account("other"))
    complain(story, 1)
    assert history(story) == 0
    complain(story, 2)
    assert history(story) == 3
    complain(story, 3, "other")
    assert history(story) == 0


def test_what_was_long_ago_is_forgotten() -> None:
    story = Story()
    complain(story, 1)
    assert story.has("author") == 1
    story.tell(a_tick(), after=REMEMBERED.total_seconds() + 1)
    assert story.has("author") == 0
    complain(story, 2)
    assert history(story) == 0
