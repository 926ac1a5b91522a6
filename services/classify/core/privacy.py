"""Personal data that can be known by its form: phones, identity numbers, cards, plates."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

FEWEST_DIGITS: Final = 4
"""No pattern here holds fewer digits, so most texts are never looked at."""
_HALF_OF_NINE: Final = 4


class PersonalData(NamedTuple):
    """One piece of personal data at [start, end) of the canonical text."""

    rule: str
    start: int
    end: int
    millionths: int


_PHONE: Final = re.compile(r"(?<![\d.])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)")
_IDENTITY: Final = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{9}[\dx](?!\d)")
_CARD: Final = re.compile(r"(?<!\d)(?:62|4\d|5[1-5])(?:[- ]?\d){14,17}(?!\d)")
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-z]"
    r"[·. ]?(?=[a-z]*\d)[a-hj-np-z\d]{5,6}(?![a-z\d])"
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def personal_data(text: str) -> Iterator[PersonalData]:
    """Yield what is found in a canonical text; numbers that fail their checksum are not."""
    for hit in _IDENTITY.finditer(text):
        if identity_holds(hit[0]):
            yield PersonalData("identity_number", hit.start(), hit.end(), 990_000)
    for hit in _CARD.finditer(text):
        if not _IDENTITY.fullmatch(hit[0]) and card_holds(hit[0]):
            yield PersonalData("bank_card", hit.start(), hit.end(), 970_000)
    for hit in _PHONE.finditer(text):
        yield PersonalData("phone", hit.start(), hit.end(), 900_000)
    for hit in _PLATE.finditer(text):
        yield PersonalData("number_plate", hit.start(), hit.end(), 850_000)


def identity_holds(number: str) -> bool:
    """Check the last character of a Chinese identity number (ISO 7064, MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10x98765432"[total % 11] == number[17]


def card_holds(number: str) -> bool:
    """Check a card number by Luhn's sum."""
    digits = [int(each) for each in number if each.isdigit()][::-1]
    doubled = (2 * each - 9 * (each > _HALF_OF_NINE) for each in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
