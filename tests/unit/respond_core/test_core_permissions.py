"""The fold asks once more what the edge has asked: whoever may not do a thing has not done it."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from services.respond.core.permissions import ALLOWED, action_of
from services.respond.core.state import Aggregate
from shared.contracts.facts import OperatorFact
from shared.contracts.org import Role
from tests.fakes.builders import a_person
from tests.fakes.core_story import Story

KINDS: tuple[type[OperatorFact], ...] = get_args(OperatorFact)
TWO_WAYS = {"paused": (True, False), "frozen": (True, False), "kept": (True, False)}
"""Letting go of a stop is another action than stopping."""


def asked_by(kind: type[OperatorFact], role: str) -> Iterator[OperatorFact]:
    """Yield this fact by somebody of the role: nothing but who asks is looked at before."""
    about = {name: "x" for name in kind.model_fields if name.endswith(("_id", "_hash"))}
    [way] = [each for each in TWO_WAYS if each in kind.model_fields] or [""]
    for n, value in enumerate(TWO_WAYS.get(way, (None,))):
        told: dict[str, Any] = {**about, "op_id": f"op-{role}-{n}", "person_id": role}
        yield kind.model_construct(**told | ({way: value} if way else {}))


def _all_but_answers(story: Story) -> dict[str, Aggregate]:
    """Return the whole state without what people were answered, and how often."""
    house = story.organisation.model_copy(update={"operations": 0})
    kept = dict(story.state.view().aggregates) | {house.key: house}
    return {key: each for key, each in kept.items() if not key.startswith(("outcome:", "ring:"))}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_whoever_may_not_do_a_thing_is_refused_by_the_fold_too(kind: type[OperatorFact]) -> None:
    story = Story()
    story.complain()
    for role in Role:
        story.tell(a_person(role.value, role))
    story.tell(a_person("gone", *Role, active=False))
    before = _all_but_answers(story)
    refused = []
    for who in (*(each.value for each in Role), "gone", "nobody"):
        for fact in asked_by(kind, who):
            if who not in {each.value for each in ALLOWED[action_of(fact)]}:
                story.tell(fact)
                refused.append(story.outcome(fact.op_id).code)
    assert set(refused) == {"not_allowed"}
    assert _all_but_answers(story) == before


def test_every_action_has_its_roles_and_no_role_is_left_for_none() -> None:
    kinds = {str(kind.model_fields["kind"].default) for kind in KINDS}
    others = {"read", "operator.unpaused", "operator.plans_freed", "operator.promise_given_up"}
    assert set(ALLOWED) == kinds | others
