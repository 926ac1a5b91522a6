"""The pages people read: queue, case, on-call page, status."""

from collections.abc import Mapping
from typing import get_args

from aiohttp import web

from services.respond.console.api import allowed
from services.respond.console.present import RowView, case_view, row_view
from services.respond.console.problems import Problem
from services.respond.console.render import View, page, view_of
from services.respond.ports import QueueFilter
from shared.contracts.operators import Outcome, Slot
from shared.contracts.verdicts import Label

ROWS = 100
BESIDE_ROWS = 50


def queue_filter(view: View) -> QueueFilter:
    """Read the filters from the address, so that a link shows the same part; unknown is all."""
    query = view.request.query
    label = query.get("label", "")
    me = view.caller.person_id if view.caller else None
    show = query.get("show", "")
    return QueueFilter(
        account_id=query.get("account") or None,
        label=Label(label) if label in set(Label) else None,
        owner_id=me if show in {"mine", "mine_or_free"} else None,
        mine_or_free=show == "mine_or_free",
    )


async def _rows(view: View, where: QueueFilter, limit: int) -> tuple[tuple[RowView, ...], int]:
    rows, total = await view.console.read.queue(where, offset=0, limit=limit)
    names = await view.names()
    return tuple(row_view(each, names, view.now, view.t) for each in rows), total


async def home(_request: web.Request) -> web.Response:
    raise web.HTTPSeeOther("/queue")


async def queue(request: web.Request) -> web.Response:
    """The queue, or with ?part=rows its rows alone."""
    allowed(request, "read")
    view = view_of(request)
    where = queue_filter(view)
    rows, total = await _rows(view, where, ROWS)
    part = request.query.get("part") == "rows"
    values: dict[str, object] = {
        "rows": rows,
        "total": total,
        "where": where,
        "show": request.query.get("show", ""),
        "accounts": () if part else await view.console.read.accounts(),
        "current": "",
    }
    return await page(view, "rows.html" if part else "queue.html", values, whole=not part)


def slot_of(value: object) -> Slot:
    """Return the slot asked for, else the answer."""
    for slot in get_args(Slot):
        if value == slot:
            return slot  # type: ignore[no-any-return]  # get_args loses the literal
    return "answer"


async def case_values(view: View, case_id: str, slot: Slot) -> dict[str, object]:
    """Collect what the case page needs. Raises Problem 404."""
    case = await view.console.read.case(case_id)
    if case is None:
        raise Problem(404, "not_found", "there is no such case")
    names = await view.names()
    cluster = await view.console.read.cluster(case.cluster_id) if case.cluster_id else None
    claim = await view.console.read.claim(case.claim_id) if case.claim_id else None
    shown = case_view(case, slot, names, view.now, view.t, cluster=cluster, claim=claim)
    text = shown.reply.text if shown.reply else ""
    open_text = text and view.may("operator.drafted")
    return {
        "v": shown,
        "names": names,
        "gate": await view.console.gate.check(case_id, text) if open_text else None,
        "outcome": None,
        "undecided": False,
        "swap_revision": False,
    }


async def case(request: web.Request) -> web.Response:
    """One case with the queue beside it, or with ?part=case the case alone."""
    allowed(request, "read")
    view = view_of(request)
    case_id = request.match_info["case_id"]
    values = await case_values(view, case_id, slot_of(request.query.get("slot")))
    if request.query.get("part") == "case":
        return await page(view, "case_body.html", values, whole=False)
    rows, total = await _rows(view, QueueFilter(), BESIDE_ROWS)
    values |= {"rows": rows, "total": total, "current": case_id}
    return await page(view, "case.html", values)


async def after(view: View, case_id: str, slot: Slot, outcome: Outcome | None) -> web.Response:
    """Show the case again after an action, with what became of it."""
    values = await case_values(view, case_id, slot)
    values |= {"outcome": outcome, "undecided": outcome is None, "swap_revision": True}
    return await page(view, "case_body.html", values, whole=False)


async def alarm(request: web.Request) -> web.Response:
    """What the person on call sees: what, how bad, since when, and one button."""
    allowed(request, "read")
    view = view_of(request)
    found = await view.console.read.page(request.match_info["page_id"])
    if found is None:
        raise Problem(404, "not_found", "there is no such page")
    names = await view.names()
    cases = [await view.console.read.case(each) for each in found.case_ids]
    shown = [case_view(each, "answer", names, view.now, view.t) for each in cases if each]
    return await page(view, "page.html", {"page": found, "cases": shown, "names": names})


async def status(request: web.Request) -> web.Response:
    allowed(request, "read")
    view = view_of(request)
    organisation = await view.console.read.organisation()
    values: Mapping[str, object] = {
        "organisation": organisation,
        "models": await view.console.read.models(),
        "odd": [each for each in await view.console.read.rates() if each.odd],
        "names": await view.names(),
        "notice": None,
    }
    return await page(view, "status.html", values)


async def header(request: web.Request) -> web.Response:
    """The header alone, for live updates."""
    allowed(request, "read")
    view = view_of(request)
    values = {"header": await view.header()}
    return await page(view, "header.html", values, whole=False)
