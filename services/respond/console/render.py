"""HTML from templates: escaped by default, and a missing value is an error, not a blank."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import get_args
from urllib.parse import quote
from zoneinfo import ZoneInfo

import jinja2
from aiohttp import web

from services.respond.console.catalog import LANGUAGES, Catalog
from services.respond.console.condition_words import condition_in_words
from services.respond.console.context import CONSOLE, Caller, Console
from services.respond.console.flow_view import mine_of
from services.respond.console.history import Names
from services.respond.console.policy_api import unread_packs
from services.respond.console.present import SLOTS
from services.respond.console.problems import Problem
from services.respond.console.rule_words import in_words, rule_in_words
from services.respond.console.sessions import CALLER
from services.respond.console.signs import SourceSign, most_urgent, source_signs
from services.respond.console.words import TimeLeft, missing, span, time_left
from services.respond.core.aggregates import Account, Page, Person
from services.respond.core.pages import at_hand
from services.respond.ports import Health
from shared.contracts.dues import Harm, Removing, Statutory
from shared.contracts.operators import ClaimStatus
from shared.contracts.verdicts import Label

HERE = Path(__file__).parent
STALE_SECONDS = 120
ZONE = ZoneInfo("Asia/Shanghai")
"""In which times are shown and typed."""
SHOWN_PAGES = 3
LOOKED_PAGES = 200
"""Of so many open alarms the most urgent are found; in a crisis each late case has one."""
LANG_COOKIE = "lang"


@dataclass(frozen=True, slots=True)
class Header:
    """What every page says about the state of things."""

    health: Health
    newest: str
    stale: bool
    accounts: tuple[Account, ...]
    well: tuple[str, ...]
    ill: tuple[SourceSign, ...]
    duty: str
    duty_until: datetime | None
    pages: tuple[Page, ...]
    more_pages: int
    paused: bool
    modes: tuple[str, ...]
    unread: tuple[str, ...]
    unsigned: int
    frozen: bool


@cache
def environment() -> jinja2.Environment:
    """Return the template environment of the console; a template is compiled once a process."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"in_words": in_words, "rule_in_words": rule_in_words, "missing": missing}
    made.globals["condition_in_words"] = condition_in_words
    return made


def language(request: web.Request) -> str:
    """Return the language chosen, else the browser's, else zh."""
    chosen = request.cookies.get(LANG_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    accepted = request.headers.get("Accept-Language", "")
    first = accepted.split(",", 1)[0].split(";", 1)[0].strip().lower()
    return "en" if first.startswith("en") else "zh"


def local_path(value: str | None, otherwise: str = "/queue") -> str:
    """Return a path of our own; anything that could lead elsewhere is replaced."""
    if value is None or not value.startswith("/") or value.startswith("//"):
        return otherwise
    return otherwise if "\\" in value or any(ord(each) < ord(" ") for each in value) else value


@dataclass(frozen=True, slots=True)
class View:
    """One request's surroundings for templates: words, time, caller, names."""

    console: Console
    request: web.Request
    t: Catalog
    caller: Caller | None
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZONE

    def clock_time(self, time: datetime) -> str:
        local = time.astimezone(self.zone)
        today = self.now.astimezone(self.zone).date()
        if local.date() == today:
            return local.strftime("%H:%M")
        return local.strftime("%m-%d %H:%M" if local.year == today.year else "%Y-%m-%d %H:%M")

    def left(self, due: datetime) -> TimeLeft:
        return time_left(due, self.now, self.t)

    def ago(self, time: datetime) -> str:
        return self.t("time.ago", t=span((self.now - time).total_seconds(), self.t))

    def may(self, action: str) -> bool:
        return self.caller is not None and self.caller.may(action)

    def op_id(self) -> str:
        """Return an operation id for one form: sent twice, it is still one operation."""
        return secrets.token_hex(12)

    async def names(self) -> Names:
        read = self.console.read
        people: tuple[Person, ...] = tuple(await read.people())
        accounts = await read.accounts()
        return Names(
            people={each.registered.person_id: each.registered.name for each in people},
            accounts={each.registered.account_id: each.registered.name for each in accounts},
        )

    async def header(self) -> Header:
        read = self.console.read
        health, organisation = await read.health(), await read.organisation()
        accounts, names = tuple(await read.accounts()), await self.names()
        duty = at_hand(organisation.duties, self.now)
        newest = health.newest_fact_at
        age = (self.now - newest).total_seconds() if newest else None
        well, ill = source_signs(accounts)
        looked, all_pages = await read.open_pages(LOOKED_PAGES)
        pages = most_urgent(looked)[:SHOWN_PAGES]
        return Header(
            health=health,
            newest=self.ago(newest) if newest else self.t("header.nothing_yet"),
            stale=age is None or age > STALE_SECONDS,
            accounts=accounts,
            well=well,
            ill=ill,
            duty=names.person(duty.person_id) if duty else "",
            duty_until=duty.end if duty else None,
            pages=tuple(pages),
            more_pages=all_pages - len(pages),
            paused=organisation.paused or any(each.paused for each in accounts),
            modes=tuple(dict.fromkeys(each.mode for each in accounts)),
            unread=await unread_packs(self.console, self.caller) if self.caller else (),
            unsigned=len(await mine_of(self.console, self.caller)) if self.caller else 0,
            frozen=(await read.plans()).frozen is not None,
        )


def view_of(request: web.Request) -> View:
    console = request.app[CONSOLE]
    return View(
        console=console,
        request=request,
        t=console.catalogs[language(request)],
        caller=request.get(CALLER),
        now=console.clock.now(),
    )


async def page(
    view: View,
    template: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    whole: bool = True,
) -> web.Response:
    """Render a template; `whole` pages carry the header as well."""
    header = await view.header() if whole and view.caller else None
    body = view.console.templates.get_template(template).render(
        {
            "view": view,
            "t": view.t,
            "header": header,
            "slots": SLOTS,
            "all_labels": tuple(Label),
            "claim_statuses": get_args(ClaimStatus),
            "removings": get_args(Removing),
            "harms": get_args(Harm),
            "statutory": get_args(Statutory),
            "here": view.request.path_qs,
            "back_here": local_path(view.request.query.get("back"), view.request.path_qs),
            "demo": view.console.settings.demo,
            **values,
        }
    )
    return web.Response(text=body, status=status, content_type="text/html")


async def error_page(request: web.Request, problem: Problem) -> web.Response:
    """Show a refusal as a page; somebody signed out is led to the door.

    What a script asked for is answered in its place: the page it stands on, and the text somebody
    is writing there, stay as they are.
    """
    if request.headers.get("HX-Request") == "true":
        view = view_of(request)
        answer = await page(
            view,
            "refusal.html",
            {"problem": problem.body},
            status=problem.body.status,
            whole=False,
        )
        answer.headers.update(problem.headers)
        return answer
    if problem.body.status == 401:  # noqa: PLR2004  the status of "signed out"
        back = quote(request.path_qs if request.method == "GET" else "/queue", safe="")
        raise web.HTTPSeeOther(f"/signin?next={back}")
    view = view_of(request)
    values = {"problem": problem.body, "back": local_path(request.query.get("back"))}
    answer = await page(view, "error.html", values, status=problem.body.status, whole=False)
    answer.headers.update(problem.headers)
    return answer
