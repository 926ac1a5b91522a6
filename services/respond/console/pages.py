"""The pages people read: queue, case, on-call page, status."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, get_args
from urllib.parse import urlencode

from aiohttp import web

from services.respond.console.api import allowed
from services.respond.console.flow_view import (
    against,
    departments,
    hold_ways,
    partly,
    queues,
    signing_view,
)
from services.respond.console.policy_api import unread_of
from services.respond.console.present import Beside, RowView, case_view, row_view
from services.respond.console.problems import Problem
from services.respond.console.render import View, page, view_of
from services.respond.core.aggregates import Case, Cluster, Post
from services.respond.core.checking import foremost
from services.respond.ports import QueueFilter
from shared.contracts.operators import Outcome, Slot
from shared.contracts.verdicts import Label

ROWS = 100
MOST_ROWS = 1_000_000
BESIDE_ROWS = 50
APPROVING = frozenset({"send", "approve"})


def queue_filter(view: View) -> QueueFilter:
    """Read the filters from the address, so that a link shows the same part; unknown is all."""
    query = view.request.query
    label = query.get("label", "")
    me = view.caller.person_id if view.caller else None
    show = query.get("show", "")
    return QueueFilter(
        account_id=query.get("account") or None,
        label=Label(label) if label in set(Label) else None,
        queue=query.get("queue") or None,
        cluster_id=query.get("alike") or None,
        owner_id=me if show in {"mine", "mine_or_free"} else None,
        mine_or_free=show == "mine_or_free",
        resolved=show == "resolved",
    )


class Elsewhere(NamedTuple):
    """What waits in the whole queue while the part a person looks at is empty."""

    n: int
    left: str


async def _elsewhere(view: View, where: QueueFilter) -> Elsewhere | None:
    if where == QueueFilter():
        return None
    rows, total = await view.console.read.queue(QueueFilter(), offset=0, limit=1)
    if not rows:
        return None
    due = rows[0].due
    return Elsewhere(total, view.left(due).text if due else view.t("queue.nothing_owed"))


def _first(view: View) -> int:
    """Return how many rows are before the page asked for; what is no number is none."""
    asked = view.request.query.get("from", "")
    return min(int(asked), MOST_ROWS) if asked.isascii() and asked.isdigit() else 0


def _leaf(view: View, first: int) -> str:
    """Return the address of another page of the same part."""
    kept = {key: value for key, value in view.request.query.items() if key not in {"part", "from"}}
    query = urlencode(kept | ({"from": str(first)} if first else {}))
    return f"/queue?{query}" if query else "/queue"


async def _rows(
    view: View, where: QueueFilter, limit: int, first: int = 0
) -> tuple[tuple[RowView, ...], int]:
    rows, total = await view.console.read.queue(where, offset=first, limit=limit)
    names = await view.names()
    clusters = await _clusters(view, [each.case for each in rows])
    return tuple(row_view(each, names, view.now, view.t, clusters) for each in rows), total


async def _clusters(view: View, cases: Sequence[Case]) -> Mapping[str, Cluster]:
    """Return the clusters of these cases, in one look."""
    named = dict.fromkeys(each.cluster_id for each in cases if each.cluster_id)
    return await view.console.read.clusters(tuple(named)) if named else {}


async def home(_request: web.Request) -> web.Response:
    raise web.HTTPSeeOther("/queue")


async def queue(request: web.Request) -> web.Response:
    """The queue, or with ?part=rows its rows alone."""
    allowed(request, "read")
    view = view_of(request)
    where = queue_filter(view)
    first = _first(view)
    rows, total = await _rows(view, where, ROWS, first)
    part = request.query.get("part") == "rows"
    values: dict[str, object] = {
        "rows": rows,
        "total": total,
        "where": where,
        "first": first + 1,
        "earlier": _leaf(view, max(0, first - ROWS)) if first else "",
        "later": _leaf(view, first + ROWS) if first + len(rows) < total else "",
        "elsewhere": None if rows else await _elsewhere(view, where),
        "show": request.query.get("show", ""),
        "accounts": () if part else await view.console.read.accounts(),
        "queues": () if part else await queues(view.console),
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
    case = await view.console.gate.suggested(case, view.now)
    names = await view.names()
    clusters = await _clusters(view, [case])
    claim = await view.console.read.claim(case.claim_id) if case.claim_id else None
    beside = Beside(clusters.get(case.cluster_id), claim, await _post(view, case))
    shown = case_view(case, slot, names, view.now, view.t, beside=beside)
    text = shown.reply.text if shown.reply else ""
    open_text = text and view.may("operator.drafted")
    role = foremost(view.caller.roles) if view.caller else ""
    guidance = await view.console.read.guidance()
    return {
        "v": shown,
        "positions": guidance.in_force(case),
        "asked": next((each for each in guidance.requests if each.case_id == case_id), None),
        "names": names,
        "departments": await departments(view.console),
        "hold_ways": hold_ways(case.flow.hold),
        "withheld": await against(view.console, case, slot, claim),
        "signing": signing_view(case, shown.reply, await view.console.read.people()),
        "gate": await view.console.gate.check(case_id, text, slot, role) if open_text else None,
        "outcome": None,
        "did": "",
        "undecided": False,
        "swap_revision": False,
        "unread": await unread_of(view.console, view.caller, case.account_id)
        if view.caller
        else None,
    }


async def _post(view: View, case: Case) -> Post | None:
    """Return the post of ours under which the newest item stands."""
    post_id = case.items[-1].thread.post_id if case.items else None
    return await view.console.read.post(case.account_id, post_id) if post_id else None


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
    values |= {"first": 1, "earlier": "", "later": "", "elsewhere": None}
    return await page(view, "case.html", values)


async def after(
    view: View, case_id: str, slot: Slot, outcome: Outcome | None, did: str
) -> web.Response:
    """Show the case again after an action, with what became of it."""
    values = await case_values(view, case_id, slot)
    if did in APPROVING and partly(await view.console.read.case(case_id), slot):
        did = "approve_part"
    values |= {"outcome": outcome, "undecided": outcome is None, "swap_revision": True}
    values |= {"did": did}
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
