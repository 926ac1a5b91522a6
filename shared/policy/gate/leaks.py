"""Personal data that must not stand in a public reply: mobile and ID numbers, bank cards, mail."""

import re
from collections.abc import Iterator
from typing import Final

from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest
from shared.policy.gate.plain import Plain
from shared.policy.model import Pack

_MOBILE: Final = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)")
_IDENTITY: Final = re.compile(r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[\dx](?!\d)")
_CARD: Final = re.compile(r"(?<!\d)[3-6]\d{14,18}(?!\d)")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10x98765432"


def check_leaks(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield personal numbers, found also when blanks or dashes part their digits."""
    del context, history
    ours = "".join(char for char in pack.service_line + pack.help_line if char.isdigit())
    for match in _MOBILE.finditer(text.text):
        if match.group()[-11:] not in ours:
            yield _leak(text, match, "这是一个手机号码，公开回复里不能出现个人电话")
    for match in _IDENTITY.finditer(text.text):
        if _is_identity(match.group()):
            yield _leak(text, match, "这是一个身份证号码，公开回复里不能出现")
    for match in _CARD.finditer(text.text):
        if _is_card(match.group()) and not _is_identity(match.group()):
            yield _leak(text, match, "这是一个银行卡号，公开回复里不能出现")


def _leak(text: Plain, match: re.Match[str], reason: str) -> GateFinding:
    start, end = text.span(match.start(), match.end())
    return GateFinding(
        category="personal_data",
        level="block",
        start=start,
        end=end,
        rules=(),
        reason=reason,
        suggestion="请私信联系",
    )


def _is_identity(number: str) -> bool:
    """ISO 7064 MOD 11-2, as GB 11643 uses it."""
    if len(number) != len(_WEIGHTS) + 1:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == number[-1]


def _is_card(number: str) -> bool:
    """Luhn's check digit."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (2 * digit - 9 if digit > 4 else 2 * digit for digit in digits[1::2])  # noqa: PLR2004  Luhn: 2d > 9
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
