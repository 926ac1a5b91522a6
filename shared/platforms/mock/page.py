"""What the public would see: posts, comments, our replies. Escaped, and without any script."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

from aiohttp import web

from shared.platforms.mock.identity import BEIJING
from shared.platforms.mock.model import Comment, Feed, Status
from shared.platforms.mock.platform import MockPlatform
from shared.platforms.mock.wire import is_shown

if TYPE_CHECKING:
    from jinja2 import Template

POSTS = 10
COMMENTS = 40
MENTIONS = 15
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One text on the page, with what hangs under it."""

    id: int
    name: str
    text: str
    time: str
    is_ours: bool
    more: int = 0
    cards: tuple["Card", ...] = ()


class PublicPage:
    """The page at `/` and its style sheet."""

    def __init__(self, platform: MockPlatform) -> None:
        self._platform = platform
        self._style = _resource("public.css")

    @cached_property
    def _template(self) -> "Template":
        from jinja2 import Environment  # noqa: PLC0415 - nobody may ever look; start fast

        environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        return environment.from_string(_resource("public.html.j2"))

    def add_to(self, app: web.Application) -> None:
        """Put the routes into the application."""
        app.router.add_get("/", self.show)
        app.router.add_get("/public.css", self.style)

    async def show(self, _request: web.Request) -> web.Response:
        html = self._template.render(
            accounts=[one.user.name for one in self._platform.world.accounts.values()],
            posts=self._posts(),
            mentions=self._mentions(),
        )
        return web.Response(text=html, content_type="text/html", headers=HEADERS)

    async def style(self, _request: web.Request) -> web.Response:
        return web.Response(text=self._style, content_type="text/css", headers=HEADERS)

    def _posts(self) -> list[Card]:
        world = self._platform.world
        newest = sorted(
            one
            for account in world.accounts.values()
            for one in account.feeds[Feed.TIMELINE][-POSTS:]
        )[-POSTS:]
        found = (world.statuses[one] for one in reversed(newest))
        return [self._post(one) for one in found if not one.deleted]

    def _mentions(self) -> list[Card]:
        world = self._platform.world
        newest = sorted(
            one
            for account in world.accounts.values()
            for one in account.feeds[Feed.STATUS_MENTIONS][-MENTIONS:]
        )[-MENTIONS:]
        found = (world.statuses[one] for one in reversed(newest))
        return [self._post(one) for one in found if not one.deleted]

    def _post(self, status: Status) -> Card:
        world, now = self._platform.world, self._platform.clock.now()
        latest = [world.comments[one] for one in status.comments[-COMMENTS:]]
        shown = [one for one in latest if is_shown(one, now)]
        roots = [one for one in shown if one.root is None]
        known = {one.id for one in roots}
        loose = [one for one in shown if one.root is not None and one.root not in known]
        cards = tuple(self._comment(one, shown, now) for one in reversed(roots + loose))
        return self._card(status, cards, more=max(len(status.comments) - COMMENTS, 0))

    def _comment(self, root: Comment, shown: list[Comment], now: datetime) -> Card:
        answers = [one for one in shown if one.root == root.id]
        extra = self._platform.world.answers.get(root.id, [])
        ours = [self._platform.world.comments[one] for one in extra]
        seen = {one.id for one in answers}
        answers += [one for one in ours if one.id not in seen and is_shown(one, now)]
        return self._card(root, tuple(self._card(one) for one in answers))

    def _card(self, one: Status | Comment, cards: tuple[Card, ...] = (), more: int = 0) -> Card:
        world = self._platform.world
        return Card(
            id=one.id,
            name=world.users[one.author].name,
            text=one.text,
            time=f"{one.at.astimezone(BEIJING):%m-%d %H:%M:%S}",
            is_ours=one.author in world.accounts,
            more=more,
            cards=cards,
        )


def _resource(name: str) -> str:
    return files("shared.platforms.mock").joinpath(name).read_text(encoding="utf-8")
