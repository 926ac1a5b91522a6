"""What came without a word is collected: one case an account and hour that owes nobody an answer.

A picture under a post asks for nothing that can be read. Somebody looks at it, by day, and makes a
case of its own of what asks for more; nobody is woken for it, and nothing is passed over as clean.
"""

from services.respond.core.aggregates import KEEP, Case, CaseItem
from services.respond.core.judging import NO_TEXT, Judgement
from services.respond.core.places import thread_place
from services.respond.core.refusal import Refusal
from services.respond.core.waiting import PendingItem
from services.respond.core.work import Work
from shared.contracts.base import built
from shared.contracts.ids import token
from shared.contracts.items import ItemKind, ItemReceived
from shared.contracts.verdicts import Verdict


def is_wordless(pending: PendingItem, verdict: Verdict, judged: Judgement) -> bool:
    """Tell whether there was nothing to read, where everybody may write.

    A picture in a private message is for us alone: that stays a matter of its own.
    """
    nothing = NO_TEXT in verdict.degraded and not judged.decided
    return nothing and pending.fact.item_kind is not ItemKind.MESSAGE


def basket_key(pending: PendingItem) -> str:
    """Return where what came to an account in one hour without a word is gathered."""
    hour = pending.received_at.replace(minute=0, second=0, microsecond=0)
    return token("wordless", *pending.fact.scope(), hour.isoformat())


def basket_at(work: Work, key: str) -> Case | None:
    """Return the open one with room left; what was closed is not opened again by a picture."""
    case = work.find(thread_place(key), Case)
    if case is None or case.status == "resolved" or case.item_count >= KEEP:
        return None
    return case


def unanswered_here(case: Case) -> Refusal | None:
    """Return why nothing is answered in a case that collects: nobody could tell whom."""
    if not case.collects:
        return None
    return Refusal("collects", "many people's items lie here: make one of them a case first")


def moved_out(case: Case, item: CaseItem, to: str) -> Case:
    """Return a collecting case with a mark that this item has a case of its own now."""
    items = tuple(
        each.model_copy(update={"moved_to": to}) if each.item_id == item.item_id else each
        for each in case.items
    )
    return case.model_copy(update={"items": items})


def pending_of(work: Work, case: Case, item: CaseItem) -> PendingItem:
    """Return an item of a case as if it came now."""
    whole = {
        "platform": case.platform,
        "account_id": case.account_id,
        "item_id": item.item_id,
        "item_version": item.item_version,
        "item_kind": item.item_kind,
        "native_id": item.native_id,
        "author": item.author,
        "thread": item.thread,
        "text": item.text,
        "published_at": item.published_at,
        "source": "poll",
    }
    return PendingItem(
        fact=built(ItemReceived, whole),
        received_at=work.at,
        seq=work.seq,
        verdict_due=work.at,
        edits=item.edits,
        deleted=item.deleted,
    )
