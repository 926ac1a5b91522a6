"""Rules come into force by two people at one place of the log, and go by one; texts follow them."""

import pytest

from services.respond.core.fold import PackMissing
from services.respond.core.policy import (
    KEPT_IN_FORCE,
    PROPOSALS_KEPT,
    PolicyRegister,
)
from services.respond.core.state import Changes
from shared.contracts.org import Role
from shared.contracts.policy import (
    PolicyProposed,
    packs_named,
)
from shared.policy.model import Pack
from tests.fakes.builders import (
    a_person,
    an_activation,
    at,
)
from tests.fakes.core_story import BARE
from tests.fakes.rules_story import (
    OTHER,
    STRICT,
    a_house,
    approve,
    in_force,
    propose,
    put_in_force,
    register,
    reject,
    shadow,
    take_back,
)


def test_rules_hold_from_the_place_at_which_a_second_person_approved_them() -> None:
    story = a_house()
    assert propose(story) == "ok"
    assert in_force(story) == BARE.content_hash()
    assert approve(story) == "ok"
    assert in_force(story) == STRICT.content_hash()
    standing = register(story).in_force("company")
    assert standing is not None
    assert (standing.proposed_by, standing.approved_by, standing.seq) == ("wang", "li", story.seq)
    assert [each["pack_hash"] for each in story.decided("policy.switched")] == [
        BARE.content_hash(),
        STRICT.content_hash(),
    ]
    assert register(story).proposals == ()


def test_what_is_approved_may_wait_and_is_put_in_force_later() -> None:
    story = a_house()
    propose(story)
    assert put_in_force(story) == "not_approved"
    assert approve(story, now=False) == "ok"
    assert in_force(story) == BARE.content_hash()
    assert put_in_force(story) == "ok"
    assert in_force(story) == STRICT.content_hash()
    assert put_in_force(story) == "not_found"


def test_who_proposed_rules_cannot_approve_them() -> None:
    story = a_house()
    propose(story, by="li")
    assert approve(story, by="li") == "two_person"
    assert in_force(story) == BARE.content_hash()


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.VIEWER, (False, False, False, False)),
        (Role.AUDITOR, (False, False, False, False)),
        (Role.OPERATOR, (False, False, False, True)),
        (Role.REVIEWER, (True, False, True, True)),
        (Role.LEAD, (True, True, True, True)),
    ],
)
def test_the_fold_itself_knows_who_may(role: Role, may: tuple[bool, ...]) -> None:
    story = a_house(("wang", Role.REVIEWER), ("xu", role))
    codes = [propose(story, by="xu")]
    propose(story, by="wang")
    codes += [approve(story, by="xu", now=False), reject(story, by="xu")]
    propose(story, by="wang")
    approve(story)
    codes.append(take_back(story, by="xu"))
    assert tuple(code == "ok" for code in codes) == may
    assert {code for code in codes if code != "ok"} <= {"not_allowed"}


def test_one_person_returns_to_the_rules_before() -> None:
    story = a_house()
    propose(story)
    approve(story)
    propose(story, OTHER)
    approve(story, OTHER)
    assert take_back(story, OTHER, STRICT, reason=" ") == "needs_reason"
    assert take_back(story, STRICT, BARE) == "not_in_force"
    assert take_back(story, OTHER, BARE) == "not_in_force"
    assert take_back(story, OTHER, STRICT) == "ok"
    assert take_back(story, STRICT, BARE) == "ok"
    assert in_force(story) == BARE.content_hash()
    assert take_back(story, BARE, BARE) == "nothing_before"


def test_rules_written_on_others_than_those_in_force_are_proposed_anew() -> None:
    story = a_house()
    assert propose(story, base="0" * 64) == "base_changed"
    propose(story)
    propose(story, OTHER)
    approve(story, OTHER, now=False)
    propose(story, BARE.model_copy(update={"not_after_minutes": 45}))
    approve(story)
    assert put_in_force(story, OTHER) == "base_changed"
    late = Pack(name="company", undo_seconds=7)
    propose(story, late)
    assert approve(story, Pack(name="company", undo_seconds=8)) == "not_found"
    assert approve(story, BARE.model_copy(update={"not_after_minutes": 45})) == "base_changed"


def test_a_proposal_says_why_is_of_a_pack_in_use_and_is_new() -> None:
    story = a_house()
    assert propose(story, note=" ") == "needs_reason"
    assert propose(story, BARE) == "already_in_force"
    story.tell(
        PolicyProposed(
            op_id="elsewhere",
            person_id="wang",
            pack="hotel",
            pack_hash=STRICT.content_hash(),
            base_hash=BARE.content_hash(),
            note="x",
        )
    )
    assert story.outcome("elsewhere").code == "not_found"


def test_a_proposal_is_turned_down_with_a_reason_and_made_again() -> None:
    story = a_house()
    assert reject(story) == "not_found"
    propose(story, by="li")
    propose(story, by="wang")
    assert [each.proposed_by for each in register(story).proposals] == ["wang"]
    assert reject(story, reason="") == "needs_reason"
    assert reject(story) == "ok"
    assert register(story).proposals == ()


def test_proposals_and_the_way_back_are_bounded() -> None:
    story = a_house()
    for number in range(KEPT_IN_FORCE + 3):
        rules = Pack(name="company", undo_seconds=100 + number)
        assert propose(story, rules) == "ok"
        assert approve(story, rules) == "ok"
    assert len(register(story).installed["company"]) == KEPT_IN_FORCE
    for number in range(PROPOSALS_KEPT):
        assert propose(story, Pack(name="company", undo_seconds=200 + number)) == "ok"
    assert propose(story, OTHER) == "too_many"
    assert len(register(story).proposals) == PROPOSALS_KEPT


def test_files_hold_until_people_decide_and_are_only_noted_from_then_on() -> None:
    story = a_house()
    propose(story)
    approve(story)
    story.adopt(OTHER)
    assert in_force(story) == STRICT.content_hash()
    assert register(story).configured == {"company": OTHER.content_hash()}
    assert take_back(story, STRICT, OTHER) == "ok"
    assert in_force(story) == OTHER.content_hash()
    story.adopt(BARE)
    assert in_force(story) == BARE.content_hash()
    assert story.tell(an_activation(BARE.content_hash())).lines == []


def test_a_house_older_than_the_register_finds_back_to_its_files() -> None:
    story = a_house()
    older = PolicyRegister()
    story.state.apply(Changes({older.key: older}), at(story.seconds))
    assert older.before("company") == ""
    propose(story)
    assert approve(story) == "ok"
    assert take_back(story) == "ok"


def test_a_body_that_nobody_brought_is_refused_and_never_waited_for() -> None:
    story = a_house()
    propose(story)
    unknown = Pack(name="company", undo_seconds=99)
    assert approve(story, unknown) == "not_found"
    assert put_in_force(story, unknown) == "not_found"
    assert take_back(story, unknown, unknown) == "nothing_before"


def test_rules_are_put_in_force_only_once_their_body_is_here() -> None:
    story = a_house()
    propose(story)
    del story.packs[STRICT.content_hash()]
    with pytest.raises(PackMissing):
        approve(story)


def test_a_shadow_runs_for_a_proposal_and_ends_with_it() -> None:
    story = a_house()

    assert shadow(story, running=True) == "not_found"
    propose(story)
    assert shadow(story, running=True) == "ok"
    assert register(story).shadows == {"company": STRICT.content_hash()}
    assert shadow(story, running=False) == "ok"
    assert register(story).shadows == {}
    shadow(story, running=True)
    assert reject(story) == "ok"
    assert register(story).shadows == {}


def test_only_proposals_and_files_bring_bodies_into_the_log() -> None:
    story = a_house()
    propose(story)
    assert packs_named(an_activation("a" * 64)) == ("a" * 64,)
    assert packs_named(a_person("li")) == ()
