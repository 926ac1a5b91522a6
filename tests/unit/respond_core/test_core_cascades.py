"""What is worded like a rumour is followed while it spreads, and weighed again in its times."""

from datetime import timedelta

from services.respond.core.cascade import CASCADES_MOST
from services.respond.core.cascades import UNFOLLOWED
from services.respond.core.state import State
from services.respond.core.work import Work
from shared.contracts.items import ItemKind
from shared.contracts.verdicts import Label
from shared.policy.cascade import MINUTES, Spread, believed
from shared.policy.model import Pack
from shared.policy.switches import Switches
from tests.fakes.builders import (
    a_comment,
    a_resolution,
    an_edit,
    an_own_post,
    at,
    classified,
)
from tests.fakes.core_story import Story
from tests.fakes.flows import a_hold_decision
from tests.fakes.rumours import (
    DELIGHTS,
    DENIES,
    DOUBTS,
    HEARING,
    NEITHER,
    RUMOUR_TEXT,
    a_post,
    a_repost,
    a_rumour,
    an_answer,
    batch,
    cascade,
    case_of,
    judged,
    reposts,
    suspected,
    told,
    wait,
    weighed,
)


def test_it_is_weighed_at_once_by_its_text_and_author() -> None:
    story = Story()
    a_rumour(story)
    [first] = weighed(story)
    expected = believed(600_000, Spread(), 300, hearing=HEARING)
    assert (first["minutes"], first["likely"], first["text"]) == (0, round(expected / 1000), 600)
    assert (first["followers"], first["reposts"], first["case_id"]) == (300, 0, story.case.case_id)
    assert [each.at for each in story.case.readings] == [story.state.now]


def test_reposts_raise_it_in_its_times_and_the_case_says_on_what() -> None:
    story = Story()
    a_rumour(story, DENIES, DOUBTS, *(NEITHER,) * 18)
    before = story.case.severity
    assert len(weighed(story)) == 1
    wait(story, 6)
    [_, second] = weighed(story)
    spread = Spread(20, denial=1, doubt=1)
    expected = believed(600_000, spread, 300, hearing=HEARING)
    assert (second["minutes"], second["reposts"]) == (5, 20)
    assert (second["denial"], second["doubt"], second["delight"]) == (1, 1, 0)
    assert second["likely"] == round(expected / 1000)
    assert second["reach"] == 20 * 50
    reading = story.case.readings[-1]
    assert (reading.minutes, reading.lately) == (5, 20)
    assert story.case.severity > before
    assert {"reposts", "rumour", "reposters"} <= {part.kind for part in story.case.weight}


def test_where_nobody_told_followers_the_reposts_of_the_first_quarter_stand_for_them() -> None:
    story = Story()
    story.tell(*told(suspected(a_post(followers=None)), *reposts([NEITHER, NEITHER])))
    wait(story, 16)
    story.tell(*told((item := a_repost("late"), judged(item, says=DENIES))))
    wait(story, 20)
    *_, third = weighed(story)
    expected = believed(600_000, Spread(3, denial=1, early=2), None, hearing=HEARING)
    assert (third["minutes"], third["early"]) == (30, 2)
    assert third["likely"] == round(expected / 1000)


def test_its_times_are_its_own_however_late_the_log_wakes() -> None:
    story = Story()
    a_rumour(story, DENIES)
    wait(story, 50)
    first, second = story.case.readings
    assert (second.minutes, second.at - first.at) == (5, timedelta(minutes=5))


def test_a_time_at_which_nothing_came_says_nothing() -> None:
    story = Story()
    a_rumour(story, DENIES)
    wait(story, 61)
    assert [each["minutes"] for each in weighed(story)] == [0, 5]


def test_after_a_day_it_is_forgotten_and_what_leads_to_it() -> None:
    story = Story()
    a_rumour(story, DENIES)
    assert (story.has("cascade"), story.has("echo")) == (1, 2)
    wait(story, MINUTES[-1] - 1)
    story.tell(*told((item := a_repost("late"), judged(item, says=DOUBTS))))
    assert story.has("cascade") == 1
    wait(story, 2)
    assert (story.has("cascade"), story.has("echo")) == (0, 0)
    assert weighed(story)[-1]["minutes"] == MINUTES[-1]
    assert story.case.readings


def test_delight_speaks_against_it_and_severity_stays() -> None:
    story = Story()
    a_rumour(story, *[DELIGHTS] * 20)
    severity = story.case.severity
    wait(story, 6)
    first, second = story.case.readings
    assert second.likely < first.likely
    assert story.case.severity >= severity


def test_what_nobody_heard_counts_as_a_repost_and_says_neither() -> None:
    story = Story()
    a_rumour(story)
    item = a_repost("r1")
    story.tell(item, batch([judged(item, says="")]))
    wait(story, 6)
    reading = story.case.readings[-1]
    assert (reading.reposts, reading.unheard, reading.denial) == (1, 1, 0)
    assert reading.likely == story.case.readings[0].likely


def test_a_text_that_nobody_says_how_far_to_hear_says_nothing() -> None:
    story = Story()
    item = a_post(followers=None)
    story.tell(item, batch([judged(item, Label.RUMOUR, probability=0.99, hearing=())]))
    assert [each["likely"] for each in weighed(story)] == [500]


def test_a_repost_counts_once_though_it_is_edited() -> None:
    story = Story()
    a_rumour(story)
    item = a_repost("r1")
    story.tell(item, batch([judged(item, says=DENIES)]))
    edit = an_edit("r1", "假的假的").model_copy(
        update={
            "item_id": item.item_id,
            "item_kind": ItemKind.REPOST,
            "author": item.author,
            "thread": item.thread,
        }
    )
    again = judged(item, says=DENIES)._replace(item_version="v2")
    story.tell(edit, batch([again]))
    assert (cascade(story).reposts, cascade(story).denial) == (1, 1)


def test_a_repost_before_its_post_in_one_batch_counts_too() -> None:
    story = Story()
    story.tell(*told(*reposts([DENIES, DOUBTS]), suspected(a_post())))
    [first] = weighed(story)
    assert (first["minutes"], first["reposts"]) == (0, 2)
    wait(story, 6)
    assert len(weighed(story)) == 1


def test_a_repost_that_is_worded_like_a_rumour_speaks_of_the_post_it_carries() -> None:
    story = Story()
    first = a_repost("r1", RUMOUR_TEXT)
    story.tell(*told(suspected(first)))
    story.tell(*told(*reposts([DENIES, DENIES])))
    found = cascade(story)
    assert (found.reposts, found.followers) == (3, None)
    story.tell(*told(suspected(a_post(text="还是那家店,大家看看"))))
    wait(story, 6)
    assert len({each["case_id"] for each in weighed(story)}) == 2
    assert case_of(story, "s1").readings[-1] == case_of(story, "r1").readings[-1]


def test_reposts_of_our_own_post_are_no_reposts_of_what_somebody_made_of_it() -> None:
    story = Story()
    story.tell(an_own_post("p9"))
    item = a_repost("r1", RUMOUR_TEXT, of="p9")
    story.tell(*told(suspected(item)))
    story.tell(*told(*reposts([DOUBTS] * 3, of="p9")))
    assert cascade(story).reposts == 0


def test_answers_to_a_comment_are_what_comes_of_it() -> None:
    story = Story()
    story.tell(*told(suspected(a_comment("c9", RUMOUR_TEXT))))
    answers = [an_answer(f"a{number}", "c9") for number in range(3)]
    story.tell(*told(*((each, judged(each, says=DOUBTS)) for each in answers)))
    assert (cascade(story).reposts, cascade(story).doubt) == (3, 3)


def test_the_same_words_in_another_post_are_one_cascade() -> None:
    story = Story()
    a_rumour(story)
    story.tell(*told(suspected(a_post("s2", author="second", followers=5_000))))
    story.tell(*told(*reposts([DENIES], of="s2")))
    wait(story, 6)
    [first, second] = (case_of(story, each).readings[-1] for each in ("s1", "s2"))
    assert first == second
    assert (first.copies, first.reposts, first.followers, first.reach) == (1, 1, 5_000, 5_050)


def test_what_is_said_in_private_is_not_followed() -> None:
    story = Story()
    item = a_comment("m1", RUMOUR_TEXT, kind=ItemKind.MESSAGE, post=None)
    story.tell(*told(suspected(item)))
    assert (story.has("cascade"), weighed(story)) == (0, [])


def test_ordinary_items_leave_nothing_behind() -> None:
    story = Story()
    story.tell(*told(*reposts([DENIES, DOUBTS])))
    assert (story.has("cascade"), story.has("echo"), story.has("case")) == (0, 0, 0)


def test_a_pack_may_suspect_sooner() -> None:
    story = Story(Pack(name="company", thresholds={Label.RUMOUR: 300}))
    item = a_post()
    verdict = judged(item, Label.RUMOUR, probability=0.4)._replace(held="")
    story.tell(*told(*reposts([DENIES]), (item, verdict)))
    assert [each["reposts"] for each in weighed(story)] == [1]


def test_an_edit_that_makes_it_a_rumour_is_followed() -> None:
    story = Story()
    item = a_comment("c1")
    story.tell(*told((item, judged(item, Label.COMPLAINT))))
    edit = an_edit("c1", RUMOUR_TEXT)
    verdict = judged(item, Label.RUMOUR)._replace(item_version="v2")
    story.tell(edit, classified(item.item_id, "v2", verdict))
    assert [each["minutes"] for each in weighed(story)] == [0]


def test_a_verdict_that_came_before_its_item_is_followed_too() -> None:
    story = Story()
    item = a_comment("c1", RUMOUR_TEXT, version="v2")
    story.tell(an_edit("c1", RUMOUR_TEXT))
    story.tell(classified(item.item_id, "v2", judged(item, Label.RUMOUR)))
    story.tell(a_comment("c1", "早先的话"))
    assert [each["minutes"] for each in weighed(story)] == [0]


def test_a_closed_case_is_told_nothing_more() -> None:
    story = Story(Pack(name="company", switches=Switches(rumour_policy="clarify")))
    a_rumour(story, DENIES)
    story.tell(a_hold_decision(story.case.case_id, "stay_silent"))
    story.tell(a_resolution(story.case.case_id, reason="重复"))
    wait(story, 6)
    assert len(weighed(story)) == 1


class Full(State):
    """Follows as many as it can."""

    def size(self, prefix: str) -> int:
        return CASCADES_MOST if prefix == "cascade" else super().size(prefix)


def test_no_more_are_followed_than_the_house_can_hold_and_a_case_says_so() -> None:
    story = Story()
    story.state = Full()
    a_rumour(story)
    assert story.has("cascade") == 0
    assert story.case.degraded == (UNFOLLOWED,)


def test_what_is_followed_is_counted_with_what_the_same_run_adds_and_forgets() -> None:
    story = Story()
    a_rumour(story)
    work = Work(story.state, story.packs, at(story.seconds))
    found = cascade(story)
    assert work.size("cascade") == 1
    work.put(found, found.model_copy(update={"cascade_id": "another"}))
    assert work.size("cascade") == 2
    work.drop(found.key)
    assert work.size("cascade") == 1


def test_a_cascade_of_thousands_stays_as_small_as_one_of_hundreds() -> None:
    story = Story()
    a_rumour(story)
    for part in range(3):
        made = [a_repost(f"m{part}-{number}") for number in range(100)]
        story.tell(*told(*((each, judged(each, says=NEITHER)) for each in made)), after=0)
    assert cascade(story).reposts == 300
    assert len(cascade(story).recent) == 200
