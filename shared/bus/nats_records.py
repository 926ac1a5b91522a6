"""Objects by their hash and small revisioned values, in two buckets beside the log."""

import hashlib

from nats.errors import Error as NatsError
from nats.js.errors import (
    KeyNotFoundError,
    KeyWrongLastSequenceError,
    NoKeysError,
    NotFoundError,
)
from nats.js.kv import KeyValue
from nats.js.object_store import ObjectStore

from shared.bus.nats_link import API_SECONDS, Link
from shared.bus.port import BusAwayError
from shared.errors import PermanentError, TransientError


class Records:
    """Both buckets are there when the log is: who makes it makes them first."""

    def __init__(self, link: Link, objects: str, values: str) -> None:
        self._link = link
        self._names = (objects, values)
        self._objects: ObjectStore | None = None
        self._values: KeyValue | None = None

    async def put_object(self, digest: str, data: bytes) -> None:
        """Store `data` once under its digest."""
        bucket = await self._object_bucket()
        try:
            await bucket.get_info(digest)
        except NotFoundError:
            try:
                await bucket.put(digest, data)
            except (NatsError, TimeoutError) as error:
                raise _away(error) from error
        except (NatsError, TimeoutError) as error:
            raise _away(error) from error

    async def get_object(self, digest: str) -> bytes | None:
        """Return the object. Raises PermanentError when its hash is wrong."""
        bucket = await self._object_bucket()
        try:
            data = (await bucket.get(digest)).data or b""
        except NotFoundError:
            return None
        except (NatsError, TimeoutError) as error:
            raise _away(error) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise PermanentError(f"the object {digest[:12]} does not have its own hash")
        return data

    async def get_value(self, key: str) -> tuple[bytes, int] | None:
        """Return (value, revision)."""
        bucket = await self._value_bucket()
        try:
            entry = await bucket.get(key)
        except KeyNotFoundError:
            return None
        except (NatsError, TimeoutError) as error:
            raise _away(error) from error
        return entry.value or b"", entry.revision or 0

    async def value_keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with `prefix`."""
        bucket = await self._value_bucket()
        try:
            found = await bucket.keys()
        except NoKeysError:
            return []
        except (NatsError, TimeoutError) as error:
            raise _away(error) from error
        return sorted(key for key in found if key.startswith(prefix))

    async def put_value(self, key: str, value: bytes, revision: int) -> int:
        """Write it if its revision is still `revision`."""
        bucket = await self._value_bucket()
        try:
            if revision:
                return await bucket.update(key, value, last=revision)
            return await bucket.create(key, value)
        except KeyWrongLastSequenceError as error:
            raise TransientError(f"the record is not at revision {revision}") from error
        except (NatsError, TimeoutError) as error:
            raise _away(error) from error

    async def _object_bucket(self) -> ObjectStore:
        await self._link.ready(API_SECONDS)
        if self._objects is None:
            try:
                self._objects = await self._link.nc.jetstream(timeout=API_SECONDS).object_store(
                    self._names[0]
                )
            except (NatsError, TimeoutError) as error:
                raise _away(error) from error
        return self._objects

    async def _value_bucket(self) -> KeyValue:
        await self._link.ready(API_SECONDS)
        if self._values is None:
            try:
                self._values = await self._link.nc.jetstream(timeout=API_SECONDS).key_value(
                    self._names[1]
                )
            except (NatsError, TimeoutError) as error:
                raise _away(error) from error
        return self._values


def _away(error: Exception) -> BusAwayError:
    return BusAwayError(f"the records do not answer: {type(error).__name__}")
