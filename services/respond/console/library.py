"""The pages of what may be said: positions and bans (口径与禁提), and the knowledge base."""

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from services.respond.console.api import allowed
from services.respond.console.flow_view import departments, waiting
from services.respond.console.render import View, page, view_of
from services.respond.core.aggregates import Entry

SHOWN = 100
ORDER = ("in_force", "approved", "proposed", "ended")


async def positions(request: web.Request) -> web.Response:
    """Positions by state, bans, and who waits for a position; with ?edit=ID that one's form."""
    allowed(request, "read")
    view = view_of(request)
    guidance = await view.console.read.guidance()
    wanted = request.query.get("edit", "")
    values: dict[str, object] = {
        "guidance": guidance,
        "positions": sorted(guidance.positions, key=lambda each: ORDER.index(each.status)),
        "typed": _typed(view),
        "names": await view.names(),
        "accounts": await view.console.read.accounts(),
        "edit": next((each for each in guidance.positions if each.position_id == wanted), None),
        "matter": request.query.get("matter", "")[:40],
    }
    return await page(view, "positions.html", values)


async def knowledge(request: web.Request) -> web.Response:
    """Entries: those that wait for approval first; ?q= looks through them, ?edit=ID edits one."""
    allowed(request, "read")
    view = view_of(request)
    shelf = await view.console.read.shelf()
    wanted = request.query.get("q", "").strip()[:100]
    found = [each.entry_id for each in shelf.books if wanted in f"{each.asked} {each.answer}"]
    approved = await _entries(view, tuple(found[:SHOWN]))
    edit = await _entries(view, (request.query.get("edit", ""),))
    values: dict[str, object] = {
        "proposed": await _entries(view, shelf.proposed),
        "approved": approved,
        "expired": await _entries(view, shelf.expired[-SHOWN:]),
        "total": len(shelf.books),
        "found": len(found),
        "wanted": wanted,
        "names": await view.names(),
        "edit": next(iter(edit), None),
        "typed": _typed(view),
    }
    return await page(view, "knowledge.html", values)


async def receipts(request: web.Request) -> web.Response:
    """What each account answers by itself to private messages, and who stands for it."""
    allowed(request, "read")
    view = view_of(request)
    accounts = await view.console.read.accounts()
    known = await view.console.read.receipts([each.registered.account_id for each in accounts])
    values: dict[str, object] = {
        "accounts": accounts,
        "receipts": {each.account_id: each for each in known},
        "names": await view.names(),
    }
    return await page(view, "receipts.html", values)


async def asks(request: web.Request) -> web.Response:
    """What colleagues were asked and have not answered; with ?of=DEPARTMENT only theirs."""
    allowed(request, "read")
    view = view_of(request)
    of = request.query.get("of", "")
    found, read, total = await waiting(view.console, of)
    values: dict[str, object] = {
        "waiting": found,
        "read": read,
        "total": total,
        "of": of,
        "departments": await departments(view.console),
        "names": await view.names(),
    }
    return await page(view, "waiting.html", values)


def _typed(view: View) -> Callable[[datetime | None], str]:
    """Return what writes a time as a form holds it: by the clock on the wall."""
    return lambda time: time.astimezone(view.zone).strftime("%Y-%m-%dT%H:%M") if time else ""


async def _entries(view: View, entry_ids: tuple[str, ...]) -> list[Entry]:
    return list(await view.console.read.entries(entry_ids))
