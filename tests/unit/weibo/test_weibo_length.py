"""Length in Weibo's units."""

import pytest

from shared.platforms.hostile import storable
from shared.platforms.weibo.length import units


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("ab", 1), ("好", 1), ("好a", 1.5), ("😀", 2), ("好" * 140, 140), ("。", 1)],
)
def test_ascii_is_a_half_and_outside_the_bmp_is_two(text: str, expected: float) -> None:
    assert units(text) == expected


def test_storable_text_is_valid_and_bounded_and_otherwise_untouched() -> None:
    assert storable("正常 text 😀") == "正常 text 😀"
    assert storable("a\ud800b好") == "a\ufffdb好"
    assert len(storable("好" * 30_000)) == 20_000
    storable("\udfff" * 5).encode()
