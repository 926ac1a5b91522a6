"""Objects by their hash and small revisioned values, in two buckets beside the log."""

import asyncio
import hashlib
from base64 import urlsafe_b64encode

from nats.errors import Error as NatsError
from nats.js.api import ObjectInfo
from nats.js.errors import (
    BadObjectMetaError,
    DigestMismatchError,
    KeyNotFoundError,
    KeyWrongLastSequenceError,
    NoKeysError,
    NotFoundError,
)
from nats.js.kv import KeyValue
from nats.js.object_store import ObjectStore

from shared.bus.nats_link import API_SECONDS, FULL_CODES, ApiError, Link, heeding
from shared.bus.port import BusAwayError, LogFullError
from shared.errors import PermanentError, TransientError

OBJECT_SECONDS = 20.0


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
            with heeding():
                try:
                    await bucket.get_info(digest)
                except NotFoundError:
                    await bucket.put(digest, data)
        except (NatsError, TimeoutError) as error:
            raise _away(error) from error

    async def get_object(self, digest: str) -> bytes | None:
        """Return the object. Raises PermanentError when it is not what was stored."""
        bucket = await self._object_bucket()
        try:
            async with asyncio.timeout(OBJECT_SECONDS):
                with heeding():
                    info = await bucket.get_info(digest)
                    await self._must_be_whole(info)
                    data = (await bucket.get(digest)).data or b""
        except NotFoundError:
            return None
        except (DigestMismatchError, BadObjectMetaError) as error:
            raise PermanentError(f"the object {digest[:12]} is damaged") from error
        except (NatsError, TimeoutError) as error:
            raise _away(error) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise PermanentError(f"the object {digest[:12]} does not have its own hash")
        return data

    async def _must_be_whole(self, info: ObjectInfo) -> None:
        """Raise PermanentError if pieces are missing: the client would wait for them for ever."""
        subject = f"$O.{self._names[0]}.C.{info.nuid}"
        body = {"subjects_filter": subject}
        try:
            found = await self._link.api(f"STREAM.INFO.OBJ_{self._names[0]}", body)
        except ApiError as error:
            raise _away(error) from error
        there = (found["state"].get("subjects") or {}).get(subject, 0)
        if there < (info.chunks or 0):
            raise PermanentError(f"of the object {info.name[:12]} some pieces are missing")

    async def drop_object(self, digest: str) -> None:
        """Forget the object and its description: the library's own way leaves that behind."""
        bucket = await self._object_bucket()
        try:
            with heeding():
                pieces = (await bucket.get_info(digest)).nuid
        except NotFoundError:
            return
        except (NatsError, TimeoutError) as error:
            raise _away(error) from error
        name, stream = self._names[0], f"OBJ_{self._names[0]}"
        described = urlsafe_b64encode(digest.encode()).decode()
        # The description goes last: after a death in between the object can be dropped again.
        for subject in (f"$O.{name}.C.{pieces}", f"$O.{name}.M.{described}"):
            try:
                await self._link.api(f"STREAM.PURGE.{stream}", {"filter": subject})
            except ApiError as error:
                raise _away(error) from error

    async def get_value(self, key: str) -> tuple[bytes, int] | None:
        """Return (value, revision)."""
        bucket = await self._value_bucket()
        try:
            with heeding():
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
            with heeding():
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
            with heeding():
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
                with heeding():
                    jetstream = self._link.nc.jetstream(timeout=API_SECONDS)
                    self._objects = await jetstream.object_store(self._names[0])
            except (NatsError, TimeoutError) as error:
                raise _away(error) from error
        return self._objects

    async def _value_bucket(self) -> KeyValue:
        await self._link.ready(API_SECONDS)
        if self._values is None:
            try:
                with heeding():
                    jetstream = self._link.nc.jetstream(timeout=API_SECONDS)
                    self._values = await jetstream.key_value(self._names[1])
            except (NatsError, TimeoutError) as error:
                raise _away(error) from error
        return self._values


def _away(error: Exception) -> TransientError:
    if getattr(error, "err_code", None) in FULL_CODES:
        return LogFullError("the server's store is full")
    return BusAwayError(f"the records do not answer: {type(error).__name__}")
