"""Taking comments under our own posts away: one attempt per call, and the list read back.

Weibo lets the author of a post delete the comments under it. It offers nothing to hide one, and
nothing by which an application could block a user.
"""

from collections.abc import Mapping

from shared.contracts.items import ItemKind
from shared.contracts.system import Receipt
from shared.errors import PermanentError, TransientError
from shared.platforms.port import (
    ApprovalId,
    RemovalTarget,
    SendRefused,
    SendResult,
    SendUnknown,
    Sent,
)
from shared.platforms.weibo.client import CutOffError, NotSentError, WeiboClient
from shared.platforms.weibo.errors import Refusal, Trouble

CANNOT = "cannot"


class WeiboRemover:
    """The taking-away side of one account (`shared.platforms.port.Remover`)."""

    def __init__(self, client: WeiboClient) -> None:
        self._client = client

    async def remove(
        self, target: RemovalTarget, *, approval: ApprovalId, timeout_seconds: float
    ) -> SendResult:
        """Delete one comment. Never retries by itself."""
        if not approval:
            return SendRefused("no_approval", "nothing is taken away without an approval")
        if not _can(target):
            return SendRefused(
                CANNOT, f"weibo offers no {target.removing} of a {target.item_kind}"
            )
        form = {"cid": target.native_id}
        try:
            answer = await self._client.post(
                "2/comments/destroy.json", form, timeout_seconds=timeout_seconds
            )
        except NotSentError as error:
            return SendRefused("not_sent", str(error), retry=True)
        except CutOffError as error:
            return SendUnknown(str(error))
        if not isinstance(answer, Refusal):
            return Sent(Receipt(native_id=target.native_id))
        return _refused(answer, target)

    async def is_gone(self, target: RemovalTarget) -> bool:
        """Tell whether the comment is not shown any more.

        Raises: PermanentError for what is no comment, TransientError when the reading failed.
        """
        if not _can(target):
            raise PermanentError(f"weibo offers no {target.removing} of a {target.item_kind}")
        answer = await self._client.get("2/comments/show_batch.json", {"cids": target.native_id})
        if isinstance(answer, Refusal):
            if answer.trouble is Trouble.GONE:
                return True
            raise TransientError(f"weibo refused to show a comment: {answer.code}")
        rows = answer if isinstance(answer, list) else []
        return all(not isinstance(row, Mapping) or _is_stub(row) for row in rows)


def _can(target: RemovalTarget) -> bool:
    return target.removing == "delete" and target.item_kind == ItemKind.COMMENT


def _is_stub(row: Mapping[str, object]) -> bool:
    return str(row.get("deleted", "")) == "1"


def _refused(answer: Refusal, target: RemovalTarget) -> SendResult:
    match answer.trouble:
        case Trouble.GONE:
            return Sent(Receipt(native_id=target.native_id, detail=f"{answer.code}: gone already"))
        case Trouble.UNCLEAR:
            return SendUnknown(f"{answer.code} {answer.reason}")
        case trouble:
            retry = trouble in (Trouble.RETRY, Trouble.QUOTA)
            return SendRefused(answer.code, answer.reason, retry=retry)
