"""Personal data in free text: found by shape and check digit, so order numbers are left alone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["id_card", "bank_card", "phone", "email", "wechat", "qq"]

_NARROW = {0xFF10 + digit: 0x30 + digit for digit in range(10)} | {
    0xFF38: 0x58,
    0xFF58: 0x78,
    0xFF20: 0x40,
    0xFF0E: 0x2E,
    0xFF0D: 0x2D,
}
"""Full-width digits, X, x, @, . and - one to one, so spans stay those of the original."""

_ID_CARD = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{9}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)
_BANK_CARD = re.compile(r"(?<![0-9A-Za-z])[3-6]\d{3}(?:[ -]?\d){11,15}(?![0-9A-Za-z])")
_PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]\d{7,8})(?!\d)"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_WECHAT = re.compile(
    r"(?:微信|薇信|威信|加[vV]|[vV]信|(?<![A-Za-z])(?:wechat|weixin|vx|wx))(?:号|[iI][dD])?"
    r"\s{0,3}[:：是为]?\s{0,3}([A-Za-z][-_A-Za-z0-9]{5,19})",
    re.IGNORECASE,
)
_QQ = re.compile(
    r"(?:(?<![A-Za-z])qq|扣扣|企鹅)(?:号|群)?\s{0,3}[:：是为]?\s{0,3}([1-9]\d{4,10})(?!\d)",
    re.IGNORECASE,
)

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
"""ISO 7064 MOD 11-2, as GB 11643 applies it to the resident identity number."""


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of personal data: what it is, and the span [start, end) of the original."""

    kind: Kind
    start: int
    end: int


def find_personal(text: str) -> list[Found]:
    """Return what was found, left to right, without overlaps; the stricter shape wins."""
    plain = text.translate(_NARROW)
    kept: list[Found] = []
    for found in _candidates(plain):
        if all(found.end <= other.start or other.end <= found.start for other in kept):
            kept.append(found)
    return sorted(kept, key=lambda found: found.start)


def mask_personal(text: str) -> str:
    """Return `text` with every find replaced by its kind in brackets."""
    for found in reversed(find_personal(text)):
        text = f"{text[: found.start]}[{found.kind}]{text[found.end :]}"
    return text


def is_id_card(number: str) -> bool:
    """Tell whether 18 characters end in the right check digit."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return _ID_CHECK[total % 11] == number[17].upper()


def is_bank_card(number: str) -> bool:
    """Tell whether the digits pass the Luhn check."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value // 10 + value % 10
    return total % 10 == 0


def _candidates(plain: str) -> Iterator[Found]:
    for kind, pattern, holds in _SHAPES:
        for match in pattern.finditer(plain):
            if holds is None or holds(re.sub("[ -]", "", match.group())):
                yield Found(kind, *match.span(pattern.groups))


_SHAPES: tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool] | None], ...] = (
    ("id_card", _ID_CARD, is_id_card),
    ("email", _EMAIL, None),
    ("phone", _PHONE, None),
    ("bank_card", _BANK_CARD, is_bank_card),
    ("wechat", _WECHAT, None),
    ("qq", _QQ, None),
)
"""Stricter shapes first. A pattern with a group means that group, else the whole match."""
