"""Somebody at risk is never answered without a line that is open at any hour."""

import re
from collections.abc import Iterator
from typing import Final

from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest
from shared.policy.gate.numerals import narrow
from shared.policy.gate.plain import Plain, plain
from shared.policy.model import Pack

_PARTED: Final = re.compile(r"[\s\-—–]")
_NUMBER: Final = re.compile(r"\d{5,}")
_ADDED: Final = "您也可以随时拨打{line}，那里一直有人愿意听您讲。"


def check_help(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield one finding, at the end of the text, where the line of the pack is not told."""
    del history
    at_risk = context.situation == "self_harm" and pack.help_line
    if not at_risk or not text.text or _tells(text, pack.help_line):
        return
    end = len(text.original)
    yield GateFinding(
        category="help_line",
        level="hold",
        start=end,
        end=end,
        rules=(),
        reason="对方可能有危险：回复里要有求助热线",
        suggestion=_ADDED.format(line=pack.help_line),
    )


def _tells(text: Plain, line: str) -> bool:
    numbers = _NUMBER.findall(_together(line))
    if not numbers:
        return plain(line).text in text.text
    return any(each in _together(text.original) for each in numbers)


def _together(written: str) -> str:
    return _PARTED.sub("", narrow(written))
