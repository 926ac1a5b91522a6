"""Rumours as they spread: what is worded like one is followed, and weighed again as reposts come.

Only what is suspected is followed: what the pack's rules call a rumour, what says the same as a known
claim, what a person calls one. Before that nothing of it is kept, so reposts count from the batch of
verdicts on in which it was first suspected. It is triage, and never says what is true.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import repeat
from typing import Final, NamedTuple

from services.respond.core.aggregates import Cascade, Case, CaseItem, Cluster, Echo, Post
from services.respond.core.cascade import CASCADES_MOST, KEPT
from services.respond.core.readings import on_time, read_now, read_unread
from services.respond.core.suspects import Suspect
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.items import ItemClassified, ItemKind, ItemReceived, Thread
from shared.contracts.received import Received, ReceivedThread
from shared.contracts.verdicts import Label
from shared.policy.cascade import UNHEARD, Hearing, Spread, wording

UNFOLLOWED: Final = "spread_unfollowed"
_RUMOUR: Final = Label.RUMOUR.value
_RANKS: Final = {ItemKind.MENTION: 0, ItemKind.REPOST: 1, ItemKind.COMMENT: 2}
"""What is said in private spreads where nobody sees it."""
_MILLION, _MILLE = 1_000_000, 1_000


class Heard(NamedTuple):
    """An item that may pass something on, and what it does with it; "" is not known."""

    fact: ItemReceived | Received
    says: str


def listen(work: Work, fact: ItemClassified) -> list[Heard]:
    """Return the items of a batch that may pass on what is suspected; most often nobody asks.

    While nothing new can be suspected, only what passes on something known is of interest.
    """
    fresh = _may_suspect(work, fact)
    if not (fresh or work.holds("echo")):
        return []
    waiting = work.waiting
    heard = []
    for item_id, says in zip(fact.item_id, fact.says or repeat(""), strict=False):
        pending = waiting(item_id)
        if pending is None:
            continue
        item = pending.fact
        thread = item.thread
        if thread.post_id is not None and (fresh or _leads(work, item.account_id, thread)):
            heard.append(Heard(item, says))
    return heard


def echo(work: Work, heard: Sequence[Heard]) -> None:
    """Follow what is suspected since this batch, count what passes it on, then weigh it.

    All of that comes after the verdicts of the batch and in an order of its own, so the order in
    which they came does not matter.
    """
    touched = {_followed(work, each) for each in sorted(work.suspected, key=_rank)}
    work.suspected.clear()
    if heard and work.holds("echo"):
        for each in heard:
            fact = each.fact
            cascade = _found(work, _passed_on(fact.account_id, fact.native_id, fact.thread))
            if cascade is not None:
                work.put(_grown(work, cascade, each))
    read_unread(work, sorted(touched))


def suspect(
    work: Work, case: Case, item: CaseItem, hearing: Sequence[int], cluster: Cluster | None
) -> None:
    """Have an item followed that is worded like a rumour, or says what a known claim says."""
    of_claim = cluster is not None and bool(cluster.claim_id)
    if (Label.RUMOUR in item.decided or of_claim) and item.item_kind in _RANKS:
        work.suspected.append(Suspect(case, item, tuple(hearing)))


def called_rumour(work: Work, case: Case, item: CaseItem) -> Case:
    """Follow an item that a person calls a rumour; return its case with what is known by now."""
    if item.item_kind not in _RANKS:
        return case
    cascade = _follow(work, case, item, UNHEARD)
    return _unfollowed(case) if cascade is None else read_now(work, case, cascade)


def spread(work: Work, cascade: Cascade) -> None:
    """Weigh a cascade again in its time; after its last time forget it, and what leads to it."""
    going_on = on_time(work, cascade)
    if going_on is not None:
        work.put(going_on)
        return
    work.drop(cascade.key)
    for place in cascade.places:
        work.drop(f"echo:{place}")


def _rank(suspect: Suspect) -> tuple[int, datetime, str]:
    """Posts come before what passes them on."""
    item = suspect.item
    return (_RANKS[item.item_kind], item.published_at, item.item_id)


def _followed(work: Work, suspect: Suspect) -> str:
    """Follow a suspect; return the id of its cascade, "" if there is no room for one."""
    case = work.case(suspect.case.case_id) or suspect.case
    hearing = Hearing(*suspect.hearing) if suspect.hearing else UNHEARD
    cascade = _follow(work, case, suspect.item, hearing)
    if cascade is None:
        work.put(_unfollowed(case))
        return ""
    return cascade.cascade_id


def _unfollowed(case: Case) -> Case:
    degraded = tuple(dict.fromkeys((*case.degraded, UNFOLLOWED)))
    return case.model_copy(update={"degraded": degraded})


def _follow(work: Work, case: Case, item: CaseItem, hearing: Hearing) -> Cascade | None:
    """Count from now on what comes of an item; None if too many are followed already."""
    post = _post(work, case.account_id, item)
    place = f"{case.account_id}:{post}"
    words = (f"{case.account_id}:words:{case.cluster_id}",) if case.cluster_id else ()
    nearer = _passed_on(case.account_id, item.native_id, item.thread)
    cascade = _found(work, (place, *nearer)) or _copied(_found(work, words), item)
    if cascade is None and work.size("cascade") >= CASCADES_MOST:
        return None
    standing = cascade or Cascade(
        cascade_id=token("cascade", place), account_id=case.account_id, started_at=work.at
    )
    known = _with_text(standing, item, hearing, is_post=post == item.native_id)
    known = _with_case(_with_places(work, known, (place, *words)), case.case_id)
    work.put(known)
    return known


def _may_suspect(work: Work, fact: ItemClassified) -> bool:
    return (
        any(_RUMOUR in held for held in set(fact.held))
        or work.holds("variant")
        or any(Label.RUMOUR in pack.thresholds for pack in work.packs.values())
    )


def _leads(work: Work, account_id: str, thread: Thread | ReceivedThread) -> bool:
    """Tell whether this may be about something followed; asked of every item meanwhile."""
    if work.has(f"echo:{account_id}:{thread.post_id}"):
        return True
    root = thread.root_id or thread.parent_id
    return root is not None and (
        work.has(f"echo:{account_id}:{root}") or work.has(f"echo:{account_id}:{thread.parent_id}")
    )


def _post(work: Work, account_id: str, item: CaseItem) -> str:
    """Return the post that is passed on with this item: the one it carries, if that is not our own."""
    carried = item.thread.post_id if item.item_kind is ItemKind.REPOST else None
    if carried is None or work.get(Post.key_of(account_id, carried), Post) is not None:
        return item.native_id
    return carried


def _passed_on(account_id: str, native_id: str, thread: Thread | ReceivedThread) -> Iterator[str]:
    """Yield what an item may pass on or answer, the nearest first."""
    for each in (thread.parent_id, thread.root_id, thread.post_id):
        if each is not None and each != native_id:
            yield f"{account_id}:{each}"


def _found(work: Work, places: Iterator[str] | Sequence[str]) -> Cascade | None:
    for place in places:
        leads = work.get(f"echo:{place}", Echo)
        if leads is not None:
            return work.get(f"cascade:{leads.cascade_id}", Cascade)
    return None


def _copied(cascade: Cascade | None, item: CaseItem) -> Cascade | None:
    """Return it with one post more that says the same."""
    if cascade is None:
        return None
    reach = cascade.reach + (item.author.followers or 0)
    fresh = {"copies": cascade.copies + 1, "reach": reach, "fresh": True}
    return cascade.model_copy(update=fresh)


def _with_text(cascade: Cascade, item: CaseItem, hearing: Hearing, *, is_post: bool) -> Cascade:
    """Return it with what this text says, if it says more, and its author, if it is the post itself."""
    belief = item.labels.get(Label.RUMOUR)
    fresh: dict[str, object] = {}
    if belief is not None:
        said = wording(round(_MILLION * belief), hearing)
        heard_before = cascade.text is not None
        fresh["text"] = max(round(_MILLE * belief), cascade.text or 0)
        fresh["wording"] = max(said, cascade.wording) if heard_before else said
    if is_post and item.author.followers is not None:
        fresh["followers"] = max(item.author.followers, cascade.followers or 0)
    changed = any(getattr(cascade, name) != value for name, value in fresh.items())
    return cascade.model_copy(update={**fresh, "fresh": cascade.fresh or changed})


def _with_places(work: Work, cascade: Cascade, places: Sequence[str]) -> Cascade:
    room = KEPT - len(cascade.places)
    new = [each for each in places if work.get(f"echo:{each}", Echo) is None][:room]
    work.put(*(Echo(place=each, cascade_id=cascade.cascade_id) for each in new))
    return cascade.model_copy(update={"places": (*cascade.places, *new)})


def _with_case(cascade: Cascade, case_id: str) -> Cascade:
    if case_id in cascade.cases:
        return cascade
    fresh = {
        "cases": (*cascade.cases[1 - KEPT :], case_id),
        "unread": (*cascade.unread[1 - KEPT :], case_id),
    }
    return cascade.model_copy(update=fresh)


def _grown(work: Work, cascade: Cascade, heard: Heard) -> Cascade:
    """Return it with one repost more; one that was counted lately, and edited since, counts once."""
    item_id = heard.fact.item_id
    if any(item_id == known for _, known in cascade.recent):
        return cascade
    followers = heard.fact.author.followers or 0
    spread = Spread(0, cascade.denial, cascade.doubt, cascade.delight)
    if heard.says:
        spread = spread.told(int(heard.says))
    fresh = {
        "reposts": cascade.reposts + 1,
        "unheard": cascade.unheard + (not heard.says),
        "denial": spread.denial,
        "doubt": spread.doubt,
        "delight": spread.delight,
        "reach": cascade.reach + followers,
        "recent": (*cascade.recent[1 - KEPT :], (work.at, item_id)),
        "fresh": True,
    }
    return cascade.model_copy(update=fresh)
