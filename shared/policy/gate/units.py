"""Length as the platform counts it: two half-width characters are one unit, emoji count whole."""

from shared.policy.model import Pack

_WEIBO_LIMIT = 140
_LATIN_END = 0x100
_HALF_WIDTH = range(0xFF61, 0xFFDD)


def count_units(text: str) -> float:
    """Return the length in units: ASCII and half-width forms count half, the rest one."""
    return sum(0.5 if _is_half(ord(char)) else 1.0 for char in text)


def _is_half(code: int) -> bool:
    return code < _LATIN_END or code in _HALF_WIDTH


def channel_limit(channel: str, pack: Pack) -> float:
    """Return the limit of a channel; one the pack does not name gets the strictest known."""
    known = pack.channels.get(channel)
    return float(known.limit_units if known else _WEIBO_LIMIT)
