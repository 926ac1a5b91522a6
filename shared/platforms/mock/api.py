"""The wire API over HTTP: one door for every call, where faults, quota and journal live."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web

from shared.platforms.mock.calls import Answer, Call
from shared.platforms.mock.errors import WeiboError
from shared.platforms.mock.faults import FaultBoard
from shared.platforms.mock.journal import Entry, Journal
from shared.platforms.mock.oauth import TokenDesk
from shared.platforms.mock.ports import Clock
from shared.platforms.mock.quota import Quota
from shared.platforms.mock.reading import Reading
from shared.platforms.mock.writing import Writing

FORM = "application/x-www-form-urlencoded"
CUT_OFF = web.HTTPInternalServerError.status_code


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: its method, what answers it, and whether a call costs quota."""

    method: str
    answer: Callable[[Call], Answer]
    costs: bool = True


@dataclass(frozen=True, slots=True)
class _Asked:
    endpoint: str
    method: str
    params: Mapping[str, str]
    token: str
    address: str
    is_form: bool


def routes(reading: Reading, writing: Writing) -> dict[str, Route]:
    """Return every endpoint that needs a token, by its path without `.json`."""
    return {
        "2/comments/to_me": Route("GET", reading.comments_to_me),
        "2/comments/mentions": Route("GET", reading.comments_mentions),
        "2/comments/by_me": Route("GET", reading.comments_by_me),
        "2/comments/show": Route("GET", reading.comments_show),
        "2/comments/show_batch": Route("GET", reading.comments_show_batch),
        "2/statuses/mentions": Route("GET", reading.statuses_mentions),
        "2/statuses/show": Route("GET", reading.statuses_show),
        "2/statuses/user_timeline": Route("GET", reading.user_timeline),
        "2/users/show": Route("GET", reading.users_show),
        "2/account/rate_limit_status": Route("GET", reading.rate_limit_status, costs=False),
        "2/remind/unread_count": Route("GET", reading.unread_count, costs=False),
        "2/comments/create": Route("POST", writing.create),
        "2/comments/reply": Route("POST", writing.reply),
        "2/comments/destroy": Route("POST", writing.destroy),
        "2/comments/destroy_batch": Route("POST", writing.destroy_batch),
        "2/messages/reply": Route("POST", writing.message),
    }


class WeiboApi:
    """Everything under /2 and /oauth2."""

    def __init__(
        self,
        *,
        table: Mapping[str, Route],
        tokens: TokenDesk,
        quota: Quota,
        faults: FaultBoard,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._table = table
        self._tokens = tokens
        self._quota = quota
        self._faults = faults
        self._journal = journal
        self._clock = clock

    async def serve(self, request: web.Request) -> web.Response:
        """Answer one call, or misbehave as told."""
        asked = await _read(request)
        entry = self._journal.begin(self._clock.now(), asked.method, asked.endpoint, asked.params)
        try:
            return await self._serve(request, asked, entry)
        finally:
            self._journal.end(entry)

    async def _serve(self, request: web.Request, asked: _Asked, entry: Entry) -> web.Response:
        if late := self._faults.strike(asked.endpoint, "delay"):
            entry.fault = late.kind
            await self._clock.sleep(late.seconds)
        if self._faults.strike(asked.endpoint, "drop_before"):
            entry.fault = "drop_before"
            return _cut(request)
        try:
            answer = self._answer(asked, entry)
        except WeiboError as refusal:
            entry.status, entry.code = refusal.status, refusal.code
            return web.json_response(refusal.body(request.path), status=refusal.status)
        entry.effect = answer.effect
        if slow := self._faults.strike(asked.endpoint, "slow_answer"):
            entry.fault = slow.kind
            await self._clock.sleep(slow.seconds)
        if self._faults.strike(asked.endpoint, "drop_after_commit"):
            entry.fault = "drop_after_commit"
            return _cut(request)
        if answer.redirect:
            entry.status = web.HTTPFound.status_code
            return web.Response(status=entry.status, headers={"Location": answer.redirect})
        entry.status = 200
        self._disturb(asked.endpoint, answer, entry)
        return web.json_response(answer.body)

    def _answer(self, asked: _Asked, entry: Entry) -> Answer:
        self._refuse_on_fault(asked.endpoint, entry)
        if asked.endpoint.startswith("oauth2/"):
            return self._oauth(asked)
        route = self._table.get(asked.endpoint)
        if route is None:
            raise WeiboError(10020)
        now = self._clock.now()
        account = self._tokens.judge(asked.token, now)
        entry.account = str(account.uid)
        if route.method != asked.method:
            raise WeiboError(10021)
        if route.costs:
            self._quota.spend(account.uid, asked.address, asked.endpoint, now)
        hidden, takes_repeats = 0.0, False
        if route.method == "POST":
            takes_repeats = self._faults.strike(asked.endpoint, "takes_repeats") is not None
            if late := self._faults.strike(asked.endpoint, "visible_after"):
                entry.fault, hidden = late.kind, late.seconds
        return route.answer(
            Call(
                asked.endpoint,
                asked.params,
                now,
                account,
                asked.address,
                is_form=asked.is_form,
                hidden_seconds=hidden,
                takes_repeats=takes_repeats,
            )
        )

    def _oauth(self, asked: _Asked) -> Answer:
        now = self._clock.now()
        match asked.endpoint, asked.method:
            case "oauth2/authorize", _:
                return self._tokens.authorize(dict(asked.params))
            case "oauth2/access_token", "POST":
                return self._tokens.exchange(dict(asked.params), now)
            case "oauth2/get_token_info", "POST":
                return self._tokens.info(asked.token, now)
            case "oauth2/revokeoauth2", _:
                return self._tokens.revoke(asked.token, now)
            case _:
                raise WeiboError(10020)

    def _refuse_on_fault(self, endpoint: str, entry: Entry) -> None:
        fault = self._faults.strike(endpoint, "error", "quota_spent", "token_expired")
        if fault is None:
            return
        entry.fault = fault.kind
        codes = {"quota_spent": 10023, "token_expired": 21315}
        raise WeiboError(codes.get(fault.kind, fault.code))

    def _disturb(self, endpoint: str, answer: Answer, entry: Entry) -> None:
        rows = answer.body.get(answer.listing) if isinstance(answer.body, dict) else None
        if not isinstance(rows, list) or not rows:
            return
        if self._faults.strike(endpoint, "duplicate"):
            entry.fault = "duplicate"
            rows.insert(1, rows[0])
        if self._faults.strike(endpoint, "reorder"):
            entry.fault = "reorder"
            self._faults.shuffle(rows)


async def _read(request: web.Request) -> _Asked:
    is_form = request.content_type == FORM
    params = dict(request.query)
    if is_form:
        body = (await request.read()).decode("utf-8", "replace")
        params |= dict(parse_qsl(body, keep_blank_values=True))
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    token = credential if scheme == "OAuth2" else params.get("access_token", "")
    return _Asked(
        endpoint=request.path.strip("/").removesuffix(".json"),
        method=request.method,
        params=params,
        token=token,
        address=request.remote or "",
        is_form=is_form or request.method == "GET",
    )


def _cut(request: web.Request) -> web.Response:
    """Cut the connection without a byte of answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=CUT_OFF)
