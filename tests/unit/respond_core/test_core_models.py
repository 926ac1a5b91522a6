"""Which model judges: two people put it in office, any of them takes it back, in the log's order."""

from typing import Literal

import pytest

from services.respond.core.aggregates import ModelRegister
from services.respond.core.model import MODELS_KEPT
from services.respond.core.state import Changes
from shared.contracts.operators import ModelApproved, ModelProposed, ModelRolledBack
from shared.contracts.org import ModelActivated, Role
from shared.contracts.system import ModelChosen
from shared.contracts.verdicts import Label
from tests.fakes.builders import a_comment, a_person, a_verdict, at
from tests.fakes.core_story import Story

FIRST, SECOND = "b" * 64, "c" * 64


def a_house(*people: tuple[str, Role]) -> Story:
    story = Story()
    for person, role in people or (("li", Role.LEAD), ("wang", Role.LEAD)):
        story.tell(a_person(person, role))
    story.tell(ModelActivated(model="own", activated_by="classify"))
    return story


def propose(
    story: Story, model: str = "m1", bundle: str = FIRST, *, by: str = "wang", note: str = "更准"
) -> str:
    op = f"propose-{story.seq}"
    story.tell(
        ModelProposed(op_id=op, person_id=by, model_id=model, bundle=bundle, note=note, report="")
    )
    return story.outcome(op).code


def approve(story: Story, model: str = "m1", bundle: str = FIRST, *, by: str = "li") -> str:
    op = f"approve-{story.seq}"
    story.tell(ModelApproved(op_id=op, person_id=by, model_id=model, bundle=bundle))
    return story.outcome(op).code


def take_back(story: Story, model: str = "m1", *, by: str = "li", reason: str = "误判") -> str:
    op = f"back-{story.seq}"
    story.tell(ModelRolledBack(op_id=op, person_id=by, model_id=model, reason=reason))
    return story.outcome(op).code


def in_office(story: Story, model: str, bundle: str) -> None:
    assert propose(story, model, bundle) == "ok"
    assert approve(story, model, bundle) == "ok"


def register(story: Story) -> ModelRegister:
    found = story.state.get(ModelRegister.KEY, ModelRegister)
    assert found is not None
    return found


def test_a_proposed_model_judges_once_a_second_person_approves_it() -> None:
    story = a_house()
    assert propose(story) == "ok"
    assert story.organisation.model == "own"
    assert approve(story) == "ok"
    assert (story.organisation.model, story.organisation.previous_model) == ("m1", "own")
    assert [each["model"] for each in story.decided("model.switched")] == ["own", "m1"]
    assert register(story).proposals == ()
    assert register(story).changed_seq == story.seq


def test_the_person_who_proposed_it_cannot_approve_it() -> None:
    story = a_house()
    propose(story, by="li")
    assert approve(story, by="li") == "two_person"
    assert story.organisation.model == "own"


def test_what_is_approved_is_exactly_what_was_proposed() -> None:
    story = a_house()
    propose(story)
    assert approve(story, bundle=SECOND) == "not_found"
    assert approve(story, "m2") == "not_found"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.VIEWER, (False, False, False)),
        (Role.AUDITOR, (False, False, False)),
        (Role.OPERATOR, (False, False, True)),
        (Role.REVIEWER, (True, False, True)),
        (Role.LEAD, (True, True, True)),
        (Role.ADMIN, (True, True, True)),
    ],
)
def test_the_fold_itself_knows_who_may(role: Role, may: tuple[bool, bool, bool]) -> None:
    story = a_house(("wang", Role.LEAD), ("li", Role.LEAD), ("xu", role))
    in_office(story, "m0", SECOND)
    propose(story)
    codes = (
        propose(story, "m2", "d" * 64, by="xu"),
        approve(story, by="xu"),
        take_back(story, story.organisation.model, by="xu"),
    )
    assert tuple(code == "ok" for code in codes) == may
    assert {code for code in codes if code != "ok"} <= {"not_allowed"}


def test_one_person_takes_a_model_back_and_the_one_before_judges() -> None:
    story = a_house()
    in_office(story, "m1", FIRST)
    in_office(story, "m2", SECOND)
    assert take_back(story, "m2") == "ok"
    assert story.organisation.model == "m1"
    assert take_back(story, "m1") == "ok"
    assert story.organisation.model == "own"
    assert register(story).in_office is None
    assert take_back(story, "own") == "nothing_before"


def test_a_house_that_is_older_than_own_models_finds_back_to_its_model() -> None:
    story = a_house()
    older = story.organisation.model_copy(update={"own_model": ""})
    story.state.apply(Changes({older.key: older}), at(story.seconds))
    in_office(story, "m1", FIRST)
    assert take_back(story) == "ok"
    assert (story.organisation.model, story.organisation.own_model) == ("own", "own")


def test_two_people_who_take_the_same_model_back_take_back_one() -> None:
    story = a_house()
    in_office(story, "m1", FIRST)
    in_office(story, "m2", SECOND)
    assert take_back(story, "m2", by="li") == "ok"
    assert take_back(story, "m2", by="wang") == "not_in_office"
    assert story.organisation.model == "m1"


def test_a_model_that_was_taken_back_needs_two_people_again() -> None:
    story = a_house()
    in_office(story, "m1", FIRST)
    take_back(story)
    assert approve(story) == "not_found"
    in_office(story, "m1", FIRST)
    assert story.organisation.model == "m1"


def test_a_proposal_says_why_and_is_not_of_the_model_in_office() -> None:
    story = a_house()
    assert propose(story, note=" ") == "needs_reason"
    in_office(story, "m1", FIRST)
    assert propose(story) == "already_in_office"
    assert take_back(story, reason="") == "needs_reason"


def test_the_same_bundle_is_proposed_by_the_last_who_did() -> None:
    story = a_house()
    propose(story, by="li")
    propose(story, by="wang")
    assert len(register(story).proposals) == 1
    assert approve(story, by="li") == "ok"


def test_proposals_and_the_way_back_are_bounded() -> None:
    story = a_house()
    for number in range(2 * MODELS_KEPT):
        bundle = f"{number:064x}"
        in_office(story, f"m{number}", bundle)
        propose(story, f"other-{number}", f"{number + 999:064x}")
    assert len(register(story).proposals) == MODELS_KEPT
    assert len(register(story).installed) == MODELS_KEPT


def test_a_process_that_starts_with_its_own_model_does_not_put_it_in_office() -> None:
    story = a_house()
    in_office(story, "m1", FIRST)
    story.tell(ModelActivated(model="newer", activated_by="classify"))
    assert story.organisation.model == "m1"
    assert take_back(story) == "ok"
    assert story.organisation.model == "newer"


@pytest.mark.parametrize(
    ("model", "counts"), [("m1", True), ("own", True), ("newer", True), ("m0", False)]
)
def test_verdicts_in_flight_and_of_a_process_that_fell_back_count(
    model: Literal["m1", "own", "newer", "m0"],
    counts: bool,  # noqa: FBT001  a column of the table
) -> None:
    story = a_house()
    in_office(story, "m1", FIRST)
    story.tell(ModelActivated(model="newer", activated_by="classify"))
    story.tell(a_comment(), a_verdict("c1", Label.COMPLAINT, model=model))
    assert bool(story.has("case")) is counts


def test_what_the_leader_tells_classify_decides_nothing() -> None:
    story = a_house()
    in_office(story, "m1", FIRST)
    told = story.tell(ModelChosen(term=1, model_id="m9", bundle=SECOND, decided_seq=story.seq))
    assert told.lines == []
    assert story.organisation.model == "m1"
