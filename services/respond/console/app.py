"""The console and the HTTP API as one aiohttp application."""

from collections.abc import AsyncIterator

from aiohttp import web

from services.respond.console import (
    approvals,
    check_pages,
    explaining,
    forms,
    library,
    pages,
    past_words,
    plan_pages,
    policy_pages,
    rule_pages,
    signin,
    stream_pages,
)
from services.respond.console.api import JSON, allowed
from services.respond.console.catalog import load_catalogs
from services.respond.console.context import CONSOLE, Console
from services.respond.console.feed import Feed
from services.respond.console.openapi import openapi
from services.respond.console.operations import operations
from services.respond.console.ports import Credentials
from services.respond.console.render import HERE, environment, error_page
from services.respond.console.security import add_headers, guard, refusals
from services.respond.console.settings import ConsoleSettings
from services.respond.explaining import Explainer
from services.respond.ports import Actions, Drafter, GateView, PackShelf, ReadModel
from services.respond.rehearsing import Rehearsal
from services.respond.streaming import ItemStream
from shared.runtime.clock import Clock
from shared.store.port import SharedRecords

HTMX = "htmx.min.js"
LONGEST_BODY = 128 * 1024
"""Bytes of one request."""
FRAMES_PER_SECOND = 5.0
"""Live updates are coalesced to this."""


async def _describe(request: web.Request) -> web.Response:
    allowed(request, "read")
    return web.json_response(openapi(), content_type=JSON)


async def _htmx(request: web.Request) -> web.StreamResponse:
    path = request.app[CONSOLE].settings.assets_dir / HTMX
    if not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})


def _routes() -> list[web.RouteDef]:
    shown = [
        web.get("/", pages.home),
        web.get("/queue", pages.queue),
        web.get("/case/{case_id}", pages.case),
        web.get("/case/{case_id}/why/{item_id}", explaining.explanation),
        web.get("/page/{page_id}", pages.alarm),
        web.get("/positions", library.positions),
        web.get("/positions/history", past_words.history),
        web.get("/knowledge", library.knowledge),
        web.get("/receipts", library.receipts),
        web.get("/approvals", approvals.approvals),
        web.get("/asks", library.asks),
        web.get("/stream", stream_pages.stream),
        web.get("/plans", plan_pages.plans),
        web.get("/status", pages.status),
        web.get("/policy", policy_pages.index),
        web.get("/incidents", policy_pages.incidents),
        web.get("/policy/{pack}", policy_pages.browse),
        web.get("/policy/{pack}/rule", rule_pages.write),
        web.get("/policy/{pack}/checks", check_pages.catalogue),
        web.get("/policy/{pack}/checks/{check}", check_pages.write),
        web.get("/policy/{pack}/like/{rule_id}", check_pages.like),
        web.get("/policy/{pack}/changes", policy_pages.changes),
        web.get("/policy/{pack}/proposal/{pack_hash}", policy_pages.proposal),
        web.get("/header", pages.header),
        web.get("/signin", signin.show),
        web.get("/signin/link/{token}", signin.show_link),
        web.get("/lang/{lang}", signin.choose_language),
        web.get("/api/openapi.json", _describe),
        web.get(f"/static/vendor/{HTMX}", _htmx),
    ]
    pressed = [
        web.post("/signin", signin.enter),
        web.post("/signin/link/{token}", signin.take_link),
        web.post("/signout", signin.leave),
        web.post("/do/{wish}", forms.do),
        web.post("/case/{case_id}/reply", forms.reply),
        web.post("/case/{case_id}/check", forms.check),
        web.post("/policy/{pack}/rule", rule_pages.press),
        web.post("/policy/{pack}/checks/{check}", check_pages.press),
        web.post("/stream/take-up", stream_pages.press),
        web.post("/case/{case_id}/model-draft", forms.model_draft),
    ]
    table = [web.route(each.method, each.path, each.run) for each in operations()]
    return [*shown, *pressed, *table]


async def _follow(app: web.Application) -> AsyncIterator[None]:
    async with app[CONSOLE].feed.running():
        yield


async def _let_go(app: web.Application) -> None:
    app[CONSOLE].feed.close()


def build_console(
    *,
    read: ReadModel,
    actions: Actions,
    gate: GateView,
    packs: PackShelf,
    rehearsal: Rehearsal,
    stream: ItemStream,
    credentials: Credentials,
    explainer: Explainer,
    drafter: Drafter | None = None,
    records: SharedRecords,
    clock: Clock,
    settings: ConsoleSettings,
) -> web.Application:
    """Return the application; it follows the fold's commits while it runs."""
    app = web.Application(middlewares=[refusals(error_page), guard], client_max_size=LONGEST_BODY)
    app[CONSOLE] = Console(
        read=read,
        actions=actions,
        gate=gate,
        packs=packs,
        rehearsal=rehearsal,
        stream=stream,
        credentials=credentials,
        explainer=explainer,
        drafter=drafter,
        records=records,
        clock=clock,
        settings=settings,
        feed=Feed(read, clock, FRAMES_PER_SECOND),
        catalogs=load_catalogs(HERE / "locale"),
        templates=environment(),
    )
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(_follow)
    app.on_shutdown.append(_let_go)
    app.add_routes(_routes())
    app.router.add_static("/static", HERE / "static")
    return app
