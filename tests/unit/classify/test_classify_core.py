"""The pure parts of a verdict, one by one."""

import numpy as np
import pytest

from services.classify.core import rules
from services.classify.core.lexicon import build, parse
from services.classify.core.privacy import card_holds, identity_holds, personal_data
from services.classify.core.rules import LABELS
from services.classify.core.verdict import (
    DEFAULT_BARS,
    INDEX,
    MOST_REASONS,
    Evidence,
    decide,
    reason,
    strongest,
)
from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.policy.severity import severity

BARS = tuple(DEFAULT_BARS[label] for label in LABELS)


def beliefs(**millionths: int) -> list[int]:
    row = [0] * len(LABELS)
    for name, value in millionths.items():
        row[INDEX[Label(name)]] = value
    return row


def test_what_passes_its_bar_is_decided_and_nothing_else() -> None:
    assert decide(beliefs(complaint=600_000, question=100_000), BARS).decided == (Label.COMPLAINT,)


def test_when_nothing_holds_it_is_other() -> None:
    judged = decide(beliefs(), BARS)
    assert judged.decided == (Label.OTHER,)
    assert not judged.abstained


def test_a_harm_just_under_its_bar_asks_a_person() -> None:
    judged = decide(beliefs(gambling=650_000), BARS)
    assert judged.decided == (Label.OTHER,)
    assert judged.abstained


def test_a_trace_of_self_harm_asks_a_person() -> None:
    assert decide(beliefs(self_harm=260_000), BARS).abstained


def test_who_rejects_an_insult_is_not_silenced_for_quoting_it() -> None:
    plain = decide(beliefs(abuse=720_000), BARS)
    answered = decide(beliefs(abuse=720_000, counter_speech=800_000), BARS)
    assert plain.decided == (Label.ABUSE,)
    assert answered.decided == (Label.COUNTER_SPEECH,)
    assert answered.abstained


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("电话13800138000", ["phone"]),
        ("电话138-0013-8000谢谢", ["phone"]),
        ("订单号2138001380001", []),
        ("身份证11010519491231002x", ["identity_number"]),
        ("身份证110105194912310021", []),
        ("卡号6222021234567890127", []),
        ("卡号4111111111111111", ["bank_card"]),
        ("闽a12345乱停", ["number_plate"]),
        ("京东abcdef", []),
    ],
)
def test_personal_data_is_known_by_its_form(text: str, found: list[str]) -> None:
    assert [each.rule for each in personal_data(text)] == found


def test_checksums() -> None:
    assert identity_holds("11010519491231002x")
    assert not identity_holds("110105194912310029")
    assert card_holds("4111 1111 1111 1111")
    assert not card_holds("4111111111111112")


def test_reasons_are_few_and_apart_and_the_weightiest() -> None:
    given = [Evidence(Label.SPAM, at, at + 2, "model", at / 10) for at in range(8)]
    kept = strongest(given)
    assert [each.start for each in kept] == [7, 5, 3]
    assert len(kept) == MOST_REASONS


@pytest.mark.parametrize("source", ["model", "lexicon", "rule"])
def test_a_reason_names_its_source(source: str) -> None:
    assert reason(Evidence(Label.SPAM, 0, 1, source, 0.5), 3, 4).source == source


def test_a_term_list_with_an_unknown_part_is_refused() -> None:
    assert parse("# 注\n[strong]\n甲 乙\n[hint]\n丙 甲\n", "x") == {
        "甲": True,
        "乙": True,
        "丙": False,
    }
    with pytest.raises(UserError) as refusal:
        parse("[weak]\n甲", "x.txt")
    assert "x.txt:1" in refusal.value.line()


def test_terms_bound_what_a_thinly_taught_label_may_say() -> None:
    model = np.array([950_000, 950_000, 100_000])
    terms = np.array([20_000, 300_000, 900_000])
    assert rules.settled(Label.GAMBLING, model, terms).tolist() == [400_000, 650_000, 720_000]
    assert rules.settled(Label.COMPLAINT, model, terms).tolist() == model.tolist()


def test_an_empty_lexicon_can_be_built() -> None:
    assert build({"spam": {"": True}}).terms == ()


def test_severity_is_the_sum_of_its_parts() -> None:
    weighed = severity((Label.COMPLAINT, Label.QUESTION), 50, abstained=True)
    assert weighed == (65, 45, 10, 10)
    assert severity((), 0).value == 10
    assert severity((Label.SELF_HARM,), 100, abstained=True).value == 100
