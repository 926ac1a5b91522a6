"""The page of texts planned for later (排期), each with what gate and bans have against it now."""

from typing import NamedTuple

from aiohttp import web

from services.respond.console.api import allowed
from services.respond.console.render import View, page, view_of
from services.respond.core.aggregates import GateFinding
from services.respond.core.plan import Plan
from services.respond.core.plans import ahead, objections
from shared.policy.model import NO_PACK, Pack


class Planned(NamedTuple):
    """A plan, and what stands against it."""

    plan: Plan
    findings: tuple[GateFinding, ...]


async def plans(request: web.Request) -> web.Response:
    """Every plan whose time has not come, soonest first."""
    allowed(request, "read")
    view = view_of(request)
    read = view.console.read
    guidance, accounts = await read.guidance(), await read.accounts()
    packs = {
        each.registered.account_id: await _pack(view, each.registered.pack) for each in accounts
    }
    platforms = {each.registered.account_id: each.registered.platform for each in accounts}
    known = await read.plans()
    shown = [
        Planned(
            each, objections(each, platforms[each.account_id], packs[each.account_id], guidance)
        )
        for each in ahead(known.plans, view.now)
        if each.account_id in platforms
    ]
    values = {
        "plans": shown,
        "all_frozen": known.frozen,
        "names": await view.names(),
        "accounts": accounts,
    }
    return await page(view, "plans.html", values)


async def _pack(view: View, name: str) -> Pack:
    pack_hash = (await view.console.read.organisation()).packs.get(name, "")
    return (await view.console.packs.pack(pack_hash) if pack_hash else None) or NO_PACK
