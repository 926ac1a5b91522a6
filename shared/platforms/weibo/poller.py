"""Reading one Weibo account: free counters say when, the quota says how much, holes are kept.

A failure half-way keeps what was read: the memory is whole after every page, and the caller
stores it only once the log has the facts.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from shared.contracts.posts import PostSeen
from shared.errors import TransientError
from shared.platforms.account import Account, TimeSource
from shared.platforms.port import Page, SourceState
from shared.platforms.weibo.client import Payload, WeiboClient
from shared.platforms.weibo.errors import Refusal, Trouble
from shared.platforms.weibo.harvest import Harvest
from shared.platforms.weibo.lists import LISTS, PublicList
from shared.platforms.weibo.mapping import Owner, parse_comment, parse_status
from shared.platforms.weibo.memory import Memory, load, save
from shared.platforms.weibo.pace import (
    PaceLimits,
    Quota,
    look_again_seconds,
    poll_seconds,
    sweep_seconds,
)
from shared.platforms.weibo.payloads import WireQuota, WireUnread, entries, parse_time
from shared.platforms.weibo.walk import Walk, Window

BATCH_OF_COMMENTS = 20
LOOK_BACK = timedelta(hours=24)
"""How far the very first poll of an account reads back."""
SOON_SECONDS = 0.05
"""The next poll when more is known to be waiting and the quota allows it."""


_STATE_OF: Mapping[Trouble, SourceState] = {
    Trouble.QUOTA: "quota_spent",
    Trouble.TOKEN: "token_expired",
}


class _RefusedError(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class WeiboPoller:
    """The reading side of one account (`shared.platforms.port.Poller`)."""

    def __init__(
        self,
        client: WeiboClient,
        account: Account,
        time: TimeSource,
        limits: PaceLimits | None = None,
    ) -> None:
        self._client = client
        self._owner = Owner(account.account_id, account.native_id)
        self._time = time
        self._limits = limits or PaceLimits()
        self._quota = Quota()
        self._quota_known_at: float | None = None
        self._read_at: dict[str, float] = {}
        self._looked_at = time.monotonic()
        self._can_show_batch = True
        self._turn = 0

    async def poll(self, cursor: str | None) -> Page:
        """Read what is new. Raises TransientError when nothing at all could be read."""
        harvest = Harvest(self._owner, load(cursor), self._time.now())
        state: SourceState = "ok"
        detail = ""
        try:
            state = await self._read(harvest)
        except _RefusedError as error:
            refusal = error.refusal
            if refusal.trouble in (Trouble.RETRY, Trouble.UNCLEAR) and not harvest:
                raise TransientError(f"weibo refused: {refusal.code}") from error
            state = _STATE_OF.get(refusal.trouble, "failing")
            detail = f"{refusal.code} {refusal.reason}".strip()
            self._quota_known_at = None
        except TransientError as error:
            if not harvest:
                raise
            state, detail = "failing", str(error)
        return self._page(harvest, state, detail)

    async def _read(self, harvest: Harvest) -> SourceState:
        await self._check_quota()
        unread = WireUnread.model_validate(
            await self._ask("2/remind/unread_count.json", {"uid": self._owner.native_id})
        )
        if self._quota.spendable() == 0:
            return "quota_spent"
        for source in LISTS:
            count, found = getattr(unread, source.name), 0
            if self._is_due(source, harvest.memory, count):
                found = await self._read_list(source, harvest)
                if count and not found:
                    harvest.memory.resets = False
            _learn_unread(harvest.memory, source.name, None if found else count)
        if self._look_again_is_due():
            self._looked_at = self._time.monotonic()
            for source in LISTS:
                await self._look_again(source, harvest)
                _learn_unread(harvest.memory, source.name, None)
            await self._see_own_posts(harvest)
        return "ok"

    async def _see_own_posts(self, harvest: Harvest) -> None:
        """Take in our own newest posts; an app that may not read them sees them by comments."""
        query = {"count": self._limits.page_size}
        answer = await self._client.get("2/statuses/user_timeline.json", query)
        self._quota = self._quota.spend()
        for row in [] if isinstance(answer, Refusal) else entries(answer, "statuses"):
            parsed = parse_status(row, self._owner)
            if isinstance(parsed, PostSeen):
                harvest.take(parsed)

    async def _check_quota(self) -> None:
        """Ask how much is left; this call is free. Some servers do not know it: then no limit."""
        now = self._time.monotonic()
        known_at = self._quota_known_at
        if known_at is not None and now - known_at < self._limits.quota_check:
            return
        answer = await self._client.get("2/account/rate_limit_status.json", {})
        if isinstance(answer, Refusal):
            if answer.trouble is Trouble.TOKEN:
                raise _RefusedError(answer)
            self._quota = Quota()
        else:
            wire = WireQuota.model_validate(answer)
            left = [
                hits
                for hits in (wire.remaining_user_hits, wire.remaining_ip_hits)
                if hits is not None
            ]
            self._quota = Quota(
                min(left) if left else None,
                wire.user_limit,
                now + (wire.reset_time_in_seconds or 0),
            )
        self._quota_known_at = now

    def _is_due(self, source: PublicList, memory: Memory, count: int | None) -> bool:
        now = self._time.monotonic()
        read_at = self._read_at.get(source.name)
        if read_at is None:
            return True
        since_read = now - read_at
        if since_read < 2 * self._quota.spacing(now):
            return False
        walk = memory.walks.get(source.name)
        if walk is None or walk.holes:
            return True
        if count is None or since_read >= sweep_seconds(self._quota, now, self._limits):
            return True
        return count > 0 and (memory.resets or count != memory.unread.get(source.name))

    async def _read_list(self, source: PublicList, harvest: Harvest) -> int:
        """Read the head, then holes, until nothing is left or this poll's share is used up."""
        self._read_at[source.name] = self._time.monotonic()
        before = len(harvest)
        window: Window | None = harvest.memory.walks.get(source.name, Walk()).head()
        for _ in range(self._limits.pages_a_poll):
            if window is None or self._quota.spendable() == 0:
                break
            await self._read_page(source, window, harvest)
            window = harvest.memory.walks[source.name].next_hole()
        return len(harvest) - before

    async def _read_page(self, source: PublicList, window: Window, harvest: Harvest) -> None:
        size = self._limits.page_size
        query = {"since_id": window.since_id, "max_id": window.max_id, "count": size}
        rows = entries(await self._ask(source.path, query, paid=True), source.key)
        ids = [native for row in rows if (native := _row_id(row))]
        walk = harvest.memory.walks.get(source.name, Walk()).after_page(window, ids)
        if window.since_id == 0 and any(_is_old(row, harvest.now) for row in rows):
            rows = [row for row in rows if not _is_old(row, harvest.now)]
            walk = walk.without_old(window)
        for row in rows:
            harvest.take(source.parse(row, self._owner))
        harvest.memory.walks[source.name] = walk

    def _look_again_is_due(self) -> bool:
        now = self._time.monotonic()
        pause = look_again_seconds(self._quota, now, self._limits)
        return now - self._looked_at >= pause

    async def _look_again(self, source: PublicList, harvest: Harvest) -> None:
        """Read the newest page once more: edits, stubs, and what became visible late."""
        size = self._limits.page_size
        rows = entries(await self._ask(source.path, {"count": size}, paid=True), source.key)
        fresh = [row for row in rows if not _is_old(row, harvest.now)]
        for row in fresh:
            harvest.take(source.parse(row, self._owner))
        if source.name == "cmt" and self._can_show_batch:
            ids = {_row_id(row) for row in rows}
            oldest = min(ids) if len(rows) >= size else 0
            known = harvest.memory.comments()
            absent = [one for one in known if int(one) >= oldest and int(one) not in ids]
            await self._confirm_missing(absent, harvest)

    async def _confirm_missing(self, absent: list[str], harvest: Harvest) -> None:
        """Ask for remembered comments the newest page does not show; the missing are gone.

        The list filters on its own terms, so absence there only raises the question. Each time
        the next twenty are asked about, in turn.
        """
        if not absent:
            return
        known = harvest.memory.comments()
        start = self._turn % len(absent)
        asked = (absent[start:] + absent[:start])[:BATCH_OF_COMMENTS]
        self._turn = start + len(asked)
        path = "2/comments/show_batch.json"
        answer = await self._client.get(path, {"cids": ",".join(asked)})
        self._quota = self._quota.spend()
        if isinstance(answer, Refusal):
            self._can_show_batch = answer.trouble is not Trouble.SETUP
            return
        rows = entries(answer, "comments")
        for row in rows:
            harvest.take(parse_comment(row, self._owner))
        there = {_row_id(row) for row in rows}
        for native_id in asked:
            if int(native_id) not in there:
                harvest.gone(native_id, known[native_id])

    async def _ask(
        self, path: str, query: Mapping[str, str | int], *, paid: bool = False
    ) -> Payload:
        answer = await self._client.get(path, query)
        if paid:
            self._quota = self._quota.spend()
        if isinstance(answer, Refusal):
            raise _RefusedError(answer)
        return answer

    def _page(self, harvest: Harvest, state: SourceState, detail: str) -> Page:
        gap = any(walk.holes for walk in harvest.memory.walks.values())
        return Page(
            incoming=harvest.incoming(),
            rejected=harvest.rejected,
            cursor=save(harvest.memory),
            gap=gap,
            state="gap" if gap and state == "ok" else state,
            next_poll_seconds=self._next_poll_seconds(state, gap=gap),
            detail=detail,
        )

    def _next_poll_seconds(self, state: SourceState, *, gap: bool) -> float:
        now = self._time.monotonic()
        if state == "quota_spent":
            wait = max(1.0, self._quota.resets_at - now)
            return min(wait, self._limits.trouble_poll)
        if state == "token_expired":
            return self._limits.trouble_poll
        pause = poll_seconds(self._quota, self._limits)
        if gap and state == "ok":
            return max(SOON_SECONDS, min(pause, 2 * self._quota.spacing(now)))
        return pause


def _learn_unread(memory: Memory, name: str, count: int | None) -> None:
    """A counter that falls is reset by reading: then any count means something new.

    None: it was just read and may start over, so that the same count again may be another item.
    """
    before = memory.unread.get(name)
    if count is None:
        memory.unread.pop(name, None)
        return
    if before is not None and count < before:
        memory.resets = True
    memory.unread[name] = count


def _row_id(row: Mapping[str, object]) -> int:
    """Return the id of a wire row as a number, 0 if it has none; only Weibo's compare so."""
    value = row.get("idstr") or row.get("id") or row.get("mid")
    text = str(value) if isinstance(value, int | str) else ""
    return int(text) if text.isascii() and text.isdigit() else 0


def _is_old(row: Mapping[str, object], now: datetime) -> bool:
    at = parse_time(row.get("created_at"))
    return at is not None and at < now - LOOK_BACK
