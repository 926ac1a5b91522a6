"""Form: empty texts, blanks nobody filled, texts too long for the channel, the same text again."""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from shared.policy.gate.findings import (
    GateContext,
    GateFinding,
    HistoryDigest,
    text_token,
)
from shared.policy.gate.plain import Plain
from shared.policy.gate.units import channel_limit
from shared.policy.model import Level, Pack
from shared.text.length import units

_BLANKS: Final = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\$\{[^}]*\}|\{[A-Za-z_]+\}"
    r"|[【\[〔（(<〈《]\s*(?:姓名|称呼|昵称|时间|日期|电话|地址|单号|订单号|门店|店名|链接|待填|待补充|"
    r"待定|此处填写[^】\]]*|XX+|xx+|某某|TODO|todo)\s*[】\]〕）)>〉》]"
    r"|(?<![A-Za-z0-9])[xX×]{2,}(?![A-Za-z0-9])|_{3,}"
)


def check_form(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield what is wrong with the text as such."""
    original = text.original
    if not text.text:
        yield _found("empty", "block", (0, len(original)), "没有可发送的内容")
        return
    for match in _BLANKS.finditer(original):
        yield _found("unfilled", "block", match.span(), "这里还有没填的空")
    limit = channel_limit(context.channel, pack)
    if (long := units(original)) > limit:
        start = _limit_place(original, limit)
        reason = f"超出平台字数：{long:g} 字，上限 {limit:g} 字"
        yield _found("too_long", "block", (start, len(original)), reason)
    if text_token(original) in history.sent:
        yield _found("repeated", "warn", (0, len(original)), "同样的话已经回复过一次")


def _limit_place(original: str, limit: float) -> int:
    """Return where the text outgrows the limit."""
    totals = accumulate(units(char) for char in original)
    return sum(1 for total in totals if total <= limit)


def _found(category: str, level: Level, span: tuple[int, int], reason: str) -> GateFinding:
    return GateFinding(
        category=category, level=level, start=span[0], end=span[1], rules=(), reason=reason
    )
