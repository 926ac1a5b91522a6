"""A model's draft is a fact: gated like any text, for the words as they stand, beside the others."""

import pytest

from services.respond.core.replies import MAX_TEXT
from services.respond.core.suggest import OFFERED
from shared.contracts.guidance import ModelDrafted
from shared.contracts.verdicts import Label
from tests.fakes.builders import a_comment, a_verdict, the_item
from tests.fakes.core_story import Story
from tests.fakes.flows import a_hold_decision
from tests.fakes.guided_story import PACK, holds, house

GOOD = "您好，蛋糕的事我们正在请门店核实。"


def drafted(story: Story, text: str = GOOD, op: str = "op-model", version: str = "v1") -> str:
    story.tell(
        ModelDrafted(
            op_id=op,
            person_id="li",
            case_id=story.case.case_id,
            item_id=the_item(),
            item_version=version,
            model="writer-1",
            text=text,
        )
    )
    return story.outcome(op).code


def test_it_stands_first_names_its_model_and_a_newer_one_replaces_it() -> None:
    story = house()
    story.complain()
    assert drafted(story) == "ok"
    first = story.shown().suggestions[0]
    assert (first.source, first.cites, first.text) == ("model", "writer-1", GOOD)
    assert drafted(story, GOOD + "谢谢。", "op-again") == "ok"
    assert [each.source for each in story.shown().suggestions].count("model") == 1
    assert len(story.shown().suggestions) == OFFERED
    assert story.case.history[-1].what == "model_drafted"


@pytest.mark.parametrize(
    ("text", "code"),
    [("您没发烧吧", "gate_failed"), (" ", "bad_text"), ("长" * (MAX_TEXT + 1), "bad_text")],
)
def test_what_may_not_be_said_is_refused(text: str, code: str) -> None:
    story = house()
    story.complain()
    assert drafted(story, text) == code
    assert "model" not in {each.source for each in story.shown().suggestions}


def test_a_draft_for_older_words_is_refused() -> None:
    story = house()
    story.complain()
    assert drafted(story, version="v0") == "stale_item"
    story.tell(a_comment("c2"), a_verdict("c2", Label.COMPLAINT))
    assert drafted(story, op="op-later") == "stale_item"


def test_where_a_position_is_needed_a_model_may_not_make_one_up() -> None:
    grave = PACK.suggesting.model_copy(update={"position_labels": (Label.COMPLAINT,)})
    story = house(PACK.model_copy(update={"suggesting": grave}))
    story.complain()
    assert drafted(story) == "no_position"
    story = house()
    story.complain(Label.RUMOUR)
    assert drafted(story) == "held"
    proceed = a_hold_decision(story.case.case_id, "proceed")
    story.tell(proceed)
    assert drafted(story, op="op-unclear") == "unclarified"
    holds(story, must_say=())
    assert drafted(story, op="op-later") == "ok"
    assert PACK.suggesting.position_labels == (Label.RUMOUR,)


def test_a_position_that_comes_ends_what_a_model_had_drafted_before_it() -> None:
    story = house()
    story.complain()
    assert drafted(story) == "ok"
    holds(story)
    assert story.case.suggestions == ()
    assert "model" not in {each.source for each in story.shown().suggestions}
