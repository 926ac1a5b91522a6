"""The door: a one-time link from the terminal, or name and password; tries of these are limited."""

from urllib.parse import quote

from aiohttp import web

from services.respond.console import sessions
from services.respond.console.addresses import FORWARDED, address_of
from services.respond.console.catalog import LANGUAGES
from services.respond.console.context import CONSOLE, Console
from services.respond.console.pacing import Pace, not_too_often
from services.respond.console.problems import Problem
from services.respond.console.render import LANG_COOKIE, local_path, page, view_of
from services.respond.shell.people import hashed, link_key, lock_of
from shared.observability.catalog import Event
from shared.observability.logging import Log

log = Log("console")

LONGEST_NAME, LONGEST_PASSWORD = 200, 1024


async def _enter(request: web.Request, person_id: str, lock: str, then: str) -> web.Response:
    response = web.Response(status=303, headers={"Location": then})
    await sessions.begin(request, response, person_id, lock)
    log.info(Event.SIGNED_IN, person_id=person_id)
    return response


async def show(request: web.Request) -> web.Response:
    values = {"next": local_path(request.query.get("next")), "wrong": False}
    return await page(view_of(request), "signin.html", values, whole=False)


async def enter(request: web.Request) -> web.Response:
    """Sign in by name and password."""
    console = request.app[CONSOLE]
    form = await request.post()
    name = str(form.get("name", "")).strip()[:LONGEST_NAME]
    password = str(form.get("password", ""))[:LONGEST_PASSWORD]
    then = local_path(str(form.get("next", "")))
    forwarded = request.headers.getall(FORWARDED, [])
    address = address_of(request.remote or "", forwarded, console.settings.trusted_proxies)
    for who in (f"name {name}", f"from {address}"):
        await not_too_often(console, Pace.SIGN_IN, hashed(who), "too_many_tries")
    person_id = await _person_named(console, name)
    lock = await lock_of(console.records, person_id or name)
    right = await console.credentials.verify(person_id or name, password)
    if not right or person_id is None:
        # Neither name nor password: people mix the two fields up.
        log.warning(Event.SIGN_IN_REFUSED, known=person_id is not None, address=address)
        values = {"next": then, "wrong": True}
        return await page(view_of(request), "signin.html", values, status=401, whole=False)
    return await _enter(request, person_id, lock, then)


async def _person_named(console: Console, name: str) -> str | None:
    """Find an active person by id, or by display name where only one has it."""
    active = [p.registered for p in await console.read.people() if p.registered.active]
    for each in active:
        if each.person_id == name:
            return each.person_id
    named = [each.person_id for each in active if each.name == name]
    return named[0] if len(named) == 1 else None


async def show_link(request: web.Request) -> web.Response:
    """Ask before the link is used up: chat programs fetch links by themselves."""
    values = {"token": request.match_info["token"]}
    return await page(view_of(request), "signin_link.html", values, whole=False)


async def take_link(request: web.Request) -> web.Response:
    """Let in whoever holds the link: nobody guesses 256 bits, and no stranger can use up its tries."""
    console = request.app[CONSOLE]
    taken = await console.records.take(link_key(request.match_info["token"]))
    person = await console.read.person(taken.decode()) if taken else None
    if person is None or not person.registered.active:
        raise Problem(410, "link_used", "ask for a new one: zhishou signin")
    person_id = person.registered.person_id
    return await _enter(request, person_id, await lock_of(console.records, person_id), "/queue")


async def leave(request: web.Request) -> web.Response:
    console = request.app[CONSOLE]
    await sessions.end(console, request)
    response = web.Response(status=303, headers={"Location": "/signin"})
    response.del_cookie(sessions.cookie_name(console, request), path="/")
    return response


async def choose_language(request: web.Request) -> web.Response:
    """Remember the language and come back to the same place."""
    chosen = request.match_info["lang"]
    if chosen not in LANGUAGES:
        raise Problem(404, "not_found")
    back = local_path(request.query.get("back"))
    response = web.Response(status=303, headers={"Location": quote(back, safe="/?=&%:-._~")})
    response.set_cookie(LANG_COOKIE, chosen, max_age=31_536_000, samesite="Lax", httponly=True)
    return response
