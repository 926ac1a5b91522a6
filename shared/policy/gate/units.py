"""How long a text may be: what a channel carries, in its own way of counting."""

from shared.policy.gate.findings import GateContext
from shared.policy.gate.section import Length
from shared.policy.model import Pack
from shared.text.length import units

_STRICTEST = Length(limit=140)


def length_for(context: GateContext, pack: Pack) -> Length:
    """Return the limit of a channel and action; what the pack does not name has the strictest."""
    lengths = pack.gate.lengths
    named = lengths.get(f"{context.channel}_{context.action}") or lengths.get(context.channel)
    if named is not None:
        return named
    known = pack.channels.get(context.channel)
    return Length(limit=known.limit_units) if known else _STRICTEST


def counted(text: str, length: Length) -> float:
    """Return how long the text is as this channel counts."""
    return float(len(text)) if length.counted == "characters" else units(text)
