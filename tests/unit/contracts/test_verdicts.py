"""A verdict keeps what it was made of, in the little text it is written as."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic_core import to_json

from shared.contracts.facts import UndecodableError, decode, encode
from shared.contracts.items import ItemClassified
from shared.contracts.verdicts import Label, Reason, Verdict, legible, reasons_in

WHY = (
    Reason(label=Label.PRAISE, start=3, end=6, source="model", weight=0.133),
    Reason(label=Label.PRIVACY, start=0, end=11, source="rule", weight=0.97, rule="phone"),
)


@given(
    st.dictionaries(st.sampled_from(Label), st.integers(0, 1_000_000)),
    st.sets(st.sampled_from(Label)),
)
def test_what_was_judged_is_read_as_it_was_written(
    believed: dict[Label, int], decided: set[Label]
) -> None:
    labels = {label: value / 1_000_000 for label, value in believed.items()}
    held = tuple(label for label in Label if label in decided)
    verdict = Verdict.of(labels, decided=held, reasons=WHY, model="m")
    again = TypeAdapter(Verdict).validate_json(to_json(verdict))
    assert (again.labels, again.decided, again.reasons) == (labels, held, WHY)
    legible(verdict.beliefs, verdict.why)


def test_a_label_that_is_younger_than_the_verdict_was_not_judged() -> None:
    assert Verdict(model="m", beliefs="1 - 3").labels == {
        Label.COMPLAINT: 0.000001,
        Label.SUGGESTION: 0.000003,
    }
    assert Verdict(model="m").labels == {}
    assert Verdict(model="m").reasons == ()
    assert Verdict(model="m").decided == ()


def test_what_is_no_label_is_an_error_and_not_nothing() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        _ = Verdict(model="m", held="nonsense").decided


@pytest.mark.parametrize(
    ("beliefs", "why"),
    [
        ("1  2", ""),
        ("1 ", ""),
        ("many", ""),
        ("", "complaint 1 2 model"),
        ("", "complaint 1 2 hearsay 3"),
        ("", "nonsense 1 2 model 3"),
        ("", "complaint 1 2 model 3;"),
    ],
)
def test_what_could_not_be_read_later_is_refused_now(beliefs: str, why: str) -> None:
    with pytest.raises(ValueError, match="no reasons"):
        legible(beliefs, why)
    if why:
        with pytest.raises(ValueError, match=r".+"):
            _ = reasons_in(why)


def test_a_verdict_of_the_first_version_is_still_read() -> None:
    old = {
        "labels": {"complaint": 0.931, "other": 0.02},
        "decided": ["complaint"],
        "abstained": True,
        "reasons": [each.model_dump(mode="json") for each in WHY],
        "anger": 7,
        "signature": "00ff",
        "exact": "e",
        "model": "m1",
        "degraded": ["no_lexicon"],
    }
    named = {"platform": "weibo", "account_id": "a", "item_id": "i", "item_version": "v"}
    fact = {"kind": "item.classified", "version": 1, "verdicts": [{**named, "verdict": old}]}
    raised = decode(json.dumps(fact))
    assert isinstance(raised, ItemClassified)
    (verdict,) = raised.verdicts
    assert verdict.labels == {Label.COMPLAINT: 0.931, Label.OTHER: 0.02}
    assert (verdict.item_id, verdict.item_version, verdict.model) == ("i", "v", "m1")
    assert (verdict.decided, verdict.reasons) == ((Label.COMPLAINT,), WHY)
    assert (verdict.abstained, verdict.anger, verdict.signature) == (True, 7, "00ff")
    assert (verdict.exact, verdict.degraded) == ("e", ("no_lexicon",))


def test_verdicts_of_two_models_are_two_facts() -> None:
    verdicts = [Verdict(model="m1"), Verdict(model="m2")]
    with pytest.raises(ValueError, match="several models"):
        ItemClassified.of([("i", "v"), ("j", "v")], verdicts)


def test_columns_of_different_lengths_are_no_fact() -> None:
    whole = ItemClassified.of([("i", "v")], [Verdict(model="m1")])
    cut = whole.model_dump() | {"anger": ()}
    with pytest.raises(UndecodableError, match="different lengths"):
        decode(json.dumps(cut))


def test_what_texts_say_of_what_they_pass_on_travels_with_them_or_not_at_all() -> None:
    verdicts = [
        Verdict(model="m1", says="1", hearing=(5, 0, 1)),
        Verdict(model="m1", says="4", hearing=(5, 0, 1)),
    ]
    names = [("i", "v"), ("j", "v")]
    fact = ItemClassified.of(names, verdicts)
    assert (fact.says, fact.hearing) == ("14", (5, 0, 1))
    assert [each.says for each in _again(fact).verdicts] == ["1", "4"]
    half = [verdicts[0], verdicts[1]._replace(says="")]
    assert [each.says for each in ItemClassified.of(names, half).verdicts] == ["", ""]
    with pytest.raises(UndecodableError, match="a digit for each"):
        decode(json.dumps({**fact.model_dump(), "says": "1"}))


def _again(fact: ItemClassified) -> ItemClassified:
    read = decode(encode(fact))
    assert isinstance(read, ItemClassified)
    return read
