"""Pages about what waits: one a matter, counted up, and down with the last case."""

from services.respond.core.aggregates import Page
from shared.contracts.verdicts import Label
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from tests.fakes.builders import a_comment, a_verdict
from tests.fakes.core_story import Story
from tests.fakes.flows import a_hold_decision

COMPANY = read_pack(default_policies_dir(), "company")


def _page(story: Story, reason: str) -> Page:
    pages = (each for each in story.state.under("page") if isinstance(each, Page))
    return next(each for each in pages if each.reasons == (reason,))


def test_many_rumours_are_one_page_until_somebody_takes_it() -> None:
    story = Story(COMPANY)
    for number in range(30):
        story.tell(
            a_comment(f"r{number}", f"听说第{number}层要关", author=f"u{number}"),
            a_verdict(f"r{number}", Label.RUMOUR),
        )
    page = _page(story, "held")
    assert (page.count, len(page.case_ids)) == (30, 20)
    assert (
        len([each for each in story.decided("effect.decided") if each["effect_kind"] == "page"])
        == 1
    )


def test_a_page_stays_up_while_another_case_of_it_waits() -> None:
    story = Story(COMPANY)
    for number in range(2):
        story.tell(
            a_comment(f"r{number}", f"听说第{number}层要关", author=f"u{number}"),
            a_verdict(f"r{number}", Label.RUMOUR),
        )
    first, second = _page(story, "held").case_ids
    story.tell(a_hold_decision(first, "stay_silent"))
    assert _page(story, "held").case_ids == (second,)
    assert _page(story, "held").acknowledged_at is None
    story.tell(a_hold_decision(second, "stay_silent", op="op-hold-2"))
    assert _page(story, "held").acknowledged_by == "li"
