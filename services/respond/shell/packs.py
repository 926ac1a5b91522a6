"""Pack bodies travel through the log's object store, named by their content."""

from collections.abc import Sequence

from pydantic import ValidationError

from shared.bus.port import Bus
from shared.errors import PermanentError, TransientError
from shared.policy.model import Pack

PACKS_AT_HAND = 32


async def fetch_packs(bus: Bus, hashes: Sequence[str]) -> dict[str, Pack]:
    """Return the packs with these hashes.

    Raises TransientError while a body is not there yet, PermanentError when it is no pack.
    """
    found: dict[str, Pack] = {}
    for each in hashes:
        pack = await _fetched(bus, each)
        if pack is None:
            raise TransientError(f"the body of pack {each[:12]} is not in the object store")
        found[each] = pack
    return found


async def _fetched(bus: Bus, pack_hash: str) -> Pack | None:
    body = await bus.get_object(pack_hash)
    try:
        return None if body is None else Pack.model_validate_json(body)
    except ValidationError as error:
        message = f"the body of pack {pack_hash[:12]} is not a pack of this version"
        raise PermanentError(message) from error


async def store_pack(bus: Bus, pack: Pack) -> str:
    """Put the pack's body into the object store and return its hash."""
    return await bus.put_object(pack.canonical())


class StoredPacks:
    """The packs of the object store, for people who look at them; a few are kept at hand."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._known: dict[str, Pack] = {}

    async def pack(self, pack_hash: str) -> Pack | None:
        """Return the pack with this hash; None if there is none. Raises TransientError."""
        known = self._known.get(pack_hash)
        if known is not None:
            return known
        try:
            found = await _fetched(self._bus, pack_hash)
        except PermanentError:
            return None
        if found is not None:
            if len(self._known) >= PACKS_AT_HAND:
                self._known.clear()
            self._known[pack_hash] = found
        return found

    async def keep(self, pack: Pack) -> str:
        """Put a body there and return its hash. Raises TransientError."""
        return await store_pack(self._bus, pack)
