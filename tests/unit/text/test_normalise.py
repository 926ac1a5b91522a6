"""The canonical form, by examples, and the cache of its tables."""

from pathlib import Path

import pytest

from shared.runtime.text_tables import derive_tables, load_tables
from shared.text.normalise import canonical, normalise

TABLES = derive_tables()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("傻 * 逼", "傻逼"),
        ("ＡＢＣ①㈠㊙", "abc1一秘"),
        ("裡面很髒！！！！哈哈哈哈", "里面很脏!!哈哈"),
        ("手机１３８００００１１１１", "手机13800001111"),
        ("加\u200b微\u200b信", "加微信"),
        ("a.b 傻.逼", "a.b 傻逼"),
        ("好。你", "好。你"),
        ("", ""),
    ],
)
def test_evasions_are_folded_away(text: str, form: str) -> None:
    assert canonical(text, TABLES) == form


def test_spans_lead_back_to_the_original() -> None:
    text = "呵呵，傻 * 逼！"
    batch = normalise(["前一条", text], TABLES)
    start = batch.text(1).index("傻逼")
    first, last = batch.span(1, start, start + 2)
    assert text[first:last] == "傻 * 逼"
    assert batch.span(1, 2, 2) == (0, 0)
    assert len(batch) == 2


@pytest.mark.long
def test_tables_are_cached_and_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    first = load_tables(tmp_path)
    (cached,) = tmp_path.iterdir()
    assert load_tables(tmp_path).digest == first.digest == TABLES.digest
    cached.write_bytes(b"PK\x03\x04 not a table")
    assert load_tables(tmp_path).digest == first.digest
    assert load_tables(tmp_path / "missing" / "folder").digest == first.digest


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert load_tables(blocked).digest == TABLES.digest
