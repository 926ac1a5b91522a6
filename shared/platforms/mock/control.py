"""The strings behind the scene: state, journal, faults, and saying things by hand."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Literal

import aiohttp
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.platforms.mock.faults import Fault
from shared.platforms.mock.model import Account, Comment, Message, Status
from shared.platforms.mock.platform import MockPlatform

MOST_ROWS = 1_000
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FaultsBody(_Body):
    faults: tuple[Fault, ...]


class EmitBody(_Body):
    """Something the public says; `parent` is a post or a comment, by its id."""

    kind: Literal["comment", "mention", "repost", "message", "post"]
    text: str = Field(max_length=2_000)
    user: str = "某顾客"
    parent: int | None = None
    account: int | None = None


class ChangeBody(_Body):
    id: int
    text: str | None = None


class WebhookBody(_Body):
    url: str
    account: int | None = None


class PlayerBody(_Body):
    action: Literal["pause", "resume"]


class AccountBody(_Body):
    account: int | None = None


class Control:
    """Handlers under /control; every one demands the control token."""

    def __init__(self, platform: MockPlatform, control_token: str) -> None:
        self._platform = platform
        self._token = control_token

    def add_to(self, app: web.Application) -> None:
        """Put the routes into the application."""
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "state", self.state),
            ("GET", "journal", self.journal),
            ("GET", "items", self.items),
            ("GET", "replies", self.replies),
            ("GET", "faults", self.faults),
            ("POST", "faults", self.add_faults),
            ("DELETE", "faults", self.clear_faults),
            ("POST", "emit", self.emit),
            ("POST", "edit", self.edit),
            ("POST", "delete", self.delete),
            ("POST", "webhook", self.webhook),
            ("POST", "player", self.player),
            ("POST", "expire_tokens", self.expire_tokens),
        )
        for method, name, handler in table:
            app.router.add_route(method, f"/control/{name}", self._guarded(handler))

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            raw = given.encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(raw, self._token.encode()):
                return web.json_response({"error": "control token missing"}, status=401)
            try:
                return await handler(request)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                place = ".".join(str(part) for part in first["loc"])
                return _refused(f"{place}: {first['msg']}")
            except ValueError as error:
                return _refused(str(error))

        return guarded

    async def state(self, _request: web.Request) -> web.Response:
        return web.json_response(self._platform.state())

    async def journal(self, request: web.Request) -> web.Response:
        rows = self._platform.journal.page(
            after=int(request.query.get("after", "0")),
            limit=min(int(request.query.get("limit", "500")), MOST_ROWS),
            endpoint=request.query.get("endpoint", ""),
        )
        last = rows[-1].seq if rows else 0
        return web.json_response({"entries": [asdict(one) for one in rows], "last": last})

    async def items(self, request: web.Request) -> web.Response:
        """List what the public said, by id, with the theme it was written for."""
        after = int(request.query.get("after", "0"))
        limit = min(int(request.query.get("limit", "500")), MOST_ROWS)
        world = self._platform.world
        public: list[Status | Comment | Message] = [
            one for one in world.statuses.values() if one.owner is None and one.id > after
        ]
        public += [
            one
            for one in world.comments.values()
            if one.author not in world.accounts and one.id > after
        ]
        public += [
            one
            for talk in world.inbox.values()
            for one in talk
            if one.sender not in world.accounts and one.id > after
        ]
        rows = sorted(public, key=lambda one: one.id)[:limit]
        return web.json_response({"items": [_item_row(one) for one in rows]})

    async def replies(self, _request: web.Request) -> web.Response:
        """List our public answers by the comment they answer."""
        world = self._platform.world
        return web.json_response(
            {
                str(item): [{"id": one, "text": world.comments[one].text} for one in answers]
                for item, answers in world.answers.items()
            }
        )

    async def faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": self._platform.faults.report()})

    async def add_faults(self, request: web.Request) -> web.Response:
        body = FaultsBody.model_validate_json(await request.read())
        self._platform.faults.add(body.faults)
        return await self.faults(request)

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._platform.faults.clear()
        return await self.faults(request)

    async def emit(self, request: web.Request) -> web.Response:
        """Say something by hand; a comment or repost without parent goes under the newest post."""
        body = EmitBody.model_validate_json(await request.read())
        return web.json_response({"id": self._emit(body)}, status=201)

    async def edit(self, request: web.Request) -> web.Response:
        body = ChangeBody.model_validate_json(await request.read())
        now = self._platform.clock.now()
        return _done(changed=self._platform.world.edit(body.id, body.text or "", now))

    async def delete(self, request: web.Request) -> web.Response:
        body = ChangeBody.model_validate_json(await request.read())
        return _done(changed=self._platform.world.delete(body.id))

    async def webhook(self, request: web.Request) -> web.Response:
        """Register where private messages go; the address must pass the echo check."""
        body = WebhookBody.model_validate_json(await request.read())
        async with aiohttp.ClientSession() as session:
            account = self._account(body.account)
            is_ours = await self._platform.pusher.register(session, account, body.url)
        return _done(changed=is_ours)

    async def player(self, request: web.Request) -> web.Response:
        body = PlayerBody.model_validate_json(await request.read())
        player, now = self._platform.player, self._platform.clock.now()
        if player is None:
            return _refused("no stream is being played")
        if body.action == "pause":
            player.pause(now)
        else:
            player.resume(now)
        return web.json_response({"state": player.state})

    async def expire_tokens(self, request: web.Request) -> web.Response:
        body = AccountBody.model_validate_json(await request.read() or b"{}")
        account = self._account(body.account)
        ended = self._platform.tokens.expire(account, self._platform.clock.now())
        return web.json_response({"expired": ended})

    def _emit(self, body: EmitBody) -> int:
        world, now = self._platform.world, self._platform.clock.now()
        account = self._account(body.account)
        if body.kind == "post":
            return world.publish(account, body.text, now).id
        author = world.user(body.user, now)
        if body.kind == "message":
            return world.message(account, author, body.text, now).id
        if body.kind == "mention":
            return world.mention(account, author, body.text, now).id
        post, answered = self._target(account, body.parent)
        if body.kind == "repost":
            return world.repost(account, author, post, body.text, now).id
        return world.comment(account, author, post, body.text, now, reply_to=answered).id

    def _target(self, account: Account, parent: int | None) -> tuple[Status, Comment | None]:
        world = self._platform.world
        if parent is None:
            own = (one for one in reversed(world.statuses.values()) if one.owner == account.uid)
            newest = next(own, None)
            return newest or world.publish(account, "欢迎留言", self._platform.clock.now()), None
        answered = world.comments.get(parent)
        post = world.statuses.get(answered.status if answered else parent)
        if post is None:
            raise ValueError(f"parent: nothing has the id {parent}")
        return post, answered

    def _account(self, uid: int | None) -> Account:
        if uid is None:
            return self._platform.main
        account = self._platform.world.accounts.get(uid)
        if account is None:
            raise ValueError(f"account: nothing has the id {uid}")
        return account


def _item_row(one: Status | Comment | Message) -> dict[str, object]:
    row: dict[str, object] = {"id": one.id, "text": one.text, "theme": one.theme}
    if isinstance(one, Message):
        return row | {"kind": "message", "author": one.sender, "edits": 0, "deleted": False}
    kind = "comment" if isinstance(one, Comment) else "repost" if one.retweeted else "mention"
    return row | {"kind": kind, "author": one.author, "edits": one.edits, "deleted": one.deleted}


def _done(*, changed: bool) -> web.Response:
    return web.json_response({"done": changed}, status=200 if changed else 409)


def _refused(reason: str) -> web.Response:
    return web.json_response({"error": reason}, status=400)
