"""Suggestions of a case: its matter, its own time, its tone, and never one wording for all."""

from collections import Counter
from datetime import timedelta

import pytest

from services.respond.core.aggregates import Case
from services.respond.core.suggest import next_answer
from services.respond.core.wordings import About, offers
from shared.contracts.items import ItemKind
from shared.contracts.verdicts import Label
from shared.policy.model import Pack, Taboo
from shared.policy.suggesting import ReplyTemplate, Suggesting
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from tests.fakes.builders import START, a_comment, a_verdict
from tests.fakes.core_story import Story

PACK = read_pack(default_policies_dir(), "company")


def about(seed: str = "a", **more: object) -> About:
    known: dict[str, object] = {"labels": (Label.COMPLAINT,), "matter": "停车费", "seed": seed}
    return About(**{"channel": "weibo", **known, **more})  # type: ignore[arg-type]


def told(text: str, *labels: Label, kind: ItemKind = ItemKind.COMMENT) -> Case:
    story = Story(PACK)
    comment = a_comment(text=text, kind=kind)
    story.tell(comment, a_verdict("c1", *labels, kind=kind.value))
    return story.shown()


def test_a_case_is_answered_by_its_matter_and_its_own_clock() -> None:
    case = told("地下车库停车费乱收，投诉", Label.COMPLAINT)
    assert case.matter == "停车费"
    assert len(case.suggestions) == 3
    assert all("停车费" in each.text for each in case.suggestions)
    assert any("5月1日13:00" in each.text for each in case.suggestions)


def test_the_last_place_goes_to_another_tone() -> None:
    tones = [each.tone for each in told("停车费太贵", Label.COMPLAINT).suggestions]
    assert len(set(tones[:2])) == 1
    assert tones[2] != tones[0]


def test_what_is_said_in_private_is_warmer_and_what_is_grave_is_not() -> None:
    private = told("停车费太贵", Label.COMPLAINT, kind=ItemKind.MESSAGE)
    assert private.suggestions[0].tone == "warm"
    grave = offers(about(severity=80), PACK, 3)
    assert grave[0].tone == "formal"
    assert "warm" not in {each.tone for each in grave}


def test_a_hundred_people_with_one_matter_do_not_read_one_text() -> None:
    texts = Counter(
        each.text for number in range(100) for each in offers(about(str(number)), PACK, 3)
    )
    assert max(texts.values()) <= 5


def test_an_older_word_tells_the_matter_when_the_newest_does_not() -> None:
    story = Story(PACK)
    story.tell(a_comment("c1", "停车费太贵"), a_verdict("c1", Label.COMPLAINT))
    story.tell(a_comment("c2", "有人吗"), a_verdict("c2", Label.QUESTION))
    assert story.shown().matter.startswith("停车费")


def test_what_is_promised_is_promised_at_the_time_somebody_looks() -> None:
    story = Story(PACK)
    story.tell(a_comment("c1", "停车费太贵"), a_verdict("c1", Label.COMPLAINT))
    assert any("5月1日13:00" in each.text for each in story.shown().suggestions)
    story.seconds += timedelta(hours=3, minutes=55).total_seconds()
    late = story.shown().suggestions
    assert len(late) == 3
    assert all("5月1日" not in each.text for each in late)


@pytest.mark.parametrize(("minutes", "said"), [(5, ""), (10, "5月1日09:10"), (63, "5月1日10:00")])
def test_a_time_is_promised_only_when_it_can_be_kept(minutes: int, said: str) -> None:
    due = START + timedelta(minutes=minutes)
    assert next_answer(due, START, PACK.zone) == said


def test_no_time_is_promised_where_none_is_owed() -> None:
    assert next_answer(None, START, PACK.zone) == ""
    for offer in offers(about(), PACK, 3):
        assert "月" not in offer.text


def greeting(text: str, *, name: str) -> list[str]:
    template = ReplyTemplate(id="greets", text=text, approved_by="x")
    taboo = Taboo(category="t", level="block", reason="r", phrases=("坏话",))
    pack = Pack(name="own", templates=(template,), taboos=(taboo,), suggesting=Suggesting())
    return [each.text for each in offers(about(author_name=name), pack, 3)]


def test_a_name_that_may_not_be_said_is_offered_in_no_wording() -> None:
    assert greeting("{{ author_name }}您好", name="小李") == ["小李您好"]
    assert greeting("{{ author_name }}您好", name="坏话") == []
    assert greeting("坏话{{ author_name }}", name="小李") == []
