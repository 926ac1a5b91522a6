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
        body = await bus.get_object(each)
        if body is None:
            message = f"the body of pack {each[:12]} is not in the object store"
            raise TransientError(message)
        try:
            found[each] = Pack.model_validate_json(body)
        except ValidationError as error:
            message = f"the body of pack {each[:12]} is not a pack of this version"
            raise PermanentError(message) from error
    return found


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
        if pack_hash not in self._known:
            if await self._bus.get_object(pack_hash) is None:
                return None
            try:
                found = await fetch_packs(self._bus, [pack_hash])
            except PermanentError:
                return None
            if len(self._known) >= PACKS_AT_HAND:
                self._known.clear()
            self._known |= found
        return self._known[pack_hash]

    async def keep(self, pack: Pack) -> str:
        """Put a body there and return its hash. Raises TransientError."""
        return await store_pack(self._bus, pack)
