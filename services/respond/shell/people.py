"""Passwords and one-time sign-in links; hashes live beside the log, never in a fact."""

import asyncio
import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.bus.port import Bus
from shared.contracts.ids import token
from shared.contracts.subjects import PASSWORDS
from shared.store.port import SharedRecords

AT_ONCE = 2
"""Each hash costs tens of megabytes; a flood of sign-ins must not take the machine down."""
LINK_SECONDS = 3600.0
SESSION_LONGEST_SECONDS = 7 * 24 * 3600.0


class People:
    """Verifies and sets passwords, off the event loop."""

    def __init__(self, bus: Bus, hasher: PasswordHasher | None = None) -> None:
        self._bus = bus
        self._hasher = hasher or PasswordHasher()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._decoy = ""

    async def verify(self, person_id: str, password: str) -> bool:
        """Tell whether this is the person's password; takes as long for unknown people."""
        stored = await self._bus.get_value(_key(person_id))
        async with self._gate:
            if stored is None:
                await asyncio.to_thread(self._verify_decoy, password)
                return False
            return await asyncio.to_thread(self._verify, stored[0].decode(), password)

    async def set_password(self, person_id: str, password: str) -> None:
        """Replace the person's password. Raises TransientError if somebody else just did."""
        async with self._gate:
            hashed = await asyncio.to_thread(self._hasher.hash, password)
        stored = await self._bus.get_value(_key(person_id))
        revision = 0 if stored is None else stored[1]
        await self._bus.put_value(_key(person_id), hashed.encode(), revision=revision)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    def _verify_decoy(self, password: str) -> None:
        self._decoy = self._decoy or self._hasher.hash(secrets.token_urlsafe(16))
        self._verify(self._decoy, password)


def _key(person_id: str) -> str:
    return f"{PASSWORDS}.{token('person', person_id)}"


def hashed(secret: str) -> str:
    """Return what stands in the store for a secret: who reads the store signs in as nobody."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_key(secret: str) -> str:
    """Return where the store keeps whom a one-time link lets in."""
    return f"signin:{hashed(secret)}"


def lock_key(person_id: str) -> str:
    """Return where the store keeps a person's lock, if it was changed while a session may last."""
    return f"signin:lock:{hashed(person_id)}"


async def one_time_link(records: SharedRecords, public_url: str, person_id: str) -> str:
    """Return a link that signs this person in once, within the hour."""
    secret = secrets.token_urlsafe(32)
    await records.put(link_key(secret), person_id.encode(), LINK_SECONDS)
    return f"{public_url.rstrip('/')}/signin/link/{secret}"


async def change_lock(records: SharedRecords, person_id: str) -> None:
    """End every session of this person: each remembers the lock it was opened with.

    No clocks are compared, and once the new lock is forgotten no older session can be alive.
    """
    lock = secrets.token_urlsafe(16)
    await records.put(lock_key(person_id), lock.encode(), SESSION_LONGEST_SECONDS)


async def lock_of(records: SharedRecords, person_id: str) -> str:
    """Return the person's lock; "" if it was not changed lately. Raises TransientError."""
    return (await records.fetch(lock_key(person_id)) or b"").decode()
