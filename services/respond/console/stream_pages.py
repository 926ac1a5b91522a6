"""Everything that came in lately (互动流), also what opened no case; and a case made of one of them."""

from typing import NamedTuple

from aiohttp import web
from pydantic import ValidationError

from services.respond.console.answers import Undecided
from services.respond.console.api import Answer, AnyOperation, Call, Nothing, Operation, allowed
from services.respond.console.context import CONSOLE, Caller, Console
from services.respond.console.parameters import ItemParams
from services.respond.console.performing import Wanted, answered, asked_op_id, perform
from services.respond.console.present import ItemView, item_view
from services.respond.console.problems import Problem, invalid
from services.respond.console.render import local_path, page, view_of
from services.respond.console.wish import Body, Needed, Wish
from services.respond.core.aggregates import CaseItem
from services.respond.core.judging import HARMS
from services.respond.streaming import ItemSeen
from shared.contracts.items import ItemReceived
from shared.contracts.operators import Outcome
from shared.contracts.taking_up import ItemTakenUp, Judged
from shared.contracts.verdicts import Label

SHOWN = 100
_UNJUDGED = Judged(model="")


class TakeUpBody(Body):
    """What a person says; what the item is comes from the log."""

    answer: bool
    reason: Needed


class _TakenBody(TakeUpBody):
    item: ItemReceived | None
    judged: Judged | None


TAKE_UP = Wish("take-up", "item", "Make a case of an item", _TakenBody, ItemTakenUp)


class Shown(NamedTuple):
    """One item on the page, and the case it is in, if any."""

    view: ItemView
    account_id: str
    case_id: str


async def stream(request: web.Request) -> web.Response:
    """The newest items; ?show=harm those with harm in them, ?show=free those without a case."""
    allowed(request, "read")
    view = view_of(request)
    read, show = view.console.read, request.query.get("show", "")
    found = await view.console.stream.newest()
    account = request.query.get("account", "")
    fitting = [
        each
        for each in found.items
        if account in {"", each.item.account_id}
        and (show != "harm" or not HARMS.isdisjoint(_labels(each)))
        and (show not in {"free", "harm"} or not each.case_id or show == "harm")
        and not each.deleted
    ]
    values = {
        "items": [
            Shown(item_view(_as_kept(each), view.t), each.item.account_id, each.case_id)
            for each in fitting[:SHOWN]
        ],
        "total": len(fitting),
        "looked": len(found.items),
        "complete": found.complete,
        "show": show,
        "account": account,
        "accounts": await read.accounts(),
        "names": await view.names(),
    }
    return await page(view, "stream.html", values)


async def press(request: web.Request) -> web.Response:
    """Make a case of an item and lead there."""
    caller = allowed(request, TAKE_UP.permission)
    form = await request.post()
    item_id, back = str(form.get("target", "")), local_path(str(form.get("back", "")))
    try:
        body = TakeUpBody.model_validate_strings(
            {"answer": str(form.get("answer", "")), "reason": str(form.get("reason", ""))}
        )
    except ValidationError as error:
        raise invalid(error, "form") from error
    console = request.app[CONSOLE]
    outcome = await _take_up(console, caller, item_id, body, str(form.get("op_id", "")))
    if outcome is not None and not outcome.accepted:
        raise Problem(409, outcome.code, outcome.reason, op_id=outcome.op_id)
    case_id = (await console.read.places((item_id,))).get(item_id)
    return web.Response(status=303, headers={"Location": f"/case/{case_id}" if case_id else back})


async def _take_up(
    console: Console, caller: Caller, item_id: str, body: TakeUpBody, op_id: str
) -> Outcome | None:
    found = await console.stream.find(item_id)
    full = _TakenBody(
        answer=body.answer,
        reason=body.reason,
        item=found.item if found and not found.deleted else None,
        judged=found.judged if found else None,
    )
    return await perform(console, caller, Wanted(TAKE_UP, item_id, full, op_id))


async def _ask(console: Console, call: Call[ItemParams, Nothing, TakeUpBody]) -> Answer:
    op_id = asked_op_id(call.key, call.body)
    return answered(
        await _take_up(console, call.caller, call.params.item_id, call.body, op_id), op_id
    )


def taking_up() -> AnyOperation:
    """Return the operation of the API."""
    return Operation(
        method="POST",
        path="/api/items/{item_id}/take-up",
        name="take_up_item",
        summary=TAKE_UP.summary,
        permission=TAKE_UP.permission,
        params=ItemParams,
        query=Nothing,
        body=TakeUpBody,
        ok={200: Outcome, 202: Undecided},
        errors=(409, 413, 415, 422, 429, 503),
        handler=_ask,
    )


def _labels(seen: ItemSeen) -> tuple[Label, ...]:
    held = seen.judged.held if seen.judged else ""
    return tuple(Label(each) for each in held.split(",") if each)


def _as_kept(seen: ItemSeen) -> CaseItem:
    """Return the item in the shape in which a case would keep it."""
    item, judged = seen.item, seen.judged or _UNJUDGED
    return CaseItem(
        item_id=item.item_id,
        item_version=item.item_version,
        native_id=item.native_id,
        item_kind=item.item_kind,
        author=item.author,
        thread=item.thread,
        text=item.text,
        published_at=item.published_at,
        received_at=item.published_at,
        beliefs=judged.beliefs,
        why=judged.why,
        decided=_labels(seen),
        abstained=judged.abstained,
        model=judged.model,
        anger=judged.anger,
        degraded=judged.degraded,
    )
