"""Signed-in people: an opaque random id in a cookie, its hash and nothing else in the store."""

import asyncio
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web

from services.respond.console.context import CONSOLE, Caller, Console
from services.respond.shell.people import SESSION_LONGEST_SECONDS, hashed, lock_of
from shared.contracts.base import Frozen, Time
from shared.errors import TransientError

KNOW_SECONDS = 3.0
"""A store that hangs must not leave a person before an empty page."""
TOUCH_EVERY = timedelta(minutes=5)
IDLE_SECONDS = 12 * 3600.0
CALLER = web.RequestKey("caller", Caller)


class Session(Frozen):
    """What the store keeps under the hash of the id; a new password changes the `lock`."""

    person_id: str
    began: Time
    touched: Time
    lock: str = ""


def over_https(console: Console, request: web.Request) -> bool:
    return request.secure or urlsplit(console.settings.public_url).scheme == "https"


def cookie_name(console: Console, request: web.Request) -> str:
    """`__Host-` binds the cookie to this host, but browsers take it on https only."""
    return "__Host-zhishou" if over_https(console, request) else "zhishou"


def _lifetime(session: Session, now: datetime) -> float:
    return min(IDLE_SECONDS, SESSION_LONGEST_SECONDS - (now - session.began).total_seconds())


async def begin(
    request: web.Request, response: web.StreamResponse, person_id: str, lock: str
) -> None:
    """Start a session with a fresh id; the one the browser came with ends.

    `lock` was read before it was known that the person may come in, so that a password which is
    replaced meanwhile opens nothing.
    """
    console = request.app[CONSOLE]
    await end(console, request)
    secret = secrets.token_urlsafe(32)
    now = console.clock.now()
    session = Session(person_id=person_id, began=now, touched=now, lock=lock)
    await console.records.put(
        f"session:{hashed(secret)}",
        session.model_dump_json().encode(),
        _lifetime(session, now),
    )
    response.set_cookie(
        cookie_name(console, request),
        secret,
        max_age=int(SESSION_LONGEST_SECONDS),
        path="/",
        secure=over_https(console, request),
        httponly=True,
        samesite="Lax",
    )


async def end(console: Console, request: web.Request) -> None:
    """End the session the browser came with, if any."""
    secret = request.cookies.get(cookie_name(console, request))
    if secret:
        await console.records.forget(f"session:{hashed(secret)}")


async def caller_of(console: Console, request: web.Request) -> Caller | None:
    """Return who is signed in. Raises TransientError when the store does not say so in time."""
    try:
        async with asyncio.timeout(KNOW_SECONDS):
            return await _caller_of(console, request)
    except TimeoutError as error:
        raise TransientError("the store does not answer") from error


async def _caller_of(console: Console, request: web.Request) -> Caller | None:
    """A person who is no longer active is nobody."""
    secret = request.cookies.get(cookie_name(console, request))
    if not secret:
        return None
    key = f"session:{hashed(secret)}"
    raw = await console.records.fetch(key)
    if raw is None:
        return None
    session = Session.model_validate_json(raw)
    now = console.clock.now()
    remaining = _lifetime(session, now)
    lock = await lock_of(console.records, session.person_id)
    if remaining <= 0 or lock not in ("", session.lock):
        await console.records.forget(key)
        return None
    if now - session.touched >= TOUCH_EVERY:
        touched = session.model_copy(update={"touched": now})
        await console.records.put(key, touched.model_dump_json().encode(), remaining)
    person = await console.read.person(session.person_id)
    if person is None or not person.registered.active:
        return None
    who = person.registered
    return Caller(who.person_id, who.name, who.roles)
