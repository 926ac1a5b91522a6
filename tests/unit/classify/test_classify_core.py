"""The pure parts of a verdict, one by one."""

import numpy as np
import pytest

from services.classify.core import rules
from services.classify.core.evidence import (
    HINT,
    LEXICON,
    MODEL,
    MOST_REASONS,
    NO_RULE,
    Evidence,
    strongest,
)
from services.classify.core.lexicon import CATEGORIES, LABEL_OF, build, parse
from services.classify.core.privacy import card_holds, identity_holds, personal_data
from services.classify.core.rules import LABELS
from services.classify.core.verdict import BARS, INDEX, decide
from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.policy.severity import severity


def judged(**millionths: int) -> tuple[list[Label], bool]:
    """Return what is decided from these beliefs, with another text before it in the batch."""
    rows = np.zeros((2, len(LABELS)), np.int64)
    for name, value in millionths.items():
        rows[1, INDEX[Label(name)]] = value
    found = decide(rows, BARS)
    assert found.decided[0].tolist() == [label is Label.OTHER for label in LABELS]
    return [LABELS[at] for at in np.flatnonzero(found.decided[1])], bool(found.abstained[1])


def test_what_passes_its_bar_is_decided_and_nothing_else() -> None:
    assert judged(complaint=600_000, question=100_000)[0] == [Label.COMPLAINT]


def test_when_nothing_holds_it_is_other() -> None:
    assert judged() == ([Label.OTHER], False)


def test_a_harm_just_under_its_bar_asks_a_person() -> None:
    assert judged(gambling=550_000) == ([Label.OTHER], True)


def test_a_trace_of_self_harm_asks_a_person() -> None:
    assert judged(self_harm=260_000)[1]


def test_who_rejects_an_insult_is_not_silenced_for_quoting_it() -> None:
    assert judged(abuse=720_000)[0] == [Label.ABUSE]
    assert judged(abuse=720_000, counter_speech=950_000) == ([Label.COUNTER_SPEECH], True)


def test_who_only_seems_to_reject_an_insult_is_judged_like_everybody() -> None:
    assert judged(abuse=720_000, counter_speech=800_000)[0] == [Label.ABUSE, Label.COUNTER_SPEECH]


def test_no_two_categories_of_terms_speak_for_one_label() -> None:
    named = [LABEL_OF[name] for name in CATEGORIES if name in LABEL_OF]
    assert len(named) == len(set(named))


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


def spans(*rows: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """Return the spans kept of (start, end, weight, source), all for one label of one text."""
    found = Evidence(
        *np.array(
            [
                (0, INDEX[Label.SPAM], start, end, weight, source, NO_RULE)
                for start, end, weight, source in rows
            ],
            np.int64,
        ).T
    )
    return [(int(found.start[at]), int(found.end[at])) for at in strongest(found)]


def test_reasons_are_few_and_apart_and_the_weightiest() -> None:
    kept = spans(*((at, at + 2, 100 * at, MODEL) for at in range(8)))
    assert kept == [(7, 9), (5, 7), (3, 5)]
    assert len(kept) == MOST_REASONS


def test_a_single_character_of_the_model_stands_only_where_there_is_nothing_longer() -> None:
    assert spans((0, 1, 900, MODEL), (4, 6, 100, MODEL)) == [(4, 6)]
    assert spans((0, 1, 900, MODEL), (4, 6, HINT, LEXICON)) == [(4, 6)]
    assert spans((0, 1, 900, MODEL), (4, 6, 100, MODEL), (8, 9, HINT, LEXICON)) == [(8, 9), (4, 6)]
    assert spans((0, 1, 300, MODEL), (4, 5, 600, MODEL)) == [(4, 5)]
    assert spans((0, 1, HINT, LEXICON), (4, 6, 100, MODEL)) == [(0, 1), (4, 6)]


def test_a_term_list_with_an_unknown_part_is_refused() -> None:
    assert parse("# 注\n[strong]\n甲 乙\n[hint]\n丙 甲\n", "x") == {
        "甲": True,
        "乙": True,
        "丙": False,
    }
    with pytest.raises(UserError) as refusal:
        parse("[weak]\n甲", "x.txt")
    assert "x.txt:1" in refusal.value.line()


def test_a_strong_term_of_some_harms_settles_them() -> None:
    places = np.array([INDEX[Label.GAMBLING], INDEX[Label.COMPLAINT]])
    model = np.array([[950_000] * 2, [950_000] * 2, [100_000] * 2])
    terms = np.array([[20_000] * 2, [300_000] * 2, [900_000] * 2])
    bounded = rules.settled(places, model, terms)
    assert bounded[:, 0].tolist() == [950_000, 950_000, 748_000]
    assert bounded[:, 1].tolist() == model[:, 1].tolist()


def test_an_attack_is_shared_out_between_abuse_and_hate() -> None:
    places = np.array([INDEX[Label.COMPLAINT], INDEX[Label.ABUSE], INDEX[Label.HATE]])
    model = np.array([[70, 400, 200], [70, 100, 300], [70, 0, 0]])
    shared = rules.shared_out(places, model, np.array([800, 90, 500]))
    assert shared.tolist() == [[70, 800, 400], [70, 30, 90], [70, 0, 0]]


def test_an_empty_lexicon_can_be_built() -> None:
    assert build({"spam": {"": True}}).terms == ()


def test_severity_is_the_sum_of_its_parts() -> None:
    weighed = severity((Label.COMPLAINT, Label.QUESTION), 50, abstained=True)
    assert weighed == (65, 45, 10, 10, Label.COMPLAINT)
    assert severity((), 0).value == 10
    assert severity((Label.SELF_HARM,), 100, abstained=True).value == 100
