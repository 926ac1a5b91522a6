"""Numbers as people write them in Chinese: 三, 十五, 四十八, 两, 半, 1.5, and ranges by their end."""

import re
from typing import Final

from shared.policy.gate.traditional import SIMPLIFIED

NUMBER: Final = r"(?:\d{1,9}(?:\.\d{1,9})?|[零〇一二两三四五六七八九十百俩仨半]{1,9})"
"""Bounded: in a long run of digits every place is a start, and none may look at all the rest."""
_DIGITS: Final = {
    char: value for value, chars in enumerate(("零〇", "一", "二两俩", "三仨", "四", "五", "六", "七", "八", "九")) for char in chars
}  # fmt: skip
_TENS: Final = {"十": 10, "百": 100}
_NARROW: Final[dict[int, int]] = {
    **SIMPLIFIED,
    **{0xFF01 + place: 0x21 + place for place in range(94)},
    0x3000: 0x20,
}
_READ: Final = re.compile(r"\d+(?:\.\d+)?")


def narrow(text: str) -> str:
    """Return the text in half width and simplified characters, each in its old place."""
    return text.translate(_NARROW)


def number(written: str) -> float:
    """Return the value; `written` matches NUMBER."""
    if _READ.fullmatch(written):
        return float(written)
    if written == "半":
        return 0.5
    half = 0.5 if written.endswith("半") else 0.0
    total = digit = 0
    for char in written.removesuffix("半"):
        if char in _TENS:
            total += (digit or (0 if total and char == "百" else 1)) * _TENS[char]
            digit = 0
        else:
            digit = _DIGITS.get(char, 0)
    return total + digit + half
