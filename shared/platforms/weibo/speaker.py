"""Writing for one Weibo account: one attempt per call, and an honest "nobody knows".

Texts leave exactly as approved: `without_mention` keeps Weibo from putting words in front.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from shared.contracts.ids import token
from shared.contracts.items import ItemKind
from shared.contracts.system import Receipt
from shared.errors import PermanentError, TransientError
from shared.platforms.account import Account
from shared.platforms.port import (
    ApprovalId,
    ReplyTarget,
    SendRefused,
    SendResult,
    SendUnknown,
    Sent,
)
from shared.platforms.weibo.client import CutOffError, NotSentError, Payload, WeiboClient
from shared.platforms.weibo.errors import Refusal, Trouble
from shared.platforms.weibo.length import COMMENT_UNITS, MESSAGE_CHARS, units
from shared.platforms.weibo.payloads import WireComment, entries

VISIBILITY_HORIZON_SECONDS = 120.0
"""Error 20032 says "visible after one or two minutes"."""
FIND_PAGES = 5
FIND_PAGE_SIZE = 100
CLOCK_SLACK = timedelta(minutes=2)
"""How far Weibo's clock may be behind ours when we look for what we sent."""
REMEMBERED_ATTEMPTS = 1000

_Call = tuple[str, dict[str, str | int]]


class WeiboSpeaker:
    """The writing side of one account (`shared.platforms.port.Speaker`)."""

    def __init__(
        self,
        client: WeiboClient,
        account: Account,
        *,
        visibility_horizon_seconds: float = VISIBILITY_HORIZON_SECONDS,
    ) -> None:
        self._client = client
        self._rip = account.operator_ip
        self.visibility_horizon_seconds = visibility_horizon_seconds
        self._unclear: dict[str, None] = {}

    async def reply(
        self, target: ReplyTarget, text: str, *, approval: ApprovalId, timeout_seconds: float
    ) -> SendResult:
        """Post once. Never retries by itself."""
        if not approval:
            return SendRefused("no_approval", "nothing leaves without an approval")
        call = self._call(target, text)
        if isinstance(call, SendRefused):
            return call
        path, form = call
        try:
            answer = await self._client.post(path, form, timeout_seconds=timeout_seconds)
        except NotSentError as error:
            return SendRefused("not_sent", str(error), retry=True)
        except CutOffError as error:
            self._note_unclear(target, text)
            return SendUnknown(str(error))
        if isinstance(answer, Refusal):
            return await self._refused(answer, target, text)
        return _sent(answer)

    async def find(
        self,
        target: ReplyTarget,
        text: str | None,
        since: datetime,
        *,
        known: frozenset[str] = frozenset(),
    ) -> Receipt | None:
        """Look through our own newest comments for this text, or any, under this target.

        Raises: PermanentError for a private message, which Weibo never shows again;
        TransientError when the reading failed or did not reach back to `since`.
        """
        if target.item_kind == ItemKind.MESSAGE:
            raise PermanentError("weibo does not show sent private messages")
        max_id = 0
        for _ in range(FIND_PAGES):
            rows = await self._own_comments(max_id)
            for row in rows:
                if row.native_id not in known and _is_ours(row, target, text, since):
                    return Receipt(native_id=row.native_id or "", detail="read back")
            times = [row.created_at for row in rows if row.created_at]
            if not times or min(times) < since - CLOCK_SLACK:
                return None
            max_id = min(int(row.native_id) for row in rows if row.native_id) - 1
        raise TransientError("our newest comments do not reach back far enough to be sure")

    def _call(self, target: ReplyTarget, text: str) -> _Call | SendRefused:
        """Return the call for this kind of item, or why there is none."""
        if target.item_kind == ItemKind.MESSAGE:
            return self._message(target, text)
        if units(text) > COMMENT_UNITS:
            return SendRefused("20012", f"longer than {COMMENT_UNITS} units")
        form: dict[str, str | int] = {"comment": text, "comment_ori": 0, "rip": self._rip}
        if target.item_kind == ItemKind.COMMENT:
            if target.post_id is None:
                return SendRefused("no_post", "the post of this comment is not known")
            form |= {"cid": target.native_id, "id": target.post_id, "without_mention": 1}
            return "2/comments/reply.json", form
        form["id"] = target.native_id
        return "2/comments/create.json", form

    def _message(self, target: ReplyTarget, text: str) -> _Call | SendRefused:
        if len(text) >= MESSAGE_CHARS:
            return SendRefused("20013", f"not shorter than {MESSAGE_CHARS} characters")
        form: dict[str, str | int] = {
            "type": "text",
            "data": json.dumps({"text": text}, ensure_ascii=False),
            "receiver_id": target.author_id,
            "save_sender_box": 1,
            "rip": self._rip,
        }
        return "2/messages/reply.json", form

    async def _refused(self, answer: Refusal, target: ReplyTarget, text: str) -> SendResult:
        match answer.trouble:
            case Trouble.SLOW_SUCCESS:
                return Sent(Receipt(detail=f"{answer.code}: visible later"))
            case Trouble.UNCLEAR:
                self._note_unclear(target, text)
                return SendUnknown(f"{answer.code} {answer.reason}")
            case Trouble.DUPLICATE:
                return await self._duplicate(answer, target, text)
            case _:
                retry = answer.trouble in (Trouble.RETRY, Trouble.QUOTA)
                return SendRefused(answer.code, answer.reason, retry=retry)

    async def _duplicate(self, answer: Refusal, target: ReplyTarget, text: str) -> SendResult:
        """Being told that we said it already is evidence that an unclear try arrived."""
        if target.item_kind != ItemKind.MESSAGE:
            try:
                receipt = await self.find(target, text, _LONG_AGO)
            except TransientError:
                receipt = None
            if receipt is not None:
                return Sent(Receipt(native_id=receipt.native_id, detail=f"{answer.code}: there"))
        if _attempt(target, text) in self._unclear:
            return Sent(Receipt(detail=f"{answer.code}: the unclear try before arrived"))
        return SendRefused(answer.code, answer.reason)

    async def _own_comments(self, max_id: int) -> list[WireComment]:
        query = {"count": FIND_PAGE_SIZE, "max_id": max_id}
        answer = await self._client.get("2/comments/by_me.json", query)
        if isinstance(answer, Refusal):
            raise TransientError(f"weibo refused to show our comments: {answer.code}")
        rows = [WireComment.model_validate(row) for row in entries(answer, "comments")]
        return [row for row in rows if row.native_id]

    def _note_unclear(self, target: ReplyTarget, text: str) -> None:
        self._unclear[_attempt(target, text)] = None
        if len(self._unclear) > REMEMBERED_ATTEMPTS:
            del self._unclear[next(iter(self._unclear))]


_LONG_AGO = datetime.fromisoformat("2009-08-14T00:00:00+08:00")
"""Before Weibo existed."""


def _attempt(target: ReplyTarget, text: str) -> str:
    return token("attempt", target.item_kind, target.native_id, text)


def _sent(answer: Payload) -> Sent:
    """A comment answers with itself; a message with `{"result": true}` only."""
    native_id = ""
    if isinstance(answer, Mapping):
        native_id = WireComment.model_validate(answer).native_id or ""
    return Sent(Receipt(native_id=native_id))


def _is_ours(row: WireComment, target: ReplyTarget, text: str | None, since: datetime) -> bool:
    if row.created_at is None or row.created_at < since - CLOCK_SLACK:
        return False
    if text is not None and _plain(row.text or "") != _plain(text):
        return False
    post_id = row.status.native_id if row.status else None
    if target.item_kind != ItemKind.COMMENT:
        return post_id == target.native_id and row.reply_comment is None
    if row.reply_comment is not None:
        return row.reply_comment.native_id == target.native_id
    return post_id is not None and post_id == target.post_id


def _plain(text: str) -> str:
    """Without white space and the "回复@name:" some servers put in front."""
    joined = "".join(text.split())
    if joined.startswith("回复@"):
        head, separator, rest = joined.partition(":")
        return rest if separator and len(head) < 40 else joined  # noqa: PLR2004
    return joined
