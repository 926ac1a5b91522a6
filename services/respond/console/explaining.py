"""What the verdict on one item is made of, for whoever doubts it."""

from aiohttp import web

from services.respond.console.api import allowed
from services.respond.console.problems import Problem
from services.respond.console.render import page, view_of


async def explanation(request: web.Request) -> web.Response:
    """The pieces of each label of an item: for a script the list alone, else a page with it."""
    allowed(request, "read")
    view = view_of(request)
    case = await view.console.read.case(request.match_info["case_id"])
    item_id = request.match_info["item_id"]
    item = next((each for each in case.items if each.item_id == item_id), None) if case else None
    if case is None or item is None:
        raise Problem(404, "not_found", "there is no such item")
    values = {"case": case, "item": item, "told": await view.console.explainer.explain(item.text)}
    whole = request.headers.get("HX-Request") != "true"
    return await page(view, "explained.html" if whole else "pieces.html", values, whole=whole)
