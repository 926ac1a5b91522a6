"""The cheap reader of verdicts and of the ledger gives what the model gives, or leaves it to the model."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts.columns import read_columns
from shared.contracts.facts import UndecodableError, decode, encode
from shared.contracts.items import ItemClassified
from shared.contracts.system import DecisionsRecorded
from shared.contracts.verdicts import Verdict

Columns = ItemClassified | DecisionsRecorded
LENGTH = 3
_words = st.text(max_size=8)
_odd: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _words | st.just({})
)
_column = st.tuples(*[_words] * LENGTH)
_classified = st.builds(
    ItemClassified,
    model=_words,
    degraded=st.lists(_words, max_size=2).map(tuple),
    **dict.fromkeys(("item_id", "item_version", "beliefs", "held"), _column),
    **dict.fromkeys(("why", "signature", "exact"), _column),
    abstained=st.tuples(*[st.booleans()] * LENGTH),
    anger=st.tuples(*[st.integers(0, 100)] * LENGTH),
    says=st.sampled_from(["", "012"]),
    hearing=st.sampled_from([(), (1, 2)]),
)
_recorded = st.builds(
    DecisionsRecorded,
    after_seq=st.integers(0, 2**40),
    upto_seq=st.integers(0, 2**40),
    forms=st.lists(_words, max_size=2).map(tuple),
    lines=st.lists(_words, max_size=4).map(tuple),
    chain=_words,
)
_facts: st.SearchStrategy[Columns] = _classified | _recorded


@given(_facts)
def test_what_we_write_is_read_the_cheap_way(fact: Columns) -> None:
    assert read_columns(encode(fact)) == decode(encode(fact)) == fact
    assert encode(fact) == fact.model_dump_json().encode()


@given(_facts, st.data())
def test_what_is_odd_is_left_to_the_model(fact: Columns, data: st.DataObject) -> None:
    body = json.loads(encode(fact))
    name = data.draw(st.sampled_from([*sorted(set(body) - {"kind"}), "new_field"]))
    odd = data.draw(_odd | st.lists(_odd, max_size=LENGTH))
    body[name] = odd
    if data.draw(st.booleans()):
        del body[name]
    written = json.dumps(body, separators=(",", ":")).encode()
    found = read_columns(written)
    try:
        wanted = type(fact).model_validate_json(written)
    except ValidationError:
        assert found is None
    else:
        assert found is None or found == wanted


@pytest.mark.parametrize("uneven", [{"item_version": ("a",)}, {"says": "1"}])
def test_columns_of_different_lengths_are_no_verdicts(uneven: dict[str, object]) -> None:
    even = ItemClassified.of([("i", "v"), ("j", "v")], [Verdict("m"), Verdict("m")])
    written = encode(even.model_copy(update=uneven))
    assert read_columns(encode(even)) == even
    assert read_columns(written) is None
    with pytest.raises(UndecodableError):
        decode(written)
