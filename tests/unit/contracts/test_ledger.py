"""The ledger says once what its lines have in common, and gives back each line as it was."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.respond.core.decisions import ItemJudged, chain, line
from shared.contracts.facts import decode, encode
from shared.contracts.ledger import is_whole, packed, spelt
from shared.contracts.system import DecisionsRecorded
from shared.contracts.verdicts import Label

AT = datetime(2026, 5, 1, tzinfo=UTC)
TOKEN = "0f" * 13
_JUDGED = st.builds(
    ItemJudged,
    st.just(AT),
    st.text(max_size=6),
    st.text(max_size=6) | st.just(TOKEN),
    st.text(max_size=6) | st.just(TOKEN),
    st.just("ab" * 10),
    st.lists(st.sampled_from(Label), max_size=2).map(tuple),
    st.booleans(),
    st.integers(0, 100),
    st.text(max_size=6),
    st.lists(st.sampled_from(["no_model", "unclassified"]), max_size=1).map(tuple),
    st.sampled_from(["", "", TOKEN]),
)


@given(st.lists(_JUDGED.map(line) | st.sampled_from(["x", "7 a b c", '{"kind":"clock.met"}'])))
def test_every_line_comes_back_as_it_was(lines: list[str]) -> None:
    assert list(spelt(*packed(lines))) == lines


_PIECES = st.sampled_from(
    [
        '{"case_id":"","decided":[',
        ',"item_id":"',
        '","item_version":"',
        '"}',
        "a",
        " ",
        '"',
        '","kind":"item.judged",',
        ',"text":"',
    ]
)


@given(st.lists(st.lists(_PIECES, max_size=12).map("".join).map("{{{}".format)))
def test_what_only_looks_like_a_line_comes_back_as_well(lines: list[str]) -> None:
    assert list(spelt(*packed(lines))) == lines


def test_a_line_whose_item_has_a_blank_in_its_name_stays_whole() -> None:
    odd = line(ItemJudged(AT, "a", "an item", "v", "t", (), False, 0, "m", (), ""))
    assert packed([odd]) == ((), (odd,))


def test_a_quiet_line_is_told_by_what_is_its_own() -> None:
    quiet = ItemJudged(AT, "a", TOKEN, TOKEN, "ab" * 10, (Label.OTHER,), False, 10, "m", (), "")
    case = quiet._replace(case_id=TOKEN)
    forms, entries = packed([line(each) for each in (quiet, case, quiet)])
    assert len(forms) == 1
    assert [is_whole(each) for each in entries] == [False, True, False]
    assert len(entries[0]) < len(line(quiet)) / 3


def test_a_ledger_of_the_first_version_is_still_read() -> None:
    lines = [line(ItemJudged(AT, "a", TOKEN, "v", "t", (), False, 0, "m", (), ""))]
    fresh = DecisionsRecorded.of(lines, after_seq=1, upto_seq=2, chain=chain("", lines))
    older = {**json.loads(encode(fresh)), "version": 1, "lines": lines}
    del older["forms"]
    again = decode(json.dumps(older))
    assert isinstance(again, DecisionsRecorded)
    assert list(again.spelt) == list(fresh.spelt) == lines


@pytest.mark.parametrize("entry", ["1 a b c", "-1 a b c", "0 a b", "x a b c"])
def test_an_entry_that_fits_no_form_is_an_error(entry: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        list(spelt(["{\n}"], [entry]))
