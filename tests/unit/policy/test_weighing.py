"""How much an item matters: a sum that can be read out, in which nothing unknown is a "no"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts.verdicts import Label
from shared.policy.circumstances import Matter, Part
from shared.policy.gate.plain import plain
from shared.policy.phrases import first_hit
from shared.policy.weighing import (
    TOPICS_MOST,
    Origin,
    SeverityRule,
    Topic,
    Weighing,
    weigh,
)
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir

COMPANY = read_pack(default_policies_dir(), "company")
RULES = Weighing.of(COMPANY.topics, COMPANY.origins, COMPANY.severity)
PLAIN = Matter(text="停车费怎么收", decided=(Label.COMPLAINT,), anger=0, abstained=False)


def about(text: str) -> tuple[str, ...]:
    return weigh(PLAIN._replace(text=text), RULES).topics


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("孩子在你们店里划 破了手", ("injury", "vulnerable")),
        ("会员过期了怎么续", ()),
        ("牛奶过期还在卖", ("food_safety",)),
        ("我们老师讲多媒体课件", ()),
        ("已经打了12345", ("regulator",)),
        ("订单号112345678没有更新", ()),
        ("找記者曝光", ("press",)),
        ("", ()),
    ],
)
def test_topics_are_words_and_not_characters_that_meet(text: str, topics: tuple[str, ...]) -> None:
    assert about(text) == topics


def test_the_sum_is_what_its_parts_are() -> None:
    matter = PLAIN._replace(
        anger=50,
        followers=120_000,
        verified="某市日报官方微博",
        earlier_cases=3,
        reopened=1,
        alike=12,
        coordinated=True,
    )
    weight = weigh(matter._replace(text="老人摔伤了没人管"), RULES)
    assert weight.value == min(100, sum(each.points for each in weight.parts))
    said = {(each.kind, each.name): each.points for each in weight.parts}
    assert said["label", "complaint"] == 45
    assert said["reach", "120000"] == 10
    assert said["history", "earlier_cases"] == 6
    assert (said["spread", "12"], said["coordinated", ""]) == (8, 5)
    assert weight.origins == ("media",)
    assert weight.unknown == ()


def test_what_is_not_known_is_named_and_counts_for_nothing() -> None:
    weight = weigh(PLAIN, RULES)
    assert weight.unknown == ("followers", "verified", "history", "spread")
    assert not {"reach", "origin", "history", "spread", "coordinated"} & {
        each.kind for each in weight.parts
    }


def test_a_pack_adds_and_takes_by_rules_of_its_own() -> None:
    rules = (
        SeverityRule(id="up", when="'parking' in case.topics && author.followers < 0", points=7),
        SeverityRule(id="down", when="case.severity >= 45", points=-5, reason="已知问题"),
        SeverityRule(id="no", when="author.earlier_cases > 0", points=50),
    )
    weight = weigh(PLAIN, Weighing.of(COMPANY.topics, (), rules))
    assert [each for each in weight.parts if each.kind == "rule"] == [
        Part(kind="rule", name="up", points=7),
        Part(kind="rule", name="down", points=-5, title="已知问题"),
    ]


def test_a_rule_that_fails_makes_nothing_lighter() -> None:
    broken = "case.labels[9] == 'x'"
    rules = tuple(SeverityRule(id=str(n), when=broken, points=n) for n in (5, -5))
    assert weigh(PLAIN, Weighing.of((), (), rules)).value == 50


def test_a_rule_that_cannot_be_understood_is_refused_when_it_is_loaded() -> None:
    with pytest.raises(ValidationError, match="undeclared"):
        SeverityRule(id="x", when="case.nonsense", points=1)


def test_a_text_that_names_everything_is_not_the_gravest_of_all() -> None:
    every = "、".join(topic.phrases[0] for topic in COMPANY.topics)
    parts = weigh(PLAIN._replace(text=every), RULES).parts
    assert sum(each.points for each in parts if each.kind == "topic") == TOPICS_MOST


def test_people_kept_by_hand_are_known_by_name_or_id() -> None:
    vip = Origin(id="vip", title="重点人物", points=10, names=("u7", "小林"))
    for known in (PLAIN._replace(author_id="u7"), PLAIN._replace(author_name="小林")):
        assert weigh(known, Weighing.of((), (vip,), ())).origins == ("vip",)
    assert weigh(PLAIN._replace(author_name="小林子"), Weighing.of((), (vip,), ())).origins == ()


def test_a_phrase_does_not_stand_across_the_end_of_a_clause() -> None:
    topic = Topic(id="t", title="", phrases=("好像",))
    assert first_hit(plain("真好，像新的"), topic.phrases, ()) is None
    assert first_hit(plain("真的 好·像"), topic.phrases, ()) == (3, 6)
    assert first_hit(plain("好像"), (), ()) is None
    assert first_hit(plain("会员过期后买的牛奶也过期"), ("过期",), ("会员过期",)) == (10, 12)


@given(st.text(max_size=60), st.integers(0, 100), st.integers(0, 10**8))
def test_more_reach_and_more_anger_never_weigh_less(text: str, anger: int, followers: int) -> None:
    matter = PLAIN._replace(text=text, anger=anger, followers=followers)
    weight = weigh(matter, RULES).value
    assert 0 <= weight <= 100
    assert weigh(matter._replace(anger=min(100, anger + 20)), RULES).value >= weight
    assert weigh(matter._replace(followers=followers * 10), RULES).value >= weight


def test_what_is_passed_on_weighs_by_how_often_by_whom_and_how_likely_it_is_a_rumour() -> None:
    matter = PLAIN._replace(rumour=930, reposts=60, reposters=150_000)
    weight = weigh(matter, Weighing())
    kinds = {(each.kind, each.points, each.name) for each in weight.parts}
    assert kinds >= {("rumour", 10, "930‰"), ("reposts", 15, "60"), ("reposters", 10, "150000")}
    quiet = weigh(PLAIN._replace(rumour=400), Weighing())
    assert {each.kind for each in quiet.parts} == {"label"}


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("case.rumour >= 900", True),
        ("case.rumour < 0", False),
        ("case.reposts >= 60 && case.reposters > 100000", True),
    ],
)
def test_a_pack_may_weigh_a_rumour_that_spreads(when: str, *, holds: bool) -> None:
    rules = Weighing.of((), (), (SeverityRule(id="own", when=when, points=9),))
    matter = PLAIN._replace(rumour=930, reposts=60, reposters=150_000)
    assert ("own" in {each.name for each in weigh(matter, rules).parts}) is holds


def test_what_nobody_suspects_is_no_unlikely_rumour() -> None:
    rules = Weighing.of((), (), (SeverityRule(id="own", when="case.rumour < 0", points=9),))
    assert "own" in {each.name for each in weigh(PLAIN, rules).parts}
