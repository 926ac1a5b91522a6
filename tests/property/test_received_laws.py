"""The cheap reader of items gives what the model gives, or leaves it to the model."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.batches import ItemBatch
from shared.contracts.facts import (
    Stored,
    StoredBatch,
    UndecodableError,
    decode,
    encode,
    told,
    told_singly,
)
from shared.contracts.items import ItemEdited, ItemReceived
from shared.contracts.received import (
    ItemText,
    Received,
    ReceivedBatch,
    read_batch,
    read_received,
    read_texts,
    read_versions,
)
from tests.fakes.builders import a_comment, a_tick, an_edit

AT = datetime(2026, 5, 1, tzinfo=UTC)
_words = st.text(max_size=8)
_maybe = st.none() | _words
_odd: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.floats() | _words | st.just([]) | st.just({})
)
_author = st.fixed_dictionaries(
    {"author_id": _words},
    optional={"name": _maybe, "followers": st.none() | st.integers(), "verified": _maybe},
)
_thread = st.fixed_dictionaries({}, optional=dict.fromkeys(("post_id", "root_id"), _maybe))


@st.composite
def payloads(draw: st.DrawFn) -> dict[str, object]:
    """An item as others may write it, one field of it odd or missing now and then."""
    body: dict[str, object] = json.loads(encode(a_comment()))
    body |= {name: draw(_words) for name in ("item_id", "item_version", "native_id", "text")}
    body |= {"author": draw(_author), "thread": draw(_thread)}
    times = [
        "2026-05-01T00:00:00Z",
        "2026-05-01T08:00:00.5+08:00",
        "2026-05-01T00:00:00",
        1777593600,
    ]
    body["published_at"] = draw(st.sampled_from(times))
    name = draw(st.sampled_from(sorted(body)))
    what = draw(st.sampled_from(("kept", "kept", "odd", "missing", "more")))
    if what == "odd":
        body[name] = draw(_odd)
    elif what == "missing":
        del body[name]
    elif what == "more":
        body["new_field"] = draw(_odd)
    return body


@given(payloads())
def test_an_item_read_the_cheap_way_is_the_item(body: dict[str, object]) -> None:
    data = json.dumps(body)
    try:
        wanted = decode(data)
    except UndecodableError:
        assert read_received(data) is None
        return
    found = read_received(data)
    assert found is None or found.whole() == wanted
    assert isinstance(wanted, ItemReceived)
    for text in read_texts(data.encode()) or ():
        assert (text.item_id, text.item_version, text.text) == _judged_by(wanted)


@given(st.lists(payloads(), max_size=4))
def test_items_read_together_are_the_items(bodies: list[dict[str, object]]) -> None:
    data = _together(bodies)
    try:
        wanted = decode(data)
    except UndecodableError:
        wanted = None
    found = read_batch(data)
    if isinstance(wanted, ItemBatch):
        assert found is None or tuple(each.whole() for each in found.items) == wanted.items
        assert encode(wanted) == wanted.model_dump_json().encode()
        assert [_judged_by(each) for each in read_texts(data) or wanted.items] == [
            _judged_by(each) for each in wanted.items
        ]
        assert list(told_singly(Stored(1, AT, wanted))) == [
            Stored(1, AT, each) for each in wanted.items
        ]


@given(st.lists(st.text(max_size=8), min_size=1, max_size=4))
def test_the_batches_we_write_are_read_the_cheap_way(texts: list[str]) -> None:
    items = [
        a_comment(f"i{number}", text.encode("utf-8", "ignore").decode())
        for number, text in enumerate(texts)
    ]
    data = encode(ItemBatch.of(items))
    found = read_batch(data)
    assert found is not None
    assert [each.whole() for each in found.items] == items
    assert found.items == tuple(read_received(encode(each)) for each in items)
    assert len(read_texts(data) or ()) == len(items)
    versions = read_versions(data)
    assert versions is not None
    assert [(each.item_id, each.item_version, each.published_at) for each in versions.items] == [
        (each.item_id, each.item_version, each.published_at) for each in items
    ]
    assert isinstance(told(1, AT, data), StoredBatch)
    assert [each.fact for each in told_singly(told(1, AT, data))] == list(found.items)


def test_what_is_no_batch_of_ours_is_left_to_the_model() -> None:
    newer = b'{"kind":"item.batch","version":2,"items":[]}'
    assert read_batch(newer) is None
    assert read_versions(newer) is None
    assert read_texts(newer) is None


def test_a_single_fact_is_told_as_it_is() -> None:
    for fact in (a_comment(), a_tick()):
        each = told(1, AT, encode(fact))
        assert list(told_singly(each)) == [each]


def test_a_batch_is_of_one_account_and_never_empty() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ItemBatch.of(())
    with pytest.raises(ValueError, match="several accounts"):
        ItemBatch.of((a_comment(), a_comment(account="another")))


def _together(bodies: list[dict[str, object]]) -> bytes:
    scope = {name: bodies[0].get(name) for name in ("platform", "account_id")} if bodies else {}
    head = {"kind": "item.batch", "version": 1, "platform": "p", "account_id": "a", **scope}
    return json.dumps({**head, "items": bodies}, separators=(",", ":")).encode()


def _judged_by(each: ItemReceived | ItemText | ItemEdited) -> tuple[str, str, str]:
    return (each.item_id, each.item_version, each.text)


def test_the_items_we_write_are_read_the_cheap_way() -> None:
    assert isinstance(read_received(encode(a_comment())), Received)
    assert read_received(encode(an_edit())) is None
    assert read_batch(encode(a_comment())) is None
    assert read_versions(encode(a_comment())) is None
    assert read_texts(encode(an_edit())) is not None
    assert read_texts(encode(a_tick())) is None


def test_both_readers_know_the_same_fields() -> None:
    assert set(Received.__struct_fields__) == set(ItemReceived.model_fields)
    assert set(ReceivedBatch.__struct_fields__) == set(ItemBatch.model_fields)
