"""Replies of the house in memory: drafted, approved with what they promise, on their way."""

from datetime import datetime, timedelta

from services.respond.core.aggregates import Case, PromiseClock, Reply
from services.respond.core.promise import PromiseStatus
from services.respond.core.promises import confirm
from services.respond.core.refusal import Refusal
from shared.contracts import operators as ops
from shared.contracts.facts import OperatorFact
from shared.policy.model import NO_PACK

TABOO = "概不负责"


def on_words(case: Case, fact: OperatorFact, at: datetime) -> dict[str, object] | str:
    """Return what changes of the case's replies and promises, or why not."""
    if isinstance(fact, ops.PromiseSettled):
        return {"promises": tuple(_settled(each, fact, at) for each in case.promises)}
    reply = _on_reply(case, fact, at)
    if isinstance(reply, str):
        return reply
    return {"replies": (*(each for each in case.replies if each.slot != reply.slot), reply)}


def _on_reply(case: Case, fact: OperatorFact, at: datetime) -> Reply | str:
    slot = getattr(fact, "slot", "answer")
    now = next((each for each in case.replies if each.slot == slot), None)
    if isinstance(fact, ops.ReplyDrafted):
        if fact.base_revision != (now.revision if now else 0):
            return "stale_revision"
        return Reply(
            slot=fact.slot,
            item_id=case.items[-1].item_id,
            revision=fact.base_revision + 1,
            text=fact.text,
            author_id=fact.person_id,
            status="drafted",
        )
    if now is None:
        return "nothing_here"
    if isinstance(fact, ops.ReplyApproved):
        if TABOO in now.text:
            return "gate_failed"
        confirmed = confirm(case, now.text, NO_PACK, at, fact.promises)
        if isinstance(confirmed, Refusal):
            return confirmed.code
    leaving = {
        "status": "waiting",
        "approved_by": fact.person_id,
        "leaves_at": at + timedelta(seconds=15),
    }
    steps: dict[str, dict[str, object]] = {
        "operator.submitted": {"status": "submitted"},
        "operator.approved": leaving if getattr(fact, "send", False) else {"status": "approved"},
        "operator.sent": leaving,
        "operator.returned": {"status": "returned"},
        "operator.undone": {"status": "approved", "leaves_at": None},
    }
    return now.model_copy(update=steps.get(fact.kind, {}))


def _settled(promise: PromiseClock, fact: ops.PromiseSettled, at: datetime) -> PromiseClock:
    if promise.promise_id != fact.promise_id:
        return promise
    status: PromiseStatus = "kept" if fact.kept else "given_up"
    return promise.settled(status, at, fact.person_id, fact.reason)
