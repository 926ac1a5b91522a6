"""Whose matter a case may be is known at once, and forgotten once most have none."""

from services.respond.core.aggregates import Case
from services.respond.core.state import SPEAKERS_LEAST, Changes, State
from shared.policy.cel import Condition
from tests.fakes.builders import START
from tests.fakes.core_story import Story


def test_who_has_no_case_any_more_is_forgotten_once_most_have_none() -> None:
    stored = Story().complain().model_dump(mode="json")
    state = State()
    for number in range(SPEAKERS_LEAST + 8):
        author = {**stored["items"][0]["author"], "author_id": f"u{number}"}
        items = [{**stored["items"][0], "author": author}]
        case = Case.model_validate({**stored, "case_id": f"k{number}", "items": items})
        state.apply(Changes({case.key: case}), START)
        assert state.may_speak(f"u{number}")
        if number:
            state.apply(Changes({f"case:k{number - 1}": None}), START)
    assert not state.may_speak("u0")
    assert state.may_speak(f"u{SPEAKERS_LEAST + 7}")


def test_a_whole_copy_is_as_equal_as_a_plain_one() -> None:
    case = Story().complain()
    assert case.model_copy(deep=True) == case.model_copy() == case
    assert case.model_copy(deep=True).items[0] is not case.items[0]


def test_a_condition_that_was_asked_very_much_still_answers() -> None:
    condition = Condition("'m7' in case.topics")
    for number in range(1100):
        assert condition.holds({"case.topics": [f"m{number}"]}) is (number == 7)
