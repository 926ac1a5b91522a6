"""Pack bodies travel through the log's object store, named by their content."""

from collections.abc import Sequence

from pydantic import ValidationError

from shared.bus.port import Bus
from shared.errors import PermanentError, TransientError
from shared.policy.model import Pack


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
