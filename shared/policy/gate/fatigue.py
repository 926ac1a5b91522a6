"""Copy-paste fatigue: nearly the same text to many people reads as a machine's."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest
from shared.policy.gate.plain import Plain, plain
from shared.policy.model import Pack

_PIECE: Final = 4
_ADDRESS: Final = re.compile(
    r"^(?:尊敬的)?[\u4e00-\u9fff]{1,4}?(?:先生|女士|小姐|同学|家长|老师|师傅|同志)"
)


def check_fatigue(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield one finding if this was written to many people lately."""
    del history
    rule, own = pack.gate.fatigue, pieces(_unaddressed(text.text))
    count = sum(_is_alike(own, _told(each), rule.alike_percent) for each in context.recent or ())
    if own and count >= rule.warn_after:
        yield GateFinding(
            category="copy_paste",
            level="hold" if count >= rule.hold_after else "warn",
            start=0,
            end=len(text.original),
            rules=(),
            reason=f"几乎一样的话最近已发给 {count} 个人，请按这个人的事重写",
        )


@lru_cache(maxsize=1024)
def _told(text: str) -> frozenset[str]:
    """What was said lately is asked of again with every text."""
    return pieces(_unaddressed(plain(text).text))


def _unaddressed(text: str) -> str:
    """Return a text without whom it addresses: another name makes no other text."""
    return _ADDRESS.sub("", text, count=1)


def pieces(text: str) -> frozenset[str]:
    """Return the pieces of four characters; a shorter text is one piece."""
    ends = range(_PIECE, max(len(text), _PIECE) + 1)
    return frozenset(text[end - _PIECE : end] for end in ends) - {""}


def _is_alike(one: frozenset[str], other: frozenset[str], percent: int) -> bool:
    """Tell whether they share so much; sets of too different sizes are not compared."""
    smaller, larger = sorted((len(one), len(other)))
    return 100 * smaller >= percent * larger and alike_percent(one, other) >= percent


def alike_percent(one: frozenset[str], other: frozenset[str]) -> int:
    """Return how much of all pieces two texts share."""
    both = len(one & other)
    every = len(one) + len(other) - both
    return 100 * both // every if every else 0
