"""The pages about rules: which hold, what is proposed, what it would change, what changed for me."""

from collections.abc import Sequence

from aiohttp import web

from services.respond.console.api import allowed
from services.respond.console.pack_view import areas
from services.respond.console.policy_api import changes_for
from services.respond.console.problems import Problem
from services.respond.console.render import View, page, view_of
from services.respond.console.rule_form import titles
from services.respond.core.permissions import allowed as permitted
from services.respond.shell.review import review
from shared.policy.incident_lines import incident_lines
from shared.policy.incidents import IncidentRule
from shared.policy.model import Pack

FIRST_AREA = "clocks"
APPROVES = "operator.policy_approved"


async def index(request: web.Request) -> web.Response:
    """Which packs accounts use, who put their rules in force, and what is proposed."""
    allowed(request, "read")
    view = view_of(request)
    read = view.console.read
    values = {
        "in_force": (await read.organisation()).packs,
        "register": await read.policies(),
        "names": await view.names(),
        "accounts": await read.accounts(),
    }
    return await page(view, "policy.html", values)


async def browse(request: web.Request) -> web.Response:
    """The rules of one pack, area by area."""
    allowed(request, "read")
    view = view_of(request)
    name, pack_hash, pack = await pack_in_force(view)
    chosen, search = request.query.get("area", FIRST_AREA), request.query.get("q", "").strip()
    values = {
        "pack": name,
        "pack_hash": pack_hash,
        "titles": titles(pack),
        "areas": areas(pack, chosen, search),
        "chosen": chosen,
        "search": search,
    }
    return await page(view, "policy_pack.html", values)


async def changes(request: web.Request) -> web.Response:
    """What changed for whoever looks, and one button to say that it was read."""
    caller = allowed(request, "read")
    view = view_of(request)
    found = await changes_for(view.console, caller, request.match_info["pack"])
    if not found.pack_hash:
        raise Problem(404, "not_found", "no account here uses this pack")
    return await page(view, "policy_changes.html", {"changes": found})


async def proposal(request: web.Request) -> web.Response:
    """One proposal: what differs, which texts would fail, what it decides beside, and the decision."""
    allowed(request, "read")
    view = view_of(request)
    read, match = view.console.read, request.match_info
    meant = (await read.policies()).proposal(match["pack"], match["pack_hash"])
    found = await review(read, view.console.packs, match["pack"], match["pack_hash"], view.now)
    if meant is None or found is None:
        raise Problem(404, "not_found", "nobody has proposed these rules, or they are decided")
    run = await read.shadow(meant.pack)
    running = (await read.policies()).shadows.get(meant.pack) == meant.pack_hash
    values = {
        "proposal": meant,
        "review": found,
        "run": run if run and run.pack_hash == meant.pack_hash else None,
        "running": running,
        "names": await view.names(),
        "approvers": [
            each.registered.name
            for each in await read.people()
            if each.registered.active
            and permitted(APPROVES, each.registered.roles)
            and each.registered.person_id != meant.proposed_by
        ],
    }
    return await page(view, "policy_proposal.html", values)


async def incidents(request: web.Request) -> web.Response:
    """The register: what waits for a decision, reporting one, what was decided."""
    allowed(request, "read")
    view = view_of(request)
    read = view.console.read
    found, accounts = await read.incidents(), await read.accounts()
    values = {
        "waiting": [each for each in found if each.status == "proposed"],
        "decided": [each for each in found if each.status != "proposed"],
        "names": await view.names(),
        "accounts": accounts,
        "tables": {
            each.registered.account_id: await _table(view, each.registered.pack)
            for each in accounts
        },
    }
    return await page(view, "incidents.html", values)


async def _table(view: View, name: str) -> Sequence[IncidentRule]:
    """Return the lines of a pack's table; none where no rules hold."""
    pack_hash = (await view.console.read.organisation()).packs.get(name, "")
    found = await view.console.packs.pack(pack_hash) if pack_hash else None
    return tuple(incident_lines(found.incidents, found.rules)) if found else ()


async def pack_in_force(view: View) -> tuple[str, str, Pack]:
    """Return the pack of the address: name, hash, rules. Raises Problem 404."""
    name = view.request.match_info["pack"]
    pack_hash = (await view.console.read.organisation()).packs.get(name, "")
    found = await view.console.packs.pack(pack_hash) if pack_hash else None
    if found is None:
        raise Problem(404, "not_found", "no account here uses this pack")
    return name, pack_hash, found
