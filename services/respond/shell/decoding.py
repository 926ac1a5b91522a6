"""From stored bytes to facts that can be folded; what was released is read at its old place."""

from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from services.respond.core.fold import Place, released
from shared.bus.port import Bus, Message
from shared.contracts.facts import Stored, Told, UndecodableError, decode, told
from shared.contracts.system import FactReleased

Original = Callable[[int], Awaitable[bytes | None]]
"""Reads the fact at a sequence again; None when it is nowhere."""


class OriginalGoneError(UndecodableError):
    """The fact that was released is no longer in the log."""


@dataclass(slots=True)
class Decoded:
    """Facts in order, and the places that hold none, with the reason."""

    stored: list[Told] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)


def from_log(bus: Bus) -> Original:
    """Return how a quarantined fact is read again where the log still has it."""

    async def read(seq: int) -> bytes | None:
        found = await bus.read(seq, seq)
        return found[0].data if found else None

    return read


async def decoded(
    original: Original, messages: Sequence[Message], skip: AbstractSet[Place]
) -> Decoded:
    """Decode a batch. Raises TransientError when a released fact cannot be read now."""
    found = Decoded()
    for message in messages:
        if skip and Place(message.seq) in skip:
            continue
        try:
            one = told(message.seq, message.time, message.data)
            if isinstance(one, Stored) and isinstance(one.fact, FactReleased):
                one = await _original(original, message, one.fact)
            found.stored.append(one)
        except UndecodableError as error:
            found.broken.append((message.seq, type(error).__name__))
    return found


async def _original(original: Original, message: Message, release: FactReleased) -> Told:
    data = await original(release.seq) if release.seq < message.seq else None
    fact = None if data is None else decode(data)
    if fact is not None:
        found = released(message.seq, message.time, release, fact)
        if found is not None:
            return found
    raise OriginalGoneError
