"""A wave of the same words is taken away by one wish and one second person, and no voice with it."""

from services.respond.core.aggregates import Case
from services.respond.core.dues import Removal
from services.respond.core.state import Changes
from shared.contracts.dues import RemovalApproved, RemovalAsked, RemovalDeclined
from shared.contracts.verdicts import Label
from tests.fakes.builders import at
from tests.fakes.core_story import Story
from tests.fakes.corrections import a_correction
from tests.fakes.removal_story import a_house, entries
from tests.unit.respond_core.test_core_clusters import flood


def cases(story: Story) -> list[Case]:
    found = [each for each in story.state.under("case") if isinstance(each, Case)]
    return sorted(found, key=lambda each: each.number)


def a_wave(count: int = 3) -> Story:
    story = a_house()
    flood(story, count, label=Label.FRAUD, text="代开各类发票,请加下面这个号码详谈")
    assert len(cases(story)) == count
    return story


def ask(story: Story) -> str:
    case = cases(story)[0]
    item = case.items[0]
    story.tell(
        RemovalAsked(
            op_id="ask-all",
            person_id="chen",
            case_id=case.case_id,
            item_id=item.item_id,
            item_version=item.item_version,
            removing="delete",
            ground="fraud",
            evidence="截图一张",
            alike=True,
        )
    )
    return story.outcome("ask-all").code


def wishes(story: Story) -> list[tuple[Removal, ...]]:
    return [each.dues.removals for each in cases(story)]


def decide(story: Story, *, agreed: bool) -> str:
    case = cases(story)[0]
    about = {
        "op_id": "decide",
        "person_id": "zhou",
        "case_id": case.case_id,
        "removal_id": case.dues.removals[0].removal_id,
        "alike": True,
    }
    if agreed:
        story.tell(RemovalApproved.model_validate(about))
    else:
        story.tell(RemovalDeclined.model_validate({**about, "reason": "留着"}))
    return story.outcome("decide").code


def test_one_wish_and_one_word_are_for_all_alike_each_with_its_own_copy_and_effect() -> None:
    story = a_wave()
    assert ask(story) == "ok"
    asked = [each for (each,) in wishes(story)]
    assert len({each.copy_hash for each in asked}) == 3
    assert {each.asked_op for each in asked} == {"ask-all"}
    assert decide(story, agreed=True) == "ok"
    assert [each.status for (each,) in wishes(story)] == ["leaving"] * 3
    assert story.has("effect") == 3


def test_so_is_letting_them_stay() -> None:
    story = a_wave()
    ask(story)
    assert decide(story, agreed=False) == "ok"
    assert [each.status for (each,) in wishes(story)] == ["declined"] * 3


def test_a_voice_among_them_is_left_and_nobody_is_blamed_for_not_having_read_it() -> None:
    story = a_wave()
    second = cases(story)[1]
    story.tell(a_correction(second, Label.COMPLAINT, op="fix", person="wu"))
    assert ask(story) == "ok"
    assert [len(each) for each in wishes(story)] == [1, 0, 1]
    assert entries(story) == []
    assert decide(story, agreed=True) == "ok"
    assert story.has("effect") == 2


def test_what_left_the_wave_is_not_asked_for() -> None:
    story = a_wave()
    second = cases(story)[1]
    moved = second.items[0].model_copy(update={"item_id": "another"})
    story.state.apply(
        Changes({second.key: second.model_copy(update={"items": (moved,)})}), at(story.seconds)
    )
    assert ask(story) == "ok"
    assert [len(each) for each in wishes(story)] == [1, 0, 1]
