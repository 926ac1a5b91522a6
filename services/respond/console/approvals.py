"""What waits for approval (待我审核): mine first, then what waits for others, and what else is proposed."""

from collections.abc import Sequence
from typing import NamedTuple

from aiohttp import web

from services.respond.console.api import allowed
from services.respond.console.context import Caller, Console
from services.respond.console.flow_view import Awaited, awaited, mine_of
from services.respond.console.render import View, page, view_of
from services.respond.core.aggregates import Case, Person, Reply
from services.respond.core.unsigned import Unsigned

SHOWN = 100
PROPOSED = "proposed"


class Waits(NamedTuple):
    """One reply that waits: its case, its words, and whose approval comes next."""

    waits: Unsigned
    case: Case
    reply: Reply
    next: Awaited


class Elsewhere(NamedTuple):
    """What somebody proposed beside replies: where it is decided, and how much there is."""

    name: str
    path: str
    n: int


async def approvals(request: web.Request) -> web.Response:
    caller = allowed(request, "read")
    view = view_of(request)
    read = view.console.read
    everything, people = (await read.signatures()).waits, await read.people()
    theirs = await mine_of(view.console, caller)
    others = [each for each in everything if each not in theirs]
    values = {
        "mine": await _shown(view, theirs[:SHOWN], people),
        "total": len(theirs),
        "others": await _shown(view, others[:SHOWN], people),
        "elsewhere": await _elsewhere(view.console, caller),
        "names": await view.names(),
    }
    return await page(view, "approvals.html", values)


async def _shown(view: View, waits: Sequence[Unsigned], people: Sequence[Person]) -> list[Waits]:
    """Return them with case and text; one that was decided on meanwhile is left out."""
    found = []
    for each in waits:
        case = await view.console.read.case(each.case_id)
        replies = case.replies if case else ()
        reply = next((one for one in replies if one.slot == each.slot), None)
        if case is not None and reply is not None and reply.revision == each.revision:
            found.append(Waits(each, case, reply, awaited(each.post, people)))
    return found


async def _elsewhere(console: Console, caller: Caller) -> list[Elsewhere]:
    """Return what else somebody proposed that this person may approve, and did not propose."""
    read, me = console.read, caller.person_id
    positions = [
        each
        for each in (await read.guidance()).positions
        if each.status == PROPOSED and each.written.person_id != me
    ]
    rules = [
        each
        for each in (await read.policies()).proposals
        if not each.approved_by and each.proposed_by != me
    ]
    entries = (await read.shelf()).proposed
    found = (
        ("operator.position_approved", Elsewhere("position", "/positions", len(positions))),
        ("operator.policy_approved", Elsewhere("policy", "/policy", len(rules))),
        ("operator.entry_approved", Elsewhere("knowledge", "/knowledge", len(entries))),
    )
    return [each for action, each in found if each.n and caller.may(action)]
