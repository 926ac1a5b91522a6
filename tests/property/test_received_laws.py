"""The cheap reader of items gives what the model gives, or leaves it to the model."""

import json

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.facts import UndecodableError, decode, encode
from shared.contracts.items import ItemReceived
from shared.contracts.received import Received, read_received, read_text
from tests.fakes.builders import a_comment, a_tick, an_edit

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
    text = read_text(data)
    assert isinstance(wanted, ItemReceived)
    assert text is None or (text.item_id, text.item_version, text.text) == (
        wanted.item_id,
        wanted.item_version,
        wanted.text,
    )


def test_the_items_we_write_are_read_the_cheap_way() -> None:
    assert isinstance(read_received(encode(a_comment())), Received)
    assert read_received(encode(an_edit())) is None
    assert read_text(encode(an_edit())) is not None
    assert read_text(encode(a_tick())) is None


def test_both_readers_know_the_same_fields() -> None:
    assert set(Received.__struct_fields__) == set(ItemReceived.model_fields)
