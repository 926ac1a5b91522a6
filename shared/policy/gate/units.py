"""How long a text may be: what a channel carries, in units (`shared/text/length.py`)."""

from shared.policy.model import Pack

_STRICTEST = 140


def channel_limit(channel: str, pack: Pack) -> float:
    """Return the limit of a channel; one the pack does not name gets the strictest known."""
    known = pack.channels.get(channel)
    return float(known.limit_units if known else _STRICTEST)
